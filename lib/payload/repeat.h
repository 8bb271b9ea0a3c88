/*
 * repeat: when is a record the same as one that is already stored?
 *
 * Meta resends what was not answered with 200: at once, and then for days. The
 * repeat may be batched differently, and its entries may have another time,
 * which is when they were sent. So each record has a key. A record that has the
 * key of a stored one from the same endpoint is a repeat of it.
 *
 * The key of an update is made of its endpoint, object, entry's id, array and
 * bytes; of its field, too, in the arrays that do not hold whole changes
 * (messages, statuses, message_echoes, calls, field, values); of the number of
 * equal ones before it in the body; and of the entry's time. The time is left
 * out if the update carries Meta's own id, which says that the same bytes are
 * the same event. Such an id is
 *
 *  a. `id` of an item of a WhatsApp change (the key of an item without one also
 *     has the `value` beside it, which names the phone number);
 *  b. in an item of messaging or standby, or in the value of a change:
 *     message.mid, postback.mid, read.mid, read.watermark, delivery.watermark;
 *  c. there, too, reaction.mid, but only with a `timestamp` beside or in the
 *     reaction: one may be taken back and made again;
 *  d. `timestamp` of an item of messaging or standby;
 *  e. leadgen_id if the field is leadgen; id if it is comments or
 *     live_comments; comment_id and post_id if it is feed, the verb is absent,
 *     add or remove, and the item is neither like nor reaction: edits and likes
 *     come again with the same bytes, and are other events.
 *
 * Such an id never replaces the bytes: an unsend repeats its message's mid. A
 * time that is null, 0 or "" does not count as one.
 *
 * The key of a whole notification is SHA-256 of its body; or, if all its
 * updates carry Meta's own id, of the body without the times of its entries.
 *
 * For how long does a stored record count?
 *
 *  - As a rule, for the whole duplicate_window.
 *  - If it is indistinct, for 15 minutes. It then has neither Meta's own id nor
 *    a time, nor a member `timestamp` or `created_time` at any depth, so the
 *    next event of its kind has the same bytes (WhatsApp's rate limits). Meta
 *    resends at once; what comes later is another event.
 *  - If it is a sample, never. The App Dashboard's Test button sends constants,
 *    with "0" as the entry's id, and each press counts.
 *
 * A whole notification is indistinct or a sample if all its updates are. If it
 * yields none, it is indistinct if it has no such member, and a sample if each
 * entry's id is "0". A record from another hookline's relay has an origin: even
 * if it is indistinct or a sample, it is then a repeat in the whole window, but
 * only of a record with the same origin.
 */
#ifndef HOOKLINE_PAYLOAD_REPEAT_H
#define HOOKLINE_PAYLOAD_REPEAT_H

#include "base/digest.h"
#include "base/span.h"
#include "payload/update.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which of the stored records with its key does a record repeat? */
enum repeat {
	REPEAT_IN_WINDOW,	/* those within duplicate_window */
	REPEAT_SOON,		/* those within REPEAT_SOON_SECONDS */
	REPEAT_NEVER
};

#define REPEAT_SOON_SECONDS (15 * 60)

/* What the bytes of an update say about it. */
struct repeat_look {
	bool own_id;		/* it carries Meta's own id */
	struct span meta_id;	/* the first of these ids: between quotes, or a
				 * number; absent if there is none */
	bool distinct;		/* it is not indistinct */
	enum repeat repeat;
};

void repeat_look_at(const struct update *update, struct repeat_look *look);

/* What a body's updates together say about it. All zero at first. */
struct repeat_sum {
	size_t updates;
	bool no_own_id;		/* at least one carries no such id */
	bool distinct;		/* at least one is distinct */
	bool no_sample;		/* at least one is not a sample */
};

void repeat_sum_up(struct repeat_sum *sum, const struct update *update);

/* Whether no further update can change what the sum says. */
static inline bool
repeat_sum_is_final(const struct repeat_sum *sum)
{
	return sum->no_own_id && sum->distinct && sum->no_sample;
}

/* Whether a body's key is repeat_body_key() instead of its SHA-256. */
static inline bool
repeat_sum_has_key(const struct repeat_sum *sum)
{
	return sum->updates > 0 && !sum->no_own_id;
}

/* For a whole notification. Looks at `body` if the sum does not decide it. */
enum repeat repeat_of_body(const struct repeat_sum *sum, struct span body);

/* The same for one that is known not to be REPEAT_IN_WINDOW. */
enum repeat repeat_of_indistinct_body(struct span body);

/*
 * The key of an update, framed as netstrings, <length in decimal>:<bytes>, one
 * after another, so that no two keys look the same. In this order; the last two
 * only if `array` has them in its key.
 */
struct repeat_key {
	struct span endpoint;	/* its name */
	struct span object;	/* a token; absent: null */
	struct span entry_id;	/* without quotes */
	enum update_array array;
	struct span time;	/* repeat_time() */
	struct span bytes;	/* as in the line: CR and LF are blanks */
	struct span field;	/* a token; absent: null */
	struct span value;	/* an object; absent: null. Left out if the
				 * update carries Meta's own id */
};

/* Whether a token is a time; an absent one is not. */
bool repeat_is_time(struct span token);

/* The entry's time as it enters the key: nothing, null or its token. */
struct span repeat_time(bool own_id, struct span entry_time);

/* SHA-256 of the key. It is the id of the body's first update with that key. */
void repeat_key_first(const struct repeat_key *key, bool own_id,
    uint8_t id[DIGEST_SHA256_SIZE]);

/* The id of an update with `ordinal` (1 or more) equal ones before it: SHA-256
 * of the first one's id, 32 bytes, and of the ordinal in decimal. */
void repeat_key_next(const uint8_t first[DIGEST_SHA256_SIZE], size_t ordinal,
    uint8_t id[DIGEST_SHA256_SIZE]);

/* SHA-256 of endpoint, NUL and the pieces of a body (notification_pieces()).
 * The pieces begin at parts[2]; the first two are filled in here. */
void repeat_body_key(struct span endpoint, struct span *parts, size_t pieces,
    uint8_t key[DIGEST_SHA256_SIZE]);

#endif
