#include "relay/sql_wire.h"

#include "base/clock.h"

#include <string.h>

#define FROM_1970_TO_2000 (10957 * CLOCK_DAY)
#define NULL_LENGTH UINT32_MAX

void
sql_wire_16(uint16_t number, char out[2])
{
	out[0] = (char)(number >> 8);
	out[1] = (char)(number & 0xff);
}

void
sql_wire_32(uint32_t number, char out[4])
{
	sql_wire_16((uint16_t)(number >> 16), out);
	sql_wire_16((uint16_t)(number & 0xffff), out + 2);
}

void
sql_wire_64(uint64_t number, char out[8])
{
	sql_wire_32((uint32_t)(number >> 32), out);
	sql_wire_32((uint32_t)(number & UINT32_MAX), out + 4);
}

uint64_t
sql_wire_read_64(const char bytes[8])
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		number = number << 8 | (unsigned char)bytes[i];
	return number;
}

int64_t
sql_wire_time(int64_t stamp)
{
	return stamp + FROM_1970_TO_2000;
}

int64_t
sql_wire_stamp(int64_t time)
{
	return time - FROM_1970_TO_2000;
}

void
sql_wire_array(struct buffer *out, uint32_t type, size_t count)
{
	char *head = out->bytes + out->length;

	sql_wire_32(1, head);		/* dimension */
	sql_wire_32(0, head + 4);	/* it has no null */
	sql_wire_32(type, head + 8);
	sql_wire_32((uint32_t)count, head + 12);
	sql_wire_32(1, head + 16);	/* the first index */
	out->length += SQL_WIRE_ARRAY_HEAD;
}

void
sql_wire_value(struct buffer *out, struct span value)
{
	char *at = out->bytes + out->length;

	if (value.bytes == NULL) {
		sql_wire_32(NULL_LENGTH, at);
		out->length += 4;
		return;
	}
	sql_wire_32((uint32_t)value.length, at);
	memcpy(at + 4, value.bytes, value.length);
	out->length += 4 + value.length;
}
