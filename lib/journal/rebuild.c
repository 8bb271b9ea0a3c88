/*
 * Rebuilds the state from the records. Requests take turns at it, since it may
 * take longer than one request can wait. It goes file by file, oldest first,
 * and notes its progress after each, so that a kill undoes the work on one file
 * at most.
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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURN_MS 1500		/* how long one request works at it */
#define FAILING_S 10		/* then an unreadable file is passed over */
#define LINE_MIN 150		/* bytes of a record, at least */
#define GZIP_RATIO_MAX 1032	/* gzip (RFC 1952) cannot shrink more */

/* An old file that is being read. */
struct old_file {
	char path[SEGMENT_PATH_MAX];
	struct line_reader *lines;
	int fd;
};

static enum error
open_old(const struct journal *journal, const struct segment *segment,
    struct old_file *old)
{
	segment_path(segment, old->path);
	old->fd = io_openat(journal->folder.fd, old->path, O_RDONLY, 0);
	/* Somebody has compressed or removed it since it was listed. */
	if (old->fd == -1 && errno == ENOENT)
		return ERR_BUSY;
	if (old->fd == -1)
		return folder_fail(&journal->folder, old->path);
	old->lines = line_reader_open(old->fd, segment->compressed, 0);
	if (old->lines == NULL) {
		io_close(old->fd);
		return ERR_MEMORY;
	}
	return ERR_NONE;
}

/* Damage ends a file; it must not end the rebuild. */
static enum error
close_old(struct old_file *old, enum error error)
{
	line_reader_close(old->lines);
	io_close(old->fd);
	return error == ERR_INPUT ? ERR_NONE : error;
}

/* The seq with which the next file begins, or 0 if its name gives another. */
static enum error
successor_of(const struct journal *journal, const struct segment *segment,
    uint64_t *seq)
{
	struct old_file old;
	const char *line;
	size_t length;
	int64_t time;
	enum error error = open_old(journal, segment, &old);

	*seq = 0;
	if (error != ERR_NONE)
		return error;
	if (line_reader_next(old.lines, &line, &length) &&
	    (!stamp_read(line, length, seq, &time) ||
	    *seq != segment->first_seq))
		*seq = 0;
	return close_old(&old, line_reader_error(old.lines));
}

/* Reads one old file; `successor` is the next file's first seq, or 0. */
static enum error
read_segment(struct journal *journal, const struct segment *segment,
    uint64_t successor)
{
	struct old_file old;
	const char *line;
	size_t length;
	enum error error = open_old(journal, segment, &old);

	if (error != ERR_NONE)
		return error;
	while (error == ERR_NONE &&
	    line_reader_next(old.lines, &line, &length)) {
		int64_t time;
		uint64_t seq;

		if (successor != 0 && stamp_read(line, length, &seq, &time) &&
		    seq >= successor && !segment->compressed) {
			error = distrust_cut(journal, old.path,
			    line_reader_offset(old.lines) - length - 1);
			break;
		}
		error = age_line(journal, line, length, true, &seq, &time);
	}
	if (error == ERR_NONE)
		error = line_reader_error(old.lines);
	age_report(journal, old.path);
	if (error == ERR_INPUT)
		LOG(LOG_LEVEL_WARNING, "segment-damaged",
		    LOG_TEXT("file", old.path));
	return close_old(&old, error);
}

/* The part of a rebuild that one request does. */
struct turn {
	struct journal *journal;
	struct segment *segments; /* oldest first */
	size_t count;
	uint64_t live_first;	/* seq of the live file's first record, or 0 */
	int64_t live_time;	/* its stamp */
	bool over;		/* out of time, with more to do */
};

static int64_t
later(int64_t left, int64_t right)
{
	return left > right ? left : right;
}

/*
 * Whether file `i` still has to be read. The newest shows the next seq; the
 * others matter only for ids inside the window. A file ends when its successor
 * begins. If a clock was wrong, that may be before the file's own beginning, or
 * an earlier file's: `seen` is the latest of those.
 */
static bool
needed(const struct turn *turn, size_t i, int64_t seen)
{
	const struct journal *journal = turn->journal;
	const struct segment *segments = turn->segments;
	int64_t now = age_now(journal);

	if (segments[i].first_seq < journal->shared->rebuild_from)
		return false;
	return i + 1 == turn->count || (journal->window > 0 &&
	    later(later(seen, segments[i].first_time),
	    segments[i + 1].first_time) >=
	    now - journal->window * CLOCK_SECOND);
}

/*
 * A file that cannot be read must not stop the journal for good: after some
 * seconds it is passed over. Its ids are then unknown. If no other file shows
 * the next seq, we skip as many as this one may hold.
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
	    "it away; repeats of what it holds are stored again"));
	trouble_clear(trouble);
	if (segment->compressed)
		bytes *= GZIP_RATIO_MAX;
	if (last && shared->next_seq <= segment->first_seq)
		shared->next_seq = segment->first_seq + bytes / LINE_MIN + 1;
	return ERR_NONE;
}

/* Reads file `i`, and notes that it need not be read again. */
static enum error
take_segment(const struct turn *turn, size_t i)
{
	struct journal *journal = turn->journal;
	const struct segment *segment = &turn->segments[i];
	bool last = i + 1 == turn->count;
	uint64_t successor = turn->live_first;
	enum error error = ERR_NONE;

	if (!last)
		error = successor_of(journal, segment + 1, &successor);
	if (error != ERR_NONE)
		error = pass_over(journal, segment + 1, false, error);
	if (error != ERR_NONE)
		return error;
	/* A rotation got only as far as its link: this is the live file. */
	if (successor == segment->first_seq)
		successor = 0;
	error = read_segment(journal, segment, successor);
	if (error != ERR_NONE)
		error = pass_over(journal, segment,
		    last && turn->live_first == 0, error);
	if (error == ERR_NONE) {
		journal->shared->failing_since = 0;
		journal->shared->rebuild_from = last ?
		    segment->first_seq + 1 : segment[1].first_seq;
	}
	return error;
}

static enum error
read_segments(struct turn *turn)
{
	struct journal *journal = turn->journal;
	int64_t deadline = clock_monotonic_ms() + TURN_MS;
	int64_t seen = 0;
	enum error error = ERR_NONE;
	size_t i;

	if (turn->count > 0 || turn->live_first > 0)
		LOG(LOG_LEVEL_WARNING, "state-rebuild",
		    LOG_NUMBER("files", turn->count),
		    LOG_NUMBER("from", journal->shared->rebuild_from),
		    LOG_TEXT("directory", journal->options.directory));
	journal->seen_time = 0;
	for (i = 0; error == ERR_NONE && i < turn->count; i++) {
		bool wanted = needed(turn, i, seen);

		seen = later(seen, turn->segments[i].first_time);
		if (!wanted)
			continue;
		turn->over = clock_monotonic_ms() > deadline;
		if (turn->over)
			break;
		journal->seen_time = later(journal->seen_time, seen);
		error = take_segment(turn, i);
	}
	return error;
}

/* Calls `visit` for each name in a folder, if the folder can be read. */
static void
each_name(const struct journal *journal, const char *name,
    void (*visit)(const struct journal *journal, int fd,
    const struct dirent *entry))
{
	struct dirent *entry;
	DIR *folder;
	int fd = io_openat(journal->folder.fd, name, O_RDONLY | O_DIRECTORY, 0);

	if (fd == -1)
		return;
	folder = fdopendir(fd);
	if (folder == NULL) {
		io_close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		visit(journal, fd, entry);
	closedir(folder);
}

/* Removes a table that belonged to a lost state. */
static void
remove_table(const struct journal *journal, int fd, const struct dirent *entry)
{
	(void)journal;
	if (strncmp(entry->d_name, TABLE_PREFIX, sizeof TABLE_PREFIX - 1) == 0)
		io_unlinkat(fd, entry->d_name);
}

/* Logs a name in archive/ that we pass over: it is not a regular file's. */
static void
report_oddity(const struct journal *journal, int fd,
    const struct dirent *entry)
{
	struct segment segment;

	if (segment_parse(entry->d_name, &segment) &&
	    !segment_is_file(fd, entry))
		LOG(LOG_LEVEL_WARNING, "segment-passed-over",
		    LOG_TEXT("file", entry->d_name),
		    LOG_TEXT("error", "not a regular file"),
		    LOG_TEXT("directory", journal->options.directory),
		    LOG_TEXT("remedy", "move it out of " SEGMENT_ARCHIVE "/"));
}

/* Makes a new state, and fills in what is known before any file is read. */
static enum error
begin(const struct turn *turn)
{
	struct journal *journal = turn->journal;
	int64_t last;
	enum error error = segment_live_last(journal->folder.fd, &last);
	size_t i;

	if (error != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	each_name(journal, SEGMENT_STATE, remove_table);
	error = state_create(journal);
	if (error != ERR_NONE)
		return error;
	last = later(last, turn->live_time);
	for (i = 0; i < turn->count; i++)
		last = later(last, turn->segments[i].first_time);
	journal->shared->last_time = last;
	each_name(journal, SEGMENT_ARCHIVE, report_oddity);
	return ERR_NONE;
}

enum error
rebuild(struct journal *journal)
{
	struct turn turn = { .journal = journal };
	struct shared *shared;
	enum error error = segment_list(journal->folder.fd, &turn.segments,
	    &turn.count);

	if (error != ERR_NONE)
		return folder_fail(&journal->folder, SEGMENT_ARCHIVE);
	error = segment_live_first(journal->folder.fd, &turn.live_first,
	    &turn.live_time);
	if (error != ERR_NONE)
		error = folder_fail(&journal->folder, SEGMENT_LIVE);
	else if (journal->shared == NULL)
		error = begin(&turn);
	/* Each line is looked up in all tables, those of earlier turns, too. */
	if (error == ERR_NONE)
		error = index_map(&journal->index);
	journal->index.filling = true;
	if (error == ERR_NONE)
		error = read_segments(&turn);
	journal->index.filling = false;
	free(turn.segments);
	/* The next request continues. */
	if (turn.over)
		return ERR_BUSY;
	if (error != ERR_NONE)
		return error;
	shared = journal->shared;
	shared->appended = shared->next_seq - 1;
	shared->durable = shared->appended;
	shared->rebuilding = 0;
	return ERR_NONE;
}
