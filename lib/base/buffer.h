/*
 * buffer: a growing array of bytes. It is kept from request to request, so that
 * a process allocates only when a request is larger than any before it.
 */
#ifndef HOOKLINE_BASE_BUFFER_H
#define HOOKLINE_BASE_BUFFER_H

#include "base/error.h"
#include "base/span.h"

#include <stddef.h>

struct buffer {			/* all zero: an empty buffer */
	char *bytes;
	size_t length;
	size_t capacity;
};

/* Makes room for `more` bytes after the first `length`; ERR_MEMORY if memory
 * runs out. `bytes` is aligned for any type. */
enum error buffer_reserve(struct buffer *buffer, size_t more);

/* Appends; ERR_MEMORY, with nothing appended, if memory runs out. */
enum error buffer_append(struct buffer *buffer, const void *bytes,
    size_t length);

/* Empties it for the next request, and frees the memory if it has more than
 * `keep` bytes. */
void buffer_reset(struct buffer *buffer, size_t keep);

/* Frees the memory; the buffer is empty and usable afterwards. */
void buffer_free(struct buffer *buffer);

#endif
