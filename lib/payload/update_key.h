/*
 * update_key: what makes an update the same one when it is delivered again.
 *
 * The key is framed as netstrings, <length in decimal>:<bytes>, one after the
 * other, so that no two keys run together:
 *
 *   1. the endpoint's configured name
 *   2. the body's object, a token with its quotes, or null
 *   3. the entry's id, without quotes
 *   4. the array's name
 *   5. the entry's time, a token, or null; nothing at all where it is left out
 *   6. the update's bytes as its line holds them: CR and LF are blanks
 *
 * SHA-256 of that is the id of the first such update in a body. Its equals in
 * the same body count on: number n (1, 2, ...) has the id SHA-256(the first
 * one's 32 bytes, then n in decimal).
 *
 * Time (part 5) is when Meta sent the entry, so a redelivery may have another
 * one. It is left out where Meta's own id in the update says that equal bytes
 * are one event: for all of messaging and standby, never for changed_fields,
 * and for a change whose `value` is an object with one of these members (a
 * string that is not empty, or a number):
 *
 *   leadgen_id
 *   message.mid, postback.mid, reaction.mid, read.mid, read.watermark,
 *   delivery.watermark
 *   messages[].id, statuses[].id
 *   id, where the change's field is "comments" or "live_comments"
 *   comment_id, post_id, unless `verb` is there and neither "add" nor
 *   "remove", or `item` is "like" or "reaction": an edit or a like comes again
 *   with the same bytes, and is another event
 *
 * Repeated members count if any one does; a `verb` or `item` that speaks
 * against comment_id and post_id does so wherever it stands.
 */
#ifndef HOOKLINE_PAYLOAD_UPDATE_KEY_H
#define HOOKLINE_PAYLOAD_UPDATE_KEY_H

#include "base/span.h"
#include "payload/notification.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HASH_SIZE 32

/* SHA-256 over the parts one after the other; base/digest.h has it. */
typedef void record_hash(const struct span *parts, size_t count,
    uint8_t out[RECORD_HASH_SIZE]);

struct update_key {
	struct span endpoint;
	struct span object;	/* absent: null */
	struct span entry_id;
	struct span entry_time;	/* absent: null */
	enum update_array array;
	struct span bytes;	/* of the update, valid JSON */
};

/* The id of the first update with this key in a body. */
void update_key_first(const struct update_key *key, record_hash *hash,
    uint8_t id[RECORD_HASH_SIZE]);

/* The id of one that has `ordinal` (1 or more) equals before it. */
void update_key_next(const uint8_t first[RECORD_HASH_SIZE], size_t ordinal,
    record_hash *hash, uint8_t id[RECORD_HASH_SIZE]);

/* Whether an update carries Meta's own id, so that time is left out. */
bool update_has_own_id(enum update_array array, struct span bytes);

/* "changes", "messaging", "standby" or "changed_fields". */
const char *update_array_name(enum update_array array);

#endif
