/*
 * counters_view: what a reader sees of .state/counters; it writes nothing and
 * takes no lock. For one process and one thread.
 *
 * Endpoint names are the operator's words as the configuration has them: a
 * reader that prints them has to escape them for where it prints them to.
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_VIEW_H
#define HOOKLINE_JOURNAL_COUNTERS_VIEW_H

#include "base/error.h"
#include "journal/counters_layout.h"

#include <stdbool.h>
#include <stddef.h>

struct counters_view;

/* One slot's numbers. */
struct counters_numbers {
	uint64_t counts[COUNTERS];	/* by enum counter */
	uint64_t bytes;
};

/*
 * Opens the counters of the journal's folder: the open descriptor `directory`,
 * or where that is -1 the absolute `path`. ERR_MISSING: nothing was counted
 * yet, or by another version of the program.
 */
enum error counters_view_open(int directory, const char *path,
    struct counters_view **view);

/* NULL is allowed. */
void counters_view_close(struct counters_view *view);

/* Since when it counts, as clock_now(). */
int64_t counters_view_since(const struct counters_view *view);

/* The name of a slot's endpoint, cut; false where the slot is free. Slot 0 is
 * never free, and its name is "". */
bool counters_view_name(const struct counters_view *view, size_t slot,
    char name[COUNTERS_NAME_SIZE]);

/* All since then; false where the file gave way: open it again. */
bool counters_view_totals(const struct counters_view *view, size_t slot,
    struct counters_numbers *numbers);

/* The same of one hour since 1970; zeros where nothing was counted in it, or
 * more than COUNTERS_HOURS ago. */
bool counters_view_hour(const struct counters_view *view, size_t slot,
    uint32_t hour, struct counters_numbers *numbers);

#endif
