#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 4096

enum error
buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t wanted, capacity;
	char *bytes;

	if (more > SIZE_MAX / 4 - buffer->length)
		return ERR_MEMORY;
	wanted = buffer->length + more;
	if (wanted <= buffer->capacity)
		return ERR_NONE;
	capacity = buffer->capacity ? buffer->capacity : SMALLEST;
	while (capacity < wanted)
		capacity += capacity / 2;
	bytes = realloc(buffer->bytes, capacity);
	if (bytes == NULL)
		return ERR_MEMORY;
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return ERR_NONE;
}

enum error
buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
	enum error error = buffer_reserve(buffer, length);

	if (error == ERR_NONE && length > 0) {
		memcpy(buffer->bytes + buffer->length, bytes, length);
		buffer->length += length;
	}
	return error;
}

void
buffer_reset(struct buffer *buffer, size_t keep)
{
	if (buffer->capacity > keep)
		buffer_free(buffer);
	buffer->length = 0;
}

void
buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	buffer->bytes = NULL;
	buffer->length = 0;
	buffer->capacity = 0;
}
