#include "journal/line_reader.h"

#include "base/buffer.h"
#include "base/io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CHUNK ((size_t)256 * 1024)

struct line_reader {
	int fd;
	gzFile gzip;		/* NULL for a plain file */
	struct buffer buffer;	/* what was read and not given out yet: */
	size_t start;		/* from here */
	size_t searched;	/* no newline between start and here */
	uint64_t offset;	/* of `start` in the uncompressed file */
};

struct line_reader *
line_reader_open(int fd, bool compressed, uint64_t offset)
{
	struct line_reader *lines = calloc(1, sizeof *lines);

	if (lines == NULL)
		return NULL;
	lines->fd = fd;
	lines->offset = offset;
	if (compressed && (lines->gzip = gzdopen(fd, "rb")) == NULL) {
		free(lines);
		return NULL;
	}
	return lines;
}

void
line_reader_close(struct line_reader *lines)
{
	if (lines == NULL)
		return;
	if (lines->gzip != NULL)
		gzclose(lines->gzip);
	buffer_free(&lines->buffer);
	free(lines);
}

/* Whether a compressed file holds what gzip never wrote. */
static bool
damaged(const struct line_reader *lines)
{
	int number;

	if (lines->gzip == NULL)
		return false;
	gzerror(lines->gzip, &number);
	return number != Z_ERRNO;
}

/* Reads on behind what the buffer holds. ERR_MISSING at end of file. */
static enum error
fill(struct line_reader *lines)
{
	struct buffer *buffer = &lines->buffer;
	uint64_t at = lines->offset + (buffer->length - lines->start);
	ssize_t got;
	enum error error;

	if (lines->start > 0) {
		buffer->length -= lines->start;
		lines->searched -= lines->start;
		memmove(buffer->bytes, buffer->bytes + lines->start,
		    buffer->length);
		lines->start = 0;
	}
	if (buffer->length > LINE_READER_MAX)
		return ERR_INPUT;
	error = buffer_reserve(buffer, CHUNK);
	if (error != ERR_NONE)
		return error;
	if (lines->gzip != NULL)
		got = gzread(lines->gzip, buffer->bytes + buffer->length,
		    CHUNK);
	else
		got = io_pread(lines->fd, buffer->bytes + buffer->length,
		    CHUNK, (off_t)at);
	if (got < 0)
		return damaged(lines) ? ERR_INPUT : ERR_IO;
	buffer->length += (size_t)got;
	return got == 0 ? ERR_MISSING : ERR_NONE;
}

enum error
line_reader_next(struct line_reader *lines, const char **line, size_t *length)
{
	for (;;) {
		struct buffer *buffer = &lines->buffer;
		char *end = NULL;
		enum error error;

		if (buffer->length > lines->searched)
			end = memchr(buffer->bytes + lines->searched, '\n',
			    buffer->length - lines->searched);
		if (end != NULL) {
			*line = buffer->bytes + lines->start;
			*length = (size_t)(end - *line);
			lines->start += *length + 1;
			lines->searched = lines->start;
			lines->offset += *length + 1;
			return ERR_NONE;
		}
		lines->searched = buffer->length;
		error = fill(lines);
		if (error != ERR_NONE)
			return error;
	}
}

uint64_t
line_reader_offset(const struct line_reader *lines)
{
	return lines->offset;
}

uint64_t
line_reader_torn(const struct line_reader *lines)
{
	return lines->buffer.length - lines->start;
}
