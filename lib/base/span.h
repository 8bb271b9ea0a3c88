/*
 * span: a view of bytes that something else owns, valid as long as they are. An
 * absent span has bytes == NULL.
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

/* Whether the span holds exactly this text. An absent span equals no text. */
static inline bool
span_is(struct span span, const char *text)
{
	return span.bytes != NULL && span.length == strlen(text) &&
	    memcmp(span.bytes, text, span.length) == 0;
}

#endif
