/*
 * strip: how the receiver and the relays are doing, from what needs no secret:
 * .state/counters, .state/relays, the journal's folder and its file system.
 */
#ifndef HOOKLINE_INBOX_STRIP_H
#define HOOKLINE_INBOX_STRIP_H

#include "journal/refusal.h"
#include "journal/relays.h"

#include <stdbool.h>
#include <stdint.h>

#define STRIP_HOURS 24

/* A relay that is behind, or that was not told to end and is not at work. */
struct strip_relay {
	char name[RELAYS_NAME_SIZE]; /* may hold anything */
	uint64_t behind;	/* records */
	bool alive, held;
};

struct strip {
	bool counted;		/* there are counters; otherwise only what is
				 * marked with * is set */
	int64_t since;		/* when counting began, microseconds */
	int64_t last_received;	/* * of the newest record; 0: none */
	uint64_t received[STRIP_HOURS];	/* accepted and repeats, by hour; the
					 * last one is the hour of `now` */
	int64_t quiet_from, quiet_to;	/* the longest time in them, in whole
					 * hours and at least two, in which
					 * nothing was received; quiet_to is 0
					 * if it has not ended. Both 0: none */
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

/* Looks at the journal's folder, an absolute path; `latest` and `last_received`
 * are of its newest durable record, or 0. */
void strip_look(const char *directory, int64_t now, uint64_t latest,
    int64_t last_received, struct strip *strip);

#endif
