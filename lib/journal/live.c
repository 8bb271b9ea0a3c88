#include "journal/live.h"
#include "journal/writer.h"

#include "base/io.h"
#include "base/log.h"
#include "journal/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum error
live_stat(const struct journal *journal, struct stat *live)
{
	if (io_fstatat(journal->folder.fd, SEGMENT_LIVE, live) == 0)
		return ERR_NONE;
	return errno == ENOENT ? ERR_MISSING :
	    folder_fail(&journal->folder, SEGMENT_LIVE);
}

bool
live_is_ours(const struct journal *journal, const struct stat *live)
{
	return live->st_ino == journal->shared->inode &&
	    live->st_dev == journal->shared->device;
}

void
live_close(struct journal *journal)
{
	if (journal->live != -1)
		io_close(journal->live);
	journal->live = -1;
}

enum error
live_open(struct journal *journal)
{
	const struct shared *shared = journal->shared;
	struct stat status;

	if (journal->live != -1 &&
	    journal->live_generation == shared->generation &&
	    journal->live_inode == shared->inode &&
	    journal->live_device == shared->device)
		return ERR_NONE;
	live_close(journal);
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

uint64_t
live_acknowledged(const struct journal *journal)
{
	return journal->options.sync ? journal->shared->durable :
	    journal->shared->appended;
}

/* Takes one line of the live file into account; the line ends at `end`. */
static enum error
read_line(struct journal *journal, const char *line, size_t length,
    uint64_t end)
{
	struct shared *shared = journal->shared;
	int64_t time;
	uint64_t seq;
	bool found = end <= shared->synced;
	enum error error = age_line(journal, line, length, found, &seq, &time);

	if (error != ERR_NONE)
		return error;
	if (shared->first_seq == 0 && seq != 0) {
		shared->first_time = time;
		shared->first_seq = seq;
	}
	shared->end = end;
	shared->appended = shared->next_seq - 1;
	/* What was in the file when we adopted it was synced then. */
	if (found)
		shared->durable = shared->appended;
	shared->indexed = end;
	/* Noted for agree.c. */
	if (seq != 0 && seq == shared->appended) {
		shared->last_line = end - length - 1;
		shared->noted_time = time;
		shared->noted = seq;
	}
	return ERR_NONE;
}

/* Reads lines into the index; the last one that counts ends at `*end`. */
static enum error
read_lines(struct journal *journal, struct line_reader *lines, uint64_t *end)
{
	const char *line;
	size_t length;

	while (line_reader_next(lines, &line, &length)) {
		enum error error;

		/* A power cut may leave zeros where a line should be. */
		if (memchr(line, '\0', length) != NULL)
			return ERR_NONE;
		error = read_line(journal, line, length,
		    line_reader_offset(lines));
		if (error != ERR_NONE)
			return error;
		*end = line_reader_offset(lines);
	}
	return line_reader_error(lines);
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

enum error
live_read_tail(struct journal *journal)
{
	struct shared *shared = journal->shared;
	uint64_t end = shared->indexed;
	struct line_reader *lines;
	enum error error = ERR_MEMORY;
	int fd;

	/* An overwritten state must not make us cut a file. */
	if (!shared_shape_ok(shared))
		return ERR_IO;
	fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDWR, 0);
	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	if (end > 0)
		journal->seen_time = shared->last_time;
	else if (journal->seen_time < shared->archive_time)
		journal->seen_time = shared->archive_time;
	lines = line_reader_open(fd, false, end);
	if (lines != NULL)
		error = read_lines(journal, lines, &end);
	age_report(journal, SEGMENT_LIVE);
	if (error == ERR_NONE)
		error = trim(fd, end);
	if (error == ERR_NONE)
		shared->writing = 0;
	line_reader_close(lines);
	io_close(fd);
	return error;
}

enum error
live_prepare(const struct journal *journal)
{
	const struct folder *folder = &journal->folder;
	enum error error = folder_clear(folder, NEXT_NAME);
	int fd;

	if (error != ERR_NONE)
		return error;
	fd = folder_create(folder, NEXT_NAME, O_WRONLY | O_EXCL);
	if (fd == -1)
		return folder_fail(folder, NEXT_NAME);
	if (io_fsync(fd) == -1)
		error = folder_fail(folder, NEXT_NAME);
	io_close(fd);
	return error;
}

/*
 * Whether the live name may be taken over: nothing is there, the file is empty,
 * or it has another name, too. We ask the file system and not the state, which
 * somebody may have just overwritten with one that knows of no records.
 */
static enum error
check_replaceable(const struct journal *journal)
{
	struct stat live;
	enum error error = live_stat(journal, &live);

	if (error == ERR_NONE && live.st_size > 0 && live.st_nlink <= 1)
		return ERR_IO;
	return error == ERR_MISSING ? ERR_NONE : error;
}

enum error
live_replace(const struct journal *journal)
{
	enum error error = check_replaceable(journal);

	if (error == ERR_NONE)
		error = live_prepare(journal);
	if (error == ERR_NONE && io_renameat(journal->folder.fd, NEXT_NAME,
	    journal->folder.fd, SEGMENT_LIVE) == -1)
		error = folder_fail(&journal->folder, SEGMENT_LIVE);
	return error;
}

/* Another program may have written the content without syncing it. */
static enum error
sync_content(const struct journal *journal, int fd, struct stat *status)
{
	if (io_fstat(fd, status) == -1)
		return ERR_IO;
	if (!S_ISREG(status->st_mode))
		return folder_refuse_live(&journal->folder);
	if (status->st_size > 0 && io_fdatasync(fd) == -1) {
		/* Never sync this file again: it would report success. */
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

enum error
live_predecessor(const struct journal *journal, struct segment *newest)
{
	struct segment *segments;
	size_t count;

	*newest = (struct segment){ 0, 0, false };
	if (segment_list(journal->folder.fd, &segments, &count) != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_ARCHIVE);
	if (count > 0)
		*newest = segments[count - 1];
	free(segments);
	return ERR_NONE;
}

enum error
live_adopt(struct journal *journal, uint64_t keep, bool reuse)
{
	struct shared *shared = journal->shared;
	struct segment newest;
	struct stat status;
	enum error error = sync_adopted(journal, &status);

	if (error == ERR_NONE)
		error = folder_check_inodes(&journal->folder, SEGMENT_LIVE);
	if (error == ERR_NONE)
		error = live_predecessor(journal, &newest);
	if (error == ERR_NONE && keep < shared->next_seq - 1)
		error = index_forget(&journal->index, keep);
	if (error != ERR_NONE)
		return error;
	if (reuse) {
		/* `appended` first: it must always be below `next_seq`. */
		shared->appended = keep;
		shared->next_seq = keep + 1;
	}
	/* Everything already in the file was synced above. */
	shared->indexed = 0;
	shared->synced = (uint64_t)status.st_size;
	shared->end = 0;
	shared->first_seq = 0;
	shared->first_time = 0;
	/* The generation before the seqs: see durable() in commit.c. */
	shared->generation++;
	shared->appended = shared->next_seq - 1;
	shared->durable = shared->appended;
	shared->writing = 0;
	shared->archive_seq = newest.first_seq;
	shared->archive_time = newest.first_time;
	shared->noted_generation = shared->generation;
	/* No record of this file has been noted yet. */
	shared->noted = 0;
	shared->device = status.st_dev;
	/* The inode comes last: after a kill before it, we redo all this. */
	shared->inode = status.st_ino;
	return ERR_NONE;
}
