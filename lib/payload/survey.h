/*
 * survey: the updates of a record, for what is shown to people and searched by
 * them.
 *
 * notification.h decides how a body is stored, and gives nothing for a body
 * that it does not understand in full. This module gives whatever it can find:
 * it skips anything missing or of the wrong type, and uses the last of any
 * repeated members. Spans point into the record's line.
 */
#ifndef HOOKLINE_PAYLOAD_SURVEY_H
#define HOOKLINE_PAYLOAD_SURVEY_H

#include "base/span.h"
#include "payload/record.h"
#include "payload/update.h"

#include <stddef.h>

/* Each may be absent. */
struct survey_update {
	enum update_array array; /* UPDATE_ARRAYS: of no shape that is known */
	struct span object;	/* a token with its quotes */
	struct span entry_id;	/* a string's inside, or a number */
	struct span field;	/* a token with its quotes; for messaging and
				 * standby the array's name */
	struct span item;	/* a WhatsApp or messaging item, the value of a
				 * change, the array changed_fields; without a
				 * shape the entry, or all of it */
	struct span around;	/* the value that holds a WhatsApp item */
};

/* At most this many are found in one record. */
#define SURVEY_UPDATES_MAX 10000

/*
 * Calls `found` for each update of a record, at least once, in the order of the
 * body. Returns how many there were. It costs a few scans of the payload.
 */
size_t survey(const struct record *record, void (*found)(void *context,
    const struct survey_update *update), void *context);

#endif
