/*
 * record_id: a SHA-256 and the 64 lower-case digits it is written as. Private
 * to record_*.c.
 */
#ifndef HOOKLINE_PAYLOAD_RECORD_ID_H
#define HOOKLINE_PAYLOAD_RECORD_ID_H

#include "base/digits.h"
#include "payload/record.h"

static inline void
record_id_write(const uint8_t digest[RECORD_HASH_SIZE],
    char out[RECORD_ID_LENGTH + 1])
{
	hex_write(digest, RECORD_HASH_SIZE, out);
}

/* Whether it is 64 lower-case digits. */
static inline bool
record_id_ok(struct span id)
{
	return id.length == RECORD_ID_LENGTH &&
	    hex_is_lower(id.bytes, id.length);
}

/* Whether `id`, which is ok, is this digest. */
static inline bool
record_id_is(struct span id, const uint8_t digest[RECORD_HASH_SIZE])
{
	char text[RECORD_ID_LENGTH + 1];
	size_t i;

	record_id_write(digest, text);
	for (i = 0; i < RECORD_ID_LENGTH; i++)
		if (id.bytes[i] != text[i])
			return false;
	return true;
}

#endif
