/*
 * reader: reads the journal's records in order, beginning anywhere, across
 * rotation and compression. It can be linked without the writer, changes
 * nothing and takes no lock.
 *
 * A reader knows its place by seq, so it can be closed and opened again at the
 * same place, and files may be rotated, compressed or removed meanwhile.
 * Records that retention has removed are skipped; the seqs show the gap.
 */
#ifndef HOOKLINE_JOURNAL_READER_H
#define HOOKLINE_JOURNAL_READER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader_options {
	const char *directory;	/* the journal's */
	uint64_t from_seq;	/* the first record wanted; 0: from the start */
	int64_t from_time;	/* skip what is older; microseconds, or 0 */
	bool durable;		/* only what no power cut can take back */
};

struct reader_line {
	const char *bytes;	/* no newline; valid until the next call */
	size_t length;
	uint64_t seq;
	int64_t received_at;	/* microseconds */
};

struct reader;

/* ERR_MISSING: there is no such folder. An empty journal is fine. */
enum error reader_open(const struct reader_options *options,
    struct reader **reader);

/* NULL is allowed. */
void reader_close(struct reader *reader);

/*
 * Gives the next record, and skips lines that are not records. False if there
 * is none now: if reader_error() says ERR_NONE, more may come; otherwise a file
 * cannot be read at the moment. Either way, another call tries again.
 */
bool reader_next(struct reader *reader, struct reader_line *line);
enum error reader_error(const struct reader *reader);

/* With `durable`: whether it gave none because nobody knows how much of the
 * live file is on disk. The receiver's next request makes the state that tells
 * it, unless another one is doing so now. */
bool reader_is_unsure(const struct reader *reader);

/* Where a line is, or was when its file was opened. */
struct reader_place {
	char file[80];		/* relative to the journal's folder */
	uint64_t offset;	/* in bytes; uncompressed ones */
};

/* Of the last line that reader_next() gave. */
const struct reader_place *reader_place(const struct reader *reader);

/* Of the first line that was skipped, as it is not a record; NULL if there was
 * none. */
const struct reader_place *reader_skipped(const struct reader *reader);

/* Waits until there may be more, but at most `wait_ms` milliseconds. */
void reader_wait(struct reader *reader, int wait_ms);

/* One file of the journal, as reader_files() lists it. */
struct reader_file {
	char name[80];		/* relative to the journal's folder */
	uint64_t first_seq;	/* 0 if it is empty */
	int64_t first_time;	/* to the second for rotated files */
	uint64_t size;		/* bytes on the disk */
	bool compressed;
	bool live;
};

/* Lists all files, oldest first, the live one last. The caller frees
 * `*files`. */
enum error reader_files(const char *directory, struct reader_file **files,
    size_t *count);

#endif
