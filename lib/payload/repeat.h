/*
 * repeat: when is what comes the same as what is stored already?
 *
 * Meta sends again what was not answered 200: at once, and then for days. What
 * comes again may be batched otherwise, and its entries may have another time,
 * which is when they were sent. So a record has a key; what has the key of a
 * stored record of the same endpoint is a repeat of it.
 *
 * The key of an update is made of its endpoint, object, entry's id, array and
 * bytes; in the arrays that hold no whole change (messages, statuses,
 * message_echoes, calls, field, values) of the field as well; of how many equal
 * ones there are before it in the body; and of the entry's time. Time is left
 * out where the update carries Meta's own id, which says that the same bytes
 * are the same event. That is
 *
 *  a. `id` of an item of a WhatsApp change (without one its key has the
 *     `value` that stands beside it, too: it says for which number it is);
 *  b. in an item of messaging or standby, or in the value of a change:
 *     message.mid, postback.mid, read.mid, read.watermark, delivery.watermark;
 *  c. there too reaction.mid, but only with a `timestamp` beside or in the
 *     reaction: one may be taken back and made again;
 *  d. `timestamp` of an item of messaging or standby;
 *  e. leadgen_id where the field is leadgen; id where it is comments or
 *     live_comments; comment_id and post_id where it is feed, the verb is
 *     absent, add or remove, and the item is neither like nor reaction: edits
 *     and likes come again with the same bytes, and are other events.
 *
 * An own id never stands for the bytes: an unsend repeats its message's mid. A
 * time that is null, 0 or "" is none.
 *
 * The key of a whole notification is SHA-256 of its body; or, where all its
 * updates carry Meta's own id, the body without the times of its entries.
 *
 * How long is a record there to be repeated?
 *
 *  - As a rule in the whole of duplicate_window.
 *  - Where it is indistinct, for 15 minutes: it has neither an own id nor a
 *    time, nor a member `timestamp` or `created_time` at whatever depth, so the
 *    next event of the kind has the same bytes (WhatsApp's rate limits). Meta
 *    repeats at once; what comes later is another event.
 *  - Where it is a sample, never: the App Dashboard's Test button sends
 *    constants, with "0" for the entry's id, and each press is meant.
 *
 * A whole notification is indistinct or a sample where all its updates are so;
 * if it yields none, where it has no such member, or the id of each entry is
 * "0". What came from another hookline's relay has an origin; there the
 * indistinct and the samples are repeats in the whole window, too, but only if
 * the origin is the same.
 */
#ifndef HOOKLINE_PAYLOAD_REPEAT_H
#define HOOKLINE_PAYLOAD_REPEAT_H

#include "base/digest.h"
#include "base/span.h"
#include "payload/update.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of which stored records one is a repeat, given that the key is the same. */
enum repeat {
	REPEAT_IN_WINDOW,	/* of those within duplicate_window */
	REPEAT_SOON,		/* of those within REPEAT_SOON_SECONDS */
	REPEAT_NEVER
};

#define REPEAT_SOON_SECONDS (15 * 60)

/* What the bytes of an update say of it. */
struct repeat_look {
	bool own_id;		/* it carries Meta's own id */
	struct span meta_id;	/* the first of these ids: what stands between
				 * the quotes, or a number; absent for none */
	bool distinct;		/* it is not indistinct */
	enum repeat repeat;
};

void repeat_look_at(const struct update *update, struct repeat_look *look);

/* What the updates of a body say of it together. All zero before the first. */
struct repeat_sum {
	size_t updates;
	bool no_own_id;		/* one of them at least carries none, */
	bool distinct;		/* is distinct, */
	bool no_sample;		/* is no sample */
};

void repeat_sum_up(struct repeat_sum *sum, const struct update *update);

/* Whether no further update can change what follows from the sum. */
static inline bool
repeat_sum_is_final(const struct repeat_sum *sum)
{
	return sum->no_own_id && sum->distinct && sum->no_sample;
}

/* Whether a body's key is repeat_body_key() in place of its SHA-256. */
static inline bool
repeat_sum_has_key(const struct repeat_sum *sum)
{
	return sum->updates > 0 && !sum->no_own_id;
}

/* Of a whole notification: `body` is looked at where the sum does not say. */
enum repeat repeat_of_body(const struct repeat_sum *sum, struct span body);

/* The same for one that is known not to be REPEAT_IN_WINDOW. */
enum repeat repeat_of_indistinct_body(struct span body);

/*
 * The key of an update, framed as netstrings, <length in decimal>:<bytes>, one
 * after the other, so that no two keys run together. In this order; the last
 * two only where `array` has them in its key.
 */
struct repeat_key {
	struct span endpoint;	/* its name */
	struct span object;	/* a token; absent: null */
	struct span entry_id;	/* without quotes */
	enum update_array array;
	struct span time;	/* repeat_time() */
	struct span bytes;	/* as the line holds them: CR, LF are blanks */
	struct span field;	/* a token; absent: null */
	struct span value;	/* an object; absent: null. Not there where the
				 * update carries its own id */
};

/* Whether a token is a time; absent is none. */
bool repeat_is_time(struct span token);

/* The entry's time as it is in the key: nothing, null or its token. */
struct span repeat_time(bool own_id, struct span entry_time);

/* SHA-256 of the key: the id of the first update of a body that has it. */
void repeat_key_first(const struct repeat_key *key, bool own_id,
    uint8_t id[DIGEST_SHA256_SIZE]);

/* The id of one that has `ordinal` (1 or more) equals before it: SHA-256 of the
 * first one's id, 32 bytes, and of the ordinal in decimal. */
void repeat_key_next(const uint8_t first[DIGEST_SHA256_SIZE], size_t ordinal,
    uint8_t id[DIGEST_SHA256_SIZE]);

/* SHA-256 of endpoint, NUL and the pieces of a body (notification_pieces());
 * they begin at parts[2], the first two are written here. */
void repeat_body_key(struct span endpoint, struct span *parts, size_t pieces,
    uint8_t key[DIGEST_SHA256_SIZE]);

#endif
