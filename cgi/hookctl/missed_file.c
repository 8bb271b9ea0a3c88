#include "hookctl/missed_file.h"

#include "hookctl/hookctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define HEAD ((size_t)4096)
#define ROOM ((size_t)128 * 1024)
#define LINE_MOST ((size_t)64 * 1024)

struct missed_file {
	const char *name;
	gzFile gzip;		/* reads plain files, too */
	bool failed;
	bool cut;		/* of the last line, the end is to come */
	size_t start, end;	/* what was read but not given yet */
	char bytes[ROOM];
};

/* zlib owns the descriptor from here on. */
static gzFile
open_log(const char *name)
{
	struct stat status;
	gzFile gzip;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		(void)fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
		return NULL;
	}
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		(void)fail(STATUS_FAILED, "%s is a folder: name the files in "
		    "it", name);
		(void)close(fd);
		return NULL;
	}
	gzip = gzdopen(fd, "rb");
	if (gzip == NULL) {
		(void)fail(STATUS_FAILED, "%s: out of memory", name);
		(void)close(fd);
	}
	return gzip;
}

struct missed_file *
missed_file_open(const char *name)
{
	struct missed_file *file;
	gzFile gzip = open_log(name);

	if (gzip == NULL)
		return NULL;
	file = malloc(sizeof *file);
	if (file == NULL) {
		(void)fail(STATUS_FAILED, "%s: out of memory", name);
		(void)gzclose_r(gzip);
		return NULL;
	}
	file->name = name;
	file->gzip = gzip;
	file->failed = file->cut = false;
	file->start = file->end = 0;
	return file;
}

void
missed_file_close(struct missed_file *file)
{
	if (file == NULL)
		return;
	(void)gzclose_r(file->gzip);
	free(file);
}

bool
missed_file_failed(const struct missed_file *file)
{
	return file->failed;
}

static void
say_why(struct missed_file *file)
{
	int number;
	const char *why = gzerror(file->gzip, &number);

	file->failed = true;
	(void)fail(STATUS_FAILED, "%s: %s; what comes after that is not "
	    "counted", file->name, number == Z_ERRNO ? strerror(errno) :
	    number == Z_MEM_ERROR ? "out of memory" : *why != '\0' ?
	    "it is not whole, or damaged (gzip)" : "it cannot be read");
}

/* Reads more; false at the end. */
static bool
fill(struct missed_file *file)
{
	int got, number;

	memmove(file->bytes, file->bytes + file->start,
	    file->end - file->start);
	file->end -= file->start;
	file->start = 0;
	got = gzread(file->gzip, file->bytes + file->end,
	    (unsigned)(ROOM - file->end));
	/* A file that was cut short ends with this error, and no bytes. */
	if (got == 0)
		(void)gzerror(file->gzip, &number);
	if (got < 0 || (got == 0 && number != Z_OK && number != Z_STREAM_END))
		say_why(file);
	if (got > 0)
		file->end += (size_t)got;
	return got > 0;
}

struct span
missed_file_head(struct missed_file *file)
{
	size_t length;

	do
		length = file->end - file->start;
	while (length < HEAD && fill(file));
	return (struct span){ file->bytes + file->start,
	    length < HEAD ? length : HEAD };
}

/* Forgets the rest of a line that was given without its end. */
static void
skip(struct missed_file *file)
{
	const char *end = NULL;

	while (file->cut && (file->end > file->start || fill(file))) {
		end = memchr(file->bytes + file->start, '\n',
		    file->end - file->start);
		file->cut = end == NULL;
		file->start = end == NULL ? file->end :
		    (size_t)(end - file->bytes) + 1;
	}
}

bool
missed_file_next(struct missed_file *file, struct span *line)
{
	const char *start, *end;
	size_t length;

	skip(file);
	do {
		start = file->bytes + file->start;
		length = file->end - file->start;
		end = memchr(start, '\n', length);
	} while (end == NULL && length <= LINE_MOST && fill(file));
	start = file->bytes + file->start;
	if (file->failed || length == 0)
		return false;
	file->cut = end == NULL && length > LINE_MOST;
	*line = (struct span){ start, end != NULL ? (size_t)(end - start) :
	    length };
	file->start += line->length + (end != NULL);
	return true;
}
