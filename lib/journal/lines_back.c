#include "journal/lines_back.h"

#include "base/io.h"
#include "journal/line_reader.h"
#include "journal/stamp.h"

#include <stdlib.h>
#include <string.h>

#define FIRST ((size_t)64 * 1024)	/* read first: enough for a page */
#define CHUNK ((size_t)256 * 1024)
#define NEAR 4096		/* a line is rarely longer */

struct lines_back {
	int fd;
	char *bytes;
	size_t room;		/* of `bytes` */
	size_t start, end;	/* what was read but not given yet */
	size_t chunk;		/* bytes to read next */
	uint64_t offset;	/* of `start` in the file */
	bool cut;		/* the file was found to be cut short */
	enum error error;
};

struct lines_back *
lines_back_open(int fd, uint64_t end)
{
	struct lines_back *lines = calloc(1, sizeof *lines);

	if (lines == NULL)
		return NULL;
	lines->fd = fd;
	lines->offset = end;
	lines->chunk = FIRST;
	return lines;
}

void
lines_back_close(struct lines_back *lines)
{
	if (lines == NULL)
		return;
	free(lines->bytes);
	free(lines);
}

/* Makes room for `more` bytes in front of those that were read. */
static enum error
make_room(struct lines_back *lines, size_t more)
{
	size_t length = lines->end - lines->start, room = more + length;
	char *bytes;

	if (lines->start >= more)
		return ERR_NONE;
	if (room > lines->room) {
		bytes = realloc(lines->bytes, room + CHUNK);
		if (bytes == NULL)
			return ERR_MEMORY;
		lines->bytes = bytes;
		lines->room = room + CHUNK;
	}
	memmove(lines->bytes + lines->room - length,
	    lines->bytes + lines->start, length);
	lines->end = lines->room;
	lines->start = lines->end - length;
	return ERR_NONE;
}

/* Reads the bytes before those; false at the beginning or on an error. */
static bool
fill(struct lines_back *lines)
{
	size_t length = lines->end - lines->start, want;
	ssize_t got;

	if (lines->offset == 0)
		return false;
	/* For a long line, read twice as much each time. */
	want = length > lines->chunk ? length : lines->chunk;
	want = want < lines->offset ? want : (size_t)lines->offset;
	lines->chunk = CHUNK;
	lines->error = length > LINE_READER_MAX ? ERR_INPUT :
	    make_room(lines, want);
	if (lines->error != ERR_NONE)
		return false;
	got = io_pread_all(lines->fd, lines->bytes + lines->start - want,
	    want, (off_t)(lines->offset - want));
	if (got < 0) {
		lines->error = ERR_IO;
		return false;
	}
	lines->start -= want;
	lines->offset -= want;
	/* If the file was cut short, the bytes read before are no longer in
	 * it. */
	lines->cut = (size_t)got < want;
	if (lines->cut)
		lines->end = lines->start + (size_t)got;
	return true;
}

/* The last newline, without a look at the last `known` bytes; or NULL. */
static const char *
last_newline(const struct lines_back *lines, size_t known)
{
	size_t length = lines->end - lines->start;

	return length <= known ? NULL : memrchr(lines->bytes + lines->start,
	    '\n', length - known);
}

/* Drops what comes after the last newline; false if there is none. */
static bool
find_end(struct lines_back *lines)
{
	const char *newline;

	while ((newline = last_newline(lines, 0)) == NULL) {
		lines->end = lines->start;
		if (!fill(lines))
			return false;
	}
	lines->end = (size_t)(newline + 1 - lines->bytes);
	return true;
}

/* Finds where the last line begins. Sets `cut` if the file is found to be cut
 * short: then look for its end again. */
static bool
find_beginning(struct lines_back *lines, size_t *begin)
{
	const char *newline;
	size_t known = 1;

	lines->cut = false;
	while ((newline = last_newline(lines, known)) == NULL &&
	    lines->offset > 0 && !lines->cut) {
		known = lines->end - lines->start;
		if (!fill(lines))
			return false;
	}
	*begin = newline == NULL ? lines->start :
	    (size_t)(newline + 1 - lines->bytes);
	return true;
}

bool
lines_back_next(struct lines_back *lines, const char **line, size_t *length)
{
	size_t begin;

	lines->error = ERR_NONE;
	do
		if (!find_end(lines) || !find_beginning(lines, &begin))
			return false;
	while (lines->cut);
	*line = lines->bytes + begin;
	*length = lines->end - 1 - begin;
	lines->end = begin;
	return true;
}

enum error
lines_back_error(const struct lines_back *lines)
{
	return lines->error;
}

/* Like first_record(), but with one small read. False if that does not find the
 * record, though there may be one. */
static bool
first_record_near(int fd, uint64_t from, uint64_t to, uint64_t *at,
    uint64_t *seq)
{
	char text[NEAR];
	ssize_t got = io_pread(fd, text, sizeof text, (off_t)from);
	const char *line = got <= 0 ? NULL : memchr(text, '\n', (size_t)got);
	int64_t time;

	if (line == NULL)
		return false;
	line++;
	*at = from + (uint64_t)(line - text);
	return *at < to && stamp_read(line, (size_t)(text + got - line), seq,
	    &time);
}

/* Finds the first record that begins after `from` and before `to`. */
static bool
first_record(int fd, uint64_t from, uint64_t to, uint64_t *at, uint64_t *seq)
{
	struct line_reader *lines = line_reader_open(fd, false, from);
	const char *line;
	bool found = false;
	int64_t time;
	size_t length;

	/* Skip the rest of the line that `from` is in. If a line begins right
	 * there, it need not be the one that is found. */
	if (lines == NULL || !line_reader_next(lines, &line, &length))
		goto out;
	while (!found) {
		*at = line_reader_offset(lines);
		if (*at >= to || !line_reader_next(lines, &line, &length))
			break;
		found = stamp_read(line, length, seq, &time);
	}
out:
	line_reader_close(lines);
	return found;
}

uint64_t
lines_back_find(int fd, uint64_t size, uint64_t seq)
{
	uint64_t low = 0, high = size, found = size, middle, at, its;

	while (high - low > CHUNK) {
		middle = low + (high - low) / 2;
		if (!first_record_near(fd, middle, high, &at, &its) &&
		    !first_record(fd, middle, high, &at, &its)) {
			high = middle;
		} else if (its >= seq) {
			high = middle;
			found = at;
		} else {
			low = at;
		}
	}
	return found;
}
