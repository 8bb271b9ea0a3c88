/*
 * The states in which a journal may be found, by name. Each is left by one
 * step that may be interrupted anywhere and taken again; then we look again.
 */
#include "journal/writer.h"

#include "base/io.h"
#include "base/log.h"
#include "journal/stamp.h"
#include "journal/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define ROUNDS_MAX 12

enum found {
	FOUND_CLEAN,
	FOUND_STATE_LOST,	/* missing, damaged, of another boot, unfinished */
	FOUND_SYNC_FAILED,	/* the live file must not be trusted */
	FOUND_LIVE_UNKNOWN,	/* the state is new and knows no live file */
	FOUND_LIVE_MISSING,	/* removed or renamed by somebody else */
	FOUND_ROTATION_UNRECORDED, /* done, but its process died before it
				    * could say so */
	FOUND_LIVE_REPLACED,	/* by somebody else */
	FOUND_LIVE_FOREIGN,	/* empty, in our folder, and not ours */
	FOUND_LIVE_SHORTER,	/* truncated by somebody else */
	FOUND_ROTATION_HALF_DONE, /* in archive/, not yet replaced */
	FOUND_TAIL_UNREAD,	/* longer than what the index knows */
	FOUND_UNUSABLE		/* a link, no regular file, or everybody may
				 * write to it */
};

static enum found
look_at_live(const struct journal *journal, const struct stat *live)
{
	const struct shared *shared = journal->shared;

	if (folder_replaceable(&journal->folder, live))
		return FOUND_LIVE_FOREIGN;
	if (!S_ISREG(live->st_mode) || live->st_mode & S_IWOTH)
		return FOUND_UNUSABLE;
	if (live->st_ino != shared->inode || live->st_dev != shared->device) {
		if (shared->inode == 0)
			return FOUND_LIVE_UNKNOWN;
		return rotate_archived(journal) ? FOUND_ROTATION_UNRECORDED :
		    FOUND_LIVE_REPLACED;
	}
	if (live->st_nlink > 1 && rotate_archived(journal))
		return FOUND_ROTATION_HALF_DONE;
	if ((uint64_t)live->st_size < shared->indexed)
		return FOUND_LIVE_SHORTER;
	if ((uint64_t)live->st_size > shared->indexed)
		return FOUND_TAIL_UNREAD;
	return FOUND_CLEAN;
}

static enum found
missing_live(const struct journal *journal)
{
	if (journal->shared->inode == 0)
		return FOUND_LIVE_UNKNOWN;
	return rotate_archived(journal) ? FOUND_ROTATION_HALF_DONE :
	    FOUND_LIVE_MISSING;
}

/* Once for each state that is attached. */
static enum error
believe(struct journal *journal)
{
	const char *why;

	if (!journal->doubtful)
		return ERR_NONE;
	journal->doubtful = false;
	why = agree_why_not(journal);
	if (why != NULL)
		state_discard(journal, why);
	return why == NULL ? ERR_NONE : ERR_DAMAGED;
}

static enum error
look(struct journal *journal, enum found *found)
{
	struct stat live;
	enum error error = state_attach(journal);

	*found = FOUND_STATE_LOST;
	if (error == ERR_NONE)
		error = index_follow(&journal->index);
	if (error == ERR_NONE)
		error = believe(journal);
	if (error == ERR_DAMAGED) {
		if (journal->shared != NULL)
			state_discard(journal, "index");
		return ERR_NONE;
	}
	if (error != ERR_NONE || journal->shared->rebuilding)
		return error;
	*found = FOUND_SYNC_FAILED;
	if (journal->shared->poisoned >= journal->shared->generation)
		return ERR_NONE;
	if (io_fstatat(journal->folder.fd, SEGMENT_LIVE, &live) == 0)
		*found = look_at_live(journal, &live);
	else if (errno == ENOENT)
		*found = missing_live(journal);
	else
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	/* Overwritten while we looked: what we found means nothing. */
	return shared_shape_ok(journal->shared) ? ERR_NONE : ERR_IO;
}

/* Runs a step of rotate.c under the sync lock. */
static enum error
blocked(struct journal *journal, enum error (*step)(struct journal *))
{
	enum error error = commit_block(journal);

	if (error != ERR_NONE)
		return error;
	error = step(journal);
	commit_unblock(journal);
	return error;
}

/* Whatever stands at the live name is the live file from now on. */
static enum error
take_what_is_there(struct journal *journal)
{
	struct stat live;
	enum error error = distrust_stat_live(journal, &live);

	if (error == ERR_MISSING)
		error = rotate_replace(journal);
	if (error == ERR_NONE)
		error = rotate_adopt(journal, distrust_known(journal), false);
	return error;
}

/* Tickets of the old file cannot be told from new ones by its size. */
static enum error
take_shorter(struct journal *journal)
{
	journal->shared->voided = journal->shared->generation;
	return rotate_adopt(journal, distrust_known(journal), false);
}

/* All of the old file was synced before it got its name in archive/, whatever
 * the state says of that. */
static enum error
record_rotation(struct journal *journal)
{
	return rotate_adopt(journal, journal->shared->appended, false);
}

/* Somebody's empty file gives way to one of ours. */
static enum error
take_foreign_name(struct journal *journal)
{
	enum error error = rotate_replace(journal);

	return error == ERR_NONE ?
	    rotate_adopt(journal, distrust_known(journal), false) : error;
}

static enum error
go_on_rotating(struct journal *journal)
{
	enum error error = rotate_archive(journal);

	if (error == ERR_NONE)
		error = rotate_replace(journal);
	return error == ERR_NONE ?
	    rotate_adopt(journal, journal->shared->appended, false) : error;
}

/* Notes the live file's last record, for agree.c. */
static void
note_line(const struct journal *journal, const char *line, size_t length,
    uint64_t begin)
{
	struct shared *shared = journal->shared;
	int64_t time;
	uint64_t seq;

	if (!stamp_read(line, length, &seq, &time) || seq != shared->appended)
		return;
	shared->last_line = begin;
	shared->noted_time = time;
	shared->noted = seq;
}

/* Takes a line of the live file that ends at `end` into account. */
static enum error
read_line(struct journal *journal, const char *line, size_t length,
    uint64_t end)
{
	struct shared *shared = journal->shared;
	enum error error;

	if (shared->first_seq == 0) {
		int64_t time;
		uint64_t seq;

		if (stamp_read(line, length, &seq, &time)) {
			shared->first_time = time;
			shared->first_seq = seq;
		}
	}
	error = age_line(journal, line, length);
	if (error != ERR_NONE)
		return error;
	shared->end = end;
	shared->appended = shared->next_seq - 1;
	/* What stood there when we took the file over was synced then. */
	if (end <= shared->synced)
		shared->durable = shared->appended;
	shared->indexed = end;
	note_line(journal, line, length, end - length - 1);
	return ERR_NONE;
}

/* Cuts the file at the end of its last whole line. */
static enum error
trim(int fd, uint64_t end)
{
	struct stat live;

	if (io_fstat(fd, &live) == -1)
		return ERR_IO;
	if ((uint64_t)live.st_size <= end)
		return ERR_NONE;
	LOG(LOG_LEVEL_WARNING, "torn-tail", LOG_NUMBER("offset", end),
	    LOG_NUMBER("bytes", live.st_size - (off_t)end));
	if (io_ftruncate(fd, (off_t)end) == -1)
		return error_from_errno(errno);
	return ERR_NONE;
}

/* Reads lines into the index; `*end` is behind the last one taken. */
static enum error
read_lines(struct journal *journal, struct line_reader *lines, uint64_t *end)
{
	const char *line;
	size_t length;
	enum error error;

	while (line_reader_next(lines, &line, &length)) {
		/* A power cut may leave zeros where a line was to be. */
		if (memchr(line, '\0', length) != NULL)
			return ERR_NONE;
		error = read_line(journal, line, length, line_reader_offset(lines));
		if (error != ERR_NONE)
			return error;
		*end = line_reader_offset(lines);
	}
	return line_reader_error(lines);
}

/* Reads what others appended; cuts off what nobody can have acknowledged. */
static enum error
read_tail(struct journal *journal)
{
	uint64_t end = journal->shared->indexed;
	struct line_reader *lines;
	enum error error = ERR_MEMORY;
	int fd;

	/* What was read of an overwritten state must not cut a file. */
	if (!shared_shape_ok(journal->shared))
		return ERR_IO;
	fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDWR, 0);
	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	if (end > 0)
		journal->seen_time = journal->shared->last_time;
	else if (journal->seen_time < journal->shared->archive_time)
		journal->seen_time = journal->shared->archive_time;
	lines = line_reader_open(fd, false, end);
	if (lines != NULL)
		error = read_lines(journal, lines, &end);
	age_report(journal, SEGMENT_LIVE);
	if (error == ERR_NONE)
		error = trim(fd, end);
	if (error == ERR_NONE)
		journal->shared->writing = 0;
	line_reader_close(lines);
	io_close(fd);
	return error;
}

static enum error
leave(struct journal *journal, enum found found)
{
	switch (found) {
	case FOUND_STATE_LOST:
		return rebuild(journal);
	case FOUND_SYNC_FAILED:
		return blocked(journal, distrust);
	case FOUND_LIVE_UNKNOWN:
	case FOUND_LIVE_MISSING:
	case FOUND_LIVE_REPLACED:
		return blocked(journal, take_what_is_there);
	case FOUND_ROTATION_UNRECORDED:
		return blocked(journal, record_rotation);
	case FOUND_LIVE_FOREIGN:
		return blocked(journal, take_foreign_name);
	case FOUND_LIVE_SHORTER:
		return blocked(journal, take_shorter);
	case FOUND_ROTATION_HALF_DONE:
		return blocked(journal, go_on_rotating);
	case FOUND_TAIL_UNREAD:
		return blocked(journal, read_tail);
	case FOUND_UNUSABLE:
		return folder_refuse_live(&journal->folder);
	case FOUND_CLEAN:
		break;
	}
	return ERR_NONE;
}

/* What a person should hear of; NULL: nothing out of the ordinary. */
static const char *const names[] = {
	[FOUND_SYNC_FAILED] = "after-failed-sync",
	[FOUND_LIVE_MISSING] = "live-file-missing",
	[FOUND_LIVE_REPLACED] = "live-file-replaced",
	[FOUND_LIVE_FOREIGN] = "empty-file-of-another",
	[FOUND_LIVE_SHORTER] = "live-file-truncated",
	[FOUND_ROTATION_UNRECORDED] = "rotation-unrecorded",
	[FOUND_ROTATION_HALF_DONE] = "rotation-half-done",
};

enum error
recover(struct journal *journal)
{
	int round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		enum found found;
		enum error error = look(journal, &found);

		if (error != ERR_NONE)
			return error;
		if (found == FOUND_CLEAN)
			return rotate_open(journal);
		error = leave(journal, found);
		/* Otherwise the one who asked for it says why, and counts how
		 * often. */
		if (error != ERR_NONE)
			return error;
		if ((size_t)found < sizeof names / sizeof names[0] &&
		    names[found] != NULL)
			LOG(LOG_LEVEL_WARNING, "recovery",
			    LOG_TEXT("found", names[found]),
			    LOG_TEXT("directory", journal->options.directory));
	}
	return ERR_IO;
}
