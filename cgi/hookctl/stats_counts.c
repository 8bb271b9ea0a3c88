#include "hookctl/stats_counts.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/layout.h"

#include <stdlib.h>
#include <string.h>

#define TRIES 3			/* if the file is cut short while it is read */

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

/* False if the file gave way. */
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

/* The row of a slot is added to that of its endpoint. */
static void
add_row(struct counts_row *to, const struct counts_row *from)
{
	size_t i;

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
 * The row of the endpoint that this name means: its name, or its path, which
 * was its name before it got another. The path of an endpoint that takes
 * unsigned notifications is never shown, so such a row must not stay alone.
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

/* Room for all slots, and the endpoints of the configuration. */
static bool
begin_rows(struct counts *counts, const struct config *config)
{
	size_t endpoints = config != NULL ? config->endpoint_count : 0, i;

	counts->rows = calloc(endpoints + COUNTERS_SLOTS,
	    sizeof *counts->rows);
	if (counts->rows == NULL)
		return false;
	for (i = 0; i < endpoints; i++) {
		struct counts_row *row = &counts->rows[i];
		const char *name = config->endpoints[i].name;

		row->endpoint = &config->endpoints[i];
		memcpy(row->name, name, strnlen(name,
		    COUNTERS_NAME_SIZE - 1));
	}
	counts->count = endpoints;
	return true;
}

static bool
read_slots(const struct counters_view *view, int64_t now, int64_t from,
    struct counts *counts)
{
	struct counts_row row, *known;
	char name[COUNTERS_NAME_SIZE];
	size_t slot;

	counts->since = counters_view_since(view);
	if (!read_slot(view, 0, now, from, &counts->rest))
		return false;
	for (slot = 1; slot < COUNTERS_SLOTS &&
	    counters_view_name(view, slot, name); slot++) {
		if (!read_slot(view, slot, now, from, &row))
			return false;
		/* Whoever took a slot may have been killed before it wrote the
		 * name. */
		known = *row.name == '\0' ? &counts->rest :
		    row_of(counts, row.name);
		if (known != NULL)
			add_row(known, &row);
		else
			counts->rows[counts->count++] = row;
	}
	counts->full = slot == COUNTERS_SLOTS;
	return true;
}

/* ERR_STALE if the file was cut short. */
static enum error
read_all(int folder, const struct config *config, int64_t now, int64_t from,
    struct counts *counts)
{
	struct counters_view *view;
	enum error error;

	counts_free(counts);		/* what another try has read */
	if (!begin_rows(counts, config))
		return ERR_MEMORY;
	error = folder == -1 ? ERR_MISSING :
	    counters_view_open(folder, NULL, &view);
	if (error != ERR_NONE)
		return error;
	if (read_slots(view, now, from, counts))
		counts->state = COUNTS_KNOWN;
	else
		error = ERR_STALE;
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
	if (folder != -1 && io_fstatat(folder, COUNTERS_NAME, &status) == 0)
		counts->state = COUNTS_OTHER;
	return ERR_NONE;
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
