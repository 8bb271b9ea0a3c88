#include "journal/folder.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAKE_IT "create it for the web server's user " \
    "(install -d -m 0750 -o USER)"

static const struct {
	const char *reason, *remedy;
} faults[] = {
	[FOLDER_WORLD_WRITABLE] = { "writable by everybody",
	    "remove that permission (chmod o-w)" },
	[FOLDER_NO_FILE] = { "not a regular file", "move it away" },
	[FOLDER_NO_FOLDER] = { "a link or file where a folder should be",
	    "remove it" },
	[FOLDER_ON_NFS] = { "on NFS", "use a local disk, or set nfs = true" },
	[FOLDER_NOT_MADE] = { "missing, and this user may not create it",
	    MAKE_IT },
	[FOLDER_NOT_BY_ROOT] = { "missing, and root does not create it",
	    MAKE_IT },
	[FOLDER_NUMBERS_CHANGE] = { "on a file system whose inode numbers "
	    "change", "use a local disk" },
	[FOLDER_NEWER] = { "in use by a newer version of this program",
	    "end this process" },
	[FOLDER_REPLACED] = { "no longer the folder that this process opened",
	    "it is opened again" },
};

enum error
folder_fail(const struct folder *folder, const char *name)
{
	return trouble_errno(folder->trouble, folder->fd, folder->path, name,
	    errno);
}

enum error
folder_refuse(const struct folder *folder, const char *name,
    enum folder_fault fault)
{
	trouble_note(folder->trouble, folder->fd, folder->path, name,
	    faults[fault].reason, faults[fault].remedy);
	return ERR_UNSAFE;
}

enum error
folder_refuse_live(const struct folder *folder)
{
	struct stat live;
	bool regular = io_fstatat(folder->fd, SEGMENT_LIVE, &live) == 0 &&
	    S_ISREG(live.st_mode);

	return folder_refuse(folder, SEGMENT_LIVE, regular ?
	    FOLDER_WORLD_WRITABLE : FOLDER_NO_FILE);
}

/* If this name exists, it must be a folder, and not writable by everybody. */
static enum error
check_inner(const struct folder *folder, const char *name)
{
	struct stat status;

	if (io_fstatat(folder->fd, name, &status) == -1)
		return errno == ENOENT ? ERR_NONE : folder_fail(folder, name);
	if (!S_ISDIR(status.st_mode))
		return folder_refuse(folder, name, FOLDER_NO_FOLDER);
	if (status.st_mode & S_IWOTH)
		return folder_refuse(folder, name, FOLDER_WORLD_WRITABLE);
	return ERR_NONE;
}

static enum error
check_folder(struct folder *folder, const struct journal_options *options)
{
	struct stat status;
	int nfs = io_is_nfs(folder->fd);
	enum error error;

	if (fstat(folder->fd, &status) == -1 || nfs == -1)
		return folder_fail(folder, ".");
	folder->owner = status.st_uid;
	folder->group = status.st_gid;
	folder->device = status.st_dev;
	folder->inode = status.st_ino;
	folder->mount = io_mount(folder->fd);
	folder->remote = nfs == 1;
	if (status.st_mode & S_IWOTH)
		return folder_refuse(folder, ".", FOLDER_WORLD_WRITABLE);
	if (folder->remote && !options->nfs)
		return folder_refuse(folder, ".", FOLDER_ON_NFS);
	error = check_inner(folder, SEGMENT_STATE);
	return error == ERR_NONE ? check_inner(folder, SEGMENT_ARCHIVE) :
	    error;
}

/* Creates the folder, and makes its name durable. */
static enum error
make_folder(struct folder *folder)
{
	int parent, result;

	if (mkdir(folder->path, io_folder_mode(folder->file_mode)) == -1 &&
	    errno != EEXIST)
		return errno == EACCES ?
		    folder_refuse(folder, ".", FOLDER_NOT_MADE) :
		    folder_fail(folder, ".");
	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->fd == -1)
		return folder_fail(folder, ".");
	parent = openat(folder->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent == -1)	/* we cannot sync what we may not read */
		return ERR_NONE;
	result = io_fsync(parent);
	close(parent);
	return result == -1 ? folder_fail(folder, ".") : ERR_NONE;
}

/* Only the journal's own folder may be reached through a link. */
enum error
folder_open(const struct journal_options *options, bool make,
    struct folder *folder)
{
	enum error error = ERR_NONE;

	*folder = (struct folder){ .path = options->directory,
	    .file_mode = options->file_mode, .trouble = options->trouble,
	    .fd = open(options->directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	if (folder->fd == -1 && errno == ENOENT && geteuid() == 0)
		error = folder_refuse(folder, ".", FOLDER_NOT_BY_ROOT);
	else if (folder->fd == -1 && errno == ENOENT && make)
		error = make_folder(folder);
	else if (folder->fd == -1)
		error = folder_fail(folder, ".");
	if (error == ERR_NONE)
		error = check_folder(folder, options);
	if (error != ERR_NONE)
		folder_close(folder);
	return error;
}

void
folder_close(struct folder *folder)
{
	if (folder->fd != -1)
		io_close(folder->fd);
	folder->fd = -1;
}

bool
folder_moved(const struct folder *folder)
{
	struct stat status;

	return stat(folder->path, &status) == -1 ||
	    status.st_dev != folder->device || status.st_ino != folder->inode;
}

/* Gives what we made to the folder's owner. Only root can, and has to. */
static int
hand_over(const struct folder *folder, int fd)
{
	if (geteuid() != 0 || (folder->owner == 0 && folder->group == 0))
		return 0;
	return io_fchown(fd, folder->owner, folder->group);
}

int
folder_create(const struct folder *folder, const char *name, int flags)
{
	int fd = io_openat(folder->fd, name, flags | O_CREAT,
	    folder->file_mode);

	if (fd != -1 && hand_over(folder, fd) == -1) {
		io_close(fd);
		return -1;
	}
	return fd;
}

enum error
folder_create_new(const struct folder *folder, const char *name, int flags,
    int *fd)
{
	enum error error = folder_clear(folder, name);

	if (error != ERR_NONE)
		return error;
	*fd = folder_create(folder, name, flags | O_EXCL);
	return *fd == -1 ? folder_fail(folder, name) : ERR_NONE;
}

/* Whether this name is a folder's; sets errno if not. */
static bool
is_folder(const struct folder *folder, const char *name)
{
	struct stat status;

	if (io_fstatat(folder->fd, name, &status) == -1)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(status.st_mode);
}

int
folder_make(const struct folder *folder, const char *name)
{
	int fd, result;

	if (io_mkdirat(folder->fd, name,
	    io_folder_mode(folder->file_mode)) == -1)
		return errno == EEXIST && is_folder(folder, name) ? 0 : -1;
	if (geteuid() != 0)
		return 0;
	fd = io_openat(folder->fd, name, O_RDONLY | O_DIRECTORY, 0);
	if (fd == -1)
		return -1;
	result = hand_over(folder, fd);
	io_close(fd);
	return result;
}

enum error
folder_clear(const struct folder *folder, const char *name)
{
	char aside[SEGMENT_PATH_MAX + 32];

	if (io_unlinkat(folder->fd, name) == 0 || errno == ENOENT)
		return ERR_NONE;
	if (errno != EISDIR && errno != EPERM)
		return folder_fail(folder, name);
	if (unlinkat(folder->fd, name, AT_REMOVEDIR) == 0)
		return ERR_NONE;
	snprintf(aside, sizeof aside, "%s.%lld", name,
	    (long long)clock_monotonic_us());
	if (io_renameat(folder->fd, name, folder->fd, aside) == -1)
		return folder_fail(folder, name);
	LOG(LOG_LEVEL_WARNING, "moved-aside",
	    LOG_TEXT("directory", folder->path), LOG_TEXT("name", name),
	    LOG_TEXT("to", aside));
	return ERR_NONE;
}

bool
folder_replaceable(const struct folder *folder, const struct stat *status)
{
	uid_t user = geteuid();

	if (!S_ISREG(status->st_mode) || status->st_size > 0 ||
	    folder->owner == 0 || (user != 0 && user != folder->owner))
		return false;
	return status->st_uid != folder->owner || status->st_mode & S_IWOTH;
}

enum error
folder_sync(const struct folder *folder, const char *name)
{
	int fd = io_openat(folder->fd, name, O_RDONLY | O_DIRECTORY, 0);
	enum error error = ERR_NONE;

	if (fd == -1)
		return folder_fail(folder, name);
	if (io_fsync(fd) == -1) {
		folder_fail(folder, name);
		error = ERR_IO;
	}
	io_close(fd);
	return error;
}

static enum error
inode_of(const struct folder *folder, const char *name, uint64_t *inode)
{
	struct stat status;
	int fd = io_openat(folder->fd, name, O_RDONLY, 0);
	enum error error = ERR_NONE;

	if (fd == -1 || io_fstat(fd, &status) == -1)
		error = folder_fail(folder, name);
	else
		*inode = status.st_ino;
	if (fd != -1)
		io_close(fd);
	return error;
}

enum error
folder_check_inodes(const struct folder *folder, const char *name)
{
	uint64_t first, second;
	enum error error = inode_of(folder, name, &first);

	if (error == ERR_NONE)
		error = inode_of(folder, name, &second);
	if (error == ERR_NONE && first != second)
		error = folder_refuse(folder, name, FOLDER_NUMBERS_CHANGE);
	return error;
}
