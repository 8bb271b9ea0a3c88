/*
 * acknowledge: has a relay passed a record? For the receiver, which then answers
 * 200. It looks at what the relay publishes in .state/relays (relays.h), mapped
 * read-only. If that file is missing, too short, another version's or made by
 * somebody else, the relay is silent.
 */
#ifndef HOOKLINE_JOURNAL_ACKNOWLEDGE_H
#define HOOKLINE_JOURNAL_ACKNOWLEDGE_H

#include "journal/state_mark.h"

#include <stdint.h>

struct acknowledge;

/* For the relay of this name, and the journal in the folder `directory`. NULL
 * if memory is short or the folder cannot be opened. */
struct acknowledge *acknowledge_open(const char *directory, const char *name);

/* NULL is allowed. */
void acknowledge_close(struct acknowledge *acknowledge);

/* Looks at what the relay has published by now. */
void acknowledge_look(struct acknowledge *acknowledge);

enum acknowledged {
	ACKNOWLEDGE_PASSED,
	ACKNOWLEDGE_WAITING,	/* the relay is at work, and has not come so
				 * far in this state of the journal */
	ACKNOWLEDGE_SILENT	/* it has no heartbeat */
};

/* Whether the relay had passed the record of this seq in the state `mark` when
 * acknowledge_look() was last called. */
enum acknowledged acknowledge_passed(const struct acknowledge *acknowledge,
    const struct state_mark *mark, uint64_t seq);

/* Waits until the relay has published something since acknowledge_look() was
 * last called, but at most `wait_ms` milliseconds. */
void acknowledge_wait(const struct acknowledge *acknowledge, int wait_ms);

#endif
