/*
 * verify_order: does seq count 1, 2, 3 over all lines, and do times never go
 * back?
 *
 * The writer gives a record the time of the one before if the clock has gone
 * back by up to an hour, and the clock's own time if by more. So a small step
 * back is always a finding. A large one is damage if one changed bit explains
 * it and the records around it are in order; else the clock was set.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_ORDER_H
#define HOOKLINE_HOOKCTL_VERIFY_ORDER_H

#include "hookctl/verify_findings.h"

#include <stdbool.h>
#include <stdint.h>

/* A record's time, and where it is. */
struct moment {
	int64_t time;		/* microseconds */
	struct place place;
};

/* All zero at first, but for `findings`. */
struct order {
	struct findings *findings;

	uint64_t due;		/* the next seq; 0: any */
	uint64_t unread;	/* lines since then that may have had one */
	bool odd;		/* the last record's seq was another one: */
	uint64_t got;		/* this, */
	uint64_t wanted;	/* where this was due, */
	uint64_t after;		/* or this, if the one before was right; 0 */
	struct place odd_place;

	unsigned moments;	/* how many of the next are set: 0 to 2 */
	struct moment before, last;
	bool back;		/* `last` is far before `before` */
};

/* Takes a record. Both places are in its line, at seq's and received_at's
 * values. */
void order_take(struct order *order, uint64_t seq, int64_t time,
    const struct place *seq_place, const struct place *time_place);

/* Passes a line whose seq cannot be read. */
void order_pass(struct order *order);

/* Goes on at another seq, without a finding, or at any seq if that is 0: what
 * comes before it was removed or could not be read. */
void order_jump(struct order *order, uint64_t seq);

/* After the last record. */
void order_end(struct order *order, int64_t now);

#endif
