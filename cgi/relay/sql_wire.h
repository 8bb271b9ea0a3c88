/*
 * sql_wire: values as PostgreSQL's protocol has them in binary: for
 * parameters, results and COPY.
 */
#ifndef HOOKLINE_RELAY_SQL_WIRE_H
#define HOOKLINE_RELAY_SQL_WIRE_H

#include "base/buffer.h"
#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

/* Types, as their numbers in pg_type. */
#define SQL_BIGINT 20
#define SQL_TEXT 25
#define SQL_BIGINT_ARRAY 1016
#define SQL_TEXT_ARRAY 1009
#define SQL_TIMESTAMPTZ 1184

/* Numbers in network order. */
void sql_wire_16(uint16_t number, char out[2]);
void sql_wire_32(uint32_t number, char out[4]);
void sql_wire_64(uint64_t number, char out[8]);
uint64_t sql_wire_read_64(const char bytes[8]);

/* Microseconds since 1970, from and to a timestamptz's since 2000. */
int64_t sql_wire_time(int64_t stamp);
int64_t sql_wire_stamp(int64_t time);

/* Begins an array of `count` elements, which follow as values. The memory has
 * been reserved. */
#define SQL_WIRE_ARRAY_HEAD 20
void sql_wire_array(struct buffer *out, uint32_t type, size_t count);

/* Adds a value with its length before it, as in arrays and rows; an absent span
 * is a null. The memory, 4 bytes more than the value, has been reserved. */
void sql_wire_value(struct buffer *out, struct span value);

#endif
