/*
 * verify_order: checks that seq counts 1, 2, 3 over all lines, and that times
 * never go back.
 *
 * If the clock goes back by up to an hour, the writer gives a record the time
 * of the one before it; if by more, it takes the clock's time. So a small step
 * back is always a finding. A large one is damage if one changed bit explains
 * it and the records around it are in order; otherwise, the clock was set back.
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
	uint64_t unread;	/* lines since then whose seq was unreadable */
	bool odd;		/* the last record was out of order: it had */
	uint64_t got;		/* this seq, */
	uint64_t wanted;	/* where this one was due, */
	uint64_t after;		/* or this, if the one before was right; 0 */
	struct place odd_place;

	unsigned moments;	/* how many of the next two are set */
	struct moment before, last;
	bool back;		/* `last` is far before `before` */
};

/* Takes a record; the places are those of the values of seq and received_at. */
void order_take(struct order *order, uint64_t seq, int64_t time,
    const struct place *seq_place, const struct place *time_place);

/* Passes over a line whose seq cannot be read. */
void order_pass(struct order *order);

/* Goes on at another seq, or at any seq if it is 0, without a finding: the
 * records before it were removed or could not be read. */
void order_jump(struct order *order, uint64_t seq);

/* After the last record. */
void order_end(struct order *order, int64_t now);

#endif
