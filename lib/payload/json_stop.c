#include "payload/json_stop.h"

#include "payload/json.h"
#include "payload/json_run.h"

#include <string.h>

static bool
is_among(char byte, const char *set)
{
	return byte != '\0' && strchr(set, byte) != NULL;
}

/* The byte after an escape, or the first that is wrong in it. */
static const char *
pass_escape(const char *p, const char *end, bool *wrong)
{
	const char *last;

	p++;
	*wrong = p == end || !is_among(*p, "\"\\/bfnrtu");
	if (*wrong || *p != 'u')
		return *wrong ? p : p + 1;
	for (last = p + 4; p < last; ) {
		p++;
		*wrong = p == end || !is_among(*p, "0123456789abcdefABCDEF");
		if (*wrong)
			return p;
	}
	return p + 1;
}

/* The same for a character beyond ASCII; json_scan() refused one of them. */
static const char *
pass_character(const char *p, const char *end, bool *wrong)
{
	char probe[6] = { '"' };
	unsigned first = (unsigned char)*p;
	size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3, i;

	*wrong = true;
	if (first < 0xc2 || first > 0xf4)
		return p;
	for (i = 1; i <= more; i++)
		if (p + i == end || ((unsigned char)p[i] & 0xc0) != 0x80)
			return p + i;
	memcpy(probe + 1, p, more + 1);
	probe[more + 2] = '"';
	/* The second byte may still be one that the first does not allow. */
	*wrong = !json_scan(probe, more + 3, NULL, NULL);
	return *wrong ? p + 1 : p + more + 1;
}

/* ---- each of these returns the token's start if there is nothing wrong in it:
 * it is then out of place ---- */

static const char *
stop_in_string(const char *begin, const char *end)
{
	const char *p = begin + 1;
	bool wrong = false;

	while (!wrong) {
		p = json_plain_end(p, end);
		if (p == end)
			return end;
		if (*p == '"')
			return begin;
		p = *p == '\\' ? pass_escape(p, end, &wrong) :
		    pass_character(p, end, &wrong);
	}
	return p;
}

static const char *
stop_in_word(const char *begin, const char *end, const char *word)
{
	const char *p = begin;

	while (p < end && *word != '\0' && *p == *word) {
		p++;
		word++;
	}
	return *word == '\0' ? begin : p;
}

static const char *
stop_in_number(const char *begin, const char *end)
{
	const char *p = begin;

	while (p < end && is_among(*p, "0123456789.eE+-"))
		p++;
	return json_scan(begin, (size_t)(p - begin), NULL, NULL) ? begin : p;
}

size_t
json_stop(const char *bytes, size_t length, bool line)
{
	const char *end = bytes + length;
	const char *p = json_wrong_token(bytes, length, line);

	if (p == NULL || p == end)
		return length;
	if (*p == '"')
		p = stop_in_string(p, end);
	else if (*p == 't')
		p = stop_in_word(p, end, "true");
	else if (*p == 'f')
		p = stop_in_word(p, end, "false");
	else if (*p == 'n')
		p = stop_in_word(p, end, "null");
	else if (*p == '-' || is_among(*p, "0123456789"))
		p = stop_in_number(p, end);
	return (size_t)(p - bytes);
}
