/*
 * What lines of version 0.1.0 would be today. Its keys were made by another
 * rule, and it kept whole what is split now: changes from WhatsApp, in lines of
 * updates, and whatever Instagram Login and Threads send, as notifications.
 */
#include "payload/record.h"

#include "base/digits.h"

#include <string.h>

#define RENEW_KEEP ((size_t)1 << 20)	/* memory kept from line to line */

static struct span
text(const char *string)
{
	return (struct span){ string, strlen(string) };
}

static struct span
or_null(struct span token)
{
	return token.bytes != NULL ? token : text("null");
}

/* The smallest body that has such an update: all that its key is made of. */
static enum error
compose(const struct record *record, struct buffer *body)
{
	const bool whole = record->array == UPDATE_CHANGED_FIELDS;
	const struct span parts[] = {
		text("{\"object\":"), or_null(record->object),
		text(",\"entry\":[{\"id\":\""), record->entry_id,
		text("\",\"time\":"), or_null(record->entry_time),
		text(",\""), text(update_array_name(record->array)),
		text(whole ? "\":" : "\":["), record->update,
		text(whole ? "}]}" : "]}]}")
	};
	enum error error = ERR_NONE;
	size_t i;

	buffer_reset(body, RENEW_KEEP);
	for (i = 0; error == ERR_NONE && i < sizeof parts / sizeof *parts; i++)
		error = buffer_append(body, parts[i].bytes, parts[i].length);
	return error;
}

/* Turns the only tail into that of an update with that many equals before
 * it. */
static void
set_ordinal(struct record_tail *tail, size_t ordinal)
{
	uint8_t first[DIGEST_SHA256_SIZE], id[DIGEST_SHA256_SIZE];

	if (ordinal == 0 || !hex_read(tail->id, sizeof first, first))
		return;
	repeat_key_next(first, ordinal, id);
	hex_write(id, sizeof id, tail->id);
	memcpy(tail->key, tail->id, sizeof tail->key);
}

enum error
record_renew(struct record_batch *batch, struct notification *notification,
    struct buffer *work, const char *line, size_t length,
    struct span *endpoint)
{
	struct record record;
	struct record_source source = { 0 };
	size_t ordinal = 0;
	enum error error = ERR_NONE;

	record_batch_clear(batch);
	if (record_decode(line, length, &record) != ERR_NONE ||
	    (record.update.bytes != NULL && !record_ordinal(&record, &ordinal)))
		return ERR_NONE;
	*endpoint = source.endpoint = record.endpoint;
	source.body = record.payload;
	if (record.update.bytes != NULL) {
		error = compose(&record, work);
		source.body = (struct span){ work->bytes, work->length };
	}
	if (error != ERR_NONE)
		return error;
	if (notification_parse(notification, source.body.bytes,
	    source.body.length, true) != ERR_NONE ||
	    notification_update_count(notification) == 0)
		return ERR_NONE;
	error = record_encode(batch, &source, notification);
	if (error == ERR_NONE && batch->count == 1)
		set_ordinal(&batch->tails[0], ordinal);
	return error;
}
