/*
 * update: one event of a body, as notification.h finds it. Spans point into the
 * body.
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
	UPDATE_MESSAGES,	/* WhatsApp's, */
	UPDATE_STATUSES,
	UPDATE_MESSAGE_ECHOES,
	UPDATE_CALLS,		/* down to here */
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
	struct span object;	/* of the object it is in: a token with its
				 * quotes; absent where there is none */
	struct span entry_id;	/* what stands between the quotes, or the
				 * number as it is written; Threads: target_id,
				 * whose object counts as an entry */
	struct span entry_time;	/* a token; absent where the entry has none */
	struct span field;	/* a token with its quotes, absent where there
				 * is none; the array's name in quotes for
				 * messaging and standby */
	struct members envelope; /* the top's others */
	struct members entry;	/* the entry's others */
	struct members value;	/* WhatsApp: what stands beside the array */
	struct span bytes;	/* the update itself */
};

/* "changes", "messaging", ...: as the line of an update has it. */
const char *update_array_name(enum update_array array);

/* Whether it is an item of a WhatsApp change. */
static inline bool
update_array_is_whatsapp(enum update_array array)
{
	return array >= UPDATE_MESSAGES && array <= UPDATE_CALLS;
}

#endif
