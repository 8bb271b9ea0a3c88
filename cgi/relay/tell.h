/*
 * tell: what a relay says of its destination, in its status and in the log.
 */
#ifndef HOOKLINE_RELAY_TELL_H
#define HOOKLINE_RELAY_TELL_H

#include "relay/postbox.h"

#include <stdint.h>

struct tidings {
	const char *relay;	/* its name */
	const char *problem;	/* why nothing gets through; NULL: it does */
	unsigned failures;	/* in a row, also those that have just ended */
	unsigned worth;		/* so many of them are worth a log line */
	bool each;		/* and so is another problem after that */
	int64_t next_try;	/* in milliseconds, by clock_monotonic_ms() */
};

/* Publishes whether the destination takes records. A change is logged, as
 * relay-held or relay-resumed. */
void tell(struct postbox *postbox, const struct tidings *tidings);

/* Logs that a run of --once ends before everything was sent. */
void tell_given_up(struct postbox *postbox, const char *relay);

#endif
