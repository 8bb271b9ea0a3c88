/*
 * send_tally: what came back, told answer by answer or as a summary.
 *
 *   POST 1,312 bytes  200 ok  3.1 ms
 *
 *   200 ok 9,997   503 unavailable 3
 *   p50 3.1 ms   p90 5.9 ms   p99 14 ms   max 212 ms
 */
#ifndef HOOKLINE_HOOKCTL_SEND_TALLY_H
#define HOOKLINE_HOOKCTL_SEND_TALLY_H

#include "client.h"
#include "hookctl/hookctl.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALLY_KINDS_MAX 16	/* the last one is for all others */
#define TALLY_TEXT_MAX 4096	/* 200 bytes, escaped, and what is around */

/* Answers that are alike. */
struct tally_kind {
	int status;		/* 0: there was none */
	char word[32];		/* hookline's, a challenge, or what it is */
	bool ours;		/* hookline has answered */
	bool expected;
	uint64_t count;
	char about[TALLY_TEXT_MAX]; /* on the first of them: what more there is
				 * to say, or "" */
};

/* Before the first answer, all zero except the members that the caller sets. */
struct tally {
	int expected;		/* a status */
	const char *challenge;	/* the body expected with 200, or NULL: "ok" */
	bool each;		/* tell each answer when it comes */
	bool any_receiver;	/* 200 will do, whatever the body is */

	/* Set by send_tally.c. */
	struct tally_kind kinds[TALLY_KINDS_MAX];
	size_t kind_count;
	uint64_t answers;	/* also those that did not come */
	uint64_t unexpected;
	uint32_t *times;	/* of those that came, in microseconds */
	size_t time_count, time_room;
};

/* Counts an answer. False when memory is short. */
bool tally_add(struct tally *tally, const struct client_request *request,
    const struct client_answer *answer);

/* Tells all, unless each answer was told. */
void tally_print(struct tally *tally);

/* The same as one JSON object; `seconds` is how long it took. False when memory
 * is short. */
bool tally_print_json(struct tally *tally, const char *endpoint,
    double seconds);

void tally_free(struct tally *tally);

#endif
