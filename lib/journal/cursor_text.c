#include "journal/cursor_text.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/io.h"
#include "journal/layout.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

size_t
cursor_text_write(const struct cursor_place *place,
    char out[CURSOR_TEXT_MAX])
{
	char time[CLOCK_RFC3339_LENGTH + 1];

	clock_format(place->received_at, time);
	return (size_t)snprintf(out, CURSOR_TEXT_MAX,
	    "{\"cursor\":1,\"journal\":\"%s\",\"seq\":%" PRIu64 ","
	    "\"id\":\"%s\",\"received_at\":\"%s\"}\n",
	    place->journal, place->seq, place->id, time);
}

static bool
skip(const char **at, const char *text)
{
	size_t length = strlen(text);

	if (strncmp(*at, text, length) != 0)
		return false;
	*at += length;
	return true;
}

static bool
take_hex(const char **at, size_t length, char *out)
{
	if (strnlen(*at, length) < length || !hex_is_lower(*at, length))
		return false;
	memcpy(out, *at, length);
	out[length] = '\0';
	*at += length;
	return true;
}

static bool
take_seq(const char **at, uint64_t *seq)
{
	size_t count = decimal_prefix(*at, strlen(*at), STAMP_SEQ_MOST, seq);

	if (count == 0 || **at == '0')
		return false;
	*at += count;
	return true;
}

static bool
take_time(const char **at, int64_t *time)
{
	if (strnlen(*at, CLOCK_RFC3339_LENGTH) < CLOCK_RFC3339_LENGTH ||
	    !clock_parse(*at, time))
		return false;
	*at += CLOCK_RFC3339_LENGTH;
	return true;
}

/* The newline may be missing, since people may edit the file. */
static bool
decode(const char *text, struct cursor_place *place)
{
	return skip(&text, "{\"cursor\":1,\"journal\":\"") &&
	    take_hex(&text, CURSOR_JOURNAL_LENGTH, place->journal) &&
	    skip(&text, "\",\"seq\":") && take_seq(&text, &place->seq) &&
	    skip(&text, ",\"id\":\"") &&
	    take_hex(&text, CURSOR_ID_LENGTH, place->id) &&
	    skip(&text, "\",\"received_at\":\"") &&
	    take_time(&text, &place->received_at) && skip(&text, "\"}") &&
	    (*text == '\0' || strcmp(text, "\n") == 0);
}

/* Reads a whole file as text. ERR_DAMAGED: it is not a regular file, or has
 * `size` bytes or more. */
static enum error
read_text(int folder, const char *name, char *text, size_t size)
{
	struct stat status;
	ssize_t got;
	int fd = io_openat(folder, name, O_RDONLY, 0), number;

	if (fd == -1)
		return error_from_errno(errno);
	got = io_fstat(fd, &status) == -1 ? -1 :
	    !S_ISREG(status.st_mode) ? (ssize_t)size :
	    io_pread_all(fd, text, size, 0);
	number = errno;
	io_close(fd);
	errno = number;
	if (got < 0)
		return ERR_IO;
	if ((size_t)got == size || memchr(text, '\0', (size_t)got) != NULL)
		return ERR_DAMAGED;
	text[got] = '\0';
	return ERR_NONE;
}

enum error
cursor_text_read(int folder, const char *name, struct cursor_place *place)
{
	char text[CURSOR_TEXT_MAX];
	enum error error = read_text(folder, name, text, sizeof text);

	if (error == ERR_NONE && !decode(text, place))
		return ERR_DAMAGED;
	return error;
}

enum error
cursor_text_journal(int folder, char id[CURSOR_JOURNAL_LENGTH + 1])
{
	char text[CURSOR_JOURNAL_LENGTH + 3];
	const char *at = text;
	enum error error = read_text(folder, RELAY_ID, text, sizeof text);

	if (error == ERR_NONE && !(take_hex(&at, CURSOR_JOURNAL_LENGTH, id) &&
	    (*at == '\0' || strcmp(at, "\n") == 0)))
		return ERR_DAMAGED;
	return error;
}
