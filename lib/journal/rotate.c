#include "journal/internal.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>

#define NEXT_NAME ".state/next"

static int64_t
period(enum journal_period every)
{
	return every == PERIOD_HOUR ? CLOCK_HOUR : CLOCK_DAY;
}

bool
rotate_due(const struct journal *journal, int64_t now, size_t more)
{
	const struct journal_options *options = &journal->options;
	const struct shared *shared = journal->shared;

	if (shared->first_seq == 0)
		return false;
	if (options->rotate_size > 0 &&
	    shared->indexed + more > options->rotate_size)
		return true;
	return options->rotate_every != PERIOD_NEVER &&
	    now / period(options->rotate_every) !=
	    shared->first_time / period(options->rotate_every);
}

static bool
archive_path(const struct journal *journal, char path[SEGMENT_PATH_MAX])
{
	struct segment segment = { journal->shared->first_seq,
	    journal->shared->first_time, false };

	if (segment.first_seq == 0)
		return false;
	segment_path(&segment, path);
	return true;
}

bool
rotate_archived(const struct journal *journal)
{
	char path[SEGMENT_PATH_MAX];
	struct stat status;

	return archive_path(journal, path) &&
	    io_fstatat(journal->directory, path, &status) == 0 &&
	    status.st_ino == journal->shared->inode &&
	    status.st_dev == journal->shared->device;
}

static enum error
sync_folder(const struct journal *journal, const char *name)
{
	int fd = io_openat(journal->directory, name, O_RDONLY | O_DIRECTORY, 0);
	int result;

	if (fd == -1)
		return error_from_errno(errno);
	result = io_fsync(fd);
	io_close(fd);
	return result == 0 ? ERR_NONE : ERR_IO;
}

enum error
rotate_archive(struct journal *journal)
{
	char path[SEGMENT_PATH_MAX];

	if (!archive_path(journal, path) || rotate_archived(journal))
		return ERR_NONE;
	if (io_mkdirat(journal->directory, SEGMENT_ARCHIVE,
	    io_folder_mode(journal->options.file_mode)) == -1 && errno != EEXIST)
		return error_from_errno(errno);
	if (io_linkat(journal->directory, SEGMENT_LIVE, journal->directory,
	    path) == -1)
		return error_from_errno(errno);
	return sync_folder(journal, SEGMENT_ARCHIVE);
}

static enum error
make_next(const struct journal *journal)
{
	int fd, result;

	io_unlinkat(journal->directory, NEXT_NAME);
	fd = io_openat(journal->directory, NEXT_NAME,
	    O_WRONLY | O_CREAT | O_EXCL, journal->options.file_mode);
	if (fd == -1)
		return error_from_errno(errno);
	result = io_fsync(fd);
	io_close(fd);
	return result == 0 ? ERR_NONE : ERR_IO;
}

/*
 * Whether the live name may be taken over: nothing stands there, or nothing is
 * in it, or it has another name too. Asked of the file system, since the state
 * may have been overwritten a moment ago, and say that there is no record.
 */
static enum error
check_replaceable(const struct journal *journal)
{
	struct stat live;

	if (io_fstatat(journal->directory, SEGMENT_LIVE, &live) == -1)
		return errno == ENOENT ? ERR_NONE : ERR_IO;
	return live.st_size == 0 || live.st_nlink > 1 ? ERR_NONE : ERR_IO;
}

enum error
rotate_replace(struct journal *journal)
{
	enum error error = check_replaceable(journal);

	if (error == ERR_NONE)
		error = make_next(journal);
	if (error != ERR_NONE)
		return error;
	if (io_renameat(journal->directory, NEXT_NAME, journal->directory,
	    SEGMENT_LIVE) == -1)
		return error_from_errno(errno);
	return ERR_NONE;
}

enum error
rotate_open(struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct stat status;

	if (journal->live != -1 &&
	    journal->live_generation == shared->generation &&
	    journal->live_inode == shared->inode &&
	    journal->live_device == shared->device)
		return ERR_NONE;
	if (journal->live != -1)
		io_close(journal->live);
	journal->live = io_openat(journal->directory, SEGMENT_LIVE,
	    O_WRONLY | O_APPEND, 0);
	if (journal->live == -1)
		return error_from_errno(errno);
	if (io_fstat(journal->live, &status) == -1)
		return ERR_IO;
	journal->live_inode = status.st_ino;
	journal->live_device = status.st_dev;
	journal->live_generation = shared->generation;
	journal->live_syncs = shared->syncs;
	return status.st_ino == shared->inode ? ERR_NONE : ERR_BUSY;
}

/* What already stands in the file was written by who knows whom. */
static enum error
sync_content(const struct journal *journal, int fd, struct stat *status)
{
	if (io_fstat(fd, status) == -1)
		return ERR_IO;
	if (!S_ISREG(status->st_mode))
		return ERR_UNSAFE;
	if (status->st_size > 0 && io_fdatasync(fd) == -1) {
		/* Never again: the next sync of this file would lie. */
		journal->shared->poisoned = journal->shared->generation;
		return ERR_IO;
	}
	return ERR_NONE;
}

static enum error
sync_adopted(const struct journal *journal, struct stat *status)
{
	enum error error;
	int fd = io_openat(journal->directory, SEGMENT_LIVE, O_RDONLY, 0);

	if (fd == -1)
		return error_from_errno(errno);
	error = sync_content(journal, fd, status);
	io_close(fd);
	return error == ERR_NONE ? sync_folder(journal, ".") : error;
}

enum error
rotate_adopt(struct journal *journal, uint64_t keep, bool reuse)
{
	struct shared *shared = journal->shared;
	struct stat status;
	enum error error = sync_adopted(journal, &status);

	if (error == ERR_NONE && keep < shared->next_seq - 1)
		error = index_forget(&journal->index, keep);
	if (error != ERR_NONE)
		return error;
	if (reuse) {
		shared->appended = keep;
		shared->next_seq = keep + 1;
	}
	/* Nothing before this file has still to be synced by anybody here. */
	shared->indexed = 0;
	shared->synced = (uint64_t)status.st_size;
	shared->end = 0;
	shared->first_seq = 0;
	shared->first_time = 0;
	shared->generation++;
	shared->appended = shared->next_seq - 1;
	shared->durable = shared->appended;
	shared->device = status.st_dev;
	/* The last word: until then all of it is done again. */
	shared->inode = status.st_ino;
	return ERR_NONE;
}

/* Takes back the link of a rotation that could not go on. */
static enum error
undo(struct journal *journal, enum error error)
{
	char path[SEGMENT_PATH_MAX];

	LOG(LOG_LEVEL_ERROR, "rotation-failed",
	    LOG_TEXT("error", error_word(error)));
	if (!rotate_archived(journal))
		return ERR_NONE;
	archive_path(journal, path);
	return io_unlinkat(journal->directory, path) == 0 ? ERR_NONE : error;
}

static enum error
rotate_blocked(struct journal *journal)
{
	enum error error;

	/* With sync = false nobody waits, but a rotated file is on the disk. */
	error = commit_sync(journal);
	if (error != ERR_NONE)
		return error;
	error = rotate_archive(journal);
	if (error == ERR_NONE)
		error = rotate_replace(journal);
	if (error != ERR_NONE)
		return undo(journal, error);
	return rotate_adopt(journal, journal->shared->appended, false);
}

enum error
rotate(struct journal *journal)
{
	enum error error = commit_block(journal);

	if (error != ERR_NONE)
		return error;
	error = rotate_blocked(journal);
	commit_unblock(journal);
	if (error == ERR_NONE)
		error = rotate_open(journal);
	if (error == ERR_NONE) {
		retain(journal);
		journal->rotated = true;
	}
	return error;
}
