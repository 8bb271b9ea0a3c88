/*
 * kept: the last records of a file that is read forwards, for backward.c.
 */
#ifndef HOOKLINE_JOURNAL_KEPT_H
#define HOOKLINE_JOURNAL_KEPT_H

#include "base/error.h"
#include "journal/reader.h"

#include <stdbool.h>
#include <stddef.h>

struct kept {			/* all zero at first */
	struct reader_line *lines;	/* oldest first; it owns their bytes */
	size_t count, room;
	size_t bytes;		/* of all of them */
	bool dropped;		/* older lines were, in favour of newer ones */
};

/* Copies a line, and drops old ones until at most `most` lines and `most_bytes`
 * are left; one line is always kept. ERR_MEMORY. */
enum error kept_add(struct kept *kept, const struct reader_line *line,
    size_t most, size_t most_bytes);

/* Takes out the newest line; false if there is none. The caller frees it with
 * kept_free_line(). */
bool kept_take(struct kept *kept, struct reader_line *line);
void kept_free_line(struct reader_line *line);	/* sets its bytes to NULL */

/* Frees everything; it is all zero afterwards. */
void kept_free(struct kept *kept);

#endif
