/*
 * deliver: how the answers to records that are sent on are judged, and when to
 * try again. For hookctl forward and the relay; sends nothing itself.
 *
 * 200 means that the destination has the record. 400, 413, 415 and 422 say that
 * it does not want this record: after a few tries it is given up. Anything
 * else, or no answer, is the destination's fault: no other record would fare
 * better, so this one is held and tried again.
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

#define DELIVER_TRIES 5		/* of a record that is refused */

/* Milliseconds to wait after the refusal number `refusals` of a record, from 1
 * to DELIVER_TRIES - 1: from a second to a minute. */
int64_t deliver_refused_pause_ms(unsigned refusals);

/* The same after the failure number `failures` in a row, from 1, of the
 * destination: twice as long each time, from a second to a minute, less up to a
 * quarter by `random`, so that several senders do not come at once. */
int64_t deliver_held_pause_ms(unsigned failures, uint32_t random);

/*
 * What the answer's Retry-After asks for, in milliseconds from `now`, which is
 * microseconds since 1970: seconds or a date (RFC 9110, section 10.2.3), at
 * most a day. -1 if there is none or it is neither.
 */
int64_t deliver_retry_after_ms(const struct client_answer *answer,
    int64_t now);

#endif
