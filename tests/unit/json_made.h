/*
 * json_made: random JSON texts, with a list of what they contain and where, and
 * a second opinion on what is valid. For test_json.c.
 */
#ifndef HOOKLINE_TESTS_JSON_MADE_H
#define HOOKLINE_TESTS_JSON_MADE_H

#include "payload/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- a generator, which knows what a visitor is to be told ---- */

#define TEXT_MAX 16384
#define VALUES_MAX 4096

static uint64_t seed;

static unsigned
roll(unsigned sides)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(seed >> 33) % sides;
}

struct made {
	char text[TEXT_MAX];
	size_t length;
	struct json_value values[VALUES_MAX];
	size_t count;
	bool newline;
};

static void
make_text(struct made *made, const char *text)
{
	size_t length = strlen(text);

	memcpy(made->text + made->length, text, length);
	made->length += length;
}

static void
make_space(struct made *made)
{
	static const char *const spaces[] = { " ", "\t", "\n", "\r\n", "    ",
	    "\n                    ", "                      " };
	unsigned which;

	if (roll(3) > 0)
		return;
	which = roll(7);
	make_text(made, spaces[which]);
	made->newline |= strpbrk(spaces[which], "\r\n") != NULL;
}

static struct span
make_string(struct made *made)
{
	static const char *const pieces[] = { "a", "id", "entry", "changes",
	    "a longer piece of text", "\\n", "\\\"", "\\u00e9", "\\ud83d",
	    "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\\\\", "{[,:]}" };
	struct span token = { made->text + made->length, 0 };
	unsigned count = roll(4);

	make_text(made, "\"");
	while (count-- > 0)
		make_text(made, pieces[roll(14)]);
	make_text(made, "\"");
	token.length = (size_t)(made->text + made->length - token.bytes);
	return token;
}

static enum json_kind
make_scalar(struct made *made)
{
	static const char *const scalars[] = { "null", "false", "true", "0",
	    "-1.5e+7", "12345678901234567890", "10" };
	static const enum json_kind kinds[] = { JSON_NULL, JSON_FALSE,
	    JSON_TRUE, JSON_NUMBER, JSON_NUMBER, JSON_NUMBER, JSON_NUMBER };
	unsigned which = roll(8);

	if (which == 7) {
		(void)make_string(made);
		return JSON_STRING;
	}
	make_text(made, scalars[which]);
	return kinds[which];
}

static void make_value(struct made *made, unsigned depth, struct span key);

static void
make_container(struct made *made, unsigned depth, bool object)
{
	unsigned count = made->length < TEXT_MAX / 4 ? roll(5) : 0, i;
	struct span key = { NULL, 0 };

	make_text(made, object ? "{" : "[");
	make_space(made);
	for (i = 0; i < count; i++) {
		if (i > 0) {
			make_text(made, ",");
			make_space(made);
		}
		if (object) {
			key = make_string(made);
			make_space(made);
			make_text(made, ":");
			make_space(made);
		}
		make_value(made, depth + 1, key);
		make_space(made);
	}
	make_text(made, object ? "}" : "]");
}

static void
make_value(struct made *made, unsigned depth, struct span key)
{
	struct json_value value = { .depth = depth, .key = key };
	unsigned which = depth < 8 ? roll(3) : 2;

	value.bytes.bytes = made->text + made->length;
	if (which < 2) {
		value.kind = which ? JSON_OBJECT : JSON_ARRAY;
		make_container(made, depth, which);
	} else {
		value.kind = make_scalar(made);
	}
	value.bytes.length = (size_t)(made->text + made->length -
	    value.bytes.bytes);
	made->values[made->count++] = value;
}

static void
make(struct made *made)
{
	const struct span none = { NULL, 0 };

	made->length = made->count = 0;
	made->newline = false;
	make_space(made);
	make_value(made, 0, none);
	make_space(made);
}

/* Changes or removes a byte or two. */
static void
damage(struct made *text)
{
	static const char bytes[] = "{}[]:,\"\\ \n019-+.eEutfn/\x1f\x80\xc3\xed";
	unsigned times = 1 + roll(2);
	size_t at;

	while (times-- > 0 && text->length > 1) {
		at = roll((unsigned)text->length);
		if (roll(2)) {
			text->text[at] = bytes[roll(sizeof bytes)];
		} else {
			memmove(text->text + at, text->text + at + 1,
			    text->length - at - 1);
			text->length--;
		}
	}
}

/* ---- a second opinion: slow, recursive, straight from the grammar ---- */

struct slow {
	const unsigned char *p;
	const unsigned char *end;
};

static int
slow_peek(const struct slow *s)
{
	return s->p < s->end ? *s->p : -1;
}

static bool
slow_take(struct slow *s, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(s->end - s->p) < length ||
	    memcmp(s->p, text, length) != 0)
		return false;
	s->p += length;
	return true;
}

static void
slow_space(struct slow *s)
{
	while (slow_take(s, " ") || slow_take(s, "\t") ||
	    slow_take(s, "\n") || slow_take(s, "\r"))
		;
}

static bool
slow_digits(struct slow *s)
{
	const unsigned char *begin = s->p;

	while (slow_peek(s) >= '0' && slow_peek(s) <= '9')
		s->p++;
	return s->p > begin;
}

static bool
slow_number(struct slow *s)
{
	(void)slow_take(s, "-");
	if (!slow_take(s, "0") && !slow_digits(s))
		return false;
	if (slow_take(s, ".") && !slow_digits(s))
		return false;
	if (slow_take(s, "e") || slow_take(s, "E")) {
		if (!slow_take(s, "+"))
			(void)slow_take(s, "-");
		return slow_digits(s);
	}
	return true;
}

/* Decodes one character, and checks that its encoding is the shortest. */
static bool
slow_utf8(struct slow *s)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	int first = *s->p++, more, i;
	uint32_t c;

	more = first >= 0xf8 ? -1 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 :
	    first >= 0xc0 ? 1 : -1;
	if (more < 0)
		return false;
	c = (uint32_t)first & (0x3fu >> more);
	for (i = 0; i < more; i++) {
		if (slow_peek(s) < 0x80 || slow_peek(s) > 0xbf)
			return false;
		c = c << 6 | (*s->p++ & 0x3f);
	}
	return c >= least[more] && c <= 0x10ffff &&
	    !(c >= 0xd800 && c <= 0xdfff);
}

static bool
slow_string(struct slow *s)
{
	int i;

	if (!slow_take(s, "\""))
		return false;
	while (!slow_take(s, "\"")) {
		if (slow_peek(s) < ' ')
			return false;
		if (slow_peek(s) >= 0x80) {
			if (!slow_utf8(s))
				return false;
		} else if (slow_take(s, "\\u")) {
			for (i = 0; i < 4; i++, s->p++)
				if (slow_peek(s) < 1 ||
				    strchr("0123456789abcdefABCDEF",
				    slow_peek(s)) == NULL)
					return false;
		} else if (slow_take(s, "\\")) {
			if (slow_peek(s) < 1 ||
			    strchr("\"\\/bfnrt", slow_peek(s)) == NULL)
				return false;
			s->p++;
		} else {
			s->p++;
		}
	}
	return true;
}

static bool
slow_value(struct slow *s, unsigned depth)
{
	bool object = slow_peek(s) == '{';

	if (slow_peek(s) == '"')
		return slow_string(s);
	if (slow_take(s, "null") || slow_take(s, "true") ||
	    slow_take(s, "false"))
		return true;
	if (!slow_take(s, "{") && !slow_take(s, "["))
		return slow_number(s);
	slow_space(s);
	if (slow_take(s, object ? "}" : "]"))
		return depth < JSON_DEPTH_MAX;
	do {
		slow_space(s);
		if (object) {
			if (!slow_string(s))
				return false;
			slow_space(s);
			if (!slow_take(s, ":"))
				return false;
			slow_space(s);
		}
		if (depth == JSON_DEPTH_MAX || !slow_value(s, depth + 1))
			return false;
		slow_space(s);
	} while (slow_take(s, ","));
	return slow_take(s, object ? "}" : "]");
}

static bool
slow_valid(const char *bytes, size_t length)
{
	struct slow s = { (const unsigned char *)bytes,
	    (const unsigned char *)bytes + length };

	slow_space(&s);
	if (!slow_value(&s, 0))
		return false;
	slow_space(&s);
	return s.p == s.end;
}

#endif
