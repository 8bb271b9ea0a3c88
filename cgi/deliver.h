/*
 * deliver: judges the answers to records that are sent on, and says when to try
 * again. For hookctl forward and the relay; sends nothing itself.
 *
 * 200 means that the destination has the record. With 400, 413, 415 or 422 it
 * refuses this record, which is given up after a few tries. Anything else, or
 * no answer, is the destination's fault: no other record would fare better, so
 * this one is held and tried again.
 */
#ifndef HOOKLINE_DELIVER_H
#define HOOKLINE_DELIVER_H

#include "client.h"

#include <stdint.h>

enum deliver_verdict {
	DELIVER_TAKEN,
	DELIVER_REFUSED,	/* the record's fault */
	DELIVER_HELD		/* the destination's */
};

/* `status` as in struct client_answer; 0: there was no answer. */
enum deliver_verdict deliver_judge(int status);

#define DELIVER_TRIES 5		/* for a record that is refused */

/* Milliseconds to wait after a record was refused for the time `refusals`, 1 to
 * DELIVER_TRIES - 1: between a second and a minute. */
int64_t deliver_refused_pause_ms(unsigned refusals);

/* The same after the destination has failed `failures` times in a row, 1 or
 * more. The time doubles from a second to a minute; `random` takes up to a
 * quarter off, so that several senders do not come at once. */
int64_t deliver_held_pause_ms(unsigned failures, uint32_t random);

/*
 * How long the answer's Retry-After asks us to wait: milliseconds from `now`
 * (microseconds since 1970), at most a day. It may be in seconds or a date (RFC
 * 9110, section 10.2.3); -1 if it is neither or missing.
 */
int64_t deliver_retry_after_ms(const struct client_answer *answer,
    int64_t now);

#endif
