/*
 * kept: the last records of a file that is read forwards, for backward.c.
 */
#ifndef HOOKLINE_JOURNAL_KEPT_H
#define HOOKLINE_JOURNAL_KEPT_H

#include "base/error.h"
#include "journal/reader.h"

#include <stdbool.h>
#include <stddef.h>

struct kept {			/* all zero: none yet */
	struct reader_line *lines;	/* oldest first; their bytes are ours */
	size_t count, room;
	size_t bytes;		/* of all of them */
	bool dropped;		/* older ones were, for newer ones */
};

/* Copies a line, and drops old ones so that at most `most` lines of at most
 * `most_bytes`, but no less than one, are left. ERR_MEMORY. */
enum error kept_add(struct kept *kept, const struct reader_line *line,
    size_t most, size_t most_bytes);

/* Takes the newest one; false if there is none. The caller frees it with
 * kept_free_line(). */
bool kept_take(struct kept *kept, struct reader_line *line);
void kept_free_line(struct reader_line *line);	/* sets its bytes to NULL */

/* Frees everything; it is all zero afterwards. */
void kept_free(struct kept *kept);

#endif
