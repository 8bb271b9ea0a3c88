#include "hookctl/missed_file.h"

#include "hookctl/hookctl.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define ROOM ((size_t)128 * 1024)
#define LINE_MOST ((size_t)64 * 1024)
#define CHUNK ((size_t)32 * 1024)
#define GZIP_ONLY (15 + 16)	/* zlib's window bits for gzip alone */
#define DAMAGED "it is not whole, or damaged (gzip)"

struct missed_file {
	const char *name;
	int fd;
	bool quiet;		/* print no message */
	bool begun, gzip, ended;
	const char *why;	/* reading failed; there may still be lines
				 * from before that to give */
	bool failed;		/* the message about that was printed */
	bool cut;		/* the last line was given without its end */
	z_stream z;		/* its input also for a plain file */
	size_t start, end;	/* what was read but not given yet */
	unsigned char in[CHUNK];
	char bytes[ROOM];
};

static int
open_log(const char *name, bool quiet)
{
	struct stat status;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1 && !quiet)
		(void)fail(STATUS_FAILED, "%s: %s", name, strerror(errno));
	if (fd == -1 || fstat(fd, &status) == -1 || !S_ISDIR(status.st_mode))
		return fd;
	if (!quiet)
		(void)fail(STATUS_FAILED, "%s is a folder: name the files in "
		    "it", name);
	(void)io_close(fd);
	return -1;
}

struct missed_file *
missed_file_open(const char *name, bool quiet)
{
	struct missed_file *file;
	int fd = open_log(name, quiet);

	if (fd == -1)
		return NULL;
	file = calloc(1, sizeof *file);
	if (file == NULL || inflateInit2(&file->z, GZIP_ONLY) != Z_OK) {
		free(file);
		(void)io_close(fd);
		if (!quiet)
			(void)fail(STATUS_FAILED, "%s: out of memory", name);
		return NULL;
	}
	file->name = name;
	file->fd = fd;
	file->quiet = quiet;
	return file;
}

void
missed_file_close(struct missed_file *file)
{
	if (file == NULL)
		return;
	(void)inflateEnd(&file->z);
	(void)io_close(file->fd);
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
	file->failed = true;
	if (!file->quiet)
		(void)fail(STATUS_FAILED, "%s: %s; the rest is not counted",
		    file->name, file->why);
}

/* Reads more of the file itself; false at its end, or on an error. */
static bool
read_on(struct missed_file *file)
{
	ssize_t got;

	if (file->z.avail_in > 0)
		memmove(file->in, file->z.next_in, file->z.avail_in);
	file->z.next_in = file->in;
	got = read(file->fd, file->in + file->z.avail_in,
	    CHUNK - file->z.avail_in);
	if (got < 0)
		file->why = strerror(errno);
	if (got > 0)
		file->z.avail_in += (unsigned)got;
	return got > 0;
}

/* Whether the next bytes begin gzip data. */
static bool
is_gzip(struct missed_file *file)
{
	bool more = true;

	while (file->z.avail_in < 2 && more)
		more = read_on(file);
	return file->z.avail_in >= 2 && file->z.next_in[0] == 0x1f &&
	    file->z.next_in[1] == 0x8b;
}

static size_t
take_plain(struct missed_file *file, char *to, size_t room)
{
	size_t length;

	if (file->z.avail_in == 0 && !read_on(file))
		return 0;
	length = file->z.avail_in < room ? file->z.avail_in : room;
	memcpy(to, file->z.next_in, length);
	file->z.next_in += length;
	file->z.avail_in -= (unsigned)length;
	return length;
}

/* Notes what inflate() returned. */
static void
go_on(struct missed_file *file, int result)
{
	if (result == Z_STREAM_END) {
		/* A file may consist of several compressed logs. */
		file->ended = !is_gzip(file);
		(void)inflateReset(&file->z);
	} else if (result != Z_OK && result != Z_BUF_ERROR)
		file->why = result == Z_MEM_ERROR ? "out of memory" : DAMAGED;
}

/* If the data is damaged, gives what was inflated before that. */
static size_t
take_gzip(struct missed_file *file, char *to, size_t room)
{
	file->z.next_out = (unsigned char *)to;
	file->z.avail_out = (unsigned)room;
	while (!file->ended && file->why == NULL &&
	    file->z.avail_out == room) {
		if (file->z.avail_in > 0 || read_on(file))
			go_on(file, inflate(&file->z, Z_NO_FLUSH));
		else if (file->why == NULL)
			file->why = DAMAGED;
	}
	return room - file->z.avail_out;
}

/* Reads more; false at the end. */
static bool
fill(struct missed_file *file)
{
	size_t got;

	memmove(file->bytes, file->bytes + file->start,
	    file->end - file->start);
	file->end -= file->start;
	file->start = 0;
	if (!file->begun)
		file->gzip = is_gzip(file);
	file->begun = true;
	got = (file->gzip ? take_gzip : take_plain)(file,
	    file->bytes + file->end, ROOM - file->end);
	file->end += got;
	if (got == 0 && file->why != NULL && !file->failed)
		say_why(file);
	return got > 0;
}

/* Skips the rest of a line that was given without its end. */
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
	if (length == 0 || (file->failed && end == NULL))
		return false;
	file->cut = end == NULL && length > LINE_MOST;
	*line = (struct span){ start, end != NULL ? (size_t)(end - start) :
	    length };
	file->start += line->length + (end != NULL);
	return true;
}
