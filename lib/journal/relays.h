/*
 * relays: .state/relays, where each relay says how it is doing: for hookctl,
 * the inbox and the receiver. The file is disposable: if it is missing, a relay
 * makes a new one, and the counts start over.
 *
 * Each relay writes to its own slot only. Readers take no lock. Links without
 * the writer.
 */
#ifndef HOOKLINE_JOURNAL_RELAYS_H
#define HOOKLINE_JOURNAL_RELAYS_H

#include "base/error.h"
#include "journal/state_mark.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RELAYS_MAX 64
#define RELAYS_NAME_SIZE 40	/* with the NUL, like the next */
#define RELAYS_TEXT_SIZE 200

enum relays_state {
	RELAYS_STARTING,	/* it has not said anything else yet */
	RELAYS_SENDING,
	RELAYS_HELD,		/* its destination takes nothing; see `text` */
	RELAYS_FAILED,		/* it cannot work at all; see `text` */
	RELAYS_ENDED		/* it was told to end, or is run by --once */
};

struct relays_status {
	char name[RELAYS_NAME_SIZE];
	enum relays_state state;
	uint64_t position;	/* all records up to this seq are done */
	uint64_t sent;		/* how many the destination has taken, like all
				 * counts since the file was made */
	uint64_t dead;		/* dead letters written */
	uint64_t dead_in_row;	/* since the destination last took a record;
				 * counted on by the next process */
	uint64_t removed;	/* removed by retention before they were sent */
	uint64_t tries;		/* failed ones so far, if RELAYS_HELD */
	int64_t next_try;	/* microseconds since boot; 0: not waiting */
	int64_t alive_at;	/* when it was published, by the same clock */

	/* For receivers that acknowledge what a relay has passed
	 * (acknowledge.h). */
	int64_t beat_at;	/* its heartbeat, by the same clock; 0: none */
	struct state_mark mark;	/* what `passed` is about */
	uint64_t passed;	/* up to this seq of that state, the destination
				 * has all records, or they are dead letters or
				 * not for it */
	char text[RELAYS_TEXT_SIZE]; /* for people; may hold what a destination
				 * sent: escape it */
};

/*
 * For a relay
 */

struct relays_slot;

/* Prepares the slot of the relay of this name. `directory` is the journal's
 * folder, which must stay open. NULL when memory is short. */
struct relays_slot *relays_open(int directory, const char *name);

/* NULL is allowed. */
void relays_close(struct relays_slot *slot);

/*
 * Publishes a status, with the name and alive_at filled in, and wakes the
 * processes that wait for it. Checks at most five times a second whether the
 * file is missing or was replaced, and makes or maps the new one. Failures are
 * ignored: readers then see no heartbeat.
 */
void relays_publish(struct relays_slot *slot,
    const struct relays_status *status);

/*
 * For readers
 */

/*
 * What all relays have last published, in no order. A relay that is writing all
 * the while, or was killed as it wrote, is left out. ERR_MISSING: there is no
 * file, or it is another version's. On other errors, errno says why.
 */
enum error relays_list(int directory,
    struct relays_status statuses[RELAYS_MAX], size_t *count);

/* What the relay of this name last published. ERR_MISSING: nothing. */
enum error relays_look(int directory, const char *name,
    struct relays_status *status);

/* Whether the relay is running: it has published within the last few seconds,
 * and has not ended. */
bool relays_alive(const struct relays_status *status);

/* Whether its last heartbeat is at most two seconds old. */
bool relays_beats(const struct relays_status *status);

#endif
