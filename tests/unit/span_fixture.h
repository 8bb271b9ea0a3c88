/* Spans, for the tests of lib/payload/. */
#ifndef HOOKLINE_TESTS_SPAN_FIXTURE_H
#define HOOKLINE_TESTS_SPAN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/* The span of a text; NULL gives an absent one. */
static inline struct span
span_of(const char *text)
{
	struct span span = { text, text != NULL ? strlen(text) : 0 };

	return span;
}

static inline void
assert_span(struct span span, const char *text)
{
	if (text == NULL) {
		assert_null(span.bytes);
		return;
	}
	assert_non_null(span.bytes);
	assert_int_equal(span.length, strlen(text));
	assert_memory_equal(span.bytes, text, span.length);
}

#endif
