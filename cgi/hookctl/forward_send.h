/*
 * forward_send: sends one record again and again, until the destination has
 * taken it, has refused it often enough, or has failed for too long.
 */
#ifndef HOOKLINE_HOOKCTL_FORWARD_SEND_H
#define HOOKLINE_HOOKCTL_FORWARD_SEND_H

#include "client.h"
#include "hookctl/send_tally.h"

#include <stdbool.h>
#include <stdint.h>

enum forward_result {
	FORWARD_TAKEN,
	FORWARD_REFUSED,	/* it will never be taken; see `error` */
	FORWARD_GIVEN_UP,	/* the destination fails; after a message */
	FORWARD_STOPPED,	/* by a signal */
	FORWARD_NO_MEMORY
};

/* All zero at first, but for what the caller sets. */
struct forward_sender {
	struct client *client;
	struct tally *tally;	/* counts each answer */
	int64_t give_up;	/* seconds of failures in a row */

	/* Set by forward_send.c. */
	struct client_answer answer; /* the last one */
	char error[300];	/* what it was, in a few words, if not 200 */
	unsigned failures;	/* of the destination, in a row */
	int64_t held_since;	/* the first of them; clock_monotonic_ms() */
};

/* Sends the request of the record with this seq. Prints one message when it has
 * to wait, and one when the wait is over. */
enum forward_result forward_send(struct forward_sender *sender,
    const struct client_request *request, uint64_t seq);

void forward_sender_free(struct forward_sender *sender);

#endif
