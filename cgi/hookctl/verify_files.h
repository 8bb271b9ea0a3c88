/*
 * verify_files: the journal's files in order, while others may rotate,
 * compress and remove them. Nothing is written, and no lock is taken.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_FILES_H
#define HOOKLINE_HOOKCTL_VERIFY_FILES_H

#include "base/error.h"
#include "journal/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files {
	int directory;		/* the journal's folder */
	bool any;		/* a file has been given already: */
	struct segment last;	/* the last rotated one */
	uint64_t inode;		/* and its inode */
};

struct file {
	char name[SEGMENT_PATH_MAX];	/* relative to the folder */
	struct segment segment;	/* what the name of a rotated file says */
	bool live;
	bool rotated;		/* for the caller: the file was live, has been
				 * rotated since, and was read to its end */
	bool oldest;		/* there is no older file now */
	bool twin;		/* a compressed copy of it was left out */
	int fd;			/* -1: it cannot be read, for this reason: */
	int number;		/* an errno */
	uint64_t inode;
	uint64_t size;		/* on the disk */
};

/* False, with errno, if the folder cannot be opened. */
bool files_open(struct files *files, const char *directory);
void files_close(struct files *files);

/* Gives the next file, which the caller closes. ERR_MISSING: there is no live
 * file. ERR_BUSY: the live file is being rotated, and was given already. On
 * other errors, the folder cannot be read. */
enum error files_next(struct files *files, struct file *file);

/* Whether the file, given as the live one, is still live. */
bool files_is_live(const struct files *files, const struct file *file);

/* To be told that the live file, just read to its end, was rotated, and that it
 * begins with this seq. */
void files_rotated(struct files *files, uint64_t first_seq);

/* Calls `found` for each name in archive/ that is not one of the journal's. */
void files_foreign(const struct files *files,
    void (*found)(void *context, const char *name), void *context);

#endif
