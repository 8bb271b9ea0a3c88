/*
 * snapshot: the journal's files as they are at one moment, for backward.c. They
 * may be rotated, compressed or removed afterwards.
 */
#ifndef HOOKLINE_JOURNAL_SNAPSHOT_H
#define HOOKLINE_JOURNAL_SNAPSHOT_H

#include "base/error.h"
#include "journal/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file, and what is known without reading it. */
struct snapshot_file {
	char name[SEGMENT_PATH_MAX];
	uint64_t first_seq;	/* 0: not known, as the live file is empty or
				 * damaged */
	int64_t first_time;
	bool compressed;
};

struct snapshot {
	int directory;
	struct snapshot_file *files;	/* oldest first; the live one is last */
	size_t count;
	int live;		/* its descriptor; -1: there is none */
	int no_archive;		/* the errno if archive/ cannot be read, so that
				 * its files are left out; or 0 */
	uint64_t durable_seq;	/* the live file is durable up to this seq */
};

/*
 * With `stateless`, all records count as durable if the journal has no state.
 * ERR_MISSING: there is no such folder. On any error, errno says why. The
 * caller calls snapshot_free(), whatever is returned.
 */
enum error snapshot_take(struct snapshot *snapshot, const char *directory,
    bool stateless);
void snapshot_free(struct snapshot *snapshot);

/* Of file `i`, only records with seqs below this may be given. */
uint64_t snapshot_limit(const struct snapshot *snapshot, size_t i);

/* Whether file `i` may have records from `from` on and before `to`. */
bool snapshot_has_time(const struct snapshot *snapshot, size_t i, int64_t from,
    int64_t to);

/* Opens file `i`, which may have been compressed meanwhile. ERR_MISSING: it has
 * been removed. On any error, errno says why. The caller closes it with
 * snapshot_close(). */
enum error snapshot_open(struct snapshot *snapshot, size_t i, int *fd,
    uint64_t *size);
void snapshot_close(const struct snapshot *snapshot, int fd);

#endif
