#include "hookctl/missed_rows.h"

#include <string.h>

/* Above FcgidMaxRequestLen, which is the usual reason for a 500. */
#define LARGE ((size_t)131073)

static void
add(struct missed_row *row, const struct missed_cell *cell)
{
	uint64_t stopped = cell->stopped + cell->cut;

	row->sent += cell->answered + stopped;
	row->stopped += stopped;
	if (cell->status == 200)
		row->stored += cell->answered;
	else
		row->refused += cell->answered;
	row->uncounted |= cell->uncounted;
}

bool
missed_row_next(const struct missed_tally *tally, size_t *at,
    struct missed_row *row)
{
	const struct missed_cell *first = tally->cells + *at, *cell = first;
	const struct missed_cell *end = tally->cells + tally->count;

	if (*at == tally->count)
		return false;
	*row = (struct missed_row){ .cells = first };
	for (; cell < end && cell->hour == first->hour &&
	    cell->endpoint == first->endpoint; cell++)
		add(row, cell);
	row->count = (size_t)(cell - first);
	*at += row->count;
	return true;
}

const struct blame *
missed_blame(int status, bool cut, const char *server)
{
	struct blame_facts facts = { .status = status, .server = server,
	    .word = cut ? "bad-request" : "", .rule = "" };

	/* The log does not have the size of the request: assume a large one. */
	if (status == 500 && strcmp(server, "nginx") != 0 &&
	    strcmp(server, "lighttpd") != 0)
		facts.sent = LARGE;
	return blame_find(&facts);
}
