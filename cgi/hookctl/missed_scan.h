/*
 * missed_scan: goes through access logs and counts the POSTs to the endpoints.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_SCAN_H
#define HOOKLINE_HOOKCTL_MISSED_SCAN_H

#include "config/config.h"
#include "hookctl/hookctl.h"
#include "hookctl/missed_place.h"
#include "hookctl/missed_tally.h"

struct missed_scan {
	const struct config *config;
	int64_t since;		/* seconds; older lines do not count */
	int64_t counted_since;	/* seconds; when the counters began */
	struct missed_tally tally;
	uint64_t read, unread;	/* lines; unread: in another format */
	int64_t from, to;	/* seconds; the range of the lines' times */
	uint64_t others;	/* POSTs from others than Meta */
	uint64_t nameless;	/* without a User-Agent, taken for Meta's */
	uint64_t homeless;	/* without a User-Agent, to "*": not counted */
	uint64_t astray;	/* Meta's, to paths that no endpoint has */
	char stray[MISSED_SHOWN]; /* the first such path, or "" */
	const char *server;	/* for blame.h; "" if unknown, or several */
};

void missed_scan_begin(struct missed_scan *scan, const struct config *config);

/* STATUS_FAILED, after a message, if the log cannot be read, or has lines but
 * none in a known format. What was counted until then stays. */
enum status missed_scan_file(struct missed_scan *scan, const char *name);

void missed_scan_end(struct missed_scan *scan);

#endif
