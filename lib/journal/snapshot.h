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

/* One of them, and what is known without reading it. */
struct snapshot_file {
	char name[SEGMENT_PATH_MAX];
	uint64_t first_seq;	/* 0: not known; only of a live file that is
				 * empty or damaged */
	int64_t first_time;
	bool compressed;
};

struct snapshot {
	int directory;
	struct snapshot_file *files;	/* oldest first; the live one is last */
	size_t count;
	int live;		/* its descriptor; -1: there is none */
	int no_archive;		/* an errno: archive/ may not be read, so its
				 * files are left out; or 0 */
	uint64_t durable_seq;	/* what the live file has up to here is safe */
};

/*
 * With `stateless`, everything counts as safe if the journal has no state.
 * ERR_MISSING: there is no such folder. On any error, errno says why. The
 * caller calls snapshot_free(), whatever is returned.
 */
enum error snapshot_take(struct snapshot *snapshot, const char *directory,
    bool stateless);
void snapshot_free(struct snapshot *snapshot);

/* The records of file `i` that may be given are below this. */
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
