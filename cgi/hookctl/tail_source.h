/*
 * tail_source: the journal as tail and forward read it: record by record,
 * across whatever happens to its files and its folder, and saying what is
 * missing.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_SOURCE_H
#define HOOKLINE_HOOKCTL_TAIL_SOURCE_H

#include "journal/reader.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/*
 * Whether the journal's folder can be read. With `wait`, and if it is not
 * there, says so and waits until it is. False after a message, or if tail is
 * asked to end or nobody reads its output meanwhile; `*asked` tells.
 */
bool source_wait(const char *directory, bool wait, bool *asked);

/* Opens the journal at a record; 0: the oldest one, whichever that is. NULL
 * after a message. `directory` is the caller's and must last. */
struct source *source_open(const char *directory, uint64_t first,
    bool durable);

/* NULL is allowed. */
void source_close(struct source *source);

enum source_result {
	SOURCE_RECORD,
	SOURCE_NONE,		/* there is no more now */
	SOURCE_MOVED,		/* another folder is at the path, or none:
				 * wait for it, and open it */
	SOURCE_FAILED		/* after a message */
};

/* Gives the next record, valid until the next call. Lines that are no records
 * are skipped, with one message about the first. */
enum source_result source_next(struct source *source,
    struct reader_line *line, struct record *record);

/* Whether there was a message about records that are missing, or about lines
 * that are no records. */
bool source_has_gaps(const struct source *source);

/* If the state of the journal is missing, says that nobody knows which records
 * of the live file are safe on the disk. */
void source_tell_unsure(const char *directory);

/* Waits until there may be more, a moment at most. */
void source_nap(struct source *source);

#endif
