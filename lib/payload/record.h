/*
 * record: one notification, or one update of it, and the line it becomes.
 *
 * The journal writes the head of a line, this module the tail (shown here with
 * line breaks; the file has one at the end only):
 *
 *   {"seq":42,"received_at":"2026-11-21T06:00:00.123456Z",      the journal's
 *    "id":"<64>","signature":"sha256=<64>","endpoint":"/webhook",
 *    "object":"user","payload":{...}}
 * or
 *    "id":"<64>","delivery_id":"<64>","update_index":0,"update_count":3,
 *    "endpoint":"/webhook","object":"page","entry_id":"123",
 *    "entry_time":1520383571,"array":"changes","field":"feed",
 *    "entry":{"uid":"..."},"update":{...}}
 *
 * `id` is SHA-256 of the body, or of the update's key (update_key.h);
 * `delivery_id` is SHA-256 of the body. `payload` has the body's bytes, white
 * space around it included; `update`, `entry_time`, `field` and the members of
 * `entry` have the sender's too. Each CR and LF among them becomes a blank, and
 * `"reformatted":true` then stands before `payload` or `update`. The digest of
 * a reformatted payload cannot be checked; that of an update always can, since
 * its key is taken over the bytes that the line holds.
 */
#ifndef HOOKLINE_PAYLOAD_RECORD_H
#define HOOKLINE_PAYLOAD_RECORD_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "payload/notification.h"
#include "payload/update_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_ID_LENGTH 64	/* hexadecimal digits, lower case */

/* Bytes of an endpoint's name; a longer one cannot be recorded. */
#define RECORD_ENDPOINT_MAX 1024

/* What is known of a body besides its bytes. */
struct record_source {
	struct span endpoint;	/* its configured name, UTF-8 */
	struct span signature;	/* that matched, as it is to be written */
	struct span body;	/* that the notification was parsed from */
};

struct record_tail {
	size_t offset;		/* in the batch's text */
	size_t length;		/* with the newline */
	char id[RECORD_ID_LENGTH + 1];
};

/* The tails of some bodies. Kept and used again; all zero before the first use,
 * then owned by this module until record_batch_free(). */
struct record_batch {
	struct buffer text;
	struct record_tail *tails;
	size_t count;
	struct record_work *work;	/* private, as the next */
	size_t room;
};

/*
 * Adds the tails of a body: one for each update that the notification has, or
 * one for the whole of it. ERR_INPUT: an endpoint or signature that is not
 * UTF-8 or too long; ERR_BUSY: memory is short; the batch is then what it was
 * before.
 */
enum error record_encode(struct record_batch *batch,
    const struct record_source *source,
    const struct notification *notification, record_hash *hash);

/* Takes out all tails; their memory is kept, as far as it is not much. */
void record_batch_clear(struct record_batch *batch);

void record_batch_free(struct record_batch *batch);

/*
 * A line taken apart. Spans point into the line (or, where the endpoint's name
 * has escapes, into the record itself, which is therefore not to be copied).
 * Those that a kind of line does not have are absent.
 */
struct record {
	uint64_t seq;
	int64_t received_at;	/* microseconds since 1970 */
	struct span id;		/* 64 digits */
	struct span endpoint;	/* decoded */
	struct span object;	/* a token with its quotes; absent for null */
	bool reformatted;

	struct span signature;	/* notification lines: without quotes */
	struct span payload;	/* with the white space around it */

	struct span update;	/* update lines, as all that follow */
	struct span delivery_id;
	size_t update_index;
	size_t update_count;
	struct span entry_id;	/* without quotes, escapes as they are */
	struct span entry_time;	/* a token; absent for null */
	enum update_array array;
	struct span field;	/* a token with its quotes; absent for null */
	struct span entry;	/* an object; absent where there is none */

	char endpoint_text[RECORD_ENDPOINT_MAX];
};

/*
 * Takes one line apart, with its LF or without. ERR_INPUT where it is not
 * exactly a record: strict JSON without line breaks, each member that the kind
 * of line has once and of its type, none of the other kind's, payload or
 * update last. Members with other names may stand before that and are ignored.
 */
enum error record_decode(const char *line, size_t length,
    struct record *record);

enum record_check {
	RECORD_HOLDS,
	RECORD_UNCHECKED,	/* a reformatted payload: nothing to compare */
	RECORD_PAYLOAD_DIFFERS,	/* id is not SHA-256 of the payload */
	RECORD_UPDATE_DIFFERS	/* id is not that of the update's key, under
				 * any ordinal that its index allows */
};

/* Whether a decoded record's id is what it should be. */
enum record_check record_verify(const struct record *record,
    record_hash *hash);

/*
 * Finds what duplicates are looked for by, reading no more than the head that
 * record_encode() writes; other lines are decoded. False where there is none.
 * What stands behind endpoint and id may be anything. `endpoint` is decoded,
 * in the line or in `text`.
 */
bool record_identity(const char *line, size_t length,
    char text[RECORD_ENDPOINT_MAX], struct span *endpoint, struct span *id);

#endif
