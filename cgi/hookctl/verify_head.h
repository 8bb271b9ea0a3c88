/*
 * verify_head: takes apart a line that must be just as record_encode() writes
 * it: with these members in this order, no blanks between tokens, and values of
 * the right form. record.h shows the form.
 *
 * The value of "payload" or "update" is not checked. Of objects before it, only
 * the ends are found.
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
	/* The values as they are in the line, strings with their quotes; absent
	 * if the member is missing. */
	struct span values[HEAD_MEMBERS];
	size_t bad;		/* if the line has another form: the offset of
				 * the first wrong byte; may be its length */
	const char *expected;	/* what belongs there, for people */
};

/* Reads a line without its newline. False if it does not have this form. */
bool head_read(const char *line, size_t length, struct head *head);

/* Reads what record_encode() wrote, which has no stamp, with its newline.
 * Offsets count from its beginning. */
bool head_read_tail(const char *tail, size_t length, struct head *head);

/* The member's name. */
const char *head_name(enum head_member member);

/* A value without its quotes. Absent for null and for an absent value. */
struct span head_inside(const struct head *head, enum head_member member);

/* The value; absent for null as well. */
struct span head_token(const struct head *head, enum head_member member);

#endif
