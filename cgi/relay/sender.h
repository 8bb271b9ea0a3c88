/*
 * sender: the records that are on their way to an HTTP endpoint, and what
 * becomes of each when its answer comes. For http.c, which sends them.
 */
#ifndef HOOKLINE_RELAY_SENDER_H
#define HOOKLINE_RELAY_SENDER_H

#include "client.h"
#include "outgoing.h"
#include "relay/letters.h"
#include "relay/postbox.h"
#include "relay/relay.h"
#include "relay/source.h"
#include "relay/window.h"

#define SENDER_AGAIN_MS 1000	/* after a failure of our own */
#define SENDER_PROBING 3	/* after this many failures in a row, only one
				 * record at a time is tried */

/* A record on its way. */
struct parcel {
	bool used, flying;
	uint64_t number;	/* in the window */
	uint64_t launch;	/* the number of its request */
	struct buffer line;
	struct record record;
	struct outgoing outgoing;
	struct letter letter;
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
	bool awaited;		/* receivers acknowledge what it has passed */
	bool back;		/* the journal begins again */
	enum source_result found; /* what the last look for a record gave */
	int64_t active_at;	/* the last request or answer */
	int64_t stop_at;	/* 0: it need not end */
	size_t count;
	struct parcel parcels[];
};

/* Makes the record a dead letter. If that cannot be written, the record is
 * tried again later. */
void sender_bury(struct sender *sender, struct parcel *parcel,
    const char *error, struct span answer);

/* Decides by the answer what becomes of the record. */
void sender_judge(struct sender *sender, struct parcel *parcel,
    const struct client_answer *answer);

/* Publishes why the destination takes no records, or, if `problem` is NULL,
 * that it takes them. */
void sender_tell(struct sender *sender, const char *problem);

#endif
