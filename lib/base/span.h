/*
 * span: bytes somewhere else. Owns nothing; valid as long as what it points
 * into. An absent span has bytes == NULL.
 */
#ifndef HOOKLINE_BASE_SPAN_H
#define HOOKLINE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *bytes;
	size_t length;
};

/* Whether these are exactly the bytes of a text; an absent span is none. */
static inline bool
span_is(struct span span, const char *text)
{
	return span.bytes != NULL && span.length == strlen(text) &&
	    memcmp(span.bytes, text, span.length) == 0;
}

#endif
