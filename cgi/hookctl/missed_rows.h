/*
 * missed_rows: the hours in which something was stopped, and why.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_ROWS_H
#define HOOKLINE_HOOKCTL_MISSED_ROWS_H

#include "hookctl/blame.h"
#include "hookctl/missed_tally.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The cells of one hour and endpoint, and their sums. */
struct missed_row {
	const struct missed_cell *cells;
	size_t count;
	uint64_t sent, stored, refused, stopped;
	bool uncounted;		/* a cell is */
};

/* Fills in the row that begins at cell `*at`, and moves `*at` to the next row.
 * False after the last row. The tally must have been judged. */
bool missed_row_next(const struct missed_tally *tally, size_t *at,
    struct missed_row *row);

/* The usual cause of an answer with this status. `cut`: the answer is
 * hookline's, since the body was not whole. `server` is as for blame.h. */
const struct blame *missed_blame(int status, bool cut, const char *server);

#endif
