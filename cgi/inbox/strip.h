/*
 * strip: how the receiver and the relays are doing. Reads only .state/counters,
 * .state/relays, the journal's folder and its file system, which need no
 * secret.
 */
#ifndef HOOKLINE_INBOX_STRIP_H
#define HOOKLINE_INBOX_STRIP_H

#include "journal/refusal.h"
#include "journal/relays.h"

#include <stdbool.h>
#include <stdint.h>

#define STRIP_HOURS 24

/* A relay that is behind, or is not running although nobody ended it. */
struct strip_relay {
	char name[RELAYS_NAME_SIZE]; /* may hold anything */
	uint64_t behind;	/* records */
	bool alive, held;
};

struct strip {
	bool counted;		/* there are counters; otherwise only the
				 * members marked with * are set */
	int64_t since;		/* when counting began, microseconds */
	int64_t last_received;	/* * time of the newest record; 0: none */
	uint64_t received[STRIP_HOURS];	/* accepted and repeats, by hour; the
					 * last one is the hour of `now` */
	int64_t quiet_from, quiet_to;	/* the longest time in them in which
					 * nothing was received, at least two
					 * whole hours; quiet_to is 0 if it has
					 * not ended. Both 0: none */
	uint64_t received_total;	/* of these 24 hours, like the rest */
	uint64_t repeats;
	uint64_t unavailable;	/* answered 503 */
	uint64_t refused[REFUSALS];	/* by enum refusal */
	uint64_t refused_total;
	uint64_t free_bytes;	/* * on the journal's disk, for the receiver */
	uint64_t total_bytes;	/* * of that disk; 0: not known */
	struct strip_relay relays[RELAYS_MAX];	/* * */
	size_t relay_count;	/* * */
};

/* Looks at the journal's folder, an absolute path. `latest` and `last_received`
 * are the seq and the time of its newest durable record, or 0. */
void strip_look(const char *directory, int64_t now, uint64_t latest,
    int64_t last_received, struct strip *strip);

#endif
