/*
 * tally: how many requests were refused, and why, counted over all processes,
 * how many of them still get a line in the log, and what was said within the
 * last hour.
 *
 * The counts stand in a small file that all map, `.state/refused` in the
 * journal's folder; where that cannot be had, each process counts for itself.
 * It may be deleted at any time.
 */
#ifndef HOOKLINE_BASE_TALLY_H
#define HOOKLINE_BASE_TALLY_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#define TALLY_FOLDER ".state"
#define TALLY_NAME ".state/refused"
#define TALLY_LINES_MAX 10	/* a second */
#define TALLY_KINDS 16
#define TALLY_HOURLY 8

struct tally;

/* `directory` is the journal's; NULL is allowed, as is one that is not there
 * yet. NULL when memory is short. */
struct tally *tally_open(const char *directory, mode_t mode);
void tally_close(struct tally *tally);

/* Whether it counts with the other processes. */
bool tally_shared(const struct tally *tally);

/*
 * Counts a refusal of a kind below TALLY_KINDS. True: it gets a line;
 * `*left_out` is then how many got none in the last second that had some.
 */
bool tally_add(struct tally *tally, unsigned kind, uint64_t *left_out);

/*
 * True where nobody has been told so within the last hour, for a kind below
 * TALLY_HOURLY: the caller says then what there is to say of it.
 */
bool tally_hourly(struct tally *tally, unsigned kind);

/* How many of a kind there were. */
uint64_t tally_count(const struct tally *tally, unsigned kind);

#endif
