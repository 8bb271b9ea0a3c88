/*
 * json_string: between a JSON string as it is written, a token with its
 * quotes, and the bytes that it stands for. Tokens are ones that json_scan()
 * has accepted.
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
 * Decodes into `out`. False where the result is longer than `room`, or is no
 * Unicode text (a lone surrogate).
 */
bool json_string_decode(struct span token, char *out, size_t room,
    size_t *length);

/*
 * Appends the token for `text`: UTF-8 stays as it is, '"', '\' and controls
 * are escaped. ERR_INPUT where it is not UTF-8, ERR_BUSY when memory is short;
 * what has been appended then is to be dropped.
 */
enum error json_string_append(struct buffer *buffer, struct span text);

/* The token without its quotes. */
static inline struct span
json_string_inside(struct span token)
{
	struct span inside = { token.bytes + 1, token.length - 2 };

	return inside;
}

#endif
