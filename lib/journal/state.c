#include "journal/internal.h"

#include "base/io.h"
#include "base/log.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * NFS makes flock(2) a lock on bytes, which takes a file that is open for
 * writing. That file can be deleted, so its name is looked at afterwards.
 */
static enum error
lock_file(struct journal *journal)
{
	struct stat mine, there;

	if (io_mkdirat(journal->directory, SEGMENT_STATE,
	    io_folder_mode(journal->options.file_mode)) == -1 && errno != EEXIST)
		return error_from_errno(errno);
	journal->lock = io_openat(journal->directory, LOCK_NAME,
	    O_RDWR | O_CREAT, journal->options.file_mode);
	if (journal->lock == -1)
		return error_from_errno(errno);
	if (io_lock(journal->lock, APPEND_WAIT_MS) == 0 &&
	    io_fstat(journal->lock, &mine) == 0 &&
	    io_fstatat(journal->directory, LOCK_NAME, &there) == 0 &&
	    mine.st_ino == there.st_ino)
		return ERR_NONE;
	io_close(journal->lock);
	journal->lock = -1;
	return ERR_BUSY;
}

enum error
state_lock(struct journal *journal)
{
	enum error error;

	if (journal->options.nfs) {
		error = lock_file(journal);
		/* What others wrote is seen by who opens after them. */
		if (error == ERR_NONE)
			state_detach(journal);
		return error;
	}
	if (io_lock(journal->directory, APPEND_WAIT_MS) == -1)
		return error_from_errno(errno);
	return ERR_NONE;
}

void
state_unlock(struct journal *journal)
{
	if (journal->lock != -1) {
		io_close(journal->lock);
		journal->lock = -1;
	} else
		io_unlock(journal->directory);
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
	if (journal->options.nfs) {
		if (io_pread_all(journal->state_fd, &journal->copy,
		    sizeof journal->copy, 0) != (ssize_t)sizeof journal->copy)
			return ERR_MISSING;
		journal->shared = &journal->copy;
	} else {
		map = io_map(journal->state_fd, SHARED_SIZE, true);
		if (map == NULL)
			return ERR_BUSY;
		journal->shared = map;
	}
	journal->index.root = &journal->shared->index;
	journal->live_syncs = journal->shared->syncs;
	return ERR_NONE;
}

static enum error
open_state(struct journal *journal)
{
	struct stat status;
	enum error error;

	journal->state_fd = io_openat(journal->directory, SHARED_NAME, O_RDWR,
	    0);
	if (journal->state_fd == -1)
		return error_from_errno(errno);
	if (io_fstat(journal->state_fd, &status) == -1)
		return error_from_errno(errno);
	if (!S_ISREG(status.st_mode) || status.st_size != SHARED_SIZE)
		return ERR_MISSING;
	error = take(journal, &status);
	if (error != ERR_NONE)
		return error;
	if (!shared_shape_ok(journal->shared) ||
	    !shared_boot_ok(journal->shared))
		return ERR_MISSING;
	/* Records that came while duplicates were kept are not in the index. */
	if (journal->options.window > 0 && !journal->shared->indexing)
		return ERR_MISSING;
	return ERR_NONE;
}

enum error
state_attach(struct journal *journal)
{
	struct stat status;
	enum error error;

	if (journal->shared != NULL && journal->options.nfs)
		return ERR_NONE;
	if (journal->shared != NULL &&
	    io_fstatat(journal->directory, SHARED_NAME, &status) == 0 &&
	    status.st_ino == journal->state_inode &&
	    status.st_size == SHARED_SIZE && shared_shape_ok(journal->shared))
		return ERR_NONE;
	state_detach(journal);
	error = open_state(journal);
	if (error != ERR_NONE)
		state_detach(journal);
	else if (journal->live != -1) {
		/* What this descriptor has seen of syncs is not known here. */
		io_close(journal->live);
		journal->live = -1;
	}
	return error;
}

static enum error
write_new(int fd, bool indexing)
{
	struct shared shared;

	shared_init(&shared, indexing);
	if (io_fallocate(fd, SHARED_SIZE) == -1)
		return error_from_errno(errno);
	if (io_pwrite(fd, &shared, sizeof shared, 0) !=
	    (ssize_t)sizeof shared)
		return ERR_IO;
	return ERR_NONE;
}

enum error
state_create(struct journal *journal)
{
	static const char new_name[] = SHARED_NAME ".new";
	enum error error;
	int fd;

	state_detach(journal);
	if (io_mkdirat(journal->directory, SEGMENT_STATE,
	    io_folder_mode(journal->options.file_mode)) == -1 && errno != EEXIST)
		return error_from_errno(errno);
	fd = io_openat(journal->directory, new_name,
	    O_RDWR | O_CREAT | O_TRUNC, journal->options.file_mode);
	if (fd == -1)
		return error_from_errno(errno);
	error = write_new(fd, journal->options.window > 0);
	io_close(fd);
	if (error != ERR_NONE)
		return error;
	if (io_renameat(journal->directory, new_name, journal->directory,
	    SHARED_NAME) == -1)
		return error_from_errno(errno);
	return state_attach(journal);
}

void
state_discard(struct journal *journal)
{
	struct stat status;

	LOG(LOG_LEVEL_WARNING, "state-discarded",
	    LOG_TEXT("directory", journal->options.directory));
	if (io_fstatat(journal->directory, SHARED_NAME, &status) == 0 &&
	    status.st_ino == journal->state_inode)
		io_unlinkat(journal->directory, SHARED_NAME);
	state_detach(journal);
}

enum error
state_flush(struct journal *journal)
{
	enum error error;

	if (!journal->options.nfs || journal->shared == NULL)
		return ERR_NONE;
	error = index_flush(&journal->index);
	if (error == ERR_NONE && io_pwrite(journal->state_fd, journal->shared,
	    sizeof *journal->shared, 0) != (ssize_t)sizeof *journal->shared)
		error = ERR_IO;
	return error;
}
