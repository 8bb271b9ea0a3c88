#include "journal/reader.h"

#include "base/io.h"
#include "journal/durable.h"
#include "journal/line_reader.h"
#include "journal/segment.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct reader_options options;
	int directory;
	struct durable durable;
	uint64_t durable_seq;	/* as it was before the last read */
	bool unsure;		/* see reader_is_unsure() */
	uint64_t next_seq;	/* the next record wanted, or a later one */
	struct line_reader *lines;	/* of the open file, or NULL */
	int fd;
	bool live;		/* the open file was live when we opened it */
	uint64_t inode;
	uint64_t file_seq;	/* rotated files that begin below it are not
				 * opened again */
	uint64_t end_seq;	/* first seq of the next file; 0: not known */
	char file[SEGMENT_PATH_MAX];	/* the open file's name */
	struct reader_place place, skipped;
	enum error error;
};

#define LOOKS 100		/* at files that others move meanwhile */

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
	else
		(void)snprintf(reader->file, sizeof reader->file, "%s", name);
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

/* Opens the first of these rotated files that we still need; ERR_MISSING if
 * there is none. ERR_STALE: it was compressed or removed meanwhile. */
static enum error
open_rotated(struct reader *reader, const struct segment *segments,
    size_t count)
{
	char path[SEGMENT_PATH_MAX];
	enum error error;
	size_t i = 0;

	while (i < count && !wanted(reader, segments, count, i))
		i++;
	if (i == count)
		return ERR_MISSING;
	segment_path(&segments[i], path);
	error = open_file(reader, path, segments[i].compressed);
	if (error != ERR_NONE)
		return error == ERR_MISSING ? ERR_STALE : error;
	reader->live = false;
	/* Once it has been read to its end, it is not opened again. */
	reader->file_seq = segments[i].first_seq + 1;
	reader->end_seq = i + 1 < count ? segments[i + 1].first_seq :
	    live_first_seq(reader);
	return ERR_NONE;
}

/* Lists the rotated files and opens the one that we need, as above. */
static enum error
look_for_rotated(struct reader *reader)
{
	struct segment *segments;
	size_t count;
	enum error error;

	error = segment_list(reader->directory, &segments, &count);
	if (error != ERR_NONE)
		return error == ERR_MISSING ? ERR_STALE : error;
	error = open_rotated(reader, segments, count);
	free(segments);
	return error;
}

/*
 * Opens the live file. If a rotation came between our list of rotated files and
 * that, it is not the file that we want, and ours is in the list by now.
 */
static enum error
open_live(struct reader *reader)
{
	struct line_reader *lines;
	uint64_t inode;
	enum error error = open_file(reader, SEGMENT_LIVE, false);
	int fd = reader->fd;

	if (error != ERR_NONE)
		return error;
	lines = reader->lines;
	inode = reader->inode;
	reader->lines = NULL;
	error = look_for_rotated(reader);
	if (error != ERR_MISSING) {
		line_reader_close(lines);
		io_close(fd);
		return error;
	}
	reader->lines = lines;
	reader->fd = fd;
	reader->inode = inode;
	reader->live = true;
	strcpy(reader->file, SEGMENT_LIVE);
	return ERR_NONE;
}

/* Opens the first rotated file that we still need, or else the live one. */
static enum error
open_next(struct reader *reader)
{
	enum error error;
	unsigned look;

	for (look = 0; look < LOOKS; look++) {
		error = look_for_rotated(reader);
		if (error == ERR_MISSING)
			error = open_live(reader);
		if (error != ERR_STALE)
			return error;
	}
	return ERR_MISSING;
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

/* Notes where the line is that was just read. */
static void
note_place(const struct reader *reader, size_t length,
    struct reader_place *place)
{
	strcpy(place->file, reader->file);
	place->offset = line_reader_offset(reader->lines) - length - 1;
}

/* Whether the line is a record that is wanted. */
static bool
wants_line(struct reader *reader, struct reader_line *line)
{
	if (stamp_read(line->bytes, line->length, &line->seq,
	    &line->received_at))
		return line->seq >= reader->next_seq &&
		    line->received_at >= reader->options.from_time;
	if (reader->skipped.file[0] == '\0')
		note_place(reader, line->length, &reader->skipped);
	return false;
}

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
	} while (!wants_line(reader, line));
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
		if (line->seq > reader->durable_seq) {
			reader->unsure = reader->durable_seq == 0;
			return false;
		}
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
	reader->unsure = false;
	while (have_file(reader)) {
		if (reader->live ? next_of_live(reader, line) :
		    next_of_rotated(reader, line)) {
			reader->next_seq = line->seq + 1;
			note_place(reader, line->length, &reader->place);
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

bool
reader_is_unsure(const struct reader *reader)
{
	return reader->unsure;
}

const struct reader_place *
reader_place(const struct reader *reader)
{
	return &reader->place;
}

const struct reader_place *
reader_skipped(const struct reader *reader)
{
	return reader->skipped.file[0] != '\0' ? &reader->skipped : NULL;
}

void
reader_wait(struct reader *reader, int wait_ms)
{
	durable_wait(&reader->durable, wait_ms);
}
