/*
 * Attaches to the shared state, makes it, and gives it up. A state is never
 * repaired: if it is damaged, from another boot or about other files, it is
 * removed, and a new one is rebuilt from the records. The new one is written
 * under another name, with all its blocks, and then renamed: so no process maps
 * half a state, and a full disk cannot turn a write to the map into a SIGBUS.
 */
#include "journal/live.h"
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define NEWER_REST 60		/* seconds after a newer program's last use */

void
state_detach(struct journal *journal)
{
	index_detach(&journal->index);
	journal->index.root = NULL;
	if (journal->shared != NULL && journal->shared != &journal->copy)
		munmap(journal->shared, SHARED_SIZE);
	journal->shared = NULL;
	if (journal->state_fd != -1)
		io_close(journal->state_fd);
	journal->state_fd = -1;
	/* live_syncs counts this state's syncs, not the next one's. */
	live_close(journal);
}

/*
 * All processes use one window: that of the latest configuration, or the longer
 * one if two are equally old. If each used its own, one process would write
 * what another takes for a repeat.
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

/* Whether what is mapped now is a state that we may use. */
static enum error
judge(const struct journal *journal)
{
	const struct shared *shared = journal->shared;

	if (!shared_shape_ok(shared) || !shared_boot_ok(shared))
		return ERR_DAMAGED;
	/* A newer program is at work here, or was a moment ago. */
	if (shared->revision > SHARED_REVISION &&
	    clock_boot_seconds() - shared->touched < NEWER_REST) {
		folder_refuse(&journal->folder, SHARED_NAME, FOLDER_NEWER);
		return ERR_STALE;
	}
	return shared->revision == SHARED_REVISION ? ERR_NONE : ERR_DAMAGED;
}

/* Makes the open file the state in use. */
static enum error
take(struct journal *journal)
{
	if (journal->folder.remote) {
		journal->shared = &journal->copy;
		return io_pread_all(journal->state_fd, &journal->copy,
		    sizeof journal->copy, 0) == (ssize_t)sizeof journal->copy ?
		    ERR_NONE : ERR_DAMAGED;
	}
	journal->shared = io_map(journal->state_fd, SHARED_SIZE, true);
	return journal->shared != NULL ? ERR_NONE :
	    folder_fail(&journal->folder, SHARED_NAME);
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
	journal->state_inode = status.st_ino;
	error = take(journal);
	if (error != ERR_NONE)
		return error;
	journal->index.root = &journal->shared->index;
	journal->doubtful = true;
	return judge(journal);
}

/* Whether the state in use still has its name, and has not been overwritten
 * with another's bytes. On NFS it is a copy, which nobody else can change. */
static bool
still_attached(const struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct stat status;

	if (shared == NULL || journal->folder.remote)
		return shared != NULL;
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

	if (!still_attached(journal)) {
		state_detach(journal);
		error = open_state(journal);
	}
	if (error == ERR_NONE) {
		agree_on_window(journal);
		/* Records stored while duplicates were kept are not indexed. */
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

/* Gives the new state its name, whatever else has that name now. */
static enum error
put_in_place(const struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	enum error error;

	while (io_renameat(folder->fd, SHARED_NEW, folder->fd,
	    SHARED_NAME) == -1) {
		if (errno != EISDIR)
			return folder_fail(folder, SHARED_NAME);
		error = folder_clear(folder, SHARED_NAME);
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

enum error
state_create(struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	enum error error;
	int fd;

	state_detach(journal);
	if (folder_make(folder, SEGMENT_STATE) == -1)
		return folder_fail(folder, SEGMENT_STATE);
	error = folder_clear(folder, SHARED_NEW);
	if (error != ERR_NONE)
		return error;
	fd = folder_create(folder, SHARED_NEW, O_RDWR | O_EXCL);
	if (fd == -1)
		return folder_fail(folder, SHARED_NEW);
	error = write_new(journal, fd);
	io_close(fd);
	if (error == ERR_NONE)
		error = put_in_place(journal);
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
