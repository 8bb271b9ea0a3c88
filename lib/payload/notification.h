/*
 * notification: one POST body as Meta sends it (Meta, "Webhooks: Getting
 * Started", "Event Notifications"): is it exactly one JSON text, and which
 * updates does it hold?
 *
 * Nothing is copied: spans point into the body, which has to outlive them. A
 * notification is a work space that is kept and reused for the next request.
 * Its 4 MB are allocated once; the system backs only what is written to.
 *
 * Updates are returned in the order of the body, and only if their lines hold
 * everything that the body held. In a body like this,
 *
 *   {"object": "...", "entry": [{"id": "...", "time": 1, ...}, ...], ...}
 *
 * an entry has one or more of
 *
 *   changes         [{"field": "...", "value": ...}, ...]: each is an update.
 *                   But if a change has nothing besides field and value, and
 *                   value has nothing but messages, statuses, message_echoes
 *                   or calls, as arrays of objects, and at most
 *                   messaging_product, metadata and contacts beside them
 *                   (WhatsApp), each item of these arrays is one
 *   messaging, standby   [...]: each item is an update
 *   changed_fields  [...]: the whole array is one
 *
 * or, without any of these, field and value: the value is an update (Instagram
 * Login). In
 *
 *   {"target_id": "...", "time": 1, "values": {"field": "...", "value": ...}}
 *
 * it is the value in `values`, or in each of its items if that is an array
 * (Threads). A body may also be an array of such objects. A body yields no
 * updates, and is kept whole, if
 *
 *  - one of its objects or entries yields none; or changes, messaging, standby
 *    or changed_fields is empty, or not an array;
 *  - one of these names, or id, time, object or target_id, occurs twice in the
 *    body's object, an entry, a change, a value that begins with one of
 *    WhatsApp's, or an item of `values`;
 *  - `entry` is beside `values`;
 *  - there is an array or object at the top besides object, entry and values;
 *  - something has the wrong type for a line: an object or field
 *    that would be null there, an id that is neither a string nor a number, a
 *    time that is an array or object; or an id is missing;
 *  - it exceeds one of the limits below.
 */
#ifndef HOOKLINE_PAYLOAD_NOTIFICATION_H
#define HOOKLINE_PAYLOAD_NOTIFICATION_H

#include "base/error.h"
#include "base/span.h"
#include "payload/repeat.h"
#include "payload/update.h"

#include <stdbool.h>
#include <stddef.h>

/* Meta documents up to 1000 updates in a body. */
#define NOTIFICATION_UPDATES_MAX 10000

/* Members of all entries and of the top, besides those named above. */
#define NOTIFICATION_MEMBERS_MAX 32768

/*
 * How many bytes the lines of a body may have beyond the body's own: each line
 * repeats what is around its update, and adds about 512 bytes. The endpoint's
 * name is not counted.
 */
#define NOTIFICATION_REPEATED_MAX ((size_t)16 << 20)

struct notification;

/* NULL if memory runs out. */
struct notification *notification_new(void);
void notification_free(struct notification *notification);

/*
 * Reads a body with the strict scanner (json.h). If `updates` is false, the
 * body is kept whole in any case: its updates are then only summed up. In a
 * body of more than 4 kB we look for them only until the sum is final, and
 * assume that the rest yields updates as well. ERR_INPUT: it is not one JSON
 * text, and nothing else may be asked.
 */
enum error notification_parse(struct notification *notification,
    const char *body, size_t length, bool updates);

/* The top-level "object" if it is a string (the last one, if repeated), as the
 * sender wrote it, with its quotes; otherwise absent. */
struct span notification_object(const struct notification *notification);

/* Whether a CR or LF is between tokens. */
bool notification_has_newline(const struct notification *notification);

/* How many updates the body yields. 0: it is kept as one notification. */
size_t notification_update_count(const struct notification *notification);

/* Update `index` (below the count); its spans point into the body. */
void notification_update(const struct notification *notification,
    size_t index, struct update *update);

/* The sum of the updates of a body that is kept whole anyway (repeat.h). */
const struct repeat_sum *notification_sum(
    const struct notification *notification);

/*
 * Gives the body without the times of its entries, in pieces. Returns how many
 * it wrote, at most one more than NOTIFICATION_UPDATES_MAX. Only for a body
 * that is kept whole in any case, and whose updates all carry Meta's own id.
 */
size_t notification_pieces(const struct notification *notification,
    struct span *pieces);

#endif
