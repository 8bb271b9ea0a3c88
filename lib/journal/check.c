/*
 * Would an append stand a chance? These checks change nothing.
 */
#include "journal/writer.h"

#include "base/io.h"
#include "base/path.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A rotation and a new table of the index take at least this much. */
#define ROTATION_ROOM ((uint64_t)256 * 1024)
#define INODES_MIN 4

/* If there is a live file, we must be able to open it for writing. */
static enum error
check_live(const struct folder *folder)
{
	struct stat live;
	int fd;

	if (io_fstatat(folder->fd, SEGMENT_LIVE, &live) == -1)
		return errno == ENOENT ? ERR_NONE :
		    folder_fail(folder, SEGMENT_LIVE);
	/* It is looked into before it is replaced. */
	if (folder_replaceable(folder, &live))
		return faccessat(folder->fd, SEGMENT_LIVE, R_OK, AT_EACCESS) ==
		    0 ? ERR_NONE : folder_fail(folder, SEGMENT_LIVE);
	if (!S_ISREG(live.st_mode) || live.st_mode & S_IWOTH)
		return folder_refuse_live(folder);
	fd = io_openat(folder->fd, SEGMENT_LIVE, O_WRONLY | O_APPEND, 0);
	if (fd == -1)
		return folder_fail(folder, SEGMENT_LIVE);
	io_close(fd);
	return ERR_NONE;
}

/* If this folder exists, we must be able to make files in it. */
static enum error
check_inside(const struct folder *folder, const char *name)
{
	if (faccessat(folder->fd, name, W_OK | X_OK, AT_EACCESS) == 0 ||
	    errno == ENOENT)
		return ERR_NONE;
	return folder_fail(folder, name);
}

/* Whether ulimit -f lets the live file grow by this much. */
static enum error
check_limit(const struct folder *folder, uint64_t largest)
{
	struct rlimit limit;
	struct stat live;

	if (getrlimit(RLIMIT_FSIZE, &limit) == -1 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return ERR_NONE;
	if (io_fstatat(folder->fd, SEGMENT_LIVE, &live) == -1)
		live.st_size = 0;
	if ((uint64_t)live.st_size + largest <= limit.rlim_cur &&
	    ROTATION_ROOM <= limit.rlim_cur)
		return ERR_NONE;
	errno = EFBIG;
	return folder_fail(folder, SEGMENT_LIVE);
}

static enum error
check_room(const struct folder *folder, uint64_t largest)
{
	struct statvfs system;

	if (fstatvfs(folder->fd, &system) == -1)
		return folder_fail(folder, ".");
	/* A file system that makes inodes on demand reports 0 of them. */
	if (system.f_flag & ST_RDONLY)
		errno = EROFS;
	else if ((uint64_t)system.f_bavail * system.f_frsize <
	    largest + 2 * ROTATION_ROOM ||
	    (system.f_files > 0 && system.f_favail < INODES_MIN))
		errno = ENOSPC;
	else
		return check_limit(folder, largest);
	return folder_fail(folder, ".");
}

/* Whether the folder can be made in `path`, and has room there. */
static enum error
check_parent(const char *path, struct trouble *trouble, uint64_t largest)
{
	struct folder parent = { .path = path, .trouble = trouble };
	enum error error;

	if (geteuid() == 0 ||
	    faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == -1)
		return ERR_UNSAFE;
	trouble_clear(trouble);
	parent.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent.fd == -1)	/* we may use it, but not read it */
		return ERR_NONE;
	error = check_room(&parent, largest);
	folder_close(&parent);
	return error;
}

/* The same for a folder that does not exist yet. */
static enum error
check_new(const struct journal_options *options, uint64_t largest)
{
	char *path = path_folder(options->directory);
	enum error error = ERR_MEMORY;

	if (path != NULL)
		error = check_parent(path, options->trouble, largest);
	free(path);
	return error;
}

static enum error
check_all(const struct folder *folder, uint64_t largest)
{
	enum error error = check_inside(folder, ".");

	if (error == ERR_NONE)
		error = check_live(folder);
	if (error == ERR_NONE)
		error = check_inside(folder, SEGMENT_STATE);
	if (error == ERR_NONE)
		error = check_inside(folder, SEGMENT_ARCHIVE);
	if (error == ERR_NONE && faccessat(folder->fd, RELAY_ID, F_OK,
	    AT_EACCESS) == -1)
		error = check_inside(folder, RELAY_FOLDER);
	return error == ERR_NONE ? check_room(folder, largest) : error;
}

enum error
journal_check(const struct journal_options *options, uint64_t largest)
{
	struct folder folder;
	enum error error;

	trouble_clear(options->trouble);
	error = folder_open(options, false, &folder);
	if (error == ERR_MISSING)
		return check_new(options, largest);
	if (error != ERR_NONE)
		return error;
	error = check_all(&folder, largest);
	folder_close(&folder);
	return error;
}

bool
journal_cannot_rotate(const struct journal_options *options)
{
	struct journal_options quiet = *options;
	struct folder folder;
	bool impossible;

	quiet.trouble = NULL;
	if (folder_open(&quiet, false, &folder) != ERR_NONE)
		return false;
	impossible = rotate_impossible(&folder);
	folder_close(&folder);
	return impossible;
}
