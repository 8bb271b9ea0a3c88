/*
 * record_id: a SHA-256 and the 64 lower-case digits it is written as. Private
 * to record_*.c.
 */
#ifndef HOOKLINE_PAYLOAD_RECORD_ID_H
#define HOOKLINE_PAYLOAD_RECORD_ID_H

#include "payload/record.h"

static inline void
record_id_write(const uint8_t digest[RECORD_HASH_SIZE],
    char out[RECORD_ID_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < RECORD_HASH_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 0xf];
	}
	out[RECORD_ID_LENGTH] = '\0';
}

/* Whether it is 64 lower-case digits. */
static inline bool
record_id_ok(struct span id)
{
	size_t i;
	char c;

	for (i = 0; i < id.length; i++) {
		c = id.bytes[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return id.length == RECORD_ID_LENGTH;
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
