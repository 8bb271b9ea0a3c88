#include "outgoing.h"

#include "auth/signature.h"
#include "base/digits.h"
#include "payload/rebuild_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define JOURNAL_DIGITS 32

const char *
outgoing_reason(enum outgoing_result result)
{
	switch (result) {
	case OUTGOING_DAMAGED:
		return "the line is damaged: its id does not match its bytes";
	case OUTGOING_UPDATE:
		return "an update's line has no signature";
	case OUTGOING_REFORMATTED:
		return "a reformatted body has lost its signature";
	case OUTGOING_UNSIGNED:
		return "there is no signature";
	case OUTGOING_READY:
	case OUTGOING_NO_MEMORY:
		break;
	}
	return "";
}

/*
 * Headers
 */

/* The record may come from a file that anybody could have written, so what goes
 * into a header is checked. */
static bool
is_origin(struct span text)
{
	size_t digits = JOURNAL_DIGITS + 1;
	uint64_t seq;

	return text.length > digits &&
	    hex_is_lower(text.bytes, JOURNAL_DIGITS) &&
	    text.bytes[JOURNAL_DIGITS] == '/' &&
	    decimal_read(text.bytes + digits, text.length - digits,
	    UINT64_MAX / 10, &seq);
}

/* Whether the record came with an origin. */
static bool
has_origin(const struct record *record)
{
	return record->relayed.bytes != NULL && is_origin(record->relayed);
}

/* False if no origin is known. */
static bool
write_origin(const struct outgoing_way *way, const struct record *record,
    struct outgoing *out)
{
	static const char name[] = "X-Hookline-Origin: ";

	if (has_origin(record) &&
	    sizeof name + record->relayed.length <= sizeof out->origin_line)
		(void)snprintf(out->origin_line, sizeof out->origin_line,
		    "%s%.*s", name, (int)record->relayed.length,
		    record->relayed.bytes);
	else if (way->journal != NULL)
		(void)snprintf(out->origin_line, sizeof out->origin_line,
		    "%s%s/%" PRIu64, name, way->journal, record->seq);
	else
		return false;
	return true;
}

static void
sign(const struct hmac_key *key, struct outgoing *out)
{
	uint8_t mac[HMAC_SHA256_SIZE];
	char *line = out->signature_line;

	hmac_of(key, out->request.body, out->request.length, mac);
	line += sprintf(line, "X-Hub-Signature-256: sha256=");
	hex_write(mac, sizeof mac, line);
}

/* Copies the record's own signature; false if it has none. */
static bool
copy_signature(const struct record *record, struct outgoing *out)
{
	char text[SIGNATURE_TEXT_MAX];
	bool sha1;

	if (record->signature.bytes == NULL ||
	    record->signature.length >= sizeof text)
		return false;
	(void)snprintf(text, sizeof text, "%.*s",
	    (int)record->signature.length, record->signature.bytes);
	sha1 = signature_well_formed(text, true);
	if (!sha1 && !signature_well_formed(text, false))
		return false;
	(void)snprintf(out->signature_line, sizeof out->signature_line,
	    "X-Hub-Signature%s: %s", sha1 ? "" : "-256", text);
	return true;
}

static void
set_headers(const struct outgoing_way *way, const struct record *record,
    struct outgoing *out)
{
	const char **header = out->headers;

	*header++ = "User-Agent: hookline";
	*header++ = "Content-Type: application/json";
	*header++ = out->signature_line;
	out->origin = write_origin(way, record, out);
	if (out->origin)
		*header++ = out->origin_line;
	*header = NULL;
	out->request.headers = out->headers;
}

/*
 * The body
 */

/*
 * Whether an indistinct update is sent without the equal ones that came before
 * it in the same body. The receiver recognizes such an update by its id and its
 * origin. If the origin names this very record, the equal ones would be taken
 * for new events. If the record came with an origin, that is the origin of the
 * whole body, and only the ordinal tells equal updates apart.
 */
static bool
goes_alone(const struct outgoing_way *way, const struct record *record)
{
	return record->indistinct && way->journal != NULL &&
	    !has_origin(record);
}

static enum outgoing_result
set_update(const struct outgoing_way *way, const struct record *record,
    struct outgoing *out)
{
	enum error error;

	if (way->key == NULL)
		return OUTGOING_UPDATE;
	error = rebuild_body(record, goes_alone(way, record), &out->body);
	if (error != ERR_NONE)
		return error == ERR_MEMORY ? OUTGOING_NO_MEMORY :
		    OUTGOING_DAMAGED;
	out->request.body = out->body.bytes;
	out->request.length = out->body.length;
	return OUTGOING_READY;
}

static enum outgoing_result
set_payload(const struct outgoing_way *way, const struct record *record,
    struct outgoing *out)
{
	if (record_verify(record) == RECORD_PAYLOAD_DIFFERS)
		return OUTGOING_DAMAGED;
	out->request.body = record->payload.bytes;
	out->request.length = record->payload.length;
	if (way->key != NULL)
		return OUTGOING_READY;
	if (record->reformatted)
		return OUTGOING_REFORMATTED;
	return copy_signature(record, out) ? OUTGOING_READY :
	    OUTGOING_UNSIGNED;
}

enum outgoing_result
outgoing_make(const struct outgoing_way *way, const struct record *record,
    struct outgoing *out)
{
	enum outgoing_result result;

	out->request = (struct client_request){ .method = "POST",
	    .url = way->url, .ca_file = way->ca_file,
	    .timeout_ms = way->timeout_ms };
	result = record->update.bytes != NULL ?
	    set_update(way, record, out) : set_payload(way, record, out);
	if (result != OUTGOING_READY)
		return result;
	if (way->key != NULL)
		sign(way->key, out);
	set_headers(way, record, out);
	return OUTGOING_READY;
}

void
outgoing_free(struct outgoing *out)
{
	buffer_free(&out->body);
	*out = (struct outgoing){ 0 };
}
