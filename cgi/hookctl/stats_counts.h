/*
 * stats_counts: reads .state/counters for hookctl stats, at one moment, and
 * matches the counters with the endpoints of the configuration.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_COUNTS_H
#define HOOKLINE_HOOKCTL_STATS_COUNTS_H

#include "base/error.h"
#include "config/config.h"
#include "journal/counters_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One slot, or an endpoint that has none yet. Times are microseconds since
 * 1970. */
struct counts_row {
	char name[COUNTERS_NAME_SIZE];	/* "": of no endpoint, or of those
					 * without a slot */
	const struct endpoint *endpoint; /* NULL: not in the configuration, or
					 * no configuration was read */
	bool counted;			/* it has a slot */
	struct counters_numbers totals;
	struct counters_numbers recent;	/* of the hours from `from` on */
	int64_t used[COUNTERS_SECRETS];	/* the end of the last hour in which
					 * the secret was used; 0: not in the
					 * hours that are kept */
};

enum counts_state {
	COUNTS_NONE,		/* nothing was counted yet */
	COUNTS_OTHER,		/* the file is another version's */
	COUNTS_KNOWN
};

struct counts {
	enum counts_state state;
	int64_t since;		/* when counting began */
	struct counts_row rest;	/* of slot 0 */
	bool full;		/* no slot is free: `rest` may include the
				 * counts of endpoints */
	struct counts_row *rows; /* the endpoints of the configuration in its
				 * order, then the others; if `full`, only those
				 * with a slot */
	size_t count;
};

/*
 * Reads the counters in an open folder; -1: there is no folder yet. `from` is a
 * time in the first hour that counts as `recent`, `now` one in the last.
 * `config` may be NULL, and must outlive the counts. The caller calls
 * counts_free(), whatever is returned. On an error, there are counters, but
 * they cannot be read; ERR_DAMAGED: no receiver can have written them.
 */
enum error counts_read(int folder, const struct config *config, int64_t now,
    int64_t from, struct counts *counts);

void counts_free(struct counts *counts);

/* The row of an endpoint's name; NULL if there is none. A long name is cut like
 * those in the counters. */
const struct counts_row *counts_find(const struct counts *counts,
    const char *name);

#endif
