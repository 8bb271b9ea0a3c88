/*
 * tail_range: which part of the journal tail shows or forward sends, and where
 * reading begins.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_RANGE_H
#define HOOKLINE_HOOKCTL_TAIL_RANGE_H

#include "hookctl/filter.h"
#include "hookctl/hookctl.h"
#include "journal/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint64_t from_seq;	/* 0: any */
	int64_t since, until;	/* microseconds; INT64_MIN, INT64_MAX: any */
};

/* Reads --since and --until, each of them or NULL, as times of now, and sets
 * the range; it has no from_seq. STATUS_USAGE after a message. */
enum status range_read(const struct command *command, const char *since,
    const char *until, bool utc, struct range *range);

/* Whether the times allow this record. */
bool range_has(const struct range *range, const struct reader_line *line);

/*
 * Finds by the files' names where reading has to begin: the first seq that may
 * be in the range, 0 if that is the oldest there is; and where it ends: the
 * first seq that no longer is, 0 if any may be. On an error, as of
 * reader_files(), neither is set.
 */
enum error range_find(const char *directory, const struct range *range,
    uint64_t *first, uint64_t *end);

/*
 * Looks backwards, file by file, for the last `count` records in the range that
 * the filter passes, and sets `*first` to the first of them; if there are
 * fewer, to where range_find() says. With a count of 0 it is the next record
 * that will come.
 */
enum error range_last(const char *directory, const struct range *range,
    uint64_t count, struct filter *filter, uint64_t *first);

#endif
