/*
 * dead: the file of dead letters, for hookctl and the relay: records that were
 * given up. One line each, of mode 0600, `record` last, its bytes unchanged:
 *
 *   {"dead_at":"2026-11-21T06:04:11.000000Z","by":"relay second-host",
 *    "tries":5,"error":"http 422","answer":"<first 200 bytes>","record":{...}}
 *
 * without the line break. A line is on disk before the cursor moves past its
 * record. A kill in between repeats the letter. Links without the writer.
 */
#ifndef HOOKLINE_JOURNAL_DEAD_H
#define HOOKLINE_JOURNAL_DEAD_H

#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct dead_letter {
	int64_t dead_at;	/* microseconds since 1970 */
	const char *by;		/* who gave up */
	uint64_t tries;
	const char *error;	/* of the last one */
	struct span answer;	/* of the last one, or absent; bytes after the
				 * first 200 are left out, and what is not
				 * UTF-8 becomes U+FFFD */
	struct span record;	/* the line, without its newline */
};

struct dead;

/*
 * Opens the file for appending, and makes it if it is missing. If a kill has
 * left half a line at its end, that is removed. The cursor's lock keeps others
 * away. On an error, errno says why.
 */
enum error dead_open(const char *path, struct dead **dead);

/* Appends a letter and syncs it. On an error, errno says why, and no part of
 * the line is in the file unless that failed too. */
enum error dead_append(const struct dead *dead,
    const struct dead_letter *letter);

/* NULL is allowed. */
void dead_close(struct dead *dead);

/* Finds the record in a letter's line, with or without the newline; it may be
 * anything. False if the line does not begin and end like a letter. */
bool dead_record(struct span line, struct span *record);

#endif
