/*
 * update: one event of a body, as notification.h finds it. Spans point
 * into the body.
 */
#ifndef HOOKLINE_PAYLOAD_UPDATE_H
#define HOOKLINE_PAYLOAD_UPDATE_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum update_array {
	UPDATE_CHANGES,
	UPDATE_MESSAGING,
	UPDATE_STANDBY,
	UPDATE_CHANGED_FIELDS,
	UPDATE_MESSAGES,	/* WhatsApp's from here */
	UPDATE_STATUSES,
	UPDATE_MESSAGE_ECHOES,
	UPDATE_CALLS,		/* to here */
	UPDATE_FIELD,		/* Instagram Login */
	UPDATE_VALUES,		/* Threads */
	UPDATE_ARRAYS
};

/* Members of an object, each `"key":value`. */
struct members {
	const struct span *list;
	size_t count;
};

struct update {
	enum update_array array;
	struct span object;	/* of the object around it: a token with its
				 * quotes; absent if there is none */
	struct span entry_id;	/* what is between the quotes, or the number as
				 * it is written; for Threads the target_id,
				 * whose object counts as an entry */
	struct span entry_time;	/* a token; absent if the entry has none */
	struct span field;	/* a token with its quotes, absent if there is
				 * none; for messaging and standby the array's
				 * name in quotes */
	struct members envelope; /* the other members at the top */
	struct members entry;	/* the other members of the entry */
	struct members value;	/* WhatsApp: what is beside the array */
	struct span bytes;	/* the update itself */
};

/* "changes", "messaging" and so on, as in an update's line. */
const char *update_array_name(enum update_array array);

/* Whether it is an item of a WhatsApp change. */
static inline bool
update_array_is_whatsapp(enum update_array array)
{
	return array >= UPDATE_MESSAGES && array <= UPDATE_CALLS;
}

#endif
