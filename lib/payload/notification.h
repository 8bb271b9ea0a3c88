/*
 * notification: one POST body as Meta sends it (Meta, "Webhooks: Getting
 * Started", "Event Notifications"): is it exactly one JSON text, and which
 * updates does it hold?
 *
 * Nothing is copied: spans point into the body, which has to outlive them.
 * A notification is a work space, kept and used again from request to request;
 * its 4 MB are taken once, and the system only backs what is written to.
 *
 * Updates are handed out in the order of the body, and only where the lines
 * made of them hold everything that the body held. In a body like this,
 *
 *   {"object": "...", "entry": [{"id": "...", "time": 1, ...}, ...], ...}
 *
 * an entry has one or more of
 *
 *   changes         [{"field": "...", "value": ...}, ...]: each is an update;
 *                   but where one has nothing besides field and value, and
 *                   value nothing but messages, statuses, message_echoes or
 *                   calls, arrays of objects, with messaging_product, metadata
 *                   and contacts at most (WhatsApp): each item of these
 *   messaging, standby   [...]: each item
 *   changed_fields  [...]: as a whole
 *
 * or, without any of these, field and value: its value (Instagram Login). In
 *
 *   {"target_id": "...", "time": 1, "values": {"field": "...", "value": ...}}
 *
 * the value of `values`, or of each item where that is an array (Threads). A
 * body may also be an array of such objects. It yields no updates, and is to
 * be kept whole, where
 *
 *  - one of its objects or entries yields none; or changes, messaging, standby
 *    or changed_fields is empty, or no array;
 *  - one of these names, or id, time, object or target_id, occurs twice in the
 *    body's object, an entry, a change, a value that begins with one of
 *    WhatsApp's, or an item of `values`;
 *  - there is `entry` beside `values`;
 *  - besides object, entry and values there is an array or object at the top;
 *  - something is not of the type that a line has for it: an object or field
 *    that would be null there, an id that is neither a string nor a number, a
 *    time that is an array or object; or it has no id;
 *  - there is more than the limits below allow.
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

/* Members of all entries, and of the top, besides those named above. */
#define NOTIFICATION_MEMBERS_MAX 32768

/*
 * Bytes that the lines of a body may have beyond its own: each repeats what
 * stands around its update, and has about 512 bytes of its own. The endpoint's
 * name is not counted.
 */
#define NOTIFICATION_REPEATED_MAX ((size_t)16 << 20)

struct notification;

/* NULL when memory is short. */
struct notification *notification_new(void);
void notification_free(struct notification *notification);

/*
 * Reads a body with the strict scanner (json.h). Where `updates` is false it is
 * to be kept whole in any case: then updates are not handed out, but summed up.
 * In a body of more than 4 kB they are looked for only until the sum is final;
 * what follows is taken to yield updates, too. ERR_INPUT where it is not one
 * JSON text; then nothing else may be asked.
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

/* The sum of the updates of one that is kept whole in any case (repeat.h). */
const struct repeat_sum *notification_sum(
    const struct notification *notification);

/*
 * The body without the times of its entries, in pieces: writes as many as it
 * returns, at most one more than NOTIFICATION_UPDATES_MAX. Only for one that is
 * kept whole in any case, and whose updates all have an id of their own.
 */
size_t notification_pieces(const struct notification *notification,
    struct span *pieces);

#endif
