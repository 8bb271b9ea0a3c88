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
	int64_t since;		/* seconds; what is older does not count */
	int64_t counted_since;	/* seconds: when the counters began */
	struct missed_tally tally;
	uint64_t read, unread;	/* lines; unread: of another format */
	int64_t from, to;	/* seconds: times of the lines read */
	uint64_t others;	/* POSTs of others than Meta */
	uint64_t nameless;	/* taken for Meta's, without a User-Agent */
	uint64_t homeless;	/* the same, but for "*", so not taken */
	uint64_t astray;	/* Meta's, to paths that no endpoint has */
	char stray[MISSED_SHOWN]; /* the first such path, if it is no secret */
	const char *server;	/* for blame: "" if unknown, or several */
};

void missed_scan_begin(struct missed_scan *scan, const struct config *config);

/* STATUS_FAILED after a message: the log cannot be read, or has lines and none
 * that is known. What was counted stays. */
enum status missed_scan_file(struct missed_scan *scan, const char *name);

void missed_scan_end(struct missed_scan *scan);

#endif
