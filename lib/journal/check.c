/*
 * Would an append stand a chance? Nothing is changed to find out.
 */
#include "journal/writer.h"

#include "base/io.h"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* What a rotation and a new table of the index take, at the least. */
#define ROTATION_ROOM ((uint64_t)256 * 1024)
#define INODES_MIN 4

/* The live file has to be opened for writing, if it is there. */
static enum error
check_live(const struct folder *folder)
{
	struct stat live;
	int fd;

	if (io_fstatat(folder->fd, SEGMENT_LIVE, &live) == -1)
		return errno == ENOENT ? ERR_NONE :
		    folder_fail(folder, SEGMENT_LIVE);
	if (folder_replaceable(folder, &live))
		return ERR_NONE;
	if (!S_ISREG(live.st_mode) || live.st_mode & S_IWOTH)
		return folder_refuse_live(folder);
	fd = io_openat(folder->fd, SEGMENT_LIVE, O_WRONLY | O_APPEND, 0);
	if (fd == -1)
		return folder_fail(folder, SEGMENT_LIVE);
	io_close(fd);
	return ERR_NONE;
}

/* A folder in which files have to be made, if it is there. */
static enum error
check_inside(const struct folder *folder, const char *name)
{
	if (faccessat(folder->fd, name, W_OK | X_OK, AT_EACCESS) == 0 ||
	    errno == ENOENT)
		return ERR_NONE;
	return folder_fail(folder, name);
}

/* Whether the live file may grow by so much, under ulimit -f. */
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
	/* A file system that makes inodes as it needs them says 0 of 0. */
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

/* The folder that a path's last part is in; false where there is no room for
 * it, or no folder. */
static bool
parent_of(const char *path, char parent[TROUBLE_PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t length = strlen(path);

	if (slash == NULL || length >= TROUBLE_PATH_MAX)
		return false;
	length = slash == path ? 1 : (size_t)(slash - path);
	memcpy(parent, path, length);
	parent[length] = '\0';
	return true;
}

/* Where the folder is yet to be made: can it be, and will there be room? */
static enum error
check_parent(const struct journal_options *options, uint64_t largest)
{
	char path[TROUBLE_PATH_MAX];
	struct folder parent = { .path = path, .trouble = options->trouble };
	enum error error;

	if (geteuid() == 0 || !parent_of(options->directory, path) ||
	    faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == -1)
		return ERR_UNSAFE;
	trouble_clear(options->trouble);
	parent.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent.fd == -1)	/* it may be used, though not looked at */
		return ERR_NONE;
	error = check_room(&parent, largest);
	folder_close(&parent);
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
		return check_parent(options, largest);
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
