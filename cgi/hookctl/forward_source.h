/*
 * forward_source: the records that hookctl forward sends: of the journal, or of
 * a file with records or dead letters.
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
	uint64_t line;		/* of a file, from 1; 0: it is a journal */
};

struct forward_item {
	struct span line;	/* the record's, without a newline */
	struct record record;
	struct forward_mark mark;
};

struct forward_source;

/*
 * The records of the journal that are there now; what comes later is left for
 * the next run. Only those are given that are safe on the disk; of the others,
 * those that the range and the filter choose are named at the end. NULL after a
 * message. `directory` and `filter` must last.
 */
struct forward_source *forward_journal(const char *directory,
    const struct range *range, struct filter *filter);

/* The same for a file, or for standard input if the name is "-". */
struct forward_source *forward_file(const char *name,
    const struct range *range);

/* NULL is allowed. */
void forward_close(struct forward_source *source);

/* How many records or lines there are at most, 0 if that is not known, and how
 * many of them were passed. */
uint64_t forward_total(const struct forward_source *source);
uint64_t forward_passed(const struct forward_source *source);

enum forward_next {
	FORWARD_RECORD,
	FORWARD_END,
	FORWARD_FAILED		/* after a message */
};

/* Gives the next record of the range, valid until the next call. What is no
 * record is skipped, with one message about the first. */
enum forward_next forward_next(struct forward_source *source,
    struct forward_item *item);

/* Whether records of the range were not given: damaged ones, missing ones, or
 * such that are not safe on the disk. There was a message then. */
bool forward_has_gaps(const struct forward_source *source);

/* Says how to go on with the record at this mark. */
void forward_say_rest(const struct forward_source *source,
    const struct forward_mark *mark);

#endif
