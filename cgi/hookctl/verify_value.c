#include "hookctl/verify_value.h"

#include "base/digits.h"
#include "journal/stamp.h"
#include "payload/json_run.h"
#include "payload/record.h"
#include "payload/update.h"

#include <stddef.h>

#define JOURNAL_DIGITS 32	/* of the journal's id in an origin */
#define INDEX_MOST 999999999

bool
take_text(struct cursor *cursor, const char *text)
{
	while (*text != '\0' && cursor->p < cursor->end &&
	    *cursor->p == *text) {
		cursor->p++;
		text++;
	}
	return *text == '\0';
}

static bool
take_digits(struct cursor *cursor, size_t count)
{
	if ((size_t)(cursor->end - cursor->p) >= count &&
	    hex_is_lower(cursor->p, count)) {
		cursor->p += count;
		return true;
	}
	while (count > 0 && cursor->p < cursor->end &&
	    hex_is_lower(cursor->p, 1)) {
		cursor->p++;
		count--;
	}
	return count == 0;
}

bool
take_digest(struct cursor *cursor)
{
	return take_text(cursor, "\"") &&
	    take_digits(cursor, RECORD_ID_LENGTH) && take_text(cursor, "\"");
}

/* Tries all forms of a signature, and goes by the one that fits furthest. */
bool
take_signature(struct cursor *cursor)
{
	static const struct { const char *prefix; size_t digits; } forms[] = {
		{ "\"sha256=", 64 }, { "\"sha1=", 40 } };
	struct cursor form, best = *cursor;
	size_t i;

	if (cursor->p < cursor->end && *cursor->p == 'n')
		return take_text(cursor, "null");
	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		form = *cursor;
		if (take_text(&form, forms[i].prefix) &&
		    take_digits(&form, forms[i].digits) &&
		    take_text(&form, "\"")) {
			*cursor = form;
			return true;
		}
		if (form.p > best.p)
			best = form;
	}
	*cursor = best;
	return false;
}

/* Whether the configuration allows this byte in a name, or in a path. */
static bool
is_name_byte(char byte, bool path)
{
	if (path)
		return byte > ' ' && byte < 0x7f && byte != '?' &&
		    byte != '#' && byte != '\\' && byte != '"';
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= 'a' && byte <= 'z') || byte == '.' || byte == '_' ||
	    byte == '/' || byte == '-';
}

bool
take_name(struct cursor *cursor)
{
	const char *begin;
	bool path;

	if (!take_text(cursor, "\""))
		return false;
	begin = cursor->p;
	path = begin < cursor->end && *begin == '/';
	if (begin < cursor->end && *begin == '*')
		cursor->p++;
	else
		while (cursor->p < cursor->end &&
		    is_name_byte(*cursor->p, path))
			cursor->p++;
	return cursor->p > begin && take_text(cursor, "\"");
}

/* Takes a string with its quotes. What is between them is checked elsewhere. */
bool
take_string(struct cursor *cursor)
{
	if (!take_text(cursor, "\""))
		return false;
	for (;;) {
		cursor->p = json_plain_end(cursor->p, cursor->end);
		if (cursor->p == cursor->end)
			return false;
		if (*cursor->p == '"')
			break;
		if (*cursor->p == '\\' && ++cursor->p == cursor->end)
			return false;
		cursor->p++;
	}
	cursor->p++;
	return true;
}

bool
take_string_or_null(struct cursor *cursor)
{
	return cursor->p < cursor->end && *cursor->p == 'n' ?
	    take_text(cursor, "null") : take_string(cursor);
}

bool
take_number(struct cursor *cursor)
{
	uint64_t number;
	size_t count = decimal_prefix(cursor->p,
	    (size_t)(cursor->end - cursor->p), INDEX_MOST, &number);

	if (count == 0 || (count > 1 && *cursor->p == '0'))
		return false;
	cursor->p += count;
	return true;
}

/* A string, or letters, digits and signs. */
bool
take_token(struct cursor *cursor)
{
	const char *begin = cursor->p;

	if (begin < cursor->end && *begin == '"')
		return take_string(cursor);
	while (cursor->p < cursor->end && *cursor->p != ',' &&
	    *cursor->p != '}')
		cursor->p++;
	return cursor->p > begin;
}

bool
take_array_name(struct cursor *cursor)
{
	struct cursor best = *cursor, at;
	enum update_array array;

	for (array = UPDATE_CHANGES; array < UPDATE_ARRAYS; array++) {
		at = *cursor;
		if (take_text(&at, "\"") &&
		    take_text(&at, update_array_name(array)) &&
		    take_text(&at, "\"")) {
			*cursor = at;
			return true;
		}
		if (at.p > best.p)
			best = at;
	}
	*cursor = best;
	return false;
}

bool
take_object(struct cursor *cursor)
{
	unsigned depth = 0;

	if (cursor->p == cursor->end || *cursor->p != '{')
		return false;
	do {
		if (cursor->p == cursor->end)
			return false;
		if (*cursor->p == '"') {
			if (!take_string(cursor))
				return false;
			continue;
		}
		if (*cursor->p == '{')
			depth++;
		else if (*cursor->p == '}')
			depth--;
		cursor->p++;
	} while (depth > 0);
	return true;
}

bool
take_origin(struct cursor *cursor)
{
	uint64_t seq;
	size_t count;

	if (!take_text(cursor, "\"") || !take_digits(cursor, JOURNAL_DIGITS) ||
	    !take_text(cursor, "/"))
		return false;
	count = decimal_prefix(cursor->p, (size_t)(cursor->end - cursor->p),
	    STAMP_SEQ_MOST, &seq);
	if (count == 0 || *cursor->p == '0')
		return false;
	cursor->p += count;
	return take_text(cursor, "\"");
}

bool
take_false(struct cursor *cursor)
{
	return take_text(cursor, "false");
}

bool
take_true(struct cursor *cursor)
{
	return take_text(cursor, "true");
}

/* Takes everything up to the line's closing brace. */
bool
take_rest(struct cursor *cursor)
{
	if (cursor->end - cursor->p < 2 || cursor->end[-1] != '}') {
		cursor->p = cursor->end;
		return false;
	}
	cursor->p = cursor->end - 1;
	return true;
}
