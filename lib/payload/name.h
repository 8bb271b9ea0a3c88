/*
 * name: the names in Meta's JSON that mean something to us. A key that is
 * spelled with escapes ("\u0065ntry") has the name that it spells.
 */
#ifndef HOOKLINE_PAYLOAD_NAME_H
#define HOOKLINE_PAYLOAD_NAME_H

#include "base/span.h"

/* Sorted by length, which is how name_of() finds them. */
enum name {
	NAME_OTHER,		/* none of the others */
	NAME_ID,
	NAME_MID,
	NAME_TIME,
	NAME_READ,
	NAME_VERB,
	NAME_ITEM,
	NAME_ENTRY,
	NAME_FIELD,
	NAME_VALUE,
	NAME_CALLS,
	NAME_OBJECT,
	NAME_VALUES,
	NAME_CHANGES,
	NAME_STANDBY,
	NAME_MESSAGE,
	NAME_POST_ID,
	NAME_MESSAGES,
	NAME_STATUSES,
	NAME_METADATA,
	NAME_CONTACTS,
	NAME_POSTBACK,
	NAME_REACTION,
	NAME_DELIVERY,
	NAME_MESSAGING,
	NAME_TARGET_ID,
	NAME_TIMESTAMP,
	NAME_WATERMARK,
	NAME_LEADGEN_ID,
	NAME_COMMENT_ID,
	NAME_CREATED_TIME,
	NAME_MESSAGE_ECHOES,
	NAME_CHANGED_FIELDS,
	NAME_MESSAGING_PRODUCT,
	NAME_COUNT
};

/* The name that a key, a token with its quotes, spells. */
enum name name_of(struct span key);

#endif
