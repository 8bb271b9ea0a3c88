/*
 * record: one notification, or one update of it, and the line that it becomes.
 *
 * The journal writes the head of a line, this module the tail (shown here with
 * line breaks; the file has one at the end only):
 *
 *   {"seq":42,"received_at":"2026-11-21T06:00:00.123456Z",      the journal's
 *    "id":"<64>","signature":"sha256=<64>","endpoint":"/webhook",
 *    "object":"user",MARKS"payload":{...}}
 * or
 *    "id":"<64>","delivery_id":"<64>","update_index":0,"update_count":3,
 *    "endpoint":"/webhook","object":"page","entry_id":"123",
 *    "entry_time":1520383571,"array":"changes","field":"feed",
 *    "meta_id":"...","envelope":{...},"entry":{"uid":"..."},"value":{...},
 *    MARKS"update":{...}}
 *
 * meta_id, envelope, entry and value are there only if there is something to
 * put into them. MARKS stands for whichever of these apply:
 *
 *   "repeat_key":"<64>",   notifications whose updates all have Meta's own id
 *   "distinct":false,      it is indistinct, or a sample (repeat.h)
 *   "relayed":"...",       its origin: it came from another hookline's relay
 *   "reformatted":true,    a CR or LF was in the sender's bytes
 *
 * `id` is SHA-256 of the body, or of the update's key (repeat.h); `delivery_id`
 * is SHA-256 of the body. The sender's bytes are unchanged, except that each CR
 * and LF among them becomes a blank. `payload` includes the white space around
 * the body. The digest of a reformatted payload cannot be checked; an update's
 * always can, since its key is made of the bytes that the line holds.
 */
#ifndef HOOKLINE_PAYLOAD_RECORD_H
#define HOOKLINE_PAYLOAD_RECORD_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "payload/notification.h"
#include "payload/repeat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_ID_LENGTH 64	/* hexadecimal digits, lower case */

/* What is known about a body besides its bytes. Names and texts are ASCII that
 * needs no escapes in JSON; the configuration makes sure of that. */
struct record_source {
	struct span endpoint;	/* its name */
	struct span signature;	/* the one that matched; absent: none */
	struct span relayed;	/* its origin; absent: it came from Meta */
	struct span body;	/* from which the notification was parsed */
};

struct record_tail {
	size_t offset;		/* in the batch's text */
	size_t length;		/* with the newline */
	char id[RECORD_ID_LENGTH + 1];
	char key[RECORD_ID_LENGTH + 1]; /* repeat_key, or else id: the record is
				 * stored and looked up by it. If the two
				 * differ, it is looked up by id as well: older
				 * lines are known by that */
	enum repeat repeat;
	bool by_origin;		/* its origin is part of key and id */
};

/* The tails of some bodies. It is kept and reused; all zero before its first
 * use, then owned by this module until record_batch_free(). */
struct record_batch {
	struct buffer text;
	struct record_tail *tails;
	size_t count;
	struct record_work *work;	/* private, like the next */
	size_t room;
};

/*
 * Adds the tails of a body: one for each of the notification's updates, or one
 * for the whole of it. ERR_MEMORY: out of memory, and the batch is unchanged.
 */
enum error record_encode(struct record_batch *batch,
    const struct record_source *source,
    const struct notification *notification);

/* Removes all tails. Their memory is kept, unless there is much of it. */
void record_batch_clear(struct record_batch *batch);

void record_batch_free(struct record_batch *batch);

/* A line taken apart. Spans point into the line; those that this kind of line
 * does not have are absent. Strings are without quotes; their escapes are
 * kept. */
struct record {
	uint64_t seq;
	int64_t received_at;	/* microseconds since 1970 */
	struct span id;		/* 64 digits */
	struct span endpoint;
	struct span object;	/* a token with its quotes; absent for null */
	bool indistinct;	/* "distinct":false */
	struct span relayed;
	bool reformatted;

	struct span signature;	/* notification lines: absent for null */
	struct span repeat_key;	/* 64 digits */
	struct span payload;	/* with the white space around it */

	struct span update;	/* update lines, like all that follow */
	struct span delivery_id;
	size_t update_index;
	size_t update_count;
	struct span entry_id;
	struct span entry_time;	/* a token; absent for null */
	enum update_array array;
	struct span field;	/* a token with its quotes; absent for null */
	struct span meta_id;
	struct span envelope;	/* objects */
	struct span entry;
	struct span value;
};

/*
 * Takes one line apart, with or without its LF. ERR_INPUT: it is not exactly a
 * record, that is, strict JSON without line breaks, with each member of its
 * kind once and of the right type, none of the other kind's, and payload or
 * update last. Members with other names may come before that and are ignored.
 */
enum error record_decode(const char *line, size_t length,
    struct record *record);

enum record_check {
	RECORD_HOLDS,
	RECORD_UNCHECKED,	/* a reformatted payload: nothing to compare */
	RECORD_PAYLOAD_DIFFERS,	/* id is not SHA-256 of the payload */
	RECORD_UPDATE_DIFFERS	/* id is not that of the update's key, with or
				 * without its entry's time, under any ordinal
				 * that its index allows */
};

/* Whether a decoded record's id is what it should be. Lines of version 0.1.0
 * left out the time of some updates that now have it in their key. */
enum record_check record_verify(const struct record *record);

/* The position of a decoded update among the equal updates of its body, 0 for
 * the first; false if the record's id does not match its key. */
bool record_ordinal(const struct record *record, size_t *ordinal);

/*
 * Makes the tails that a line of version 0.1.0 would get today, one for each
 * update. Only their keys are right, since anything not part of a key is left
 * out. Makes none if the line is not a record, or would be kept whole.
 * `endpoint` is set to the line's. The notification and `work` are scratch
 * space.
 */
enum error record_renew(struct record_batch *batch,
    struct notification *notification, struct buffer *work, const char *line,
    size_t length, struct span *endpoint);

/* What a stored record is known by; see struct record_tail. */
struct record_identity {
	struct span endpoint;
	struct span key;
	struct span id;		/* the same, unless it has a repeat_key */
	struct span origin;	/* part of the key; absent: it is not */
	enum repeat repeat;
};

/*
 * Reads it from a line, but no more of the line than what record_encode()
 * writes before payload or update. It also reads the payload of an indistinct
 * one, and all of a line in another form. False if the line has none. What
 * comes after the head may be anything.
 */
bool record_identify(const char *line, size_t length,
    struct record_identity *identity);

/* The same for a decoded record. */
void record_identity_of(const struct record *record,
    struct record_identity *identity);

/* Whether it is 64 lower-case hex digits. */
bool record_id_ok(struct span id);

#endif
