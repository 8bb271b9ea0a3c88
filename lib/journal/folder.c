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
	int parent;

	if (mkdir(options->directory, io_folder_mode(options->file_mode)) == -1 &&
	    errno != EEXIST)
		return error_from_errno(errno);
	*fd = open(options->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1)
		return error_from_errno(errno);
	parent = openat(*fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent != -1) {
		fsync(parent);
		close(parent);
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
	int live;

	live = openat(folder, SEGMENT_LIVE, O_WRONLY | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC | O_NONBLOCK);
	if (live != -1)
		close(live);
	else if (errno != ENOENT)
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
