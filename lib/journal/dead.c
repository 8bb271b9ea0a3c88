#include "journal/dead.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/path.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX 200
#define CHUNK 4096
#define REPLACEMENT "\357\277\275"	/* U+FFFD */

struct dead {
	int fd;
};

/*
 * Opening
 */

/* Finds where the last whole line ends. */
static bool
find_end(int fd, off_t size, off_t *end)
{
	char part[CHUNK];

	for (*end = size; *end > 0;) {
		size_t length = *end < CHUNK ? (size_t)*end : CHUNK;
		const char *newline;

		*end -= (off_t)length;
		if (io_pread_all(fd, part, length, *end) != (ssize_t)length)
			return false;
		newline = memrchr(part, '\n', length);
		if (newline != NULL) {
			*end += newline - part + 1;
			break;
		}
	}
	return true;
}

/* Removes half a line at the end. */
static bool
mend(int fd)
{
	struct stat status;
	off_t end;

	if (io_fstat(fd, &status) == -1)
		return false;
	if (!S_ISREG(status.st_mode)) {
		errno = EINVAL;
		return false;
	}
	return find_end(fd, status.st_size, &end) &&
	    (end == status.st_size || io_ftruncate(fd, end) == 0);
}

/* Syncs the folder of the file, whose name may be new. */
static bool
sync_folder(const char *path)
{
	char *folder = path_folder(path);
	bool done;
	int fd, number;

	if (folder == NULL)
		return false;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd == -1)
		return false;
	done = io_fsync(fd) == 0;
	number = errno;
	io_close(fd);
	errno = number;
	return done;
}

enum error
dead_open(const char *path, struct dead **dead)
{
	struct dead *new = malloc(sizeof *new);
	int number;

	*dead = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	new->fd = io_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_APPEND, 0600);
	if (new->fd != -1 && mend(new->fd) && sync_folder(path)) {
		*dead = new;
		return ERR_NONE;
	}
	number = errno;
	if (new->fd != -1)
		io_close(new->fd);
	free(new);
	errno = number;
	return error_from_errno(number);
}

void
dead_close(struct dead *dead)
{
	if (dead == NULL)
		return;
	io_close(dead->fd);
	free(dead);
}

/*
 * Appending
 */

static enum error
put(struct buffer *line, const char *text)
{
	return buffer_append(line, text, strlen(text));
}

/* Appends a JSON string. */
static enum error
put_string(struct buffer *line, struct span text)
{
	const char *at = text.bytes;
	size_t left = text.length;
	uint32_t code;
	enum error error = put(line, "\"");

	while (left > 0 && error == ERR_NONE) {
		size_t length = utf8_read(at, left, &code);
		char escape[12];

		if (length == 1 && (code < 0x20 || code == 0x7f ||
		    code == '"' || code == '\\')) {
			(void)snprintf(escape, sizeof escape, "\\u%04x",
			    (unsigned)code);
			error = put(line, escape);
		} else if (length > 0)
			error = buffer_append(line, at, length);
		else
			error = put(line, REPLACEMENT);
		length += length == 0;
		at += length;
		left -= length;
	}
	return error == ERR_NONE ? put(line, "\"") : error;
}

static enum error
put_member(struct buffer *line, const char *name, struct span text)
{
	enum error error = put(line, name);

	return error == ERR_NONE ? put_string(line, text) : error;
}

static struct span
span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static enum error
encode(struct buffer *line, const struct dead_letter *letter)
{
	char time[CLOCK_RFC3339_LENGTH + 1], tries[40];
	struct span answer = letter->answer;
	enum error error;

	if (answer.length > ANSWER_MAX)
		answer.length = ANSWER_MAX;
	clock_format(letter->dead_at, time);
	(void)snprintf(tries, sizeof tries, ",\"tries\":%" PRIu64,
	    letter->tries);
	error = put_member(line, "{\"dead_at\":", span_of(time));
	if (error == ERR_NONE)
		error = put_member(line, ",\"by\":", span_of(letter->by));
	if (error == ERR_NONE)
		error = put(line, tries);
	if (error == ERR_NONE)
		error = put_member(line, ",\"error\":",
		    span_of(letter->error));
	if (error == ERR_NONE)
		error = put_member(line, ",\"answer\":", answer);
	if (error == ERR_NONE)
		error = put(line, ",\"record\":");
	if (error == ERR_NONE)
		error = buffer_append(line, letter->record.bytes,
		    letter->record.length);
	return error == ERR_NONE ? put(line, "}\n") : error;
}

static enum error
append(int fd, const struct buffer *line)
{
	struct stat before;
	ssize_t written;
	int number;

	if (io_fstat(fd, &before) == -1)
		return error_from_errno(errno);
	errno = ENOSPC;		/* for a short write */
	written = io_write(fd, line->bytes, line->length);
	if (written == (ssize_t)line->length && io_fsync(fd) == 0)
		return ERR_NONE;
	number = errno;
	(void)io_ftruncate(fd, before.st_size);
	errno = number;
	return error_from_errno(number);
}

enum error
dead_append(const struct dead *dead, const struct dead_letter *letter)
{
	struct buffer line = { 0 };
	enum error error = encode(&line, letter);
	int number;

	if (error == ERR_NONE)
		error = append(dead->fd, &line);
	else
		errno = ENOMEM;
	number = errno;
	buffer_free(&line);
	errno = number;
	return error;
}

/*
 * Reading
 */

bool
dead_record(struct span line, struct span *record)
{
	static const char head[] = "{\"dead_at\":", mark[] = ",\"record\":";
	const char *at;

	if (line.length > 0 && line.bytes[line.length - 1] == '\n')
		line.length--;
	if (line.length < sizeof head ||
	    memcmp(line.bytes, head, sizeof head - 1) != 0 ||
	    line.bytes[line.length - 1] != '}')
		return false;
	/* This cannot be inside a string, where quotes have backslashes. */
	at = memmem(line.bytes, line.length, mark, sizeof mark - 1);
	if (at == NULL)
		return false;
	record->bytes = at + sizeof mark - 1;
	record->length = (size_t)(line.bytes + line.length - 1 -
	    record->bytes);
	return true;
}
