/*
 * stats_counts: .state/counters as hookctl stats shows it: read at one moment,
 * and put beside the endpoints of the configuration.
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
	char name[COUNTERS_NAME_SIZE];	/* "": what belongs to no endpoint,
					 * and to those without a slot */
	const struct endpoint *endpoint; /* NULL: not in the configuration, or
					 * none was read */
	bool counted;			/* it has a slot */
	struct counters_numbers totals;
	struct counters_numbers recent;	/* of the hours from `from` on */
	int64_t used[COUNTERS_SECRETS];	/* the end of the last hour in which a
					 * secret was right; 0: not in the
					 * hours that are kept */
};

enum counts_state {
	COUNTS_NONE,		/* nothing was counted yet */
	COUNTS_OTHER,		/* the file is not one of this version */
	COUNTS_KNOWN
};

struct counts {
	enum counts_state state;
	int64_t since;		/* when counting began */
	struct counts_row rest;	/* of slot 0 */
	bool full;		/* no slot is free: `rest` may be of endpoints,
				 * too */
	struct counts_row *rows; /* the endpoints of the configuration in its
				 * order, then the others; if `full`, only those
				 * with a slot */
	size_t count;
};

/*
 * Reads the counters in an open folder; -1: there is no folder yet. `now` is a
 * moment in the last hour that is looked at, `from` one in the first hour that
 * is `recent`. `config` may be NULL, and must last as long as the counts. The
 * caller calls counts_free() in any case. An error: they are there and cannot
 * be read; ERR_DAMAGED if no receiver can have counted so.
 */
enum error counts_read(int folder, const struct config *config, int64_t now,
    int64_t from, struct counts *counts);

void counts_free(struct counts *counts);

/* The row of an endpoint's name; NULL if there is none. Long names are cut in
 * the counters. */
const struct counts_row *counts_find(const struct counts *counts,
    const char *name);

#endif
