/*
 * dead: the file of dead letters, for hookctl and the relay. A dead letter is a
 * record that was given up. Each is one line of a file of mode 0600, with
 * `record` last, its bytes unchanged:
 *
 *   {"dead_at":"2026-11-21T06:04:11.000000Z","by":"relay second-host",
 *    "tries":5,"error":"http 422","answer":"<first 200 bytes>","record":{...}}
 *
 * without the line break. A letter is on the disk before the cursor moves past
 * its record; after a kill in between, it is written twice. Links without the
 * writer.
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
	const char *error;	/* of the last try */
	struct span answer;	/* of the last try, or absent; only its first
				 * 200 bytes are written, with U+FFFD for what
				 * is not UTF-8 */
	struct span record;	/* the line, without its newline */
};

struct dead;

/*
 * Opens the file for appending, and makes it if it is missing. Removes half a
 * line that a kill has left at its end. Takes no lock, since the lock of the
 * cursor keeps others away. On an error, errno says why.
 */
enum error dead_open(const char *path, struct dead **dead);

/* Appends a letter and syncs it. On an error, errno says why; what was written
 * of the line is removed again, if possible. */
enum error dead_append(const struct dead *dead,
    const struct dead_letter *letter);

/* NULL is allowed. */
void dead_close(struct dead *dead);

/* Finds the record in a letter's line, with or without the newline. Does not
 * check the record. False if the line does not begin and end like a letter. */
bool dead_record(struct span line, struct span *record);

#endif
