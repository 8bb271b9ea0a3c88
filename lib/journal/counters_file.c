/*
 * The file .state/counters: found, made, followed.
 */
#include "journal/counters_internal.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"

#include <sys/mman.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* In COUNTERS_FOLDER. */
#define NAME "counters"
#define NEW_NAME "counters.new"		/* locked by whoever makes it */
#define ASIDE_NAME "counters.aside"
#define LOOK_US 1000000
#define LOCK_WAIT_MS 100
#define ROOM_MIN (4 * COUNTERS_SIZE)	/* never the last room for lines */

/* Where the file is, and whose files are believed there. */
struct place {
	int journal;		/* the journal's folder */
	int state;		/* COUNTERS_FOLDER in it */
	uid_t owner;		/* of the journal's folder, as the next */
	gid_t group;
	mode_t mode;
};

static bool
has_room(const struct place *place)
{
	struct statvfs system;

	return fstatvfs(place->journal, &system) == 0 &&
	    (uint64_t)system.f_bavail * system.f_frsize >= ROOM_MIN;
}

/* A folder made by root belongs to the journal's owner all the same. */
static int
make_folder(const struct place *place)
{
	int fd;

	if (io_mkdirat(place->journal, COUNTERS_FOLDER,
	    io_folder_mode(place->mode)) == -1 && errno != EEXIST)
		return -1;
	fd = io_openat(place->journal, COUNTERS_FOLDER, O_RDONLY | O_DIRECTORY,
	    0);
	if (fd != -1 && geteuid() == 0 &&
	    fchown(fd, place->owner, place->group) == -1) {
		io_close(fd);
		return -1;
	}
	return fd;
}

/* Never through a link: it would lead root's writing astray. */
static int
open_folder(const struct place *place, bool may_make)
{
	int fd = io_openat(place->journal, COUNTERS_FOLDER,
	    O_PATH | O_DIRECTORY, 0);

	if (fd == -1 && errno == ENOENT && may_make && has_room(place))
		fd = make_folder(place);
	return fd;
}

static bool
open_state(struct place *place, bool may_make)
{
	struct stat status;

	if (io_fstat(place->journal, &status) == -1)
		return false;
	place->owner = status.st_uid;
	place->group = status.st_gid;
	place->state = open_folder(place, may_make);
	if (place->state == -1)
		return false;
	if (io_fstat(place->state, &status) == 0 &&
	    !(status.st_mode & S_IWOTH))
		return true;
	io_close(place->state);
	return false;
}

/* A plain file that only we, or the folder's owner, can have put there. */
static bool
is_ours(const struct place *place, const struct stat *status)
{
	return S_ISREG(status->st_mode) && !(status->st_mode & S_IWOTH) &&
	    (status->st_uid == geteuid() || status->st_uid == place->owner);
}

/* Maps a good file, and remembers which one it is. ERR_MISSING: it is none, and
 * never will be; ERR_BUSY: it cannot be used now. */
static enum error
map(struct counters *counters, const struct place *place, int fd,
    struct counters_file **file)
{
	struct counters_start start;
	struct stat status;

	if (io_fstat(fd, &status) == -1)
		return ERR_BUSY;
	if (!is_ours(place, &status) ||
	    status.st_size != (off_t)COUNTERS_SIZE ||
	    !counters_start_read(fd, &start))
		return ERR_MISSING;
	*file = io_map(fd, COUNTERS_SIZE, true);
	if (*file == NULL)
		return ERR_BUSY;
	counters->device = status.st_dev;
	counters->inode = status.st_ino;
	return ERR_NONE;
}

/* Whether opening failed because of what is at the name, or because nothing
 * is. Not where descriptors or memory are short: the file may be a good one. */
static bool
is_none(int number)
{
	return number == ENOENT || number == EACCES || number == ELOOP ||
	    number == EISDIR || number == ENXIO || number == ENODEV;
}

static enum error
find(struct counters *counters, const struct place *place,
    struct counters_file **file)
{
	enum error error;
	int fd = io_openat(place->state, NAME, O_RDWR | O_NONBLOCK, 0);

	if (fd == -1)
		return is_none(errno) ? ERR_MISSING : ERR_BUSY;
	error = map(counters, place, fd, file);
	io_close(fd);
	return error;
}

/* Frees a name. A folder is kept, under another one. */
static bool
clear_name(const struct place *place, const char *name)
{
	return io_unlinkat(place->state, name) == 0 || (errno == EISDIR &&
	    io_renameat(place->state, name, place->state, ASIDE_NAME) == 0);
}

/* Opens the file that is to become the next one; whatever else is at its name
 * goes. Locked, so that of many processes one makes it. */
static int
open_new(const struct place *place)
{
	struct stat status, there;
	int fd, tries;

	for (tries = 0; tries < 2; tries++) {
		fd = io_openat(place->state, NEW_NAME,
		    O_RDWR | O_CREAT | O_NONBLOCK, place->mode);
		if (fd != -1 && io_fstat(fd, &status) == 0 &&
		    is_ours(place, &status)) {
			if (io_lock(fd, LOCK_WAIT_MS) == 0 &&
			    io_fstatat(place->state, NEW_NAME, &there) == 0 &&
			    there.st_ino == status.st_ino)
				return fd;
			io_close(fd);
			return -1;
		}
		if (fd != -1)
			io_close(fd);
		if (!clear_name(place, NEW_NAME))
			return -1;
	}
	return -1;
}

/* Every block is taken now: to touch one later on a full disk would be a
 * SIGBUS. */
static bool
fill_new(const struct place *place, int fd)
{
	const struct counters_start start = { .magic = COUNTERS_MAGIC,
	    .layout = COUNTERS_LAYOUT, .size = COUNTERS_SIZE,
	    .since = clock_now() };

	return io_ftruncate(fd, 0) == 0 &&
	    io_fallocate(fd, COUNTERS_SIZE) == 0 &&
	    io_pwrite(fd, &start, sizeof start, 0) == (ssize_t)sizeof start &&
	    (geteuid() != 0 || fchown(fd, place->owner, place->group) == 0);
}

/* A rename replaces anything but a folder. */
static bool
put_in_place(const struct place *place)
{
	return io_renameat(place->state, NEW_NAME, place->state, NAME) == 0 ||
	    (errno == EISDIR && clear_name(place, NAME) &&
	    io_renameat(place->state, NEW_NAME, place->state, NAME) == 0);
}

static void
make(struct counters *counters, const struct place *place,
    struct counters_file **file)
{
	enum error error;
	int fd;

	if (!has_room(place))
		return;
	fd = open_new(place);
	/* Another process may have made one before the lock was ours. */
	error = find(counters, place, file);
	if (fd == -1)
		return;
	if (error == ERR_MISSING && fill_new(place, fd) &&
	    put_in_place(place))
		(void)map(counters, place, fd, file);
	else
		(void)io_unlinkat(place->state, NEW_NAME);
	io_close(fd);
}

void
counters_drop(struct counters *counters)
{
	if (counters->file != NULL)
		(void)munmap(counters->file, COUNTERS_SIZE);
	counters->file = NULL;
}

/* NULL where there is none. */
static struct counters_file *
find_or_make(struct counters *counters, int journal, bool may_make)
{
	struct place place = { .journal = journal, .mode = counters->mode };
	struct counters_file *file = NULL;

	if (!open_state(&place, may_make))
		return NULL;
	if (find(counters, &place, &file) == ERR_MISSING && may_make)
		make(counters, &place, &file);
	io_close(place.state);
	return file;
}

static void
attach(struct counters *counters, bool may_make)
{
	struct counters_file *file;
	int journal = counters->directory;

	if (journal == -1)
		journal = open(counters->path,
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (journal == -1)
		return;
	file = find_or_make(counters, journal, may_make);
	if (counters->directory == -1)
		io_close(journal);
	if (file != NULL) {
		counters_drop(counters);
		counters->file = file;
	}
}

/* Whether the name still is the file that is mapped, and whole. */
static bool
still_there(const struct counters *counters)
{
	char path[4096];
	const char *name = COUNTERS_NAME;
	int directory = counters->directory;
	struct stat status;

	if (directory == -1) {
		if (snprintf(path, sizeof path, "%s/" COUNTERS_NAME,
		    counters->path) >= (int)sizeof path)
			return false;
		directory = AT_FDCWD;
		name = path;
	}
	return io_fstatat(directory, name, &status) == 0 &&
	    status.st_dev == counters->device &&
	    status.st_ino == counters->inode &&
	    status.st_size == (off_t)COUNTERS_SIZE;
}

void
counters_follow(struct counters *counters, bool may_make)
{
	int64_t now = clock_monotonic_us();

	if (counters->file == NULL && !may_make) {
		attach(counters, false);
		return;
	}
	if (now < counters->look_at)
		return;
	counters->look_at = now + LOOK_US;
	if (counters->file == NULL || !still_there(counters))
		attach(counters, may_make);
}
