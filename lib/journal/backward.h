/*
 * backward: reads the journal's records from the newest to the oldest, across
 * rotation and compression. Like the reader, it can be linked without the
 * writer, changes nothing, takes no lock, and gives durable records only.
 *
 * It gives the journal as it was when it was opened, and nothing that is
 * written later. Files may be rotated, compressed or removed meanwhile; records
 * that retention removes are left out. No record comes twice.
 *
 * A compressed file can only be read from its beginning. So the whole file is
 * read, and the last `most` records that are wanted are kept in memory; if more
 * are asked for, it is read again.
 */
#ifndef HOOKLINE_JOURNAL_BACKWARD_H
#define HOOKLINE_JOURNAL_BACKWARD_H

#include "base/error.h"
#include "journal/left_out.h"
#include "journal/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum backward_verdict {
	BACKWARD_SKIP,
	BACKWARD_GIVE,
	BACKWARD_STOP		/* enough work has been done: this record was
				 * not looked at */
};

struct backward_options {
	const char *directory;	/* the journal's */
	uint64_t before;	/* only lower seqs; 0: from the newest on */
	bool stateless;		/* for people: give the live file's records even
				 * if the journal has no state, because it was
				 * deleted or the folder is a copy */

	/* Files without a record of this time are passed over, but records of
	 * other times may still come. In microseconds; `to` is exclusive. */
	int64_t from, to;

	size_t most;		/* records of a compressed file to keep in
				 * memory, 1 or more, */
	size_t most_bytes;	/* and their bytes; one is always kept */

	/* Whether a record is wanted; NULL: all are. In a compressed file, it
	 * is asked about the older records first. */
	enum backward_verdict (*judge)(void *context,
	    const struct reader_line *line);
	void *context;
};

struct backward;

/* ERR_MISSING: there is no such folder. On any error, errno says why. */
enum error backward_open(const struct backward_options *options,
    struct backward **backward);

/* NULL is allowed. */
void backward_close(struct backward *backward);

/* Gives the next older record that is wanted; its bytes are valid until the
 * next call. False if there is none, `judge` has said to stop, or
 * backward_error() is not ERR_NONE. */
bool backward_next(struct backward *backward, struct reader_line *line);

/* ERR_MEMORY, or ERR_NONE. A file that cannot be read is not an error: */
enum error backward_error(const struct backward *backward);

/* What could not be read; the rest was read nevertheless. EFBIG: `judge` said
 * to stop in a compressed file before anything else was looked at. It would do
 * so each time, so the file was passed over. */
const struct left_out *backward_left_out(const struct backward *backward);

/* To be told that the last line, or the one that `judge` is asked about, is not
 * a record: it then counts as left out. */
void backward_blame(struct backward *backward);

/* The first seq of the oldest file; 0: there is none, or it is not known. */
uint64_t backward_oldest(const struct backward *backward);

/* The oldest record that was looked at so far. False if there is none yet. */
bool backward_reached(const struct backward *backward, uint64_t *seq,
    int64_t *received_at);

/* Whether there may be older records. */
bool backward_goes_on(const struct backward *backward);

#endif
