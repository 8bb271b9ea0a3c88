#include "journal/reader.h"

#include "base/io.h"
#include "journal/durable.h"
#include "journal/line_reader.h"
#include "journal/segment.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

struct reader {
	struct reader_options options;
	int directory;
	struct durable durable;
	uint64_t durable_seq;	/* as it was before the last read */
	uint64_t next_seq;	/* the next record wanted, or a later one */
	struct line_reader *lines;	/* of the open file, or NULL */
	int fd;
	bool live;		/* the open file was live when we opened it */
	uint64_t inode;
	uint64_t file_seq;	/* rotated files that begin below it are not
				 * opened again */
	uint64_t end_seq;	/* first seq of the next file; 0: not known */
	enum error error;
};

enum error
reader_open(const struct reader_options *options, struct reader **reader)
{
	struct reader *new = calloc(1, sizeof *new);

	*reader = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	new->options = *options;
	new->options.directory = NULL;
	new->next_seq = options->from_seq ? options->from_seq : 1;
	new->directory = open(options->directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	new->durable.directory = new->directory;
	if (new->directory == -1) {
		enum error error = error_from_errno(errno);

		free(new);
		return error;
	}
	*reader = new;
	return ERR_NONE;
}

static void
close_file(struct reader *reader)
{
	if (reader->lines == NULL)
		return;
	line_reader_close(reader->lines);
	io_close(reader->fd);
	reader->lines = NULL;
}

void
reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	close_file(reader);
	durable_close(&reader->durable);
	io_close(reader->directory);
	free(reader);
}

/* Notes up to which seq lines may be returned. */
static void
look_how_far(struct reader *reader)
{
	reader->durable_seq = reader->options.durable ?
	    durable_seq(&reader->durable) : UINT64_MAX;
}

/*
 * Finding and opening files
 */

/* Opens a file at its start, and notes its inode. */
static enum error
open_file(struct reader *reader, const char *name, bool compressed)
{
	struct stat status;

	reader->fd = io_openat(reader->directory, name, O_RDONLY, 0);
	if (reader->fd == -1)
		return error_from_errno(errno);
	if (io_fstat(reader->fd, &status) == -1 ||
	    !S_ISREG(status.st_mode)) {
		io_close(reader->fd);
		return ERR_IO;
	}
	reader->inode = status.st_ino;
	reader->lines = line_reader_open(reader->fd, compressed, 0);
	if (reader->lines == NULL)
		io_close(reader->fd);
	return reader->lines == NULL ? ERR_MEMORY : ERR_NONE;
}

/* Whether file `i` may hold a record that we still need. */
static bool
wanted(const struct reader *reader, const struct segment *segments,
    size_t count, size_t i)
{
	if (segments[i].first_seq < reader->file_seq)
		return false;
	if (i + 1 == count)
		return true;
	return segments[i + 1].first_seq > reader->next_seq &&
	    segments[i + 1].first_time >= reader->options.from_time -
	    1000000;
}

static uint64_t
live_first_seq(const struct reader *reader)
{
	int64_t time;
	uint64_t seq;

	return segment_live_first(reader->directory, &seq, &time) ==
	    ERR_NONE ? seq : 0;
}

/* Opens the first rotated file that we still need, or else the live one. */
static enum error
open_next(struct reader *reader)
{
	struct segment *segments;
	char path[SEGMENT_PATH_MAX] = SEGMENT_LIVE;
	bool compressed = false;
	size_t count, i;
	enum error error;

	error = segment_list(reader->directory, &segments, &count);
	if (error != ERR_NONE)
		return error;
	for (i = 0; i < count && !wanted(reader, segments, count, i); i++)
		;
	reader->live = i == count;
	if (!reader->live) {
		segment_path(&segments[i], path);
		compressed = segments[i].compressed;
		/* Once it has been read to its end, it is not opened again. */
		reader->file_seq = segments[i].first_seq + 1;
		reader->end_seq = i + 1 < count ? segments[i + 1].first_seq :
		    live_first_seq(reader);
	}
	free(segments);
	return open_file(reader, path, compressed);
}

/* We are at the end of the live file: is it still the live one? */
static bool
still_live(const struct reader *reader)
{
	struct stat status;

	return io_fstatat(reader->directory, SEGMENT_LIVE, &status) == 0 &&
	    status.st_ino == reader->inode && (uint64_t)status.st_size >=
	    line_reader_offset(reader->lines);
}

/*
 * Lines of the open file
 */

/* Reads on to the next record that is wanted. */
static bool
next_record(struct reader *reader, struct reader_line *line)
{
	do {
		if (!line_reader_next(reader->lines, &line->bytes,
		    &line->length)) {
			reader->error = line_reader_error(reader->lines);
			return false;
		}
	} while (!stamp_read(line->bytes, line->length, &line->seq,
	    &line->received_at) || line->seq < reader->next_seq ||
	    line->received_at < reader->options.from_time);
	return true;
}

/*
 * A line of the live file that was not durable when we read it may be cut off
 * again, and its seq given to another record. So we check how much is on disk
 * now, and read the line again.
 */
static bool
next_of_live(struct reader *reader, struct reader_line *line)
{
	while (next_record(reader, line)) {
		if (line->seq <= reader->durable_seq)
			return true;
		line_reader_seek(reader->lines,
		    line_reader_offset(reader->lines) - line->length - 1);
		look_how_far(reader);
		if (line->seq > reader->durable_seq)
			return false;
	}
	return false;
}

/* A rotated file was synced before its rotation. The exception is what a failed
 * sync left in it at and above its successor's first seq. */
static bool
next_of_rotated(struct reader *reader, struct reader_line *line)
{
	if (next_record(reader, line))
		return !reader->options.durable || reader->end_seq == 0 ||
		    line->seq < reader->end_seq;
	/* A damaged file has no more to give. */
	if (reader->error == ERR_INPUT)
		reader->error = ERR_NONE;
	return false;
}

/* Makes sure that a file is open. */
static bool
have_file(struct reader *reader)
{
	enum error error;

	if (reader->lines != NULL)
		return true;
	look_how_far(reader);
	error = open_next(reader);
	/* There is no live file yet, or this file was just removed. */
	reader->error = error == ERR_MISSING ? ERR_NONE : error;
	return error == ERR_NONE;
}

bool
reader_next(struct reader *reader, struct reader_line *line)
{
	bool looked = false;

	reader->error = ERR_NONE;
	while (have_file(reader)) {
		if (reader->live ? next_of_live(reader, line) :
		    next_of_rotated(reader, line)) {
			reader->next_seq = line->seq + 1;
			return true;
		}
		if (reader->error != ERR_NONE ||
		    (reader->live && still_live(reader)))
			return false;
		/* It was rotated meanwhile. First read what was written to it
		 * before that, then go on with the next file. */
		if (reader->live && !looked) {
			looked = true;
			continue;
		}
		close_file(reader);
		looked = false;
	}
	return false;
}

enum error
reader_error(const struct reader *reader)
{
	return reader->error;
}

void
reader_wait(struct reader *reader, int wait_ms)
{
	durable_wait(&reader->durable, wait_ms);
}
