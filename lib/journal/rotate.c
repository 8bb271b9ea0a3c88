#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define NEXT_NAME ".state/next"
#define FAILED_REST 10		/* seconds after a rotation that failed */
#define NEVER_REST 3600		/* after one that cannot succeed */

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

	if (shared->first_seq == 0 ||
	    clock_boot_seconds() < shared->rotate_after)
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
	    io_fstatat(journal->folder.fd, path, &status) == 0 &&
	    status.st_ino == journal->shared->inode &&
	    status.st_dev == journal->shared->device;
}

static enum error
make_next(const struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	enum error error = folder_clear(folder, NEXT_NAME);
	int fd, result;

	if (error != ERR_NONE)
		return error;
	fd = folder_create(folder, NEXT_NAME, O_WRONLY | O_EXCL);
	if (fd == -1)
		return folder_fail(folder, NEXT_NAME);
	result = io_fsync(fd);
	if (result == -1)
		folder_fail(folder, NEXT_NAME);
	io_close(fd);
	return result == 0 ? ERR_NONE : ERR_IO;
}

/*
 * Without hard links the live name is free for a moment; recover.c has a row for
 * a process that ends there. The new file is made first, so that there is room
 * for it. The name in archive/ is durable before the live one is gone for good.
 */
static enum error
move_into_archive(const struct journal *journal, const char *path)
{
	const struct folder *folder = &journal->folder;
	enum error error = make_next(journal);

	if (error != ERR_NONE)
		return error;
	if (io_rename_new(folder->fd, SEGMENT_LIVE, path) == -1)
		return folder_fail(folder, path);
	error = folder_sync(folder, SEGMENT_ARCHIVE);
	return error == ERR_NONE ? folder_sync(folder, ".") : error;
}

static enum error
enter_archive(const struct journal *journal, const char *path)
{
	const struct folder *folder = &journal->folder;

	if (io_linkat(folder->fd, SEGMENT_LIVE, folder->fd, path) == 0)
		return folder_sync(folder, SEGMENT_ARCHIVE);
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS ||
	    errno == EMLINK)
		return move_into_archive(journal, path);
	return folder_fail(folder, SEGMENT_ARCHIVE);
}

enum error
rotate_archive(struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	char path[SEGMENT_PATH_MAX];

	if (!archive_path(journal, path))
		return ERR_NONE;
	/* Who brought it there may have died before this. */
	if (rotate_archived(journal))
		return folder_sync(folder, SEGMENT_ARCHIVE);
	if (folder_make(folder, SEGMENT_ARCHIVE) == -1)
		return folder_fail(folder, SEGMENT_ARCHIVE);
	return enter_archive(journal, path);
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

	if (io_fstatat(journal->folder.fd, SEGMENT_LIVE, &live) == -1)
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
	if (io_renameat(journal->folder.fd, NEXT_NAME, journal->folder.fd,
	    SEGMENT_LIVE) == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
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
	journal->live = io_openat(journal->folder.fd, SEGMENT_LIVE,
	    O_WRONLY | O_APPEND, 0);
	if (journal->live == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
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
		return folder_refuse(&journal->folder, SEGMENT_LIVE,
		    FOLDER_NO_FILE);
	if (status->st_size > 0 && io_fdatasync(fd) == -1) {
		/* Never again: the next sync of this file would lie. */
		journal->shared->poisoned = journal->shared->generation;
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	}
	return ERR_NONE;
}

static enum error
sync_adopted(const struct journal *journal, struct stat *status)
{
	enum error error;
	int fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDONLY, 0);

	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	error = sync_content(journal, fd, status);
	io_close(fd);
	return error == ERR_NONE ? folder_sync(&journal->folder, ".") : error;
}

/* Which rotated file is the newest; seq 0: there is none. */
static enum error
newest_archived(const struct journal *journal, struct segment *newest)
{
	struct segment *segments;
	size_t count;

	if (segment_list(journal->folder.fd, &segments, &count) != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_ARCHIVE);
	if (count > 0)
		*newest = segments[count - 1];
	free(segments);
	return ERR_NONE;
}

enum error
rotate_adopt(struct journal *journal, uint64_t keep, bool reuse)
{
	struct shared *shared = journal->shared;
	struct segment newest = { 0, 0, false };
	struct stat status;
	enum error error = sync_adopted(journal, &status);

	if (error == ERR_NONE)
		error = folder_check_inodes(&journal->folder, SEGMENT_LIVE);
	if (error == ERR_NONE)
		error = newest_archived(journal, &newest);
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
	shared->writing = 0;
	shared->archive_seq = newest.first_seq;
	shared->archive_time = newest.first_time;
	shared->noted_generation = shared->generation;
	/* Not before the last record is one that was read here. */
	shared->noted = 0;
	shared->device = status.st_dev;
	/* The last word: until then all of it is done again. */
	shared->inode = status.st_ino;
	return ERR_NONE;
}

bool
rotate_impossible(const struct folder *folder)
{
	struct stat status;

	return io_fstatat(folder->fd, SEGMENT_ARCHIVE, &status) == 0 &&
	    status.st_dev != folder->device;
}

/* From archive/ to the live name, where acknowledged lines are looked for. */
static enum error
move_back(struct journal *journal, const char *path)
{
	const struct folder *folder = &journal->folder;
	enum error error;

	if (io_rename_new(folder->fd, path, SEGMENT_LIVE) == -1)
		return folder_fail(folder, path);
	error = folder_sync(folder, ".");
	/* Nothing more may come into a file whose name may not last. */
	if (error != ERR_NONE)
		journal->shared->poisoned = journal->shared->generation;
	return error;
}

/*
 * Takes back a rotation that could not go on: records come into the old file,
 * and nobody tries again for a while, as each one costs a sync.
 */
static enum error
undo(struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	bool never = rotate_impossible(folder);
	char path[SEGMENT_PATH_MAX];
	char why[TROUBLE_TEXT_MAX + TROUBLE_PATH_MAX] = "";
	struct stat live;

	if (folder->trouble != NULL)
		trouble_text(folder->trouble, why);
	LOG(LOG_LEVEL_ERROR, "rotation-failed", LOG_TEXT("directory",
	    folder->path), LOG_TEXT("problem", never ?
	    "archive/ is on another device: nothing rotates" : why));
	journal->shared->rotate_after = clock_boot_seconds() +
	    (never ? NEVER_REST : FAILED_REST);
	trouble_clear(folder->trouble);
	if (!rotate_archived(journal))
		return ERR_NONE;
	archive_path(journal, path);
	if (io_fstatat(folder->fd, SEGMENT_LIVE, &live) == -1)
		return move_back(journal, path);
	if (io_unlinkat(folder->fd, path) == -1)
		return folder_fail(folder, path);
	return ERR_NONE;
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
		return undo(journal);
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
