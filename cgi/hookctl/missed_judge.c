#include "hookctl/missed_judge.h"

#include "base/clock.h"
#include "hookctl/hookctl.h"

#include <string.h>

/*
 * What hookline has counted
 */

void
missed_counts_open(struct missed_counts *counts, const struct config *config)
{
	enum error error;

	*counts = (struct missed_counts){ .config = config,
	    .now = clock_now() };
	error = counters_view_open(-1, config->directory, &counts->view);
	if (error != ERR_NONE && error != ERR_MISSING)
		note("what hookline has counted in %s cannot be read (%s): "
		    "only the sizes of the answers show which are hookline's",
		    config->directory, error_word(error));
}

void
missed_counts_close(struct missed_counts *counts)
{
	counters_view_close(counts->view);
	counts->view = NULL;
}

int64_t
missed_counts_since(const struct missed_counts *counts)
{
	if (counts->view == NULL)
		return INT64_MAX;
	return counters_view_since(counts->view) / CLOCK_SECOND;
}

/* Whether a slot belongs to another endpoint. A slot whose name is no longer in
 * the configuration may be this endpoint's, under an earlier name. */
static bool
is_of_another(const struct missed_counts *counts, size_t endpoint,
    const char *name)
{
	const struct config *config = counts->config;
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (i != endpoint && strncmp(config->endpoints[i].name, name,
		    COUNTERS_NAME_SIZE - 1) == 0)
			return true;
	return false;
}

static void
add(struct counters_numbers *sum, const struct counters_numbers *more)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		sum->counts[i] += more->counts[i];
}

bool
missed_counts_hour(const struct missed_counts *counts, int64_t hour,
    size_t endpoint, struct counters_numbers *numbers)
{
	int64_t now = counts->now / CLOCK_HOUR;
	struct counters_numbers more;
	char name[COUNTERS_NAME_SIZE];
	size_t slot;

	*numbers = (struct counters_numbers){ 0 };
	if (counts->view == NULL || hour + COUNTERS_HOURS <= now ||
	    (hour + 1) * MISSED_HOUR <= missed_counts_since(counts))
		return false;
	for (slot = 0; slot < COUNTERS_SLOTS; slot++) {
		if (!counters_view_name(counts->view, slot, name) ||
		    is_of_another(counts, endpoint, name))
			continue;
		if (!counters_view_hour(counts->view, slot, (uint32_t)hour,
		    &more))
			return false;
		add(numbers, &more);
	}
	return true;
}

/*
 * The verdict
 */

static uint64_t
least(uint64_t left, uint64_t right)
{
	return left < right ? left : right;
}

static uint64_t
above(uint64_t left, uint64_t right)
{
	return left > right ? left - right : 0;
}

static const struct missed_cell *
find(const struct missed_tally *tally, int64_t hour, size_t endpoint,
    int status)
{
	const struct missed_cell *cell = tally->cells;
	const struct missed_cell *end = cell + tally->count;

	while (cell < end && (cell->hour != hour ||
	    cell->endpoint != endpoint || cell->status != status))
		cell++;
	return cell < end ? cell : NULL;
}

/* How many POSTs more than the log shows hookline has counted in an hour next
 * to the cell's. */
static uint64_t
surplus(const struct missed_tally *tally, const struct missed_counts *counts,
    const struct missed_cell *cell, int64_t hour)
{
	const struct missed_cell *beside = find(tally, hour, cell->endpoint,
	    cell->status);
	struct counters_numbers numbers;
	uint64_t count;

	if (!missed_counts_hour(counts, hour, cell->endpoint, &numbers))
		return 0;
	count = missed_own_count(cell->status, &numbers);
	return beside == NULL ? count :
	    above(count, beside->all_own + beside->all_open);
}

/* How many of the cell's open POSTs hookline has not counted, in this hour or,
 * near its ends, in the next one to it. */
static uint64_t
not_counted(const struct missed_tally *tally,
    const struct missed_counts *counts, const struct missed_cell *cell,
    const struct counters_numbers *numbers)
{
	uint64_t count = missed_own_count(cell->status, numbers);
	uint64_t left = above(cell->all_open, above(count, cell->all_own));

	if (left > 0 && cell->late > 0)
		left -= least(least(left, cell->late),
		    surplus(tally, counts, cell, cell->hour + 1));
	if (left > 0 && cell->early > 0)
		left -= least(least(left, cell->early),
		    surplus(tally, counts, cell, cell->hour - 1));
	return left;
}

static void
judge(const struct missed_tally *tally, const struct missed_counts *counts,
    struct missed_cell *cell)
{
	struct counters_numbers numbers;
	bool counted = missed_counts_hour(counts, cell->hour, cell->endpoint,
	    &numbers);
	uint64_t unknown = cell->before + (counted ? 0 : cell->open);
	uint64_t stopped = counted ? least(cell->open,
	    not_counted(tally, counts, cell, &numbers)) : 0;

	cell->answered = cell->own + (counted ? cell->open - stopped : 0);
	cell->stopped = cell->other + stopped;
	if (cell->status == 200)
		cell->answered += unknown;
	else
		cell->stopped += unknown;
	cell->uncounted = cell->status != 200 && unknown > 0;
	if (cell->status == 400)
		cell->cut = least(cell->answered, missed_own_cut(&numbers));
	cell->answered -= cell->cut;
}

void
missed_judge(struct missed_tally *tally, const struct missed_counts *counts)
{
	size_t i;

	for (i = 0; i < tally->count; i++)
		judge(tally, counts, &tally->cells[i]);
}
