/*
 * notification: one POST body as Meta sends it (Meta, "Webhooks: Getting
 * Started", "Event Notifications"): is it exactly one JSON text, and where in
 * it do the parts stand that a record names?
 *
 * Nothing is copied: spans point into the body, which has to outlive them.
 * A notification is a work space, kept and used again from request to request;
 * its 2 MB are taken once, and the system only backs what is written to.
 *
 * Updates are the items of entry[].changes, entry[].messaging and
 * entry[].standby, and each entry[].changed_fields as a whole, in the order in
 * which the body has them. They are handed out only where the lines made of
 * them hold everything that the body held. In each of these cases there are
 * none, and the body is to be kept whole, as one notification:
 *
 *  - it is not an object, or has members besides `object` and `entry`, or one
 *    of these twice, or an `object` that is no string, or no `entry`;
 *  - `entry` is no array, or is empty, or has an item that is no object;
 *  - an entry has no `id`, or one that is neither a string nor a number;
 *  - an entry's `time` is an array or object;
 *  - an entry has none of the four arrays, or one that is no array or is
 *    empty;
 *  - an entry has `id`, `time` or one of the four twice;
 *  - there is more than the limits below allow.
 *
 * So of repeated keys none has to win, but for two. Of several `object`, and
 * of several `field` in one change, the last one counts, whatever it is, which
 * is what other JSON readers do. A key spelled with escapes ("\u0065ntry")
 * counts as the key that it spells.
 */
#ifndef HOOKLINE_PAYLOAD_NOTIFICATION_H
#define HOOKLINE_PAYLOAD_NOTIFICATION_H

#include "base/error.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* Meta documents up to 1000 updates in a body. */
#define NOTIFICATION_UPDATES_MAX 10000

/* Members of all entries besides those named above. */
#define NOTIFICATION_MEMBERS_MAX 32768

/*
 * Bytes that the lines of a body may have beyond its own: each repeats the
 * object, the entry's id, time and other members, and has about 512 bytes of
 * its own. The endpoint's name is not counted.
 */
#define NOTIFICATION_REPEATED_MAX ((size_t)16 << 20)

enum update_array {
	UPDATE_CHANGES,
	UPDATE_MESSAGING,
	UPDATE_STANDBY,
	UPDATE_CHANGED_FIELDS
};

struct update {
	enum update_array array;
	struct span entry_id;	/* what stands between the quotes, or the
				 * number as it is written */
	struct span entry_time;	/* a token; absent where the entry has none */
	struct span field;	/* of a change, with its quotes, absent where
				 * it has no such string; for messaging and
				 * standby the array's name in quotes; absent
				 * for changed_fields */
	const struct span *members; /* the entry's others, each `"key":value` */
	size_t member_count;
	struct span bytes;	/* the update itself */
};

struct notification;

/* NULL when memory is short. */
struct notification *notification_new(void);
void notification_free(struct notification *notification);

/*
 * Reads a body with the strict scanner (json.h); where `updates` is false it is
 * to be kept whole in any case, and updates are not looked for. ERR_INPUT where
 * it is not one JSON text; then nothing else may be asked.
 */
enum error notification_parse(struct notification *notification,
    const char *body, size_t length, bool updates);

/* The top-level "object" where it is a string (the last one, if repeated), as
 * the sender wrote it, with its quotes; absent otherwise. */
struct span notification_object(const struct notification *notification);

/* Whether a CR or LF stands between tokens. */
bool notification_has_newline(const struct notification *notification);

/* How many updates the body yields. 0: it is to be kept as one notification. */
size_t notification_update_count(const struct notification *notification);

/* Update `index` (below the count); its spans are the body's. */
void notification_update(const struct notification *notification,
    size_t index, struct update *update);

#endif
