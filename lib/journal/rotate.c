/*
 * Rotation: the live file gets a second name in archive/, that of its first
 * record, and an empty file takes over the live name. If a process dies between
 * two steps, the journal is in a state for which recover.c has a row.
 */
#include "journal/live.h"
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>

#define FAILED_REST 10		/* seconds to wait after a failed rotation */
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

bool
rotate_impossible(const struct folder *folder)
{
	struct stat status;

	return io_fstatat(folder->fd, SEGMENT_ARCHIVE, &status) == 0 &&
	    status.st_dev != folder->device;
}

/* The live file's name in archive/; false if it has no record. */
static bool
archive_path(const struct journal *journal, char path[SEGMENT_PATH_MAX])
{
	const struct segment segment = { journal->shared->first_seq,
	    journal->shared->first_time, false };

	segment_path(&segment, path);
	return segment.first_seq != 0;
}

bool
rotate_archived(const struct journal *journal)
{
	char path[SEGMENT_PATH_MAX];
	struct stat status;

	return archive_path(journal, path) &&
	    io_fstatat(journal->folder.fd, path, &status) == 0 &&
	    live_is_ours(journal, &status);
}

/*
 * Rotates without hard links, which leaves the live name free for a moment. The
 * next file is made first, so that there is room for it. The name in archive/
 * is durable before the live name is gone for good.
 */
static enum error
move_into_archive(const struct journal *journal, const char *path)
{
	const struct folder *folder = &journal->folder;
	enum error error = live_prepare(journal);

	if (error != ERR_NONE)
		return error;
	if (io_rename_new(folder->fd, SEGMENT_LIVE, path) == -1)
		return folder_fail(folder, path);
	error = folder_sync(folder, SEGMENT_ARCHIVE);
	return error == ERR_NONE ? folder_sync(folder, ".") : error;
}

enum error
rotate_archive(struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	char path[SEGMENT_PATH_MAX];

	if (!archive_path(journal, path))
		return ERR_NONE;
	/* The process that put it there may have died before this sync. */
	if (rotate_archived(journal))
		return folder_sync(folder, SEGMENT_ARCHIVE);
	if (folder_make(folder, SEGMENT_ARCHIVE) == -1)
		return folder_fail(folder, SEGMENT_ARCHIVE);
	if (io_linkat(folder->fd, SEGMENT_LIVE, folder->fd, path) == 0)
		return folder_sync(folder, SEGMENT_ARCHIVE);
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS ||
	    errno == EMLINK)
		return move_into_archive(journal, path);
	return folder_fail(folder, SEGMENT_ARCHIVE);
}

/* Moves the file back to the live name, where people look for its lines. */
static enum error
move_back(struct journal *journal, const char *path)
{
	const struct folder *folder = &journal->folder;
	enum error error;

	if (io_rename_new(folder->fd, path, SEGMENT_LIVE) == -1)
		return folder_fail(folder, path);
	error = folder_sync(folder, ".");
	/* Nothing more may be written to a file whose name may get lost. */
	if (error != ERR_NONE)
		journal->shared->poisoned = journal->shared->generation;
	return error;
}

/* Takes back a rotation that failed halfway: the old file stays in use. No
 * process tries again for a while, since each try costs a sync. */
static enum error
undo(struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	bool never = rotate_impossible(folder);
	char why[TROUBLE_TEXT_MAX + TROUBLE_PATH_MAX] = "";
	char path[SEGMENT_PATH_MAX];
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

enum error
rotate_record(struct journal *journal)
{
	return live_adopt(journal, journal->shared->appended, false);
}

static enum error
exchange(struct journal *journal)
{
	enum error error = rotate_archive(journal);

	return error == ERR_NONE ? live_replace(journal) : error;
}

enum error
rotate_go_on(struct journal *journal)
{
	enum error error = exchange(journal);

	return error == ERR_NONE ? rotate_record(journal) : error;
}

static enum error
begin(struct journal *journal)
{
	/* Even with sync = false, a rotated file is on disk. */
	enum error error = commit_sync(journal);

	if (error != ERR_NONE)
		return error;
	if (exchange(journal) != ERR_NONE)
		return undo(journal);
	return rotate_record(journal);
}

enum error
rotate(struct journal *journal)
{
	enum error error = commit_pause(journal, begin);

	if (error == ERR_NONE)
		error = live_open(journal);
	if (error == ERR_NONE) {
		retain(journal);
		journal->rotated = true;
	}
	return error;
}
