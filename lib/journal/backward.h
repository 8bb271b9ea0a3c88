/*
 * backward: reads the journal's records from the newest to the oldest, across
 * rotation and compression. Like the reader, it can be linked without the
 * writer, changes nothing, takes no lock, and gives only what no power cut can
 * take back.
 *
 * It sees the journal as it is when it is opened: what is written later is not
 * given. Files may be rotated, compressed or removed meanwhile; records that
 * retention removes are left out. No record comes twice.
 *
 * A compressed file can only be read from its beginning. So it is read whole,
 * and the last `most` records that are wanted are kept in memory; if more are
 * asked for, it is read again.
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
	BACKWARD_STOP		/* that was enough work: this one was not
				 * looked at any more */
};

struct backward_options {
	const char *directory;	/* the journal's */
	uint64_t before;	/* only lower seqs; 0: from the newest on */
	bool stateless;		/* for people: if the journal has no state, as
				 * it was deleted or the folder is a copy, the
				 * live file's records come nevertheless */

	/* Files that have no record of this time are passed over; microseconds,
	 * `to` is exclusive. Other records still come. */
	int64_t from, to;

	size_t most;		/* records kept of a compressed file, 1 or
				 * more, */
	size_t most_bytes;	/* and their bytes; one is always kept */

	/* Whether a record is wanted. Within a compressed file, it is asked
	 * about the older ones first. NULL: all are. */
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

/* Gives the next older record that is wanted; false if there is none, if
 * `judge` has said to stop, or if backward_error() is not ERR_NONE. Its bytes
 * are valid until the next call. */
bool backward_next(struct backward *backward, struct reader_line *line);

/* ERR_MEMORY, or ERR_NONE. A file that cannot be read is no error: */
enum error backward_error(const struct backward *backward);

/* What could not be read; the rest was read nevertheless. EFBIG: the file is
 * compressed, and `judge` has said to stop in it although nothing else had been
 * looked at: it would say so each time, so the file is passed over. */
const struct left_out *backward_left_out(const struct backward *backward);

/* Says that the last line, or the one that `judge` is asked about, is not a
 * record. */
void backward_blame(struct backward *backward);

/* The first seq of the oldest file; 0: there is none, or it is not known. */
uint64_t backward_oldest(const struct backward *backward);

/* How far it has come: the oldest record that was looked at. False if there is
 * none yet. */
bool backward_reached(const struct backward *backward, uint64_t *seq,
    int64_t *received_at);

/* Whether there may be older ones. */
bool backward_goes_on(const struct backward *backward);

#endif
