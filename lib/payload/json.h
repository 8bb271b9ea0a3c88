/*
 * json: is this exactly one JSON text (RFC 8259), and where in it are the
 * values?
 *
 * The grammar is taken at its word: no byte order mark, no comment, no extra
 * comma, no raw control character in a string, no number that the grammar does
 * not spell, and UTF-8 without overlong forms, surrogates or anything above
 * U+10FFFF. What the grammar allows is let through unchanged: repeated keys,
 * numbers of any size, and escapes of lone surrogates such as "\ud83d".
 *
 * It takes one pass, without allocation, recursion or copies. The bytes need
 * not end with a NUL.
 */
#ifndef HOOKLINE_PAYLOAD_JSON_H
#define HOOKLINE_PAYLOAD_JSON_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * How deep arrays and objects may be nested: 200 is accepted, 201 is not. RFC
 * 8259, section 9, lets a parser set a limit; jq 1.6 stops at 256, and a record
 * puts one object around the text.
 */
#define JSON_DEPTH_MAX 200

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_value {
	unsigned depth;		/* containers around it; 0: the whole text */
	enum json_kind kind;
	struct span key;	/* its member's name, with quotes and escapes;
				 * absent outside objects */
	struct span bytes;	/* without white space around it */
};

/*
 * Receives values in the order in which the text has them. Only what is in a
 * container that `open` agreed to is reported, so values that nobody asks for
 * cost next to nothing. `context` is passed on. Reports come before it is known
 * that the text as a whole is valid.
 */
struct json_visitor {
	/* An array or object begins; `bytes` is just its first byte. Returns
	 * true to have the values in it reported. */
	bool (*open)(void *context, const struct json_value *value);
	/* A value has ended; for a container, after everything in it. */
	void (*value)(void *context, const struct json_value *value);
	void *context;
	/* The text is a record's line: the one object that it puts around the
	 * sender's text does not count towards the depth. */
	bool line;
};

/*
 * True if the bytes are one JSON text, with or without white space around it.
 * `visitor` may be NULL. `*newline` (NULL is allowed) tells whether a CR or LF
 * is between tokens, the only place for one; it is set if the text is valid.
 */
bool json_scan(const char *bytes, size_t length,
    const struct json_visitor *visitor, bool *newline);

/*
 * Where the first token begins that keeps the bytes from being one JSON text
 * (for `line` see struct json_visitor): it is malformed or out of place, or the
 * bytes end there. NULL if they are one. json_stop() finds the byte.
 */
const char *json_wrong_token(const char *bytes, size_t length, bool line);

#endif
