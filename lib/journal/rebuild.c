/*
 * The state made anew from the lines. It goes file by file, oldest first, and
 * notes its progress after each, so that a process that is killed or runs out
 * of its time loses at most one of them.
 */
#include "journal/internal.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/line.h"
#include "journal/lines.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define TURN_MS 1500		/* how long one request works at it */

uint32_t
rebuild_oldest(const struct journal *journal)
{
	uint32_t now = index_now();

	if (journal->options.window >= (int64_t)now)
		return 1;
	return now - (uint32_t)journal->options.window;
}

/* A record's time by the index's clock; 0 where its window is over. */
static uint32_t
index_time(const struct journal *journal, int64_t received_at)
{
	int64_t age = (clock_now() - received_at) / CLOCK_SECOND;

	if (age < 0)
		age = 0;
	if (age > journal->options.window || age >= (int64_t)index_now())
		return 0;
	return index_now() - (uint32_t)age;
}

static enum error
index_line(struct journal *journal, const char *line, size_t length,
    uint64_t seq, int64_t received_at)
{
	uint8_t key[JOURNAL_KEY_SIZE];
	uint32_t time = index_time(journal, received_at);
	uint64_t there;
	enum error error;

	if (journal->options.window == 0 || time == 0 ||
	    !journal->options.key_of(line, length, key))
		return ERR_NONE;
	error = index_find(&journal->index, key, rebuild_oldest(journal),
	    &there);
	if (error != ERR_MISSING)
		return error;
	error = index_reserve(&journal->index, 1, seq);
	if (error != ERR_NONE)
		return error;
	return index_insert(&journal->index, key, time, seq);
}

enum error
rebuild_line(struct journal *journal, const char *line, size_t length)
{
	struct shared *shared = journal->shared;
	int64_t received_at;
	uint64_t seq;
	enum error error;

	if (!line_parse(line, length, &seq, &received_at)) {
		LOG(LOG_LEVEL_WARNING, "foreign-line",
		    LOG_NUMBER("bytes", length));
		return ERR_NONE;
	}
	error = index_line(journal, line, length, seq, received_at);
	if (error != ERR_NONE)
		return error;
	if (shared->next_seq <= seq)
		shared->next_seq = seq + 1;
	if (shared->last_time < received_at)
		shared->last_time = received_at;
	return ERR_NONE;
}

/*
 * Cuts an old file at its successor's first record: the cut that followed a
 * failed sync may not have reached the disk before the machine went down.
 */
static enum error
cut(struct journal *journal, const char *path, uint64_t offset)
{
	int fd = io_openat(journal->directory, path, O_WRONLY, 0);
	int result;

	LOG(LOG_LEVEL_WARNING, "segment-cut", LOG_TEXT("file", path),
	    LOG_NUMBER("offset", offset));
	if (fd == -1)
		return error_from_errno(errno);
	result = io_ftruncate(fd, (off_t)offset);
	if (result == 0)
		result = io_fdatasync(fd);
	io_close(fd);
	return result == 0 ? ERR_NONE : ERR_IO;
}

/* Reads one old file; `successor` is the next file's first seq, 0: none. */
static enum error
read_segment(struct journal *journal, const struct segment *segment,
    uint64_t successor)
{
	char path[SEGMENT_PATH_MAX];
	struct lines *lines;
	const char *line;
	size_t length;
	enum error error;
	int fd;

	segment_path(segment, path);
	fd = io_openat(journal->directory, path, O_RDONLY, 0);
	if (fd == -1)
		return error_from_errno(errno);
	lines = lines_open(fd, segment->compressed, 0);
	if (lines == NULL) {
		io_close(fd);
		return ERR_BUSY;
	}
	while ((error = lines_next(lines, &line, &length)) == ERR_NONE) {
		int64_t time;
		uint64_t seq;

		if (successor != 0 && line_parse(line, length, &seq, &time) &&
		    seq >= successor && !segment->compressed) {
			error = cut(journal, path,
			    lines_offset(lines) - length - 1);
			break;
		}
		error = rebuild_line(journal, line, length);
		if (error != ERR_NONE)
			break;
	}
	lines_close(lines);
	if (!segment->compressed)
		io_close(fd);
	return error == ERR_MISSING ? ERR_NONE : error;
}

/* The first seq of the live file; 0 where it has none or is not there. */
static enum error
live_first_seq(const struct journal *journal, uint64_t *seq)
{
	char head[128];
	int64_t time;
	ssize_t got;
	int fd;

	*seq = 0;
	fd = io_openat(journal->directory, SEGMENT_LIVE, O_RDONLY, 0);
	if (fd == -1)
		return errno == ENOENT ? ERR_NONE : ERR_IO;
	got = io_pread(fd, head, sizeof head, 0);
	if (got > 0 && !line_parse(head, (size_t)got, seq, &time))
		*seq = 0;
	io_close(fd);
	return got == -1 ? ERR_IO : ERR_NONE;
}

/* The newest file tells the next seq; others only ids inside the window. */
static bool
needed(const struct journal *journal, const struct segment *segments,
    size_t count, size_t i)
{
	int64_t oldest = clock_now() - journal->options.window * CLOCK_SECOND;

	if (segments[i].first_seq < journal->shared->rebuild_from)
		return false;
	return i + 1 == count || (journal->options.window > 0 &&
	    segments[i + 1].first_time >= oldest);
}

static enum error
read_segments(struct journal *journal, const struct segment *segments,
    size_t count, uint64_t live_first)
{
	int64_t deadline = clock_monotonic_ms() + TURN_MS;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t successor = i + 1 < count ?
		    segments[i + 1].first_seq : live_first;
		enum error error;

		if (!needed(journal, segments, count, i))
			continue;
		if (clock_monotonic_ms() > deadline)
			return ERR_BUSY;
		error = read_segment(journal, &segments[i], successor);
		if (error != ERR_NONE)
			return error;
		journal->shared->rebuild_from = segments[i].first_seq + 1;
	}
	return ERR_NONE;
}

/* Removes the tables of a state that is gone. */
static void
remove_tables(struct journal *journal)
{
	struct dirent *entry;
	DIR *folder;
	int fd;

	fd = io_openat(journal->directory, SEGMENT_STATE,
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

enum error
rebuild(struct journal *journal)
{
	struct segment *segments;
	uint64_t live_first;
	size_t count;
	enum error error = live_first_seq(journal, &live_first);

	if (error == ERR_NONE && journal->shared == NULL) {
		remove_tables(journal);
		error = state_create(journal);
	}
	if (error == ERR_NONE)
		error = segment_list(journal->directory, &segments, &count);
	if (error != ERR_NONE)
		return error;
	if (count > 0 || live_first > 0)
		LOG(LOG_LEVEL_WARNING, "state-rebuild",
		    LOG_NUMBER("files", count),
		    LOG_NUMBER("from", journal->shared->rebuild_from));
	error = read_segments(journal, segments, count, live_first);
	free(segments);
	if (error != ERR_NONE)
		return error;
	journal->shared->appended = journal->shared->next_seq - 1;
	journal->shared->durable = journal->shared->appended;
	journal->shared->rebuilding = 0;
	return ERR_NONE;
}
