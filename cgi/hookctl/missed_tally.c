#include "hookctl/missed_tally.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60)

/* Compares a cell with a POST, for the order: negative, 0 or positive. */
static int
compare(const struct missed_cell *cell, int64_t hour,
    const struct missed_post *post)
{
	if (cell->hour != hour)
		return cell->hour < hour ? -1 : 1;
	if (cell->endpoint != post->endpoint)
		return cell->endpoint < post->endpoint ? -1 : 1;
	return cell->status - post->status;
}

/* Finds where the cell of a POST is, or has to be inserted. */
static size_t
place_of(const struct missed_tally *tally, int64_t hour,
    const struct missed_post *post)
{
	size_t low = 0, high = tally->count, middle;

	if (tally->last < tally->count &&
	    compare(&tally->cells[tally->last], hour, post) == 0)
		return tally->last;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(&tally->cells[middle], hour, post) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
insert(struct missed_tally *tally, size_t place, int64_t hour,
    const struct missed_post *post)
{
	struct missed_cell *more = tally->cells;
	size_t room = tally->room == 0 ? 64 : 2 * tally->room;

	if (tally->count == tally->room) {
		more = reallocarray(tally->cells, room, sizeof *more);
		if (more == NULL)
			return false;
		tally->cells = more;
		tally->room = room;
	}
	memmove(more + place + 1, more + place,
	    (tally->count - place) * sizeof *more);
	more[place] = (struct missed_cell){ .hour = hour,
	    .endpoint = post->endpoint, .status = post->status,
	    .first = INT64_MAX };
	tally->count++;
	return true;
}

static void
count(struct missed_cell *cell, const struct missed_post *post)
{
	int64_t second = post->time % MISSED_HOUR;

	cell->all_now[post->size]++;
	if (post->meta)
		cell->now[post->size]++;
	if (post->size == SIZE_OWN)
		return;
	if (second < MINUTE)
		cell->early++;
	else if (second >= MISSED_HOUR - MINUTE)
		cell->late++;
	if (post->meta && post->time < cell->first)
		cell->first = post->time;
}

bool
missed_tally_add(struct missed_tally *tally, const struct missed_post *post)
{
	int64_t hour = post->time / MISSED_HOUR;
	size_t place = place_of(tally, hour, post);

	if ((place == tally->count ||
	    compare(&tally->cells[place], hour, post) != 0) &&
	    !insert(tally, place, hour, post))
		return false;
	tally->last = place;
	count(&tally->cells[place], post);
	return true;
}

static void
settle(struct missed_cell *cell, bool body)
{
	const uint64_t *now = cell->now, *all = cell->all_now;

	cell->own += now[SIZE_OWN];
	cell->all_own += all[SIZE_OWN];
	cell->open += now[SIZE_ZIPPED];
	cell->all_open += all[SIZE_ZIPPED];
	cell->other += now[SIZE_OTHER];
	if (body) {
		cell->other += now[SIZE_HEADERS] + now[SIZE_BEFORE];
	} else {
		cell->before += now[SIZE_BEFORE];
		cell->open += now[SIZE_HEADERS];
		cell->all_open += all[SIZE_HEADERS];
	}
	memset(cell->now, 0, sizeof cell->now);
	memset(cell->all_now, 0, sizeof cell->all_now);
}

void
missed_tally_settle(struct missed_tally *tally, bool body)
{
	size_t i;

	for (i = 0; i < tally->count; i++)
		settle(&tally->cells[i], body);
}

void
missed_tally_free(struct missed_tally *tally)
{
	free(tally->cells);
	*tally = (struct missed_tally){ 0 };
}
