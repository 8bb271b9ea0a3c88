/*
 * sender: the records that are on their way to an HTTP endpoint, and what
 * becomes of each when its answer comes. For http.c, which sends them.
 */
#ifndef HOOKLINE_RELAY_SENDER_H
#define HOOKLINE_RELAY_SENDER_H

#include "client.h"
#include "journal/dead.h"
#include "outgoing.h"
#include "relay/letters.h"
#include "relay/postbox.h"
#include "relay/relay.h"
#include "relay/source.h"
#include "relay/window.h"

#define SENDER_AGAIN_MS 1000	/* after a failure of our own */
#define SENDER_PROBING 3	/* after this many failures in a row, only one
				 * record at a time is tried */

/* What is to be written of a record that was given up. */
struct grave {
	bool dug;		/* it was */
	unsigned failures;	/* to write it */
	char error[256];
	char answer[DEAD_ANSWER_MAX];
	size_t length;		/* of the answer */
};

/* A record on its way. */
struct parcel {
	bool used, flying;
	uint64_t number;	/* in the window */
	uint64_t launch;	/* the number of its request */
	struct buffer line;
	struct record record;
	struct outgoing outgoing;
	struct letter letter;
	struct grave grave;
	int64_t due;		/* when to try again */
};

struct sender {
	const struct relay_start *start;
	const struct relay *relay;
	struct source *source;
	struct postbox *postbox;
	struct window *window;
	struct client_pool *pool;
	struct outgoing_way way;
	struct letters letters;
	unsigned failures;	/* of the destination, in a row; requests that
				 * failed together count as one */
	uint64_t launches, failed; /* requests begun: by now, at a failure */
	int64_t hold_until;
	int64_t next_try;	/* of what failed last, or of all if they wait
				 * for hold_until */
	int status;		/* of the last answer that was not 200 */
	bool said;		/* it was logged that nothing gets through */
	bool stuck;		/* a dead letter could not be written */
	bool awaited;		/* receivers acknowledge what it has passed */
	bool back;		/* the journal begins again */
	enum source_result found; /* what the last look for a record gave */
	int64_t active_at;	/* the last request or answer */
	int64_t stop_at;	/* 0: it need not end */
	size_t count;
	struct parcel parcels[];
};

/* The record to try first of those that are due for another try, or NULL. */
struct parcel *sender_due(struct sender *sender, int64_t now);

/* A parcel that has no record; NULL if all have. */
struct parcel *sender_free(struct sender *sender);

/* Makes the record a dead letter: `error` says why, `answer` is the last one or
 * absent. If that cannot be written, the parcel waits for sender_bury(). */
void sender_give_up(struct sender *sender, struct parcel *parcel,
    const char *error, struct span answer);

/* Tries again to write the dead letter of a record that was given up. */
void sender_bury(struct sender *sender, struct parcel *parcel);

/* Decides by the answer what becomes of the record. */
void sender_judge(struct sender *sender, struct parcel *parcel,
    const struct client_answer *answer);

/* What may mend it that nothing gets through, in words. */
const char *sender_remedy(const struct sender *sender);

/* Publishes why the destination takes no records, or, if `problem` is NULL,
 * that it takes them. */
void sender_tell(struct sender *sender, const char *problem);

/* While the destination is well, publishes what keeps the relay itself from
 * working: the journal cannot be read, or a dead letter cannot be written. To
 * be called whenever one of them may have begun or ended. */
void sender_tell_trouble(struct sender *sender);

#endif
