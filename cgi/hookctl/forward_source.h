/*
 * forward_source: the records that hookctl forward sends: from the journal, or
 * from a file with records or dead letters.
 */
#ifndef HOOKLINE_HOOKCTL_FORWARD_SOURCE_H
#define HOOKLINE_HOOKCTL_FORWARD_SOURCE_H

#include "hookctl/hookctl.h"
#include "hookctl/tail_range.h"
#include "payload/record.h"

#include <stdbool.h>
#include <stdint.h>

/* A place in the source. */
struct forward_mark {
	uint64_t seq;
	uint64_t line;		/* in a file, from 1; 0 for a journal */
};

struct forward_item {
	struct span line;	/* the record's line, without its newline */
	struct record record;
	struct forward_mark mark;
};

struct forward_source;

/*
 * Reads the records that are in the journal now; later ones are left for the
 * next run. Records that may not be on the disk yet are left out too; those in
 * the range and the filter are named at the end. NULL after a message. Keeps
 * `directory` and `filter`, which must outlive it.
 */
struct forward_source *forward_journal(const char *directory,
    const struct range *range, struct filter *filter);

/* The same for a file, or for standard input if the name is "-". */
struct forward_source *forward_file(const char *name,
    const struct range *range);

/* NULL is allowed. */
void forward_close(struct forward_source *source);

/* How many records or lines there are at most, 0 if that is not known, and how
 * many of them have been read. */
uint64_t forward_total(const struct forward_source *source);
uint64_t forward_passed(const struct forward_source *source);

enum forward_next {
	FORWARD_RECORD,
	FORWARD_END,
	FORWARD_FAILED		/* after a message */
};

/* Gives the next record of the range, valid until the next call. Lines that are
 * not records are skipped, with one message about the first of them. */
enum forward_next forward_next(struct forward_source *source,
    struct forward_item *item);

/* Whether records were left out, after a message: damaged ones, missing ones,
 * or those that may not be on the disk yet. */
bool forward_has_gaps(const struct forward_source *source);

/* Says how to go on with the record at this mark. */
void forward_say_rest(const struct forward_source *source,
    const struct forward_mark *mark);

#endif
