/*
 * outgoing: the request that sends a record on, for hookctl forward and the
 * relay. Any receiver of Meta's webhooks can take it:
 *
 *   POST, Content-Type: application/json
 *   X-Hub-Signature-256    or X-Hub-Signature, whichever the record has
 *   X-Hookline-Origin      <journal id>/<seq>: where the record was first kept
 *
 * A record that came from another hookline's relay keeps the origin that it
 * came with, so that every mirror in a chain recognizes an indistinct event.
 *
 * Body and signature are sent as they came from Meta. A record that no longer
 * has both is signed anew, if there is a key for that: an update, whose body is
 * built again (rebuild_body.h), a record whose line breaks have become blanks,
 * and one without a signature.
 */
#ifndef HOOKLINE_OUTGOING_H
#define HOOKLINE_OUTGOING_H

#include "auth/hmac.h"
#include "base/buffer.h"
#include "client.h"
#include "payload/record.h"

#define OUTGOING_HEADERS_MAX 5	/* with the NULL */

/* What all requests have in common. The caller's texts must last. */
struct outgoing_way {
	const char *url;
	const char *ca_file;	/* as in struct client_request */
	int64_t timeout_ms;
	const struct hmac_key *key; /* to sign anew with (SHA-256), or NULL */
	const char *journal;	/* the id of the records' journal, or NULL if
				 * that is not known */
};

/* One request: all zero before its first use, and reused from record to record.
 * `request` points into this struct, the record's line and the way. */
struct outgoing {
	struct client_request request;
	bool origin;		/* it says where the record was first kept */

	struct buffer body;
	const char *headers[OUTGOING_HEADERS_MAX];
	char signature_line[128], origin_line[128];
};

enum outgoing_result {
	OUTGOING_READY,
	OUTGOING_NO_MEMORY,
	/* It cannot be sent, ever: */
	OUTGOING_DAMAGED,	/* its bytes do not match its id */
	/* It cannot be sent without a key: */
	OUTGOING_UPDATE,
	OUTGOING_REFORMATTED,
	OUTGOING_UNSIGNED
};

/* Makes the request for a decoded record. */
enum outgoing_result outgoing_make(const struct outgoing_way *way,
    const struct record *record, struct outgoing *out);

/* Why a record cannot be sent, in a few words; "" for OUTGOING_READY and
 * OUTGOING_NO_MEMORY. */
const char *outgoing_reason(enum outgoing_result result);

void outgoing_free(struct outgoing *out);

#endif
