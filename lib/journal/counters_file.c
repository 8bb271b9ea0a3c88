#include "journal/counters_file.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/folder.h"
#include "journal/guard.h"

#include <sys/mman.h>
#include <sys/statvfs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define LOOK_US 1000000
#define LOCK_WAIT_MS 100
#define ROOM_MIN (4 * COUNTERS_SIZE)	/* the last room is for records */

static bool
has_room(int folder)
{
	struct statvfs system;

	return fstatvfs(folder, &system) == 0 &&
	    (uint64_t)system.f_bavail * system.f_frsize >= ROOM_MIN;
}

/* Opens .state/, but not through a link, which could lead root astray. */
static int
open_inner(const struct folder *journal, bool may_make)
{
	int flags = O_RDONLY | O_DIRECTORY;
	int fd = io_openat(journal->fd, COUNTERS_FOLDER, flags, 0);

	if (fd == -1 && errno == ENOENT && may_make &&
	    has_room(journal->fd) && folder_make(journal, COUNTERS_FOLDER) == 0)
		fd = io_openat(journal->fd, COUNTERS_FOLDER, flags, 0);
	return fd;
}

/* Opens .state/ in the journal's folder. `state` gets the descriptor of .state/
 * and the owner of the folder, to whom everything in it must belong. */
static bool
open_state(const struct counters_place *place, bool may_make,
    struct folder *state)
{
	struct folder journal = { .file_mode = place->mode, .fd =
	    openat(place->directory, place->path, O_PATH | O_DIRECTORY |
	    O_CLOEXEC) };
	struct stat status;

	if (journal.fd == -1)
		return false;
	if (io_fstat(journal.fd, &status) == -1) {
		io_close(journal.fd);
		return false;
	}
	journal.owner = status.st_uid;
	journal.group = status.st_gid;
	*state = journal;
	state->fd = open_inner(&journal, may_make);
	io_close(journal.fd);
	if (state->fd != -1 && (io_fstat(state->fd, &status) == -1 ||
	    status.st_mode & S_IWOTH))
		folder_close(state);
	return state->fd != -1;
}

/* Whether it is a regular file that only we or the folder's owner can have
 * made. */
static bool
is_ours(const struct folder *state, const struct stat *status)
{
	return S_ISREG(status->st_mode) && !(status->st_mode & S_IWOTH) &&
	    (status->st_uid == geteuid() || status->st_uid == state->owner);
}

/* Whether opening failed because the name is free, or because of what has it.
 * If descriptors or memory have run out, the file may be a good one. */
static bool
is_none(int number)
{
	return number == ENOENT || number == EACCES || number == ELOOP ||
	    number == EISDIR || number == ENXIO || number == ENODEV;
}

/* Maps the file that is there. ERR_DAMAGED: there is none, or a bad one. */
static enum error
find(const struct folder *state, struct counters_map *map)
{
	enum error error;
	int fd = io_openat(state->fd, COUNTERS_FILE, O_RDWR, 0);

	if (fd == -1)
		return is_none(errno) ? ERR_DAMAGED : error_from_errno(errno);
	error = counters_map(fd, true, map);
	io_close(fd);
	if (error == ERR_NONE && !is_ours(state, &map->status)) {
		counters_unmap(map);
		error = ERR_DAMAGED;
	}
	return error;
}

/* Frees a name. A folder is kept, under another name. */
static bool
clear_name(const struct folder *state, const char *name)
{
	return io_unlinkat(state->fd, name) == 0 || (errno == EISDIR &&
	    io_renameat(state->fd, name, state->fd, COUNTERS_ASIDE) == 0);
}

/* Takes every block now: on a full disk, a hole would mean a SIGBUS. */
static bool
fill_new(int fd)
{
	const struct counters_start start = { .magic = COUNTERS_MAGIC,
	    .layout = COUNTERS_LAYOUT, .size = COUNTERS_SIZE,
	    .since = clock_now() };

	return fd != -1 && io_fallocate(fd, COUNTERS_SIZE) == 0 &&
	    io_pwrite(fd, &start, sizeof start, 0) == (ssize_t)sizeof start;
}

/* A rename replaces anything but a folder. */
static bool
put_in_place(const struct folder *state)
{
	int fd = state->fd;

	return io_renameat(fd, COUNTERS_NEW, fd, COUNTERS_FILE) == 0 ||
	    (errno == EISDIR && clear_name(state, COUNTERS_FILE) &&
	    io_renameat(fd, COUNTERS_NEW, fd, COUNTERS_FILE) == 0);
}

/* Never reuses an existing file: others may have mapped it. */
static void
make(const struct folder *state, struct counters_map *map)
{
	int fd;

	(void)clear_name(state, COUNTERS_NEW);
	fd = folder_create(state, COUNTERS_NEW, O_RDWR | O_EXCL);
	if (fill_new(fd) && put_in_place(state))
		(void)counters_map(fd, true, map);
	else if (fd != -1)
		(void)io_unlinkat(state->fd, COUNTERS_NEW);
	if (fd != -1)
		io_close(fd);
}

/* The process that holds the folder's lock makes it. On NFS a folder cannot be
 * locked: the last one to make a file wins, and all others follow. */
static void
find_or_make(const struct folder *state, struct counters_map *map)
{
	bool locked;

	if (!has_room(state->fd))
		return;
	locked = io_lock(state->fd, LOCK_WAIT_MS) == 0 || errno == EBADF;
	/* Another process may have made one meanwhile. */
	if (find(state, map) == ERR_DAMAGED && locked)
		make(state, map);
}

struct handover {
	struct counters_file *from, *to;
};

static void
carry_window(_Atomic uint64_t *to, const _Atomic uint64_t *from)
{
	uint64_t none = 0;

	(void)atomic_compare_exchange_strong(to, &none, *from);
}

/* Continues the current second in the new file: together the two must not grant
 * more lines than one file would. */
static void
carry(void *argument)
{
	const struct handover *handover = argument;
	struct counters_file *from = handover->from, *to = handover->to;

	carry_window(&to->window, &from->window);
	carry_window(&to->repeats, &from->repeats);
	carry_window(&to->hints, &from->hints);
}

/* Changes over to another file. */
static void
replace(struct counters_place *place, const struct counters_map *map)
{
	struct handover handover = { place->map.file, map->file };

	/* If the old one was cut short, what we last saw counts. */
	if (handover.from != NULL)
		(void)guard_run(carry, &handover);
	carry_window(&map->file->window, &place->window);
	counters_unmap(&place->map);
	place->map = *map;
}

static void
attach(struct counters_place *place, bool may_make)
{
	struct counters_map map = { 0 };
	struct folder state;

	if (!open_state(place, may_make, &state))
		return;
	if (find(&state, &map) == ERR_DAMAGED && may_make)
		find_or_make(&state, &map);
	folder_close(&state);
	if (map.file != NULL)
		replace(place, &map);
}

/* Whether the mapped file still has its name, and has not been cut short. */
static bool
still_there(const struct counters_place *place)
{
	const struct stat *mapped = &place->map.status;
	struct stat status;
	char name[4096];

	return snprintf(name, sizeof name, "%s/" COUNTERS_NAME, place->path) <
	    (int)sizeof name &&
	    io_fstatat(place->directory, name, &status) == 0 &&
	    status.st_dev == mapped->st_dev &&
	    status.st_ino == mapped->st_ino &&
	    status.st_size == (off_t)COUNTERS_SIZE;
}

void
counters_follow(struct counters_place *place, bool may_make)
{
	int64_t now = clock_monotonic_us();

	if (place->map.file != NULL || may_make) {
		if (now < place->look_at)
			return;
		place->look_at = now + LOOK_US;
	}
	if (place->map.file == NULL || !still_there(place))
		attach(place, may_make);
}

bool
counters_replaced(struct counters_place *place)
{
	const struct counters_file *file = place->map.file;

	if (file == NULL)
		return false;
	place->look_at = 0;
	counters_follow(place, true);
	return place->map.file != file;
}

struct counters_file *
counters_memory(void)
{
	void *memory = mmap(NULL, COUNTERS_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}
