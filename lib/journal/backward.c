#include "journal/backward.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/durable.h"
#include "journal/kept.h"
#include "journal/line_reader.h"
#include "journal/lines_back.h"
#include "journal/segment.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One of the journal's files, and what is known without reading it. */
struct file {
	char name[SEGMENT_PATH_MAX];
	uint64_t first_seq;	/* 0: not known, as for a live file that is
				 * empty */
	int64_t first_time;
	bool compressed;
};

struct backward {
	struct backward_options options;
	int directory;
	struct file *files;	/* oldest first; the live one is the last */
	size_t count;
	size_t left;		/* so many of them are not done */
	int live;		/* its descriptor; -1: there is none */
	uint64_t durable_seq;	/* as it was when the live file was opened */
	uint64_t bound;		/* only records below it are left */

	int fd;			/* of the open file, the last that is left; -1:
				 * none is open */
	uint64_t file_bound;	/* the same as `bound`, for this file */
	struct lines_back *lines;	/* if it is plain */
	struct kept kept;	/* if it is compressed: what is left of it, */
	struct reader_line first;	/* and its first record */
	struct reader_line given;	/* the last line from there, or none */

	struct reader_line reached;	/* its bytes are gone; seq 0: nothing
					 * was looked at */
	bool stopped;
	struct backward_trouble trouble;
	enum error error;
};

/*
 * Which files there are
 */

/* What the live file begins with; it may be rotated by now. */
static void
describe_live(const struct backward *backward, struct file *file)
{
	char head[STAMP_MAX];
	ssize_t got = io_pread(backward->live, head, sizeof head, 0);

	strcpy(file->name, SEGMENT_LIVE);
	if (got <= 0 || !stamp_read(head, (size_t)got, &file->first_seq,
	    &file->first_time))
		file->first_seq = 0;
}

static void
describe(const struct segment *segment, struct file *file)
{
	segment_path(segment, file->name);
	file->first_seq = segment->first_seq;
	file->first_time = segment->first_time;
	file->compressed = segment->compressed;
}

/*
 * The live file is opened before the others are listed: if it is rotated in
 * between, it is in both, which does no harm.
 */
static enum error
list_files(struct backward *backward)
{
	struct segment *segments;
	size_t count, i;
	enum error error;

	backward->live = io_openat(backward->directory, SEGMENT_LIVE,
	    O_RDONLY, 0);
	if (backward->live == -1 && errno != ENOENT)
		return error_from_errno(errno);
	error = segment_list(backward->directory, &segments, &count);
	if (error != ERR_NONE)
		return error;
	backward->files = calloc(count + 1, sizeof *backward->files);
	for (i = 0; backward->files != NULL && i < count; i++)
		describe(&segments[i], &backward->files[i]);
	free(segments);
	if (backward->files == NULL)
		return ERR_MEMORY;
	if (backward->live != -1)
		describe_live(backward, &backward->files[count++]);
	backward->count = backward->left = count;
	return ERR_NONE;
}

static enum error
set_up(struct backward *backward, const char *directory)
{
	struct durable durable = { 0 };

	backward->directory = open(directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (backward->directory == -1)
		return error_from_errno(errno);
	/* Asked before the live file is opened: up to there it cannot lose
	 * any. */
	durable.directory = backward->directory;
	backward->durable_seq = durable_seq(&durable);
	durable_close(&durable);
	backward->bound = backward->options.before > 0 ?
	    backward->options.before : UINT64_MAX;
	return list_files(backward);
}

enum error
backward_open(const struct backward_options *options,
    struct backward **backward)
{
	struct backward *new = calloc(1, sizeof *new);
	enum error error;
	int number;

	*backward = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	new->options = *options;
	new->options.directory = NULL;
	new->live = new->fd = -1;
	error = set_up(new, options->directory);
	if (error == ERR_NONE) {
		*backward = new;
		return ERR_NONE;
	}
	number = errno;
	backward_close(new);
	errno = number;
	return error;
}

static void
close_file(struct backward *backward)
{
	lines_back_close(backward->lines);
	backward->lines = NULL;
	if (backward->fd != -1 && backward->fd != backward->live)
		io_close(backward->fd);
	backward->fd = -1;
	kept_free(&backward->kept);
}

void
backward_close(struct backward *backward)
{
	if (backward == NULL)
		return;
	close_file(backward);
	kept_free_line(&backward->given);
	if (backward->live != -1)
		io_close(backward->live);
	if (backward->directory != -1)
		io_close(backward->directory);
	free(backward->files);
	free(backward);
}

/*
 * Which of them are read
 */

/* The records of file `i` are below this. What a failed sync left in a rotated
 * file begins at its successor's first seq. */
static uint64_t
limit_of(const struct backward *backward, size_t i)
{
	if (i + 1 < backward->count)
		return backward->files[i + 1].first_seq > 0 ?
		    backward->files[i + 1].first_seq : UINT64_MAX;
	return backward->live != -1 && backward->durable_seq < UINT64_MAX ?
	    backward->durable_seq + 1 : UINT64_MAX;
}

/* Those that are left are below this. */
static uint64_t
bound_of(const struct backward *backward, size_t i)
{
	uint64_t limit = limit_of(backward, i);

	return backward->bound < limit ? backward->bound : limit;
}

/* Whether it may have records of the time that is asked for: its own are
 * between its first one and its successor's, unless the clock went back. */
static bool
has_time(const struct backward *backward, size_t i)
{
	const struct file *file = &backward->files[i];
	int64_t first = file->first_time, last;

	if (i + 1 == backward->count || file[1].first_seq == 0)
		return true;
	last = file[1].first_time;
	if (last < first) {
		last = first;
		first = file[1].first_time;
	}
	/* The times in names are whole seconds. */
	return first < backward->options.to &&
	    last >= backward->options.from - (backward->options.from >
	    INT64_MIN + CLOCK_SECOND ? CLOCK_SECOND : 0);
}

static bool
is_wanted(const struct backward *backward, size_t i)
{
	return backward->files[i].first_seq < bound_of(backward, i) &&
	    has_time(backward, i);
}

static void
note_trouble(struct backward *backward, int number)
{
	const struct file *file = &backward->files[backward->left - 1];

	if (backward->trouble.file[0] != '\0')
		return;
	strcpy(backward->trouble.file, file->name);
	backward->trouble.number = number;
}

/* The open file, or the next one, needs no more looks. */
static void
finish_file(struct backward *backward)
{
	uint64_t first_seq = backward->files[--backward->left].first_seq;

	close_file(backward);
	if (first_seq > 0 && first_seq < backward->bound)
		backward->bound = first_seq;
}

/*
 * Lines
 */

/* Takes a line apart; false if it is not a record of the open file. */
static bool
is_record(struct backward *backward, struct reader_line *line)
{
	const struct file *file = &backward->files[backward->left - 1];

	if (stamp_read(line->bytes, line->length, &line->seq,
	    &line->received_at))
		return line->seq >= file->first_seq;
	note_trouble(backward, 0);
	return false;
}

static enum backward_verdict
judge(struct backward *backward, const struct reader_line *line)
{
	enum backward_verdict verdict = backward->options.judge == NULL ?
	    BACKWARD_GIVE : backward->options.judge(backward->options.context,
	    line);

	backward->stopped = verdict == BACKWARD_STOP;
	return verdict;
}

static void
reach(struct backward *backward, const struct reader_line *line)
{
	backward->reached = *line;
	backward->bound = backward->file_bound = line->seq;
}

/* Notes why a file gives no more. */
static void
note_end(struct backward *backward, enum error error)
{
	if (error == ERR_MEMORY)
		backward->error = error;
	else if (error != ERR_NONE)
		note_trouble(backward, error == ERR_INPUT ? 0 : EIO);
}

/* ---- of a plain file ---- */

/* Begins it in front of the records that are done. */
static enum error
begin_plain(struct backward *backward, uint64_t size)
{
	if (backward->bound < limit_of(backward, backward->left - 1))
		size = lines_back_find(backward->fd, size, backward->bound);
	backward->lines = lines_back_open(backward->fd, size);
	return backward->lines == NULL ? ERR_MEMORY : ERR_NONE;
}

static bool
next_of_plain(struct backward *backward, struct reader_line *line)
{
	enum backward_verdict verdict;

	while (lines_back_next(backward->lines, &line->bytes, &line->length)) {
		if (!is_record(backward, line) ||
		    line->seq >= backward->file_bound)
			continue;
		verdict = judge(backward, line);
		if (verdict == BACKWARD_STOP)
			return false;
		reach(backward, line);
		if (verdict == BACKWARD_GIVE)
			return true;
	}
	note_end(backward, lines_back_error(backward->lines));
	return false;
}

/* ---- of a compressed file ---- */

/* Keeps the last ones that are wanted. */
static enum error
keep_wanted(struct backward *backward, struct line_reader *lines)
{
	const struct backward_options *options = &backward->options;
	struct reader_line line;
	enum error error = ERR_NONE;
	uint64_t last = 0;

	while (line_reader_next(lines, &line.bytes, &line.length)) {
		if (!is_record(backward, &line) || line.seq <= last)
			continue;
		if (line.seq >= backward->file_bound)
			return ERR_NONE;
		if (last == 0)
			backward->first = line;
		last = line.seq;
		if (judge(backward, &line) == BACKWARD_GIVE)
			error = kept_add(&backward->kept, &line,
			    options->most, options->most_bytes);
		if (error != ERR_NONE || backward->stopped)
			return error;
	}
	return line_reader_error(lines);
}

/* Reads it from its beginning to the records that are done. */
static enum error
begin_compressed(struct backward *backward)
{
	struct line_reader *lines = line_reader_open(backward->fd, true, 0);

	if (lines == NULL)
		return ERR_MEMORY;
	backward->first.seq = 0;
	note_end(backward, keep_wanted(backward, lines));
	line_reader_close(lines);
	return backward->error;
}

static bool
next_of_compressed(struct backward *backward, struct reader_line *line)
{
	if (backward->stopped)
		return false;
	if (kept_take(&backward->kept, &backward->given)) {
		reach(backward, &backward->given);
		*line = backward->given;
		return true;
	}
	if (!backward->kept.dropped && backward->first.seq > 0)
		reach(backward, &backward->first);
	return false;
}

/*
 * Opening
 */

/* A rotated file may have been compressed since it was listed. -1 with errno:
 * ENOENT if it has been removed. */
static int
open_rotated(const struct backward *backward, struct file *file)
{
	static const char plain[] = SEGMENT_SUFFIX, gzip[] =
	    SEGMENT_GZIP_SUFFIX;
	int fd = io_openat(backward->directory, file->name, O_RDONLY, 0);

	if (fd != -1 || errno != ENOENT || file->compressed)
		return fd;
	memcpy(file->name + strlen(file->name) - (sizeof plain - 1), gzip,
	    sizeof gzip);
	file->compressed = true;
	return io_openat(backward->directory, file->name, O_RDONLY, 0);
}

static enum error
begin(struct backward *backward)
{
	size_t i = backward->left - 1;
	struct file *file = &backward->files[i];
	struct stat status;

	backward->fd = i + 1 == backward->count && backward->live != -1 ?
	    backward->live : open_rotated(backward, file);
	if (backward->fd == -1)
		return error_from_errno(errno);
	if (io_fstat(backward->fd, &status) == -1)
		return ERR_IO;
	if (!S_ISREG(status.st_mode)) {
		errno = ENXIO;
		return ERR_UNSAFE;
	}
	backward->file_bound = bound_of(backward, i);
	return file->compressed ? begin_compressed(backward) :
	    begin_plain(backward, (uint64_t)status.st_size);
}

/* Makes sure that a file is open; false if there is no more. */
static bool
have_file(struct backward *backward)
{
	enum error error;

	while (backward->fd == -1 && backward->left > 0) {
		error = ERR_MISSING;
		if (is_wanted(backward, backward->left - 1))
			error = begin(backward);
		if (error == ERR_MEMORY) {
			backward->error = error;
			return false;
		}
		if (error != ERR_NONE && error != ERR_MISSING)
			note_trouble(backward, errno);
		if (error != ERR_NONE)
			finish_file(backward);
	}
	return backward->fd != -1;
}

/* It would stop in this compressed file each time, at the same place. */
static void
pass_over(struct backward *backward)
{
	const struct file *file = &backward->files[backward->left - 1];
	const struct reader_line first = { .seq = file->first_seq,
	    .received_at = file->first_time };

	note_trouble(backward, EFBIG);
	reach(backward, &first);
	finish_file(backward);
}

bool
backward_next(struct backward *backward, struct reader_line *line)
{
	kept_free_line(&backward->given);
	while (!backward->stopped && have_file(backward)) {
		if (backward->lines != NULL ? next_of_plain(backward, line) :
		    next_of_compressed(backward, line))
			return true;
		if (backward->stopped || backward->error != ERR_NONE)
			break;
		/* Of a compressed file, there may have been too many. */
		if (backward->kept.dropped)
			close_file(backward);
		else
			finish_file(backward);
	}
	if (backward->stopped && backward->reached.seq == 0 &&
	    backward->lines == NULL && backward->left > 0)
		pass_over(backward);
	return false;
}

/*
 * How it went
 */

enum error
backward_error(const struct backward *backward)
{
	return backward->error;
}

const struct backward_trouble *
backward_trouble(const struct backward *backward)
{
	return &backward->trouble;
}

void
backward_blame(struct backward *backward)
{
	note_trouble(backward, 0);
}

uint64_t
backward_oldest(const struct backward *backward)
{
	return backward->count > 0 ? backward->files[0].first_seq : 0;
}

bool
backward_reached(const struct backward *backward, uint64_t *seq,
    int64_t *received_at)
{
	*seq = backward->reached.seq;
	*received_at = backward->reached.received_at;
	return *seq > 0;
}

bool
backward_goes_on(const struct backward *backward)
{
	size_t i;

	for (i = 0; i < backward->left; i++)
		if (is_wanted(backward, i))
			return true;
	return false;
}
