/*
 * json_string: what a JSON string, a token with its quotes, spells. The tokens
 * must have been accepted by json_scan().
 */
#ifndef HOOKLINE_PAYLOAD_JSON_STRING_H
#define HOOKLINE_PAYLOAD_JSON_STRING_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a token spells `text` (ASCII), with or without escapes. */
bool json_string_is(struct span token, const char *text);

/*
 * Appends what the inside of a string spells, as UTF-8: a surrogate alone
 * becomes U+FFFD, \u0000 a NUL. After at most `most` bytes it ends with one "…"
 * in place of the rest. ERR_MEMORY: memory is short.
 */
enum error json_string_append(struct buffer *out, struct span inside,
    size_t most);

/* The token without its quotes. */
static inline struct span
json_string_inside(struct span token)
{
	struct span inside = { token.bytes + 1, token.length - 2 };

	return inside;
}

#endif
