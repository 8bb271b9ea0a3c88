/*
 * The journal's folder: opened, made, and looked at before it is used.
 */
#include "journal/internal.h"

#include "base/io.h"
#include "base/log.h"

#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ROOM_MIN ((uint64_t)64 * 1024)	/* less than this is a full disk */

static enum error
complain(const char *directory, const char *reason, enum error error)
{
	LOG(LOG_LEVEL_ERROR, "journal", LOG_TEXT("directory", directory),
	    LOG_TEXT("reason", reason), LOG_TEXT("error", error_word(error)));
	return error;
}

/* Whether a folder in it, where it is there already, is no link and ours. */
static bool
check_inner(int fd, const char *name)
{
	struct stat status;

	if (io_fstatat(fd, name, &status) == -1)
		return errno == ENOENT;
	return S_ISDIR(status.st_mode) && !(status.st_mode & S_IWOTH);
}

static enum error
check_folder(int fd, const struct journal_options *options)
{
	struct stat status;
	int nfs = io_is_nfs(fd);

	if (fstat(fd, &status) == -1 || nfs == -1)
		return complain(options->directory, "stat", ERR_IO);
	if (status.st_mode & S_IWOTH)
		return complain(options->directory, "writable by others",
		    ERR_UNSAFE);
	if (nfs == 1 && !options->nfs)
		return complain(options->directory, "NFS without nfs = true",
		    ERR_UNSAFE);
	if (!check_inner(fd, SEGMENT_STATE) ||
	    !check_inner(fd, SEGMENT_ARCHIVE))
		return complain(options->directory, SEGMENT_STATE " or "
		    SEGMENT_ARCHIVE " is a link or writable by others",
		    ERR_UNSAFE);
	return ERR_NONE;
}

/* The one folder that may be reached through a link is the journal's own. */
static enum error
open_folder(const struct journal_options *options, int *fd)
{
	*fd = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1)
		return error_from_errno(errno);
	return check_folder(*fd, options);
}

/* Makes the folder where only it is missing; its name is made durable. */
static enum error
make_folder(const struct journal_options *options, int *fd)
{
	int parent, result;

	if (mkdir(options->directory, io_folder_mode(options->file_mode)) == -1 &&
	    errno != EEXIST)
		return error_from_errno(errno);
	*fd = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1)
		return error_from_errno(errno);
	parent = openat(*fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* One that may not be read can have its name synced by nobody. */
	if (parent != -1) {
		result = io_fsync(parent);
		close(parent);
		if (result == -1)
			return ERR_IO;
	}
	return check_folder(*fd, options);
}

enum error
folder_open(const struct journal_options *options, int *fd)
{
	enum error error = open_folder(options, fd);

	if (error == ERR_MISSING)
		error = make_folder(options, fd);
	if (error != ERR_NONE)
		complain(options->directory, "cannot be opened", error);
	return error;
}

/* Where the folder is yet to be made: can it be? */
static enum error
check_parent(const char *directory)
{
	char parent[4096];
	char *slash;

	if (strlen(directory) >= sizeof parent)
		return ERR_UNSAFE;
	strcpy(parent, directory);
	slash = strrchr(parent, '/');
	if (slash == NULL)
		return ERR_UNSAFE;
	slash[slash == parent] = '\0';
	return faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0 ?
	    ERR_NONE : ERR_UNSAFE;
}

static enum error
check_writable(int folder)
{
	struct statvfs system;
	struct stat status;
	int live, good;

	live = openat(folder, SEGMENT_LIVE, O_WRONLY | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC | O_NONBLOCK);
	if (live != -1) {
		good = fstat(live, &status) == 0 &&
		    !(status.st_mode & S_IWOTH);
		close(live);
		if (!good)
			return ERR_UNSAFE;
	} else if (errno != ENOENT)
		return ERR_UNSAFE;
	if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == -1)
		return ERR_UNSAFE;
	if (fstatvfs(folder, &system) == 0 &&
	    (uint64_t)system.f_bavail * system.f_frsize < ROOM_MIN)
		return ERR_FULL;
	return ERR_NONE;
}

enum error
journal_check(const struct journal_options *options)
{
	enum error error;
	int folder;

	error = open_folder(options, &folder);
	if (error == ERR_MISSING)
		return check_parent(options->directory);
	if (error == ERR_NONE)
		error = check_writable(folder);
	if (folder != -1)
		close(folder);
	return error;
}
