/*
 * source: the records that a relay has to send, in the order of the journal,
 * starting at its cursor. It gives durable records only: if a power cut undid
 * one, another record would get its seq, and the destination would have both.
 */
#ifndef HOOKLINE_RELAY_SOURCE_H
#define HOOKLINE_RELAY_SOURCE_H

#include "config/config.h"
#include "journal/cursor.h"
#include "journal/reader.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/* A record; spans and bytes are valid until the next call. */
struct source_record {
	struct reader_line line;
	struct record record;
	struct cursor_place place;
	bool wanted;		/* the relay's filters let it pass */
};

enum source_result {
	SOURCE_RECORD,
	SOURCE_NOTHING,		/* there is none now */
	SOURCE_BACK,		/* this is no longer the same journal: next
				 * comes its oldest record */
	SOURCE_FAILED		/* the journal cannot be read now; logged */
};

/* NULL when memory is short. The journal is opened at the first source_next().
 * Keeps both arguments, which must outlive it. */
struct source *source_new(const char *directory, const struct relay *relay);

/* NULL is allowed. */
void source_free(struct source *source);

/* Begins after this place, or, if it is NULL, with the first record. */
void source_begin(struct source *source, const struct cursor_place *after);

/* Reads the next record, whether the relay wants it or not. */
enum source_result source_next(struct source *source,
    struct source_record *record);

/* To be called right after source_next() has given a record, if memory is too
 * short for it: the next call gives it again. Logs that, and returns
 * SOURCE_FAILED. */
enum source_result source_put_back(struct source *source);

/* Whether the last record that was read is in the journal as it is now; true if
 * none was. Logs nothing, and leaves what follows to source_next(). */
bool source_fits(const struct source *source);

/* How often source_begin() was called, and how often SOURCE_BACK came. */
unsigned source_begun(const struct source *source);
unsigned source_backs(const struct source *source);

/* Waits up to `wait_ms` milliseconds, below 1000, for more records. */
void source_wait(struct source *source, int wait_ms);

/* The id of the journal; "" before its first record. */
const char *source_journal(const struct source *source);

/* How many records were removed before they were read. */
uint64_t source_removed(const struct source *source);

#endif
