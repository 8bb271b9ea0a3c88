/*
 * counters_internal: what the writer's two files share.
 *
 *   counters.c       counts
 *   counters_file.c  the file: found, made, followed
 */
#ifndef HOOKLINE_JOURNAL_COUNTERS_INTERNAL_H
#define HOOKLINE_JOURNAL_COUNTERS_INTERNAL_H

#include "journal/counters.h"
#include "journal/counters_layout.h"

struct counters {
	int directory;		/* the journal's folder, or -1: `path` */
	char *path;
	mode_t mode;
	struct counters_file *file;	/* the map, or NULL */
	dev_t device;			/* of the file */
	ino_t inode;
	int64_t look_at;		/* when to look at its name again */
	struct counters_file *own;	/* where there is no file; or NULL */
	uint64_t failed, stored;	/* by this process alone */
};

/*
 * Brings `file` up to date, at most once a second. Where the file cannot be
 * had the old map stays: others may have it still. With `make` a missing or
 * bad file is made anew.
 */
void counters_follow(struct counters *counters, bool make);

/* Gives up a map that broke. */
void counters_drop(struct counters *counters);

#endif
