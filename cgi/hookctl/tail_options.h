/*
 * tail_options: the command line of hookctl tail.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_OPTIONS_H
#define HOOKLINE_HOOKCTL_TAIL_OPTIONS_H

#include "hookctl/filter.h"
#include "hookctl/options.h"
#include "hookctl/tail_range.h"
#include "hookctl/where.h"

#include <stdbool.h>
#include <stdint.h>

#define ABSENT UINT64_MAX	/* a number that was not given */

struct tail_options {
	struct where where;
	struct filter_options filter;
	bool follow, utc;
	uint64_t lines, from_seq, retries, batch;
	const char *since, *until, *cursor, *exec, *dead;
	int64_t timeout;
	int format;
};

extern const struct option_row tail_rows[];

/* Checks options that depend on each other, and fills in the range, but for the
 * seqs that belong to its times. STATUS_USAGE after a message. */
enum status tail_options_check(const struct command *command,
    const struct tail_options *options, struct range *range);

#endif
