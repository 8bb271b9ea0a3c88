#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define NEWER_REST 60		/* seconds without a newer program at work */

/*
 * NFS makes flock(2) a lock on bytes, which takes a file that is open for
 * writing. That file can be deleted, so its name is looked at afterwards.
 */
static enum error
lock_file(struct journal *journal, int wait_ms)
{
	const struct folder *folder = &journal->folder;
	struct stat mine, there;

	if (folder_make(folder, SEGMENT_STATE) == -1)
		return folder_fail(folder, SEGMENT_STATE);
	journal->lock = folder_create(folder, LOCK_NAME, O_RDWR);
	if (journal->lock == -1 && errno != EMFILE && errno != ENFILE &&
	    folder_clear(folder, LOCK_NAME) == ERR_NONE)
		journal->lock = folder_create(folder, LOCK_NAME, O_RDWR);
	if (journal->lock == -1)
		return folder_fail(folder, LOCK_NAME);
	if (io_lock(journal->lock, wait_ms) == 0 &&
	    io_fstat(journal->lock, &mine) == 0 &&
	    io_fstatat(folder->fd, LOCK_NAME, &there) == 0 &&
	    mine.st_ino == there.st_ino)
		return ERR_NONE;
	io_close(journal->lock);
	journal->lock = -1;
	return ERR_BUSY;
}

/*
 * The lock on the folder is everybody's, whatever their settings are: on NFS,
 * where it takes none, the file's alone excludes others. Whoever is told that
 * this may be NFS takes both, as a program of version 0.1.0 takes only one.
 */
enum error
state_lock(struct journal *journal)
{
	int64_t until = clock_monotonic_ms() + APPEND_WAIT_MS;
	enum error error = ERR_NONE;
	int64_t left;

	if (io_lock(journal->folder.fd, APPEND_WAIT_MS) == -1 &&
	    !(journal->folder.remote && errno == EBADF))
		return folder_fail(&journal->folder, ".");
	if (journal->options.nfs) {
		left = until - clock_monotonic_ms();
		error = lock_file(journal, left > 0 ? (int)left : 0);
	}
	if (error != ERR_NONE)
		io_unlock(journal->folder.fd);
	/* What others wrote is seen by who opens after them. */
	else if (journal->folder.remote)
		state_detach(journal);
	return error;
}

void
state_unlock(struct journal *journal)
{
	if (journal->lock != -1)
		io_close(journal->lock);
	journal->lock = -1;
	io_unlock(journal->folder.fd);
}

void
state_detach(struct journal *journal)
{
	index_detach(&journal->index);
	if (journal->shared != NULL && journal->shared != &journal->copy)
		munmap(journal->shared, SHARED_SIZE);
	journal->shared = NULL;
	if (journal->state_fd != -1)
		io_close(journal->state_fd);
	journal->state_fd = -1;
	journal->index.root = NULL;
}

/* Makes the open state file the one in use. */
static enum error
take(struct journal *journal, const struct stat *status)
{
	void *map;

	journal->state_inode = status->st_ino;
	if (journal->folder.remote) {
		if (io_pread_all(journal->state_fd, &journal->copy,
		    sizeof journal->copy, 0) != (ssize_t)sizeof journal->copy)
			return ERR_DAMAGED;
		journal->shared = &journal->copy;
	} else {
		map = io_map(journal->state_fd, SHARED_SIZE, true);
		if (map == NULL)
			return folder_fail(&journal->folder, SHARED_NAME);
		journal->shared = map;
	}
	journal->index.root = &journal->shared->index;
	journal->live_syncs = journal->shared->syncs;
	return ERR_NONE;
}

/*
 * One window for all processes: that of the latest configuration, or of two
 * equally old ones the longer. With one of their own each, a record that one
 * process takes for a repeat would be written by another.
 */
static void
agree_on_window(struct journal *journal)
{
	const struct journal_options *options = &journal->options;
	struct shared *shared = journal->shared;

	if (options->settings_time > shared->settings_time ||
	    (options->settings_time == shared->settings_time &&
	    options->window > shared->window)) {
		shared->window = options->window;
		shared->settings_time = options->settings_time;
	}
	journal->window = shared->window;
	if (journal->window == options->window || journal->told)
		return;
	journal->told = true;
	LOG(LOG_LEVEL_WARNING, "settings-differ",
	    LOG_TEXT("key", "duplicate_window"),
	    LOG_NUMBER("ours", options->window),
	    LOG_NUMBER("followed", journal->window),
	    LOG_TEXT("directory", options->directory));
}

/* Whether a program newer than this one works here, or did a moment ago. */
static bool
newer_at_work(const struct shared *shared)
{
	return shared->revision > SHARED_REVISION &&
	    clock_boot_seconds() - shared->touched < NEWER_REST;
}

/* What is mapped now: is it a state for us? */
static enum error
judge(const struct journal *journal)
{
	const struct shared *shared = journal->shared;

	if (!shared_shape_ok(shared) || !shared_boot_ok(shared))
		return ERR_DAMAGED;
	if (newer_at_work(shared)) {
		folder_refuse(&journal->folder, SHARED_NAME, FOLDER_NEWER);
		return ERR_STALE;
	}
	return shared->revision == SHARED_REVISION ? ERR_NONE : ERR_DAMAGED;
}

static enum error
open_state(struct journal *journal)
{
	struct stat status;
	enum error error;

	journal->state_fd = io_openat(journal->folder.fd, SHARED_NAME, O_RDWR,
	    0);
	if (journal->state_fd == -1)
		return error_is_damage(errno) ? ERR_DAMAGED :
		    folder_fail(&journal->folder, SHARED_NAME);
	if (io_fstat(journal->state_fd, &status) == -1)
		return folder_fail(&journal->folder, SHARED_NAME);
	if (!S_ISREG(status.st_mode) || status.st_size != SHARED_SIZE)
		return ERR_DAMAGED;
	error = take(journal, &status);
	if (error == ERR_NONE)
		error = judge(journal);
	journal->doubtful = true;
	return error;
}

/* Whether the state in use is still the one at its name, and not overwritten
 * with another's bytes. */
static bool
still_attached(const struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct stat status;

	return io_fstatat(journal->folder.fd, SHARED_NAME, &status) == 0 &&
	    status.st_ino == journal->state_inode &&
	    status.st_size == SHARED_SIZE && shared_shape_ok(shared) &&
	    shared->revision == SHARED_REVISION &&
	    shared->own_inode == journal->state_inode;
}

enum error
state_attach(struct journal *journal)
{
	enum error error = ERR_NONE;

	if (journal->shared == NULL ||
	    (!journal->folder.remote && !still_attached(journal))) {
		state_detach(journal);
		error = open_state(journal);
		if (error == ERR_NONE && journal->live != -1) {
			/* What this descriptor has seen of syncs is not known
			 * here. */
			io_close(journal->live);
			journal->live = -1;
		}
	}
	if (error == ERR_NONE) {
		agree_on_window(journal);
		/* Records that came while duplicates were kept are not in the
		 * index. */
		if (journal->window > 0 && !journal->shared->indexing)
			error = ERR_DAMAGED;
	}
	if (error != ERR_NONE)
		state_detach(journal);
	return error;
}

static enum error
write_new(const struct journal *journal, int fd)
{
	struct shared shared;
	struct stat status;

	if (io_fallocate(fd, SHARED_SIZE) == -1 ||
	    io_fstat(fd, &status) == -1)
		return folder_fail(&journal->folder, SHARED_NAME);
	shared_init(&shared, journal->options.window);
	shared.settings_time = journal->options.settings_time;
	shared.own_device = status.st_dev;
	shared.own_inode = status.st_ino;
	shared.folder_device = journal->folder.device;
	shared.folder_inode = journal->folder.inode;
	if (io_pwrite(fd, &shared, sizeof shared, 0) !=
	    (ssize_t)sizeof shared)
		return folder_fail(&journal->folder, SHARED_NAME);
	return ERR_NONE;
}

/* Gives the new state its name, whatever stands there. */
static enum error
put_in_place(const struct journal *journal, const char *new_name)
{
	const struct folder *folder = &journal->folder;
	enum error error;

	if (io_renameat(folder->fd, new_name, folder->fd, SHARED_NAME) == 0)
		return ERR_NONE;
	if (errno != EISDIR)
		return folder_fail(folder, SHARED_NAME);
	error = folder_clear(folder, SHARED_NAME);
	if (error == ERR_NONE && io_renameat(folder->fd, new_name, folder->fd,
	    SHARED_NAME) == -1)
		error = folder_fail(folder, SHARED_NAME);
	return error;
}

enum error
state_create(struct journal *journal)
{
	static const char new_name[] = SHARED_NAME ".new";
	const struct folder *folder = &journal->folder;
	enum error error;
	int fd;

	state_detach(journal);
	if (folder_make(folder, SEGMENT_STATE) == -1)
		return folder_fail(folder, SEGMENT_STATE);
	error = folder_clear(folder, new_name);
	if (error != ERR_NONE)
		return error;
	fd = folder_create(folder, new_name, O_RDWR | O_EXCL);
	if (fd == -1)
		return folder_fail(folder, new_name);
	error = write_new(journal, fd);
	io_close(fd);
	if (error == ERR_NONE)
		error = put_in_place(journal, new_name);
	if (error == ERR_NONE)
		error = folder_check_inodes(folder, SHARED_NAME);
	return error == ERR_NONE ? state_attach(journal) : error;
}

void
state_discard(struct journal *journal, const char *reason)
{
	struct stat status;

	LOG(LOG_LEVEL_WARNING, "state-discarded", LOG_TEXT("reason", reason),
	    LOG_TEXT("directory", journal->options.directory));
	if (io_fstatat(journal->folder.fd, SHARED_NAME, &status) == 0 &&
	    status.st_ino == journal->state_inode)
		io_unlinkat(journal->folder.fd, SHARED_NAME);
	state_detach(journal);
}

bool
state_cut_short(const struct journal *journal)
{
	struct stat status;

	return journal->shared == NULL || journal->state_fd == -1 ||
	    io_fstat(journal->state_fd, &status) == -1 ||
	    status.st_size < SHARED_SIZE ||
	    index_cut_short(&journal->index);
}

enum error
state_flush(struct journal *journal)
{
	enum error error;

	if (!journal->folder.remote || journal->shared == NULL)
		return ERR_NONE;
	error = index_flush(&journal->index);
	if (error == ERR_NONE && io_pwrite(journal->state_fd, journal->shared,
	    sizeof *journal->shared, 0) != (ssize_t)sizeof *journal->shared)
		error = ERR_IO;
	return error;
}
