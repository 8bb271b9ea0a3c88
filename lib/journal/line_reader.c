#include "journal/line_reader.h"

#include "base/buffer.h"
#include "base/io.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CHUNK ((size_t)256 * 1024)

struct line_reader {
	int fd;
	gzFile gzip;		/* NULL for a plain file */
	line_reader_source *source;	/* NULL: read the file */
	void *context;		/* for the source */
	struct buffer buffer;	/* what was read but not returned yet: */
	size_t start;		/* from here */
	size_t searched;	/* no newline between start and here */
	uint64_t offset;	/* of `start` in the uncompressed file */
	enum error error;	/* of the last read */
};

/* zlib closes the descriptor that it reads, so it gets a duplicate. */
static gzFile
open_gzip(int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	gzFile gzip = gzdopen(own, "rb");

	if (gzip == NULL && own != -1)
		io_close(own);
	return gzip;
}

struct line_reader *
line_reader_open(int fd, bool compressed, uint64_t offset)
{
	struct line_reader *lines = calloc(1, sizeof *lines);

	if (lines == NULL)
		return NULL;
	lines->fd = fd;
	lines->offset = offset;
	if (compressed && (lines->gzip = open_gzip(fd)) == NULL) {
		free(lines);
		return NULL;
	}
	return lines;
}

struct line_reader *
line_reader_open_source(line_reader_source *source, void *context)
{
	struct line_reader *lines = calloc(1, sizeof *lines);

	if (lines == NULL)
		return NULL;
	lines->fd = -1;
	lines->source = source;
	lines->context = context;
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

/* Whether a compressed file is damaged; if not, reading it failed. */
static bool
damaged(const struct line_reader *lines)
{
	int number;

	if (lines->gzip == NULL)
		return false;
	gzerror(lines->gzip, &number);
	return number != Z_ERRNO;
}

/* Moves what has not been returned yet to the start of the buffer. */
static void
shift(struct line_reader *lines)
{
	struct buffer *buffer = &lines->buffer;

	if (lines->start == 0)
		return;
	buffer->length -= lines->start;
	lines->searched -= lines->start;
	memmove(buffer->bytes, buffer->bytes + lines->start, buffer->length);
	lines->start = 0;
}

/* Reads more into the buffer; false at the end of the file, or on an error. */
static bool
fill(struct line_reader *lines)
{
	struct buffer *buffer = &lines->buffer;
	ssize_t got;

	shift(lines);
	lines->error = buffer->length > LINE_READER_MAX ? ERR_INPUT :
	    buffer_reserve(buffer, CHUNK);
	if (lines->error != ERR_NONE)
		return false;
	if (lines->source != NULL)
		got = lines->source(lines->context, buffer->bytes +
		    buffer->length, CHUNK);
	else if (lines->gzip != NULL)
		got = gzread(lines->gzip, buffer->bytes + buffer->length,
		    CHUNK);
	else
		got = io_pread(lines->fd, buffer->bytes + buffer->length,
		    CHUNK, (off_t)(lines->offset + buffer->length));
	if (got < 0)
		lines->error = damaged(lines) ? ERR_INPUT : ERR_IO;
	else
		buffer->length += (size_t)got;
	return got > 0;
}

bool
line_reader_next(struct line_reader *lines, const char **line, size_t *length)
{
	const struct buffer *buffer = &lines->buffer;

	lines->error = ERR_NONE;
	do {
		const char *end = NULL;

		if (buffer->length > lines->searched)
			end = memchr(buffer->bytes + lines->searched, '\n',
			    buffer->length - lines->searched);
		if (end != NULL) {
			*line = buffer->bytes + lines->start;
			*length = (size_t)(end - *line);
			lines->start += *length + 1;
			lines->searched = lines->start;
			lines->offset += *length + 1;
			return true;
		}
		lines->searched = buffer->length;
	} while (fill(lines));
	return false;
}

enum error
line_reader_error(const struct line_reader *lines)
{
	return lines->error;
}

void
line_reader_seek(struct line_reader *lines, uint64_t offset)
{
	lines->buffer.length = lines->start = lines->searched = 0;
	lines->offset = offset;
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
