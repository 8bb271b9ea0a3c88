/*
 * folder: the journal's folder as it was opened: who owns it, what is created
 * in it, and whether it is still at its path.
 *
 * Whatever we create in it belongs to its owner, no matter who runs us: a
 * program that root runs must not lock out the web server's user.
 */
#ifndef HOOKLINE_JOURNAL_FOLDER_H
#define HOOKLINE_JOURNAL_FOLDER_H

#include "journal/journal.h"
#include "journal/trouble.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct folder {
	int fd;			/* -1: not open */
	const char *path;	/* the options', not owned */
	mode_t file_mode;	/* of what is created in it */
	uid_t owner;
	gid_t group;
	uint64_t device, inode;
	uint64_t mount;		/* on which it was opened; 0: unknown */
	bool remote;		/* it is on NFS */
	struct trouble *trouble; /* the opener's; may be NULL */
};

/*
 * Opens the journal's folder and checks that it can be trusted. With `make`, a
 * missing folder is created, if its parent exists and we are not root: it would
 * belong to root. Errors are noted in the options' trouble.
 */
enum error folder_open(const struct journal_options *options, bool make,
    struct folder *folder);
void folder_close(struct folder *folder);

/* Whether another folder, or none, is at its path now. */
bool folder_moved(const struct folder *folder);

/* Opens a file in it, and creates it if it is missing; -1 with errno. */
int folder_create(const struct folder *folder, const char *name, int flags);

/* The same for a file that no other process may have open: whatever has the
 * name now is first cleared away. */
enum error folder_create_new(const struct folder *folder, const char *name,
    int flags, int *fd);

/* Creates a folder in it, unless one is there; 0, or -1 with errno. */
int folder_make(const struct folder *folder, const char *name);

/* Removes whatever has this name below .state/, if anything, so that a file can
 * be made there. A folder that is not empty is moved aside. */
enum error folder_clear(const struct folder *folder, const char *name);

/* Whether this is an empty file that another program, such as logrotate, put
 * into a folder that our user owns. We may then put ours in its place. */
bool folder_replaceable(const struct folder *folder,
    const struct stat *status);

/* Makes the names in the folder itself (".") or in one below it durable. */
enum error folder_sync(const struct folder *folder, const char *name);

/* Notes that a call on `name` has just failed; returns what its errno means. */
enum error folder_fail(const struct folder *folder, const char *name);

/* Why we do not use something in it, though no call failed; folder.c says it in
 * words. */
enum folder_fault {
	FOLDER_WORLD_WRITABLE,
	FOLDER_NO_FILE,		/* not a regular file, but it should be */
	FOLDER_NO_FOLDER,	/* a link or file, but it should be a folder */
	FOLDER_ON_NFS,
	FOLDER_NOT_MADE,	/* missing, and we may not create it */
	FOLDER_NOT_BY_ROOT,	/* missing, and root does not create it */
	FOLDER_NUMBERS_CHANGE,	/* inode numbers do not last */
	FOLDER_NEWER,		/* a newer version of this program works here */
	FOLDER_REPLACED		/* while it was open */
};

/* Notes the fault; returns ERR_UNSAFE. */
enum error folder_refuse(const struct folder *folder, const char *name,
    enum folder_fault fault);

/* The same for a live file that is not a regular file, or that everybody may
 * write to; finds out which. */
enum error folder_refuse_live(const struct folder *folder);

/*
 * Whether `name` has the same inode number when it is opened a second time.
 * Some file systems in user space make numbers up, so that a number does not
 * identify a file.
 */
enum error folder_check_inodes(const struct folder *folder, const char *name);

#endif
