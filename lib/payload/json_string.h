/*
 * json_string: what a JSON string, a token with its quotes, spells. The tokens
 * must have been accepted by json_scan().
 */
#ifndef HOOKLINE_PAYLOAD_JSON_STRING_H
#define HOOKLINE_PAYLOAD_JSON_STRING_H

#include "base/span.h"

#include <stdbool.h>

/* Whether a token spells `text` (ASCII), with or without escapes. */
bool json_string_is(struct span token, const char *text);

/* The token without its quotes. */
static inline struct span
json_string_inside(struct span token)
{
	struct span inside = { token.bytes + 1, token.length - 2 };

	return inside;
}

#endif
