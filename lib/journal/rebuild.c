/*
 * The state made anew from the lines. It goes file by file, oldest first, and
 * notes its progress after each, so that a process that is killed or runs out
 * of its time loses at most one of them.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/stamp.h"
#include "journal/line_reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURN_MS 1500		/* how long one request works at it */
#define FAILING_S 10		/* after that a file is passed over */
#define LINE_MIN 150		/* bytes of a record, at the least */
#define GZIP_RATIO_MAX 1032	/* of what gzip (RFC 1952) makes of bytes */

/* Copies what stands from `offset` on into a file beside, for people. */
static enum error
save_rest(int from, uint64_t offset, int to)
{
	char chunk[65536];
	off_t done = 0;
	ssize_t got;

	while ((got = io_pread(from, chunk, sizeof chunk, (off_t)offset +
	    done)) > 0) {
		if (io_write(to, chunk, (size_t)got) != got)
			return ERR_FULL;
		done += got;
	}
	return got == 0 && io_fdatasync(to) == 0 ? ERR_NONE : ERR_IO;
}

/*
 * Cuts an old file at its successor's first record: the cut that followed a
 * failed sync may not have reached the disk before the machine went down. In
 * case somebody mixed the files of two journals, what is cut off is kept.
 */
static enum error
cut(struct journal *journal, const char *path, uint64_t offset)
{
	char beside[SEGMENT_PATH_MAX + 4];
	enum error error = ERR_IO;
	int from, to;

	snprintf(beside, sizeof beside, "%s.cut", path);
	LOG(LOG_LEVEL_WARNING, "segment-cut", LOG_TEXT("file", path),
	    LOG_NUMBER("offset", offset), LOG_TEXT("kept", beside));
	from = io_openat(journal->folder.fd, path, O_RDWR, 0);
	if (from == -1)
		return error_from_errno(errno);
	to = folder_create(&journal->folder, beside, O_WRONLY | O_APPEND);
	if (to != -1) {
		error = save_rest(from, offset, to);
		io_close(to);
	}
	if (error == ERR_NONE && (io_ftruncate(from, (off_t)offset) == -1 ||
	    io_fdatasync(from) == -1))
		error = ERR_IO;
	io_close(from);
	return error;
}

/* Opens an old file's lines. */
static enum error
open_segment(const struct journal *journal, const struct segment *segment,
    struct line_reader **lines, int *fd)
{
	char path[SEGMENT_PATH_MAX];

	segment_path(segment, path);
	*fd = io_openat(journal->folder.fd, path, O_RDONLY, 0);
	/* Compressed or removed a moment ago: look again. */
	if (*fd == -1 && errno == ENOENT)
		return ERR_BUSY;
	if (*fd == -1)
		return folder_fail(&journal->folder, path);
	*lines = line_reader_open(*fd, segment->compressed, 0);
	if (*lines == NULL)
		io_close(*fd);
	return *lines == NULL ? ERR_MEMORY : ERR_NONE;
}

static void
close_segment(struct line_reader *lines, int fd)
{
	line_reader_close(lines);
	io_close(fd);
}

/* Where the next file begins, if it really does with what its name says. */
static enum error
successor_of(const struct journal *journal, const struct segment *segment,
    uint64_t *seq)
{
	struct line_reader *lines;
	const char *line;
	size_t length;
	int64_t time;
	int fd;
	enum error error = open_segment(journal, segment, &lines, &fd);

	*seq = 0;
	if (error != ERR_NONE)
		return error;
	if (line_reader_next(lines, &line, &length) &&
	    (!stamp_read(line, length, seq, &time) ||
	    *seq != segment->first_seq))
		*seq = 0;
	error = line_reader_error(lines);
	close_segment(lines, fd);
	return error == ERR_INPUT ? ERR_NONE : error;
}

/* Reads one old file; `successor` is the next file's first seq, 0: none. */
static enum error
read_segment(struct journal *journal, const struct segment *segment,
    uint64_t successor)
{
	char path[SEGMENT_PATH_MAX];
	struct line_reader *lines;
	const char *line;
	size_t length;
	int fd;
	enum error error = open_segment(journal, segment, &lines, &fd);

	if (error != ERR_NONE)
		return error;
	segment_path(segment, path);
	while (error == ERR_NONE && line_reader_next(lines, &line, &length)) {
		int64_t time;
		uint64_t seq;

		if (successor != 0 && stamp_read(line, length, &seq, &time) &&
		    seq >= successor && !segment->compressed) {
			error = cut(journal, path,
			    line_reader_offset(lines) - length - 1);
			break;
		}
		error = age_line(journal, line, length);
	}
	if (error == ERR_NONE)
		error = line_reader_error(lines);
	close_segment(lines, fd);
	age_report(journal, path);
	/* A damaged file must not stop all that is to come. */
	if (error == ERR_INPUT)
		LOG(LOG_LEVEL_WARNING, "segment-damaged",
		    LOG_TEXT("file", path));
	return error == ERR_INPUT ? ERR_NONE : error;
}

static int64_t
later(int64_t left, int64_t right)
{
	return left > right ? left : right;
}

/*
 * The newest file tells the next seq; others only ids inside the window. A file
 * reaches to where its successor begins; by a clock that was wrong that may be
 * before its own beginning, or that of a file before it: `seen`.
 */
static bool
needed(const struct journal *journal, const struct segment *segments,
    size_t count, size_t i, int64_t seen)
{
	int64_t now = age_now(journal);

	if (segments[i].first_seq < journal->shared->rebuild_from)
		return false;
	return i + 1 == count || (journal->window > 0 &&
	    later(later(seen, segments[i].first_time),
	    segments[i + 1].first_time) >=
	    now - journal->window * CLOCK_SECOND);
}

/*
 * A file that cannot be read must not stop all that is to come: after some
 * seconds it is passed over. Its ids are unknown then; where no other file says
 * what the next seq is, as many are left out as it may hold.
 */
static enum error
pass_over(struct journal *journal, const struct segment *segment, bool last,
    enum error error)
{
	struct shared *shared = journal->shared;
	struct trouble *trouble = journal->options.trouble;
	uint32_t now = clock_boot_seconds();
	char path[SEGMENT_PATH_MAX];
	struct stat status;
	uint64_t bytes = 0;

	if (error == ERR_BUSY || error == ERR_MEMORY || error == ERR_FULL ||
	    error == ERR_DAMAGED)
		return error;
	if (shared->failing_since == 0)
		shared->failing_since = now;
	segment_path(segment, path);
	if (now - shared->failing_since < FAILING_S &&
	    faccessat(journal->folder.fd, path, R_OK, AT_EACCESS) == 0)
		return error;
	if (io_fstatat(journal->folder.fd, path, &status) == 0)
		bytes = (uint64_t)status.st_size;
	LOG(LOG_LEVEL_ERROR, "segment-passed-over", LOG_TEXT("file", path),
	    LOG_TEXT("error", trouble != NULL && trouble->reason != NULL ?
	    trouble->reason : error_word(error)),
	    LOG_TEXT("directory", journal->options.directory),
	    LOG_TEXT("remedy", "let the web server's user read it, or move "
	    "it away; what Meta repeats of it is stored again"));
	trouble_clear(trouble);
	if (segment->compressed)
		bytes *= GZIP_RATIO_MAX;
	if (last && shared->next_seq <= segment->first_seq)
		shared->next_seq = segment->first_seq + bytes / LINE_MIN + 1;
	return ERR_NONE;
}

/* Reads file `i`, and notes that it need not be read again. */
static enum error
take_segment(struct journal *journal, const struct segment *segments,
    size_t count, size_t i, uint64_t live_first)
{
	bool last = i + 1 == count;
	uint64_t successor = live_first;
	enum error error = ERR_NONE;

	if (!last)
		error = successor_of(journal, &segments[i + 1], &successor);
	if (error != ERR_NONE)
		error = pass_over(journal, &segments[i + 1], false, error);
	if (error != ERR_NONE)
		return error;
	/* A rotation that got no further than its link: the live file is this
	 * one. */
	if (successor == segments[i].first_seq)
		successor = 0;
	error = read_segment(journal, &segments[i], successor);
	if (error != ERR_NONE)
		error = pass_over(journal, &segments[i],
		    last && live_first == 0, error);
	if (error == ERR_NONE) {
		journal->shared->failing_since = 0;
		journal->shared->rebuild_from = last ?
		    segments[i].first_seq + 1 : segments[i + 1].first_seq;
	}
	return error;
}

static enum error
read_segments(struct journal *journal, const struct segment *segments,
    size_t count, uint64_t live_first)
{
	int64_t deadline = clock_monotonic_ms() + TURN_MS;
	int64_t seen = 0;
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; error == ERR_NONE && i < count; i++) {
		bool turn = needed(journal, segments, count, i, seen);

		seen = later(seen, segments[i].first_time);
		if (!turn)
			continue;
		if (clock_monotonic_ms() > deadline)
			return ERR_BUSY;
		journal->seen_time = later(journal->seen_time, seen);
		error = take_segment(journal, segments, count, i, live_first);
	}
	return error;
}

/* Removes the tables of a state that is gone. */
static void
remove_tables(struct journal *journal)
{
	struct dirent *entry;
	DIR *folder;
	int fd;

	fd = io_openat(journal->folder.fd, SEGMENT_STATE,
	    O_RDONLY | O_DIRECTORY, 0);
	if (fd == -1)
		return;
	folder = fdopendir(fd);
	if (folder == NULL) {
		io_close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, "index-", 6) == 0)
			io_unlinkat(fd, entry->d_name);
	closedir(folder);
}

/* Says which names in archive/ are no files, and so are passed over. */
static void
report_oddities(const struct journal *journal)
{
	struct segment segment;
	struct dirent *entry;
	DIR *archive;
	int fd = io_openat(journal->folder.fd, SEGMENT_ARCHIVE,
	    O_RDONLY | O_DIRECTORY, 0);

	if (fd == -1)
		return;
	archive = fdopendir(fd);
	if (archive == NULL) {
		io_close(fd);
		return;
	}
	while ((entry = readdir(archive)) != NULL)
		if (segment_parse(entry->d_name, &segment) &&
		    !segment_is_file(fd, entry))
			LOG(LOG_LEVEL_WARNING, "segment-passed-over",
			    LOG_TEXT("file", entry->d_name),
			    LOG_TEXT("error", "not a regular file"),
			    LOG_TEXT("directory", journal->options.directory),
			    LOG_TEXT("remedy", "move it out of " SEGMENT_ARCHIVE
			    "/"));
	closedir(archive);
}

/* A new state, and what is known before any file is read. */
static enum error
begin(struct journal *journal, const struct segment *segments, size_t count,
    int64_t live_first_time)
{
	int64_t last;
	enum error error = segment_live_last(journal->folder.fd, &last);
	size_t i;

	if (error != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	remove_tables(journal);
	error = state_create(journal);
	if (error != ERR_NONE)
		return error;
	last = later(last, live_first_time);
	for (i = 0; i < count; i++)
		last = later(last, segments[i].first_time);
	journal->shared->last_time = last;
	report_oddities(journal);
	return ERR_NONE;
}

static enum error
rebuild_from_list(struct journal *journal, const struct segment *segments,
    size_t count)
{
	uint64_t live_first;
	int64_t live_time = 0;
	enum error error = segment_live_first(journal->folder.fd, &live_first,
	    &live_time);

	if (error != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	if (journal->shared == NULL)
		error = begin(journal, segments, count, live_time);
	if (error != ERR_NONE)
		return error;
	if (count > 0 || live_first > 0)
		LOG(LOG_LEVEL_WARNING, "state-rebuild",
		    LOG_NUMBER("files", count),
		    LOG_NUMBER("from", journal->shared->rebuild_from),
		    LOG_TEXT("directory", journal->options.directory));
	journal->seen_time = 0;
	return read_segments(journal, segments, count, live_first);
}

enum error
rebuild(struct journal *journal)
{
	struct segment *segments;
	size_t count;
	enum error error = segment_list(journal->folder.fd, &segments, &count);

	if (error != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_ARCHIVE);
	error = rebuild_from_list(journal, segments, count);
	free(segments);
	if (error != ERR_NONE)
		return error;
	journal->shared->appended = journal->shared->next_seq - 1;
	journal->shared->durable = journal->shared->appended;
	journal->shared->rebuilding = 0;
	return ERR_NONE;
}
