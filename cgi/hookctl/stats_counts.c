#include "hookctl/stats_counts.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/layout.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 3			/* as the file may be cut short meanwhile */

/* Larger counters must be damaged: a count would mean a million a second for 30
 * years; a sum, an exabyte, or 30,000 years of answer times. */
#define COUNT_MOST UINT64_C(1000000000000000)
#define SUM_MOST UINT64_C(1000000000000000000)

/*
 * One slot
 */

static void
add(struct counters_numbers *to, const struct counters_numbers *from)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		to->counts[i] += from->counts[i];
	to->bytes += from->bytes;
	to->took_us += from->took_us;
}

static void
note_use(struct counts_row *row, const struct counters_numbers *numbers,
    int64_t end)
{
	size_t i;

	for (i = 0; i < COUNTERS_SECRETS; i++)
		if (numbers->counts[COUNTER_SECRETS + i] > 0 &&
		    end > row->used[i])
			row->used[i] = end;
}

static bool
read_hours(const struct counters_view *view, size_t slot, int64_t now,
    int64_t from, struct counts_row *row)
{
	uint32_t last = (uint32_t)(now / CLOCK_HOUR), back, hour;
	uint32_t first = (uint32_t)(from / CLOCK_HOUR);
	struct counters_numbers numbers;

	for (back = 0; back < COUNTERS_HOURS; back++) {
		hour = last - back;
		if (!counters_view_hour(view, slot, hour, &numbers))
			return false;
		note_use(row, &numbers, ((int64_t)hour + 1) * CLOCK_HOUR);
		if (hour >= first)
			add(&row->recent, &numbers);
	}
	return true;
}

/* False if the file was cut short. */
static bool
read_slot(const struct counters_view *view, size_t slot, int64_t now,
    int64_t from, struct counts_row *row)
{
	*row = (struct counts_row){ 0 };
	(void)counters_view_name(view, slot, row->name);
	return counters_view_totals(view, slot, &row->totals) &&
	    read_hours(view, slot, now, from, row);
}

/*
 * All of them
 */

/* Adds a slot's row to the row of its endpoint. */
static void
add_row(struct counts_row *to, const struct counts_row *from)
{
	size_t i;

	to->counted = true;
	add(&to->totals, &from->totals);
	add(&to->recent, &from->recent);
	for (i = 0; i < COUNTERS_SECRETS; i++)
		if (from->used[i] > to->used[i])
			to->used[i] = from->used[i];
}

/* Whether a name of the counters, which may have been cut, is this text. */
static bool
is_name(const char *name, const char *text)
{
	return strncmp(name, text, COUNTERS_NAME_SIZE - 1) == 0;
}

/*
 * The row of the endpoint that this name belongs to: as its name, or as its
 * path, by which it was counted before it had a name. The path of an endpoint
 * that takes unsigned notifications is never shown, so such a slot must not get
 * a row of its own.
 */
static struct counts_row *
row_of(struct counts *counts, const char *name)
{
	size_t i;

	for (i = 0; i < counts->count; i++)
		if (is_name(name, counts->rows[i].name))
			return &counts->rows[i];
	for (i = 0; i < counts->count; i++)
		if (counts->rows[i].endpoint != NULL &&
		    is_name(name, counts->rows[i].endpoint->path))
			return &counts->rows[i];
	return NULL;
}

/* Makes room for all slots, and a row for each endpoint of the configuration.
 * If several names are the same once they are cut, only the first gets a
 * row. */
static bool
begin_rows(struct counts *counts, const struct config *config)
{
	size_t endpoints = config != NULL ? config->endpoint_count : 0, i;

	counts->rows = calloc(endpoints + COUNTERS_SLOTS,
	    sizeof *counts->rows);
	if (counts->rows == NULL)
		return false;
	for (i = 0; i < endpoints; i++) {
		struct counts_row *row = &counts->rows[counts->count];
		const char *name = config->endpoints[i].name;

		if (counts_find(counts, name) != NULL)
			continue;
		counts->count++;
		row->endpoint = &config->endpoints[i];
		memcpy(row->name, name, strnlen(name,
		    COUNTERS_NAME_SIZE - 1));
	}
	return true;
}

/* Drops the rows without a slot: if no slot is free, `rest` counts them. */
static void
drop_slotless(struct counts *counts)
{
	size_t i, kept = 0;

	for (i = 0; i < counts->count; i++)
		if (counts->rows[i].counted)
			counts->rows[kept++] = counts->rows[i];
	counts->count = kept;
}

/* Whether the configuration allows such a name, and a receiver can have counted
 * so much. */
static bool
is_sound(const struct counts_row *row)
{
	const char *name = row->name;
	size_t i;

	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	for (i = 0; i < COUNTERS; i++)
		if (row->totals.counts[i] > COUNT_MOST)
			return false;
	return row->totals.bytes <= SUM_MOST && row->totals.took_us <= SUM_MOST;
}

static enum error
read_slots(const struct counters_view *view, int64_t now, int64_t from,
    struct counts *counts)
{
	struct counts_row row, *known;
	char name[COUNTERS_NAME_SIZE];
	size_t slot;

	counts->since = counters_view_since(view);
	if (!read_slot(view, 0, now, from, &counts->rest))
		return ERR_STALE;
	if (!is_sound(&counts->rest))
		return ERR_DAMAGED;
	for (slot = 1; slot < COUNTERS_SLOTS &&
	    counters_view_name(view, slot, name); slot++) {
		if (!read_slot(view, slot, now, from, &row))
			return ERR_STALE;
		if (!is_sound(&row))
			return ERR_DAMAGED;
		row.counted = true;
		/* A receiver may have taken the slot, and have been killed
		 * before it wrote the name. */
		known = *row.name == '\0' ? &counts->rest :
		    row_of(counts, row.name);
		if (known != NULL)
			add_row(known, &row);
		else
			counts->rows[counts->count++] = row;
	}
	counts->full = slot == COUNTERS_SLOTS;
	if (counts->full)
		drop_slotless(counts);
	return ERR_NONE;
}

/* ERR_STALE: the file was cut short. ERR_DAMAGED: no receiver can have written
 * this. */
static enum error
read_all(int folder, const struct config *config, int64_t now, int64_t from,
    struct counts *counts)
{
	struct counters_view *view;
	enum error error;

	counts_free(counts);		/* from the last try */
	if (!begin_rows(counts, config))
		return ERR_MEMORY;
	error = folder == -1 ? ERR_MISSING :
	    counters_view_open(folder, NULL, &view);
	if (error != ERR_NONE)
		return error;
	error = read_slots(view, now, from, counts);
	if (error == ERR_NONE)
		counts->state = COUNTS_KNOWN;
	counters_view_close(view);
	return error;
}

enum error
counts_read(int folder, const struct config *config, int64_t now,
    int64_t from, struct counts *counts)
{
	enum error error = ERR_STALE;
	struct stat status;
	int try;

	*counts = (struct counts){ 0 };
	for (try = 0; try < TRIES && error == ERR_STALE; try++)
		error = read_all(folder, config, now, from, counts);
	if (error != ERR_MISSING)
		return error;
	if (folder == -1 || io_fstatat(folder, COUNTERS_NAME, &status) == -1)
		return ERR_NONE;
	counts->state = COUNTS_OTHER;
	return S_ISDIR(status.st_mode) ? ERR_DAMAGED : ERR_NONE;
}

void
counts_free(struct counts *counts)
{
	free(counts->rows);
	*counts = (struct counts){ 0 };
}

const struct counts_row *
counts_find(const struct counts *counts, const char *name)
{
	size_t i;

	for (i = 0; i < counts->count; i++)
		if (is_name(counts->rows[i].name, name))
			return &counts->rows[i];
	return NULL;
}
