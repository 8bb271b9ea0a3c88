/*
 * tell: what a relay says of its destination, in its status and in the log.
 */
#ifndef HOOKLINE_RELAY_TELL_H
#define HOOKLINE_RELAY_TELL_H

#include "relay/postbox.h"

#include <stdbool.h>
#include <stdint.h>

struct tidings {
	const char *relay;	/* its name */
	const char *problem;	/* why nothing gets through; NULL: it does */
	const char *remedy;	/* what may mend that; NULL: none is needed */
	unsigned failures;	/* in a row, also those that have just ended */
	unsigned worth;		/* so many of them are worth a log line */
	bool each;		/* and so is another problem after that */
	int64_t next_try;	/* in milliseconds, by clock_monotonic_ms() */
	bool *said;		/* whether the log has it; changed by tell() */
};

/* So long a wait is worth a log line, too, and too long for --once. In
 * milliseconds. */
#define TELL_LONG_MS 60000

/* Publishes whether the destination takes records. A change is logged, as
 * relay-held or relay-resumed. */
void tell(struct postbox *postbox, const struct tidings *tidings);

/* Problems and remedies. */
#define TELL_UNREADABLE "the journal cannot be read"
#define TELL_SEE_ABOVE "see the line before this one"

/* Logs that a run of --once ends before everything was done. `problem` is
 * published, too; NULL: what was published last is the problem. */
void tell_given_up(struct postbox *postbox, const char *relay,
    const char *problem, const char *remedy);

#endif
