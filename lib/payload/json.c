#include "payload/json.h"

#include "payload/json_run.h"

#include <string.h>

/* What we must remember about a container that is open and reported. */
struct frame {
	const char *begin;
	struct span key;
};

/* Where the scanner is in the nest of containers. */
struct nest {
	const struct json_visitor *visitor;
	int depth;		/* containers open */
	int depth_max;
	int sight;		/* deeper values are not reported */
	struct span key;	/* the member being read, if in sight */
	const char *at;		/* where the token being read begins */
	char closers[JSON_DEPTH_MAX + 2]; /* by depth; [0] matches nothing */
	struct frame frames[JSON_DEPTH_MAX + 1]; /* by depth of the container */
};

/* ---- tokens: each returns what follows it, NULL if it is malformed ---- */

static inline bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool
is_hex(char byte)
{
	return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

static inline bool
in_range(char byte, unsigned low, unsigned high)
{
	return (unsigned char)byte >= low && (unsigned char)byte <= high;
}

/* Takes one character of two to four bytes (RFC 3629, section 4). */
static const char *
utf8_end(const char *p, const char *end)
{
	unsigned first = (unsigned char)*p, low = 0x80, high = 0xbf;
	ptrdiff_t more, i;

	if (first < 0xc2 || first > 0xf4)
		return NULL;
	more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	if (end - p <= more)
		return NULL;
	if (first == 0xe0)
		low = 0xa0;		/* below: overlong */
	else if (first == 0xed)
		high = 0x9f;		/* above: surrogates */
	else if (first == 0xf0)
		low = 0x90;		/* below: overlong */
	else if (first == 0xf4)
		high = 0x8f;		/* above: beyond U+10FFFF */
	if (!in_range(p[1], low, high))
		return NULL;
	for (i = 2; i <= more; i++)
		if (!in_range(p[i], 0x80, 0xbf))
			return NULL;
	return p + more + 1;
}

/* Takes an escape, from its backslash on. */
static const char *
escape_end(const char *p, const char *end)
{
	if (end - p < 2)
		return NULL;
	switch (p[1]) {
	case '"': case '\\': case '/': case 'b':
	case 'f': case 'n': case 'r': case 't':
		return p + 2;
	case 'u':
		if (end - p < 6 || !is_hex(p[2]) || !is_hex(p[3]) ||
		    !is_hex(p[4]) || !is_hex(p[5]))
			return NULL;
		return p + 6;
	default:
		return NULL;
	}
}

/* Takes a run of escapes and characters beyond ASCII. */
static const char *
special_end(const char *p, const char *end)
{
	do {
		if (*p == '\\')
			p = escape_end(p, end);
		else
			p = utf8_end(p, end);
	} while (p != NULL && p < end && (*p == '\\' || (*p & 0x80)));
	return p;
}

/* Takes a string, from its opening quote on. */
static inline const char *
string_end(const char *p, const char *end)
{
	for (p++;;) {
		p = json_plain_end(p, end);
		if (p == end)
			return NULL;
		if (*p == '"')
			return p + 1;
		p = special_end(p, end);
		if (p == NULL)
			return NULL;
	}
}

/* Takes one digit or more. */
static inline const char *
digits_end(const char *p, const char *end)
{
	if (p == end || !is_digit(*p))
		return NULL;
	while (p < end && is_digit(*p))
		p++;
	return p;
}

static inline const char *
number_end(const char *p, const char *end)
{
	if (*p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else
		p = digits_end(p, end);
	if (p != NULL && p < end && *p == '.')
		p = digits_end(p + 1, end);
	if (p != NULL && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = digits_end(p, end);
	}
	return p;
}

static inline const char *
word_end(const char *p, const char *end, const char *word, size_t length)
{
	if ((size_t)(end - p) < length || memcmp(p, word, length) != 0)
		return NULL;
	return p + length;
}

/* A string, number, true, false or null. */
static inline const char *
scalar_end(const char *p, const char *end, enum json_kind *kind)
{
	switch (*p) {
	case '"':
		*kind = JSON_STRING;
		return string_end(p, end);
	case 't':
		*kind = JSON_TRUE;
		return word_end(p, end, "true", 4);
	case 'f':
		*kind = JSON_FALSE;
		return word_end(p, end, "false", 5);
	case 'n':
		*kind = JSON_NULL;
		return word_end(p, end, "null", 4);
	default:
		*kind = JSON_NUMBER;
		return number_end(p, end);
	}
}

/* ---- containers ---- */

static inline void
report(struct nest *nest, enum json_kind kind, const char *begin,
    const char *end)
{
	const struct json_value value = {
		.depth = (unsigned)nest->depth,
		.kind = kind,
		.key = nest->key,
		.bytes = { begin, (size_t)(end - begin) }
	};

	nest->visitor->value(nest->visitor->context, &value);
}

/* Remembers a container that is in sight, and asks whether to look into it. */
static inline void
look_into(struct nest *nest, const char *begin)
{
	const struct json_value value = {
		.depth = (unsigned)nest->depth,
		.kind = *begin == '{' ? JSON_OBJECT : JSON_ARRAY,
		.key = nest->key,
		.bytes = { begin, 1 }
	};
	struct frame *frame = &nest->frames[nest->depth];

	frame->begin = begin;
	frame->key = nest->key;
	if (nest->visitor->open(nest->visitor->context, &value))
		nest->sight++;
	nest->key.bytes = NULL;
	nest->key.length = 0;
}

static inline bool
nest_open(struct nest *nest, const char *begin)
{
	if (nest->depth == nest->depth_max)
		return false;
	if (nest->depth == nest->sight)
		look_into(nest, begin);
	nest->depth++;
	nest->closers[nest->depth] = *begin == '{' ? '}' : ']';
	return true;
}

static inline void
nest_close(struct nest *nest, const char *end)
{
	const struct frame *frame;

	nest->depth--;
	if (nest->depth > nest->sight)
		return;
	frame = &nest->frames[nest->depth];
	nest->sight = nest->depth;
	nest->key = frame->key;
	report(nest, *frame->begin == '{' ? JSON_OBJECT : JSON_ARRAY,
	    frame->begin, end);
}

/* Takes a member's name and the colon; returns what follows, or NULL. */
static inline const char *
nest_key(struct nest *nest, const char *p, const char *end, bool *newline)
{
	const char *begin = p;

	nest->at = p;
	if (p == end || *p != '"')
		return NULL;
	p = string_end(p, end);
	if (p == NULL)
		return NULL;
	if (nest->depth == nest->sight) {
		nest->key.bytes = begin;
		nest->key.length = (size_t)(p - begin);
	}
	p = json_space_end(p, end, newline);
	nest->at = p;
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* ---- the text ---- */

static bool
scan(struct nest *nest, const char *p, const char *end, bool *newline)
{
	const char *begin;
	enum json_kind kind;

	for (;;) {
		/* A value begins. */
		p = json_space_end(p, end, newline);
		nest->at = p;
		if (p == end)
			return false;
		if (*p == '{' || *p == '[') {
			if (!nest_open(nest, p))
				return false;
			p = json_space_end(p + 1, end, newline);
			nest->at = p;
			if (p == end)
				return false;
			if (*p != nest->closers[nest->depth]) {
				if (nest->closers[nest->depth] == '}')
					p = nest_key(nest, p, end, newline);
				if (p == NULL)
					return false;
				continue;
			}
		} else {
			begin = p;
			p = scalar_end(p, end, &kind);
			if (p == NULL)
				return false;
			if (nest->depth <= nest->sight)
				report(nest, kind, begin, p);
		}

		/* A value has ended, and perhaps its container, too. */
		p = json_space_end(p, end, newline);
		while (p < end && *p == nest->closers[nest->depth]) {
			nest_close(nest, ++p);
			p = json_space_end(p, end, newline);
		}
		nest->at = p;
		if (nest->depth == 0 || p == end)
			return nest->depth == 0 && p == end;
		if (*p++ != ',')
			return false;
		p = json_space_end(p, end, newline);
		if (nest->closers[nest->depth] == '}')
			p = nest_key(nest, p, end, newline);
		if (p == NULL)
			return false;
	}
}

/* At the start of a text. */
static void
nest_begin(struct nest *nest, const struct json_visitor *visitor, bool line,
    const char *bytes)
{
	nest->visitor = visitor;
	nest->depth = 0;
	nest->depth_max = JSON_DEPTH_MAX;
	if (line)
		nest->depth_max++;
	nest->sight = visitor != NULL ? 0 : -1;
	nest->key.bytes = NULL;
	nest->key.length = 0;
	nest->at = bytes;
	nest->closers[0] = ' ';	/* white space is always skipped first */
}

bool
json_scan(const char *bytes, size_t length, const struct json_visitor *visitor,
    bool *newline)
{
	struct nest nest;
	bool seen = false;

	nest_begin(&nest, visitor, visitor != NULL && visitor->line, bytes);
	/* An empty text may have no address to count from. */
	if (length == 0 || !scan(&nest, bytes, bytes + length, &seen))
		return false;
	if (newline != NULL)
		*newline = seen;
	return true;
}

const char *
json_wrong_token(const char *bytes, size_t length, bool line)
{
	struct nest nest;
	bool newline = false;

	nest_begin(&nest, NULL, line, bytes);
	return length > 0 && scan(&nest, bytes, bytes + length, &newline) ?
	    NULL : nest.at;
}
