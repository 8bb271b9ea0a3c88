/*
 * counters: counts what becomes of requests, across all processes that serve
 * one journal, in .state/counters (counters_layout.h). It also decides how many
 * refusals and repeats get a line in the log, and knows whether storing is
 * failing at the moment.
 *
 * The file is opened, or made if it is missing, when something is first
 * counted. If that is not possible (no folder, no permission, no room, a file
 * that was cut short), each process counts in its own memory, and looks for the
 * file again once a second; what it counts alone is never added. A removed or
 * replaced file is noticed within a second. A bad file is replaced by a new
 * one, never changed, so that no process loses its map.
 *
 * For one process and one thread; never carry it across fork(2). Counting costs
 * some tens of nanoseconds and no system call, except for one stat(2) a second.
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_H
#define HOOKLINE_JOURNAL_COUNTERS_H

#include "journal/refusal.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTERS_LINES_MAX 10	/* a second, for all processes together */
#define COUNTERS_LINES_ALONE 1	/* for a process that counts for itself: it
				 * cannot know how many others there are */
#define COUNTERS_HINTS_MAX 1	/* for all processes together, or for one that
				 * counts for itself */
#define COUNTERS_FAILING_S 60

struct counters;

/*
 * For the journal's folder: `directory`, which must stay open meanwhile, or, if
 * that is -1, the absolute `path`, which is copied and need not exist. Touches
 * no file yet. NULL if memory runs out.
 */
struct counters *counters_open(int directory, const char *path, mode_t mode);

/* NULL is allowed, here and below: then nothing is counted. */
void counters_close(struct counters *counters);

/* Whether it counts together with others; opens or makes the file. */
bool counters_shared(struct counters *counters);

/* One answered request. */
struct counters_event {
	const char *endpoint;	/* the name of a configured one, or NULL */
	enum refusal refusal;
	bool accepted;		/* it brought a new record */
	bool repeat;		/* it was answered 200 and brought none */
	bool unavailable;	/* a POST answered 503 */
	size_t secret;		/* with `accepted`: the place of the secret */
	uint64_t bytes;		/* with `accepted`: of the body */
	int64_t took_us;	/* from arrival to answer; -1: not counted */
};

void counters_add(struct counters *counters,
    const struct counters_event *event);

/* What is logged only a few times a second. */
enum counters_about {
	ABOUT_REFUSALS,		/* COUNTERS_LINES_MAX */
	ABOUT_REPEATS,		/* the same */
	ABOUT_HINTS		/* COUNTERS_HINTS_MAX */
};

/*
 * Whether one more refusal or repeat gets a line in the log, or one more hint
 * is looked for; ask once for each of them. If so, `*left_out` is how many got
 * none in the last second that had any.
 */
bool counters_line(struct counters *counters, enum counters_about about,
    uint64_t *left_out);

/* Whether this is the first time in this hour of the wall clock that any
 * process asks for `which` (below COUNTERS_HOURLY). */
bool counters_hourly(struct counters *counters, unsigned which);

/* Notes that an attempt to store notifications failed, or succeeded. */
void counters_failed(struct counters *counters);
void counters_stored(struct counters *counters);

/* Whether one failed less than COUNTERS_FAILING_S ago and none has succeeded
 * since. Makes no file. */
bool counters_failing(struct counters *counters);

#endif
