/*
 * filesystem: what kind of file system a folder is on, and how much room it has
 * left for a user other than root.
 */
#ifndef HOOKLINE_HOOKCTL_FILESYSTEM_H
#define HOOKLINE_HOOKCTL_FILESYSTEM_H

#include <stdbool.h>
#include <stdint.h>

struct filesystem {
	char name[32];		/* "ext4"; "type 0x1234" if we do not know it */
	const char *warning;	/* why a journal should not be on it, or NULL */
	const char *note;	/* what to know about it, or NULL */
	uint64_t free;		/* bytes */
	bool few_inodes;	/* it has a fixed number of them, and few are
				 * left */
};

/* Looks at the file system of `path`, or, if that is missing, of the folder
 * that it would be in. False, with errno, if it cannot be looked at. */
bool filesystem_look(const char *path, struct filesystem *found);

#endif
