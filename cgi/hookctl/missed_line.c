#include "hookctl/missed_line.h"

#include "base/digits.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#define TIME_LENGTH 26		/* 21/Nov/2026:06:00:00 +0100 */
#define SIZE_MOST UINT64_C(1000000000000000)

/* What is left of a line. */
struct rest {
	const char *at, *end;
};

static bool
take(struct rest *rest, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(rest->end - rest->at) < length ||
	    memcmp(rest->at, text, length) != 0)
		return false;
	rest->at += length;
	return true;
}

/* Takes a text in quotes, and its quotes. */
static bool
take_quoted(struct rest *rest, struct span *inner)
{
	const char *start, *at;

	if (!take(rest, "\""))
		return false;
	start = at = rest->at;
	while (at < rest->end && *at != '"')
		at += *at == '\\' && rest->end - at > 1 ? 2 : 1;
	if (at >= rest->end)
		return false;
	*inner = (struct span){ start, (size_t)(at - start) };
	rest->at = at + 1;
	return true;
}

static struct span
take_word(struct rest *rest)
{
	const char *start = rest->at;

	while (rest->at < rest->end && *rest->at != ' ')
		rest->at++;
	return (struct span){ start, (size_t)(rest->at - start) };
}

/*
 * The time
 */

static bool
read_part(const char *text, size_t digits, uint64_t most, int *value)
{
	uint64_t number;

	if (!decimal_read(text, digits, most, &number))
		return false;
	*value = (int)number;
	return true;
}

static bool
read_month(const char *text, int *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (*month = 0; *month < 12; ++*month)
		if (memcmp(names + 3 * *month, text, 3) == 0)
			return true;
	return false;
}

/* Sets seconds since 1970; the text has TIME_LENGTH bytes. */
static bool
read_time(const char *text, int64_t *time)
{
	struct tm tm = { 0 };
	int hours, minutes, day, seconds;

	if (!read_part(text, 2, 31, &tm.tm_mday) || text[2] != '/' ||
	    !read_month(text + 3, &tm.tm_mon) || text[6] != '/' ||
	    !read_part(text + 7, 4, 9999, &tm.tm_year) || text[11] != ':' ||
	    !read_part(text + 12, 2, 23, &tm.tm_hour) || text[14] != ':' ||
	    !read_part(text + 15, 2, 59, &tm.tm_min) || text[17] != ':' ||
	    !read_part(text + 18, 2, 60, &seconds) || text[20] != ' ' ||
	    (text[21] != '+' && text[21] != '-') ||
	    !read_part(text + 22, 2, 14, &hours) ||
	    !read_part(text + 24, 2, 59, &minutes) || tm.tm_year < 1970)
		return false;
	day = tm.tm_mday;
	tm.tm_year -= 1900;
	*time = timegm(&tm) + seconds - (text[21] == '-' ? -1 : 1) *
	    (INT64_C(3600) * hours + INT64_C(60) * minutes);
	return tm.tm_mday == day && *time >= 0;
}

/* Finds the first "[time] " after a blank, and leaves the rest after it. A
 * user's name may contain brackets, but not a time in them. */
static bool
find_time(struct rest *rest, const char **bracket, int64_t *time)
{
	const char *at = rest->at;

	while ((at = memchr(at, '[', (size_t)(rest->end - at))) != NULL) {
		if (rest->end - at < TIME_LENGTH + 3)
			return false;
		if (at > rest->at && at[-1] == ' ' &&
		    at[TIME_LENGTH + 1] == ']' && at[TIME_LENGTH + 2] == ' ' &&
		    read_time(at + 1, time)) {
			*bracket = at;
			rest->at = at + TIME_LENGTH + 3;
			return true;
		}
		at++;
	}
	return false;
}

/*
 * The line
 */

/* Whether there are three words before the time, and the second one is a
 * name. */
static bool
has_site_second(const char *start, const char *bracket)
{
	struct rest rest = { start, bracket };
	struct span second;

	(void)take_word(&rest);
	if (!take(&rest, " "))
		return false;
	second = take_word(&rest);
	if (span_is(second, "-") || second.length == 0 || !take(&rest, " "))
		return false;
	(void)take_word(&rest);
	return take(&rest, " ") && rest.at == rest.end;
}

static bool
take_status(struct rest *rest, int *status)
{
	struct span word = take_word(rest);

	return word.length == 3 && read_part(word.bytes, 3, 999, status);
}

static bool
take_size(struct rest *rest, struct missed_line *line)
{
	struct span word = take_word(rest);

	line->dash = span_is(word, "-");
	line->size = 0;
	return line->dash ||
	    decimal_read(word.bytes, word.length, SIZE_MOST, &line->size);
}

/* Takes the second of the fields in quotes; false if a quote is missing. */
static bool
take_agent(struct rest *rest, struct span *agent)
{
	struct span field;
	int count = 0;

	*agent = (struct span){ NULL, 0 };
	while (count < 2 && take(rest, " ")) {
		if (rest->at < rest->end && *rest->at == '"') {
			if (!take_quoted(rest, &field))
				return false;
			count++;
		} else {
			(void)take_word(rest);
		}
	}
	if (count == 2)
		*agent = field;
	return true;
}

bool
missed_line_read(struct span text, struct missed_line *line)
{
	struct rest rest = { text.bytes, text.bytes + text.length };
	const char *bracket;

	if (text.length > 0 && text.bytes[text.length - 1] == '\r')
		rest.end--;
	if (!find_time(&rest, &bracket, &line->time) ||
	    !take_quoted(&rest, &line->request) || !take(&rest, " ") ||
	    !take_status(&rest, &line->status) || !take(&rest, " ") ||
	    !take_size(&rest, line) || !take_agent(&rest, &line->agent))
		return false;
	line->lighttpd = has_site_second(text.bytes, bracket);
	return true;
}

/*
 * What is in quotes
 */

/* The byte that an escape stands for; `*length` is the length of the escape. */
static char
escaped(const char *at, const char *end, size_t *length)
{
	static const char letters[] = "bnrtvf", bytes[] = "\b\n\r\t\v\f";
	const char *letter;
	uint8_t byte;

	*length = 1;
	if (*at != '\\' || end - at < 2)
		return *at;
	if (at[1] == 'x' && end - at >= 4 && hex_read(at + 2, 1, &byte)) {
		*length = 4;
		return (char)byte;
	}
	*length = 2;
	letter = at[1] == '\0' ? NULL : strchr(letters, at[1]);
	return letter == NULL ? at[1] : bytes[letter - letters];
}

size_t
missed_unescape(struct span quoted, char *out, size_t size)
{
	const char *at = quoted.bytes, *end = at + quoted.length;
	size_t length, used = 0;

	for (; at < end; at += length) {
		if (used == size)
			return SIZE_MAX;
		out[used++] = escaped(at, end, &length);
	}
	return used;
}

struct span
missed_path(struct span request, const char *method)
{
	struct rest rest = { request.bytes, request.bytes + request.length };
	const struct span none = { NULL, 0 };
	const char *slashes;
	struct span path;
	size_t i;

	if (!take(&rest, method) || !take(&rest, " "))
		return none;
	path = take_word(&rest);
	for (i = 0; i < path.length; i++)
		if (path.bytes[i] == '?')
			path.length = i;
	slashes = memmem(path.bytes, path.length, "://", 3);
	if (path.length == 0 || *path.bytes == '/' || slashes == NULL)
		return path;
	rest = (struct rest){ slashes + 3, path.bytes + path.length };
	while (rest.at < rest.end && *rest.at != '/')
		rest.at++;
	return (struct span){ rest.at, (size_t)(rest.end - rest.at) };
}

static bool
begins(struct span text, const char *with)
{
	size_t length = strlen(with);

	return text.length >= length && memcmp(text.bytes, with, length) == 0;
}

bool
missed_is_meta(struct span agent)
{
	return begins(agent, "facebookexternalua") ||
	    begins(agent, "facebookplatform/") ||
	    (begins(agent, "Webhooks/") && memmem(agent.bytes, agent.length,
	    "fb.me/webhooks", 14) != NULL);
}
