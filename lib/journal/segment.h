/*
 * segment: the names of the journal's files, and which rotated ones there are.
 *
 *   notifications.jsonl                                       the live one
 *   archive/notifications-<seq>-<time>.jsonl[.gz]             a rotated one
 *
 * <seq> is the first record's, in 12 digits, <time> its second in UTC. Names
 * sort in the order of the records. Used by the writer and the reader.
 */
#ifndef HOOKLINE_JOURNAL_SEGMENT_H
#define HOOKLINE_JOURNAL_SEGMENT_H

#include "base/error.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_LIVE "notifications.jsonl"
#define SEGMENT_ARCHIVE "archive"
#define SEGMENT_STATE ".state"
#define SEGMENT_PATH_MAX 80

struct segment {
	uint64_t first_seq;
	int64_t first_time;	/* microseconds, a whole second */
	bool compressed;
};

/* Writes "archive/notifications-...jsonl" or with ".gz". */
void segment_path(const struct segment *segment,
    char out[SEGMENT_PATH_MAX]);

/* Reads a name in archive/ (without the folder); false if it is none. */
bool segment_parse(const char *name, struct segment *segment);

/* Whether what was read of the open folder archive/ is a regular file. */
bool segment_is_file(int archive, const struct dirent *entry);

/*
 * Lists the rotated files, oldest first; what has such a name and is no regular
 * file is left out. Of a file that is there both plain and compressed only the
 * plain one is listed: the other may be unfinished. No archive folder is an
 * empty list. `*segments` is to be freed.
 */
enum error segment_list(int directory, struct segment **segments,
    size_t *count);

/* Bytes of a file, by its path from the journal's folder; 0 where there is
 * none. */
uint64_t segment_size(int directory, const char *path);

/* The seq and the time of the live file's first record; the seq is 0 where it
 * has none, or is not there. */
enum error segment_live_first(int directory, uint64_t *seq, int64_t *time);

/* The stamp of the live file's last record; 0 where it has none, or is not
 * there. */
enum error segment_live_last(int directory, int64_t *time);

#endif
