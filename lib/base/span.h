/*
 * span: bytes somewhere else. Owns nothing; valid as long as what it points
 * into. An absent span has bytes == NULL.
 */
#ifndef HOOKLINE_BASE_SPAN_H
#define HOOKLINE_BASE_SPAN_H

#include <stddef.h>

struct span {
	const char *bytes;
	size_t length;
};

#endif
