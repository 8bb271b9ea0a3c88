/*
 * counters_view: what a reader sees of .state/counters. It writes nothing and
 * takes no lock. For one process and one thread.
 *
 * Endpoint names are the operator's words, as the configuration has them. A
 * reader that prints them must escape them for the place where they go.
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
	uint64_t took_us;		/* of the totals; 0 for an hour */
};

/*
 * Opens the counters of the journal's folder: that of the open descriptor
 * `directory`, or, if that is -1, of the absolute `path`. ERR_MISSING: nothing
 * has been counted yet, or only by another version of the program.
 */
enum error counters_view_open(int directory, const char *path,
    struct counters_view **view);

/* NULL is allowed. */
void counters_view_close(struct counters_view *view);

/* When counting began, as clock_now(). */
int64_t counters_view_since(const struct counters_view *view);

/* The name of a slot's endpoint, truncated to fit; false if the slot is free.
 * Slot 0 is never free, and its name is "". */
bool counters_view_name(const struct counters_view *view, size_t slot,
    char name[COUNTERS_NAME_SIZE]);

/* All counts since then; false if the file was cut short: open it again. */
bool counters_view_totals(const struct counters_view *view, size_t slot,
    struct counters_numbers *numbers);

/* The same for one hour, counted from 1970; zeros if nothing was counted in it,
 * or if it was more than COUNTERS_HOURS ago. */
bool counters_view_hour(const struct counters_view *view, size_t slot,
    uint32_t hour, struct counters_numbers *numbers);

#endif
