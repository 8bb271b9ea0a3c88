/*
 * missed_tally: counts the POSTs in an access log by hour, endpoint and status.
 * Its memory depends on the number of these, not on that of the lines.
 */
#ifndef HOOKLINE_HOOKCTL_MISSED_TALLY_H
#define HOOKLINE_HOOKCTL_MISSED_TALLY_H

#include "hookctl/missed_own.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MISSED_HOUR INT64_C(3600)	/* seconds */

/* Meta's POSTs with one status, in one hour, at one endpoint. The members with
 * `all` include the POSTs of others. */
struct missed_cell {
	int64_t hour;		/* hours since 1970, UTC */
	size_t endpoint;
	int status;
	uint64_t now[SIZES], all_now[SIZES]; /* of the file being read */
	uint64_t own, all_own;	/* hookline's answers */
	uint64_t other;		/* not hookline's */
	uint64_t open, all_open; /* the size does not show whose they are */
	uint64_t before;	/* the same, but before counting began */
	uint64_t early, late;	/* in the first and the last minute of the
				 * hour, and not hookline's by size */
	int64_t first;		/* the first of Meta's that is not hookline's by
				 * size, in seconds; INT64_MAX: none */
	/* Set by missed_judge(): */
	uint64_t answered;	/* by hookline, without those in `cut` */
	uint64_t stopped;	/* before hookline */
	uint64_t cut;		/* answered by hookline: body not whole */
	bool uncounted;		/* some of them may be hookline's */
};

struct missed_tally {		/* all zero: empty */
	struct missed_cell *cells; /* sorted by hour, endpoint and status */
	size_t count, room;
	size_t last;		/* the cell of the last POST */
};

struct missed_post {
	int64_t time;		/* seconds since 1970 */
	size_t endpoint;
	int status;
	enum missed_size size;
	bool meta;		/* it is Meta's */
};

/* Counts a POST; false if memory runs out. */
bool missed_tally_add(struct missed_tally *tally,
    const struct missed_post *post);

/* Ends a file. `body`: the sizes in it do not include headers. */
void missed_tally_settle(struct missed_tally *tally, bool body);

void missed_tally_free(struct missed_tally *tally);

#endif
