/*
 * segment: names the journal's files and lists the rotated ones, for the writer
 * and the reader.
 *
 *   notifications.jsonl                                    the live file
 *   archive/notifications-<seq>-<time>.jsonl[.gz]          a rotated file
 *
 * <seq> is that of the first record, in 12 digits; <time> is when that record
 * was received, in UTC. Names sort in the order of the records.
 */
#ifndef HOOKLINE_JOURNAL_SEGMENT_H
#define HOOKLINE_JOURNAL_SEGMENT_H

#include "base/error.h"
#include "journal/layout.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_PATH_MAX 80

struct segment {
	uint64_t first_seq;
	int64_t first_time;	/* microseconds, but whole seconds */
	bool compressed;
};

/* Writes "archive/notifications-...jsonl" or with ".gz". */
void segment_path(const struct segment *segment,
    char out[SEGMENT_PATH_MAX]);

/* Parses a file name from archive/; false if it is not a segment's. */
bool segment_parse(const char *name, struct segment *segment);

/* Whether this entry of the open folder archive/ is a regular file. */
bool segment_is_file(int archive, const struct dirent *entry);

/*
 * Lists the rotated files, oldest first. Anything with such a name that is not
 * a regular file is left out. If a file is there both plain and compressed,
 * only the plain one is listed: the other may be unfinished. If there is no
 * archive folder, the list is empty. The caller frees `*segments`.
 */
enum error segment_list(int directory, struct segment **segments,
    size_t *count);

/* The size of a file in bytes, by its path from the journal's folder; 0 if
 * there is no such file. */
uint64_t segment_size(int directory, const char *path);

/* Seq and time of the live file's first record. The seq is 0 if the file is
 * missing or has no record. */
enum error segment_live_first(int directory, uint64_t *seq, int64_t *time);

/* The time of the live file's last record; 0 if the file is missing or has no
 * record. */
enum error segment_live_last(int directory, int64_t *time);

#endif
