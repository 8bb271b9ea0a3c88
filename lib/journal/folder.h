/*
 * folder: the journal's folder as it was opened: who owns it, what is made in
 * it, and whether it is still the one at its path.
 *
 * Whatever is made in it belongs to its owner, whoever runs us: a program that
 * root runs must not lock out the web server's user.
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
	mode_t file_mode;	/* of what is made in it */
	uid_t owner;
	gid_t group;
	uint64_t device, inode;
	uint64_t mount;		/* on which it was opened; 0: not known */
	bool remote;		/* it is on NFS */
	struct trouble *trouble; /* of whoever opened it; may be NULL */
};

/*
 * Opens the journal's folder and looks whether it can be trusted; with `make`
 * it is made where only it is missing, unless we are root: then it would be
 * root's. Errors are noted in the options' trouble.
 */
enum error folder_open(const struct journal_options *options, bool make,
    struct folder *folder);
void folder_close(struct folder *folder);

/* Whether another folder, or none, is at its path now. */
bool folder_moved(const struct folder *folder);

/* Opens a file in it, made where it is not there; -1 with errno. */
int folder_create(const struct folder *folder, const char *name, int flags);

/* The same for a file that nobody else has open: whatever has the name now is
 * cleared away first. */
enum error folder_create_new(const struct folder *folder, const char *name,
    int flags, int *fd);

/* Makes a folder in it, unless one is there; 0, or -1 with errno. */
int folder_make(const struct folder *folder, const char *name);

/*
 * Removes whatever has a name below .state/, so that a file can be made there.
 * A folder that is not empty is moved aside. Nothing there is fine.
 */
enum error folder_clear(const struct folder *folder, const char *name);

/*
 * Whether this is an empty file that somebody else's program has put there, as
 * logrotate does, in a folder of our own user's: then we may put ours there.
 */
bool folder_replaceable(const struct folder *folder,
    const struct stat *status);

/* Makes the names in the folder itself (".") or in one below it durable. */
enum error folder_sync(const struct folder *folder, const char *name);

/* Notes that a call on `name` has just failed; what its errno means. */
enum error folder_fail(const struct folder *folder, const char *name);

/* Why something in it is not used, though no call failed; folder.c has the
 * words. */
enum folder_fault {
	FOLDER_WORLD_WRITABLE,
	FOLDER_NO_FILE,		/* no regular file where one should be */
	FOLDER_NO_FOLDER,	/* a link or file where a folder should be */
	FOLDER_ON_NFS,
	FOLDER_NOT_MADE,	/* not there, and we may not make it */
	FOLDER_NOT_BY_ROOT,	/* not there, and root does not make it */
	FOLDER_NUMBERS_CHANGE,	/* inode numbers do not last */
	FOLDER_NEWER,		/* a newer version of this program works here */
	FOLDER_REPLACED		/* while it was open */
};

/* Notes it; returns ERR_UNSAFE. */
enum error folder_refuse(const struct folder *folder, const char *name,
    enum folder_fault fault);

/* The same for a live file that is no regular one, or writable by everybody:
 * says which. */
enum error folder_refuse_live(const struct folder *folder);

/*
 * Whether `name` has the same inode number when it is opened a second time.
 * Some file systems in user space make numbers up, and nothing that is known
 * of files by their numbers holds there.
 */
enum error folder_check_inodes(const struct folder *folder, const char *name);

#endif
