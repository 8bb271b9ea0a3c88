/*
 * json: is this exactly one JSON text (RFC 8259), and where in it do the
 * values stand?
 *
 * The grammar is taken at its word: no byte order mark, no comment, no comma
 * too many, no raw control character in a string, no number that the grammar
 * does not spell, and UTF-8 without overlong forms, surrogates or anything
 * above U+10FFFF. What the grammar allows is let through as it is: repeated
 * keys, numbers of any size, and escapes of lone surrogates such as "\ud83d".
 *
 * One pass, no allocation, no recursion, nothing copied. Bytes need not end
 * with a NUL.
 */
#ifndef HOOKLINE_PAYLOAD_JSON_H
#define HOOKLINE_PAYLOAD_JSON_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Arrays and objects inside one another: 200 are accepted, 201 are not. RFC
 * 8259, section 9, lets a parser set a limit; jq 1.6 has it at 256, and a
 * record puts one object around the text.
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
	unsigned depth;		/* containers around it; 0: the text's own */
	enum json_kind kind;
	struct span key;	/* its member's name, with the quotes, escapes
				 * as they are; absent outside objects */
	struct span bytes;	/* without white space around it */
};

/*
 * Who wants to hear of values, in the order in which the text has them. Only
 * what stands in a container that `open` agreed to is reported, so what nobody
 * asks for costs next to nothing. `context` is handed on. Reports come before
 * the text as a whole is known to be valid.
 */
struct json_visitor {
	/* An array or object begins; its bytes are just the first one. True:
	 * report the values in it. */
	bool (*open)(void *context, const struct json_value *value);
	/* A value has ended; for a container, after all that was in it. */
	void (*value)(void *context, const struct json_value *value);
	void *context;
	/* The text is a record's line: the one object that it puts around the
	 * sender's text does not count towards the depth. */
	bool line;
};

/*
 * True if the bytes are one JSON text, white space around it allowed.
 * `visitor` may be NULL. `*newline` (NULL is allowed) tells whether a CR or LF
 * stands between tokens, the only place for one; it is set for a valid text.
 */
bool json_scan(const char *bytes, size_t length,
    const struct json_visitor *visitor, bool *newline);

#endif
