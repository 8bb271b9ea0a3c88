/*
 * verify_head: a line taken apart as record_encode() writes it, byte for byte:
 * these members in this order, no blanks between tokens, and values of the
 * right form. record.h shows the form.
 *
 * What follows "payload": or "update": is not looked into, and neither are
 * objects before it, beyond finding their ends.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_HEAD_H
#define HOOKLINE_HOOKCTL_VERIFY_HEAD_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum head_member {
	HEAD_ID,
	HEAD_SIGNATURE,
	HEAD_DELIVERY_ID,
	HEAD_UPDATE_INDEX,
	HEAD_UPDATE_COUNT,
	HEAD_ENDPOINT,
	HEAD_OBJECT,
	HEAD_ENTRY_ID,
	HEAD_ENTRY_TIME,
	HEAD_ARRAY,
	HEAD_FIELD,
	HEAD_META_ID,
	HEAD_ENVELOPE,
	HEAD_ENTRY,
	HEAD_VALUE,
	HEAD_REPEAT_KEY,
	HEAD_DISTINCT,
	HEAD_RELAYED,
	HEAD_REFORMATTED,
	HEAD_PAYLOAD,
	HEAD_UPDATE,
	HEAD_MEMBERS
};

struct head {
	bool stamped;		/* the next two have been read */
	uint64_t seq;
	int64_t received_at;	/* microseconds */
	size_t time;		/* offset of received_at's value */
	size_t tail;		/* offset of what record_encode() wrote */
	/* Values as they are in the line, strings with their quotes; absent if
	 * the member is. */
	struct span values[HEAD_MEMBERS];
	size_t bad;		/* if it is not such a line: offset of the
				 * first byte that differs; may be `length` */
	const char *expected;	/* what belongs there, for people */
};

/* Reads a line without its newline. False if it is not written so. */
bool head_read(const char *line, size_t length, struct head *head);

/* Reads what record_encode() wrote, with its newline; offsets count from its
 * start. */
bool head_read_tail(const char *tail, size_t length, struct head *head);

/* The member's name. */
const char *head_name(enum head_member member);

/* A value without its quotes. Absent for null and for an absent value. */
struct span head_inside(const struct head *head, enum head_member member);

/* The value; absent for null as well. */
struct span head_token(const struct head *head, enum head_member member);

#endif
