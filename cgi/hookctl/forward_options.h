/*
 * forward_options: the command line of hookctl forward.
 */
#ifndef HOOKLINE_HOOKCTL_FORWARD_OPTIONS_H
#define HOOKLINE_HOOKCTL_FORWARD_OPTIONS_H

#include "hookctl/filter.h"
#include "hookctl/options.h"
#include "hookctl/tail_range.h"
#include "hookctl/where.h"

#include <stdbool.h>
#include <stdint.h>

#define GIVE_UP 600		/* seconds, unless --give-up is given */

/* All zero but for give_up before they are read. Texts that were not given stay
 * NULL, numbers 0. */
struct forward_options {
	struct where where;
	struct filter_options filter;
	const char *url;
	const char *since, *until, *file, *sign, *dead, *ca_file;
	uint64_t from_seq, rate;
	int64_t give_up;	/* seconds */
	bool utc;
};

extern const struct option_row forward_rows[];

/* Checks the URL and the times, and fills in the range. STATUS_USAGE after a
 * message. */
enum status forward_options_check(const struct command *command,
    const struct forward_options *options, struct range *range);

#endif
