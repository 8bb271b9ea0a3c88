#include "base/log.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 100		/* for a reader of the log that is slow */
#define VALUE_LONGEST 256	/* bytes of a value, before escaping */
#define LINE_LONGEST 4096	/* a pipe takes this much in one piece */

static const char truncated[] = " truncated=true";

#define LINE_ROOM (LINE_LONGEST - sizeof truncated) /* its NUL: room for '\n' */

struct line {
	char bytes[LINE_LONGEST];
	size_t length;
	bool full;
};

static const char *const level_words[] = {
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_ERROR] = "error",
};

/* Where lines go is decided for the process, not for a request. */
static int log_fd = STDERR_FILENO;
static char log_path[4096];	/* "" for standard error */

/* O_NONBLOCK, so that a FIFO in the file's place cannot block the process. */
static int
open_regular(const char *path, int create)
{
	struct stat status;
	int fd;

	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY | O_NONBLOCK | create, 0640);
	if (fd == -1)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	(void)close(fd);
	return -1;
}

/* Gives a file that root has created to the owner of its folder. */
static void
hand_over(int fd, const char *path)
{
	struct stat status;
	char *folder;
	bool known;

	if (geteuid() != 0)
		return;
	folder = path_folder(path);
	known = folder != NULL && stat(folder, &status) == 0;
	free(folder);
	if (known && fchown(fd, status.st_uid, status.st_gid) == -1)
		return;		/* then it stays root's */
}

/* Opens the file to write to, and creates it if it is missing. */
static int
open_or_make(const char *path)
{
	int fd = open_regular(path, 0);

	if (fd != -1 || errno != ENOENT)
		return fd;
	fd = open_regular(path, O_CREAT);
	if (fd != -1)
		hand_over(fd, path);
	return fd;
}

/* Whether a missing file could be created. */
static bool
check_folder(const char *path, char *why, size_t room)
{
	char *folder = path_folder(path);
	bool can = folder != NULL &&
	    faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0;

	if (!can)
		(void)snprintf(why, room, "cannot be created in %s: %s",
		    folder != NULL ? folder : path, strerror(errno));
	free(folder);
	return can;
}

bool
log_check(const char *path, char *why, size_t room)
{
	struct stat status;
	int fd;

	if (lstat(path, &status) == 0) {
		if (!S_ISREG(status.st_mode)) {
			(void)snprintf(why, room, "is not a regular file");
			return false;
		}
	} else if (errno == ENOENT)
		return check_folder(path, why, room);
	fd = open_regular(path, 0);
	if (fd == -1) {
		(void)snprintf(why, room, "%s", strerror(errno));
		return false;
	}
	(void)close(fd);
	return true;
}

int
log_descriptor(void)
{
	return log_fd;
}

static void
use(int fd, const char *path)
{
	if (log_fd != STDERR_FILENO)
		(void)close(log_fd);
	log_fd = fd;
	(void)snprintf(log_path, sizeof log_path, "%s", path);
}

bool
log_to(const char *path)
{
	bool wanted = path != NULL && *path != '\0';
	int fd = wanted ? open_or_make(path) : -1;

	/* The old file, even if it was renamed, is better than none. */
	if (wanted && fd == -1 && log_fd != STDERR_FILENO &&
	    strcmp(path, log_path) == 0)
		return true;
	use(fd != -1 ? fd : STDERR_FILENO, fd != -1 ? path : "");
	return fd != -1 || !wanted;
}

bool
log_follow(void)
{
	struct stat mine, there;
	int fd;

	if (log_fd == STDERR_FILENO || fstat(log_fd, &mine) == -1 ||
	    (stat(log_path, &there) == 0 && there.st_dev == mine.st_dev &&
	    there.st_ino == mine.st_ino))
		return true;
	fd = open_or_make(log_path);
	if (fd == -1)
		return false;
	(void)close(log_fd);
	log_fd = fd;
	return true;
}

static void
put_byte(struct line *line, char byte)
{
	if (line->length == LINE_ROOM)
		line->full = true;
	else
		line->bytes[line->length++] = byte;
}

static void
put_text(struct line *line, const char *text)
{
	while (*text != '\0')
		put_byte(line, *text++);
}

/* Control characters, DEL and everything outside ASCII. */
static bool
is_hidden(unsigned char byte)
{
	return byte < 0x20 || byte >= 0x7f;
}

static bool
needs_quotes(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (is_hidden((unsigned char)text[i]) ||
		    strchr(" \"=\\", text[i]) != NULL)
			return true;
	}
	return length == 0;
}

/* Inside quotes, escapes a quote as \", a backslash as \\, and an unprintable
 * byte as \xNN. */
static void
put_logfmt_escaped(struct line *line, const char *text, size_t length)
{
	unsigned char byte;
	char hex[3];
	size_t i;

	for (i = 0; i < length; i++) {
		byte = (unsigned char)text[i];
		if (is_hidden(byte)) {
			hex_write(&byte, 1, hex);
			put_text(line, "\\x");
			put_text(line, hex);
			continue;
		}
		if (byte == '"' || byte == '\\')
			put_byte(line, '\\');
		put_byte(line, text[i]);
	}
}

static void
put_value(struct line *line, const char *text)
{
	size_t length = strnlen(text, VALUE_LONGEST + 1);
	bool cut = length > VALUE_LONGEST;
	bool quoted;

	if (cut)
		length = VALUE_LONGEST;
	quoted = needs_quotes(text, length);
	if (quoted)
		put_byte(line, '"');
	put_logfmt_escaped(line, text, length);
	if (cut)
		put_text(line, "...");
	if (quoted)
		put_byte(line, '"');
}

static void
put_field(struct line *line, const struct log_field *field)
{
	char number[24];	/* a long long */

	put_byte(line, ' ');
	put_text(line, field->key);
	put_byte(line, '=');
	if (field->text != NULL) {
		put_value(line, field->text);
		return;
	}
	(void)snprintf(number, sizeof number, "%lld", field->number);
	put_text(line, number);
}

static void
put_head(struct line *line, enum log_level level, const char *event)
{
	const struct log_field head[] = {
		LOG_TEXT("level", level_words[level]),
		LOG_NUMBER("pid", getpid()),
		LOG_TEXT("event", event),
	};
	char time[CLOCK_RFC3339_LENGTH + 1];
	size_t i;

	clock_format(clock_now(), time);
	memcpy(time + strlen("2026-11-21T06:00:00.123"), "Z", 2);
	put_text(line, "time=");
	put_text(line, time);
	for (i = 0; i < sizeof head / sizeof head[0]; i++)
		put_field(line, &head[i]);
}

/* Drops a line for which a pipe or a terminal has no room: if nobody reads the
 * log, requests are served all the same. */
static void
write_line(const struct line *line)
{
	struct pollfd room = { .fd = log_fd, .events = POLLOUT };
	ssize_t written = 0;

	if (poll(&room, 1, PATIENCE_MS) != 0)
		written = write(log_fd, line->bytes, line->length);
	(void)written;
}

void
log_event(enum log_level level, const char *event,
    const struct log_field *fields, size_t count)
{
	int saved = errno;
	struct line line;
	size_t i, whole;

	line.length = 0;
	line.full = false;
	put_head(&line, level, event);
	for (i = 0; i < count; i++) {
		whole = line.length;
		put_field(&line, &fields[i]);
		if (line.full) {
			memcpy(line.bytes + whole, truncated,
			    sizeof truncated - 1);
			line.length = whole + sizeof truncated - 1;
			break;
		}
	}
	line.bytes[line.length++] = '\n';
	write_line(&line);
	errno = saved;
}
