#include "http/query.h"

#include "base/digits.h"

#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

/* The byte that two digits spell, or -1, also for 00 (it ends C strings). */
static int
escaped_byte(const char *digits, size_t left)
{
	uint8_t byte;

	return left >= 2 && hex_read(digits, 1, &byte) && byte != 0 ? byte : -1;
}

/*
 * Checks and decodes all of `text`, and puts as much as fits, with a NUL, into
 * `out`. Returns the decoded length (`room` or more if it did not fit), or -1.
 */
static ssize_t
decode(const char *text, size_t length, char *out, size_t room)
{
	size_t count = 0, i;
	int byte;

	for (i = 0; i < length; i++, count++) {
		byte = (unsigned char)text[i];
		if (byte == '+')
			byte = ' ';
		if (byte == '%') {
			byte = escaped_byte(text + i + 1, length - i - 1);
			if (byte < 0)
				return -1;
			i += 2;
		}
		if (count < room - 1)
			out[count] = (char)byte;
	}
	out[count < room ? count : room - 1] = '\0';
	return (ssize_t)count;
}

static bool
is_hub(const char *decoded)
{
	return strncmp(decoded, "hub", 3) == 0 &&
	    (decoded[3] == '.' || decoded[3] == '_');
}

/* Reads one name=value of `length` bytes; QUERY_ABSENT for any other name. */
static enum query_count
read_parameter(const char *text, size_t length, const char *name,
    char value[QUERY_VALUE_MAX])
{
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals ? (size_t)(equals - text) : length;
	size_t skip = equals ? name_length + 1 : length;
	char decoded[QUERY_NAME_MAX];
	ssize_t decoded_length, value_length;

	decoded_length = decode(text, name_length, decoded, sizeof decoded);
	value_length = decode(text + skip, length - skip, value,
	    QUERY_VALUE_MAX);
	if (decoded_length < 0 || value_length < 0)
		return QUERY_MALFORMED;
	if (decoded_length >= QUERY_NAME_MAX || !is_hub(decoded) ||
	    strcmp(decoded + 4, name) != 0)
		return QUERY_ABSENT;
	return value_length < QUERY_VALUE_MAX ? QUERY_ONCE : QUERY_MALFORMED;
}

enum query_count
query_hub(const char *query, const char *name, char value[QUERY_VALUE_MAX])
{
	char candidate[QUERY_VALUE_MAX];
	enum query_count result = QUERY_ABSENT, one;
	size_t length;

	value[0] = '\0';
	for (;;) {
		length = strcspn(query, "&");
		one = read_parameter(query, length, name, candidate);
		if (one == QUERY_MALFORMED) {
			result = QUERY_MALFORMED;
			break;
		}
		if (one == QUERY_ONCE && result == QUERY_ABSENT) {
			memcpy(value, candidate, strlen(candidate) + 1);
			result = QUERY_ONCE;
		} else if (one == QUERY_ONCE)
			result = QUERY_REPEATED;
		if (query[length] == '\0')
			break;
		query += length + 1;
	}
	if (result != QUERY_ONCE)
		value[0] = '\0';
	return result;
}

enum query_read
query_next(const char **query, struct query_parameter *parameter)
{
	size_t length, name_length;
	ssize_t name, value;
	const char *text;

	while (**query == '&')
		++*query;
	if (**query == '\0')
		return QUERY_END;
	text = *query;
	length = strcspn(text, "&");
	*query += length;
	name_length = strcspn(text, "=&");
	name = decode(text, name_length, parameter->name, QUERY_NAME_MAX);
	if (name_length < length)
		name_length++;
	value = decode(text + name_length, length - name_length,
	    parameter->value, QUERY_VALUE_MAX);
	if (name < 0 || value < 0 || name >= QUERY_NAME_MAX ||
	    value >= QUERY_VALUE_MAX)
		return QUERY_BAD;
	return QUERY_PARAMETER;
}

bool
query_has_hub(const char *query)
{
	for (;;) {
		/* The part before a malformed escape is decoded. */
		char start[sizeof "hub."] = "";

		(void)decode(query, strcspn(query, "=&"), start, sizeof start);
		if (is_hub(start))
			return true;
		query += strcspn(query, "&");
		if (*query++ == '\0')
			return false;
	}
}
