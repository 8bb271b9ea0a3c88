/*
 * Does the state that was found belong to this folder, and to the files in it?
 *
 * A backup, a snapshot, rsync, or a device that lost its last writes can leave
 * a state of this very boot that is older than the files. If we trusted it,
 * seqs would be assigned twice, and records stored twice.
 */
#include "journal/live.h"
#include "journal/writer.h"

#include "base/io.h"
#include "journal/stamp.h"

#include <fcntl.h>

#define LAST_LINE_MAX ((size_t)16 * 1024) /* a longer one is not looked up */

/* Whether the state was made in this very file and folder, not copied. */
static bool
at_home(const struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct stat status;

	return io_fstat(journal->state_fd, &status) == 0 &&
	    shared->own_inode == status.st_ino &&
	    shared->own_device == status.st_dev &&
	    shared->folder_inode == journal->folder.inode &&
	    shared->folder_device == journal->folder.device;
}

/*
 * Whether this rotated file is the one that the state calls live, and holds no
 * more bytes than the state says: an interrupted rotation put it there. If it
 * holds more, others have written to it since.
 */
static bool
is_live_file(const struct journal *journal, const struct segment *segment)
{
	const struct shared *shared = journal->shared;
	char path[SEGMENT_PATH_MAX];
	struct stat status;

	segment_path(segment, path);
	return segment->first_seq != 0 &&
	    segment->first_seq == shared->first_seq &&
	    io_fstatat(journal->folder.fd, path, &status) == 0 &&
	    status.st_ino == shared->inode &&
	    ((uint64_t)status.st_size <= shared->indexed ||
	    (uint64_t)status.st_size <= shared->writing);
}

/* Whether the newest rotated file is the one that the state knows. */
static bool
knows_archive(const struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct segment newest;

	if (shared->noted_generation != shared->generation)
		return true;
	if (live_predecessor(journal, &newest) != ERR_NONE)
		return false;
	return (newest.first_seq == shared->archive_seq &&
	    newest.first_time == shared->archive_time) ||
	    is_live_file(journal, &newest);
}

/* Whether the line at `offset` has this seq, and this time if one is given. */
static bool
has_line(int fd, uint64_t offset, uint64_t seq, const int64_t *time)
{
	char head[STAMP_MAX];
	ssize_t got = io_pread(fd, head, sizeof head, (off_t)offset);
	uint64_t there;
	int64_t stamp;

	return got > 0 && stamp_read(head, (size_t)got, &there, &stamp) &&
	    there == seq && (time == NULL || stamp == *time);
}

/* Whether the index has the live file's last record. A device that lost its
 * last writes may have kept the record but not its entry in the index. */
static bool
knows_last_record(const struct journal *journal, int fd)
{
	char line[LAST_LINE_MAX];
	const struct shared *shared = journal->shared;
	uint64_t length = shared->indexed - shared->last_line;
	struct journal_record record = { .repeat = JOURNAL_IN_WINDOW };
	uint64_t seq;

	if (journal->window == 0 || length < 2 || length > sizeof line)
		return true;
	if (io_pread_all(fd, line, length, (off_t)shared->last_line) !=
	    (ssize_t)length)
		return false;
	return !journal->options.key_of(line, length - 1, &record) ||
	    record.repeat == JOURNAL_NEVER ||
	    (age_find_any(journal, record.key, &seq) == ERR_NONE &&
	    seq >= shared->appended);
}

static bool
knows_content(const struct journal *journal, int fd, uint64_t size)
{
	const struct shared *shared = journal->shared;

	/* A process that was killed while it wrote may have made it longer. */
	if (size > shared->indexed && size > shared->writing)
		return false;
	/* If it is shorter, somebody cut it: recover.c handles that. */
	if (size < shared->indexed || shared->first_seq == 0)
		return true;
	if (!has_line(fd, 0, shared->first_seq, NULL))
		return false;
	/* Version 0.1.0 does not note which record is the last. */
	return shared->noted != shared->appended ||
	    (has_line(fd, shared->last_line, shared->appended,
	    &shared->noted_time) &&
	    knows_last_record(journal, fd));
}

/* Another file at the live name, or none, is recover.c's business. */
static bool
knows_live(const struct journal *journal)
{
	struct stat status;
	bool known;
	int fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDONLY, 0);

	if (fd == -1)
		return true;
	known = io_fstat(fd, &status) == 0 &&
	    (!live_is_ours(journal, &status) ||
	    knows_content(journal, fd, (uint64_t)status.st_size));
	io_close(fd);
	return known;
}

/*
 * Whether the device went away during a sync and came back. Nobody holds the
 * sync lock then, and what the state says about that sync may be older than the
 * files, which would then be cut at what had been acknowledged before it. A
 * killed leader leaves the same signs, but the mount does not change.
 */
static bool
is_remounted(const struct journal *journal)
{
	const struct shared *shared = journal->shared;

	if (journal->folder.remote || shared->syncing == 0 ||
	    shared->sync_mount == journal->folder.mount ||
	    io_lock(journal->state_fd, 0) == -1)
		return false;
	io_unlock(journal->state_fd);
	return shared->syncing != 0;
}

const char *
agree_why_not(const struct journal *journal)
{
	if (!at_home(journal))
		return "copy";
	if (journal->shared->rebuilding || journal->shared->inode == 0)
		return NULL;
	if (!knows_archive(journal))
		return "archive";
	if (is_remounted(journal))
		return "remounted";
	return knows_live(journal) ? NULL : "live-file";
}
