#include "payload/record.h"

#include "base/digits.h"
#include "payload/json_string.h"
#include "payload/record_id.h"

#include <stdlib.h>
#include <string.h>

#define KEEP ((size_t)1 << 20)	/* of the text, from request to request */
#define ID_OFFSET 6		/* of its digits, behind "id":" */

/* How many updates of this body have the key whose first id this is. */
struct seen {
	uint8_t first[RECORD_HASH_SIZE];
	size_t count;		/* 0: a free slot */
};

struct record_work {
	struct buffer common;	/* what is the same in all lines of a body: */
	size_t delivery_end;	/* from behind id to update_index, and from
				 * update_count to entry_id */
	struct seen *seen;	/* hash table, at most half full */
	size_t slots;		/* of it, in use for this body: a power of 2 */
	size_t room;		/* there is memory for */
};

/* Appends until something fails; then `error` says what. */
struct writer {
	struct buffer *out;
	enum error error;
};

static void
put(struct writer *writer, const char *bytes, size_t length)
{
	if (writer->error == ERR_NONE)
		writer->error = buffer_append(writer->out, bytes, length);
}

#define PUT(writer, literal) put((writer), "" literal, sizeof(literal) - 1)

static void
put_span(struct writer *writer, struct span span)
{
	put(writer, span.bytes, span.length);
}

/* A token, or null where it is absent. */
static void
put_token(struct writer *writer, struct span token)
{
	if (token.bytes == NULL)
		PUT(writer, "null");
	else
		put_span(writer, token);
}

static void
put_string(struct writer *writer, struct span text)
{
	if (writer->error != ERR_NONE)
		return;
	writer->error = text.length > RECORD_ENDPOINT_MAX ? ERR_INPUT :
	    json_string_append(writer->out, text);
}

static void
put_number(struct writer *writer, size_t number)
{
	char text[DECIMAL_SIZE];

	put(writer, text, decimal_write(number, text));
}

/* Makes a blank of each CR and LF from `start` on. */
static void
blank_newlines(struct writer *writer, size_t start)
{
	struct buffer *out = writer->out;
	size_t i;

	for (i = start; i < out->length; i++)
		if (out->bytes[i] == '\n' || out->bytes[i] == '\r')
			out->bytes[i] = ' ';
}

static bool
has_newline(struct span span)
{
	return memchr(span.bytes, '\n', span.length) != NULL ||
	    memchr(span.bytes, '\r', span.length) != NULL;
}

/* ---- a notification ---- */

static enum error
encode_notification(struct record_batch *batch,
    const struct record_source *source, const struct notification *n,
    const char *id)
{
	struct writer writer = { &batch->text, ERR_NONE };
	struct record_tail *tail = &batch->tails[batch->count];
	size_t start;

	tail->offset = batch->text.length;
	PUT(&writer, "\"id\":\"");
	put(&writer, id, RECORD_ID_LENGTH);
	PUT(&writer, "\",\"signature\":");
	put_string(&writer, source->signature);
	PUT(&writer, ",\"endpoint\":");
	put_string(&writer, source->endpoint);
	PUT(&writer, ",\"object\":");
	put_token(&writer, notification_object(n));
	if (notification_has_newline(n))
		PUT(&writer, ",\"reformatted\":true");
	PUT(&writer, ",\"payload\":");
	start = batch->text.length;
	put_span(&writer, source->body);
	if (notification_has_newline(n))
		blank_newlines(&writer, start);
	PUT(&writer, "}\n");
	if (writer.error != ERR_NONE)
		return writer.error;
	tail->length = batch->text.length - tail->offset;
	memcpy(tail->id, id, sizeof tail->id);
	return ERR_NONE;
}

/* ---- updates ---- */

static struct span
array_span(enum update_array array)
{
	struct span span = { update_array_name(array), 0 };

	span.length = strlen(span.bytes);
	return span;
}

/* Finds the slot of a first id, or the free one where it belongs. */
static struct seen *
find_seen(const struct record_work *work, const uint8_t first[RECORD_HASH_SIZE])
{
	size_t at;

	memcpy(&at, first, sizeof at);
	for (at &= work->slots - 1; work->seen[at].count > 0;
	    at = (at + 1) & (work->slots - 1))
		if (memcmp(work->seen[at].first, first, RECORD_HASH_SIZE) == 0)
			break;
	return &work->seen[at];
}

/* The id of an update, given those of the same body before it. */
static void
update_id(struct record_work *work, const struct update_key *key,
    record_hash *hash, char out[RECORD_ID_LENGTH + 1])
{
	uint8_t id[RECORD_HASH_SIZE];
	struct seen *seen;

	update_key_first(key, hash, id);
	seen = find_seen(work, id);
	memcpy(seen->first, id, sizeof id);
	if (seen->count > 0)
		update_key_next(seen->first, seen->count, hash, id);
	seen->count++;
	record_id_write(id, out);
}

/* An empty table for `count` ids. */
static enum error
prepare_seen(struct record_work *work, size_t count)
{
	struct seen *seen;

	for (work->slots = 2; work->slots < 2 * count;)
		work->slots *= 2;
	if (work->slots > work->room) {
		seen = realloc(work->seen, work->slots * sizeof *seen);
		if (seen == NULL)
			return ERR_BUSY;
		work->seen = seen;
		work->room = work->slots;
	}
	memset(work->seen, 0, work->slots * sizeof *seen);
	return ERR_NONE;
}

/* What all lines of a body have in common, made once. */
static enum error
prepare_common(struct record_work *work, const struct record_source *source,
    const struct notification *n, const char *delivery_id)
{
	struct writer writer = { &work->common, ERR_NONE };

	work->common.length = 0;
	PUT(&writer, "\",\"delivery_id\":\"");
	put(&writer, delivery_id, RECORD_ID_LENGTH);
	PUT(&writer, "\",\"update_index\":");
	work->delivery_end = work->common.length;
	PUT(&writer, ",\"update_count\":");
	put_number(&writer, notification_update_count(n));
	PUT(&writer, ",\"endpoint\":");
	put_string(&writer, source->endpoint);
	PUT(&writer, ",\"object\":");
	put_token(&writer, notification_object(n));
	PUT(&writer, ",\"entry_id\":\"");
	return writer.error;
}

/* The entry's other members; true where a line break is among them. */
static bool
put_entry(struct writer *writer, const struct update *update)
{
	bool newline = false;
	size_t i;

	for (i = 0; i < update->member_count; i++) {
		if (i == 0)
			PUT(writer, ",\"entry\":{");
		else
			PUT(writer, ",");
		put_span(writer, update->members[i]);
		newline |= has_newline(update->members[i]);
	}
	if (i > 0)
		PUT(writer, "}");
	return newline;
}

/* Everything but the id's digits, for which room is left. */
static void
put_update(struct writer *writer, const struct record_work *work,
    const struct update *update, size_t index)
{
	static const char no_id[RECORD_ID_LENGTH];
	const struct buffer *common = &work->common;
	bool newline;
	size_t start;

	PUT(writer, "\"id\":\"");
	put(writer, no_id, RECORD_ID_LENGTH);
	put(writer, common->bytes, work->delivery_end);
	put_number(writer, index);
	put(writer, common->bytes + work->delivery_end,
	    common->length - work->delivery_end);
	put_span(writer, update->entry_id);
	PUT(writer, "\",\"entry_time\":");
	put_token(writer, update->entry_time);
	PUT(writer, ",\"array\":\"");
	put_span(writer, array_span(update->array));
	PUT(writer, "\",\"field\":");
	put_token(writer, update->field);
	start = writer->out->length;
	newline = put_entry(writer, update);
	newline |= has_newline(update->bytes);
	if (newline)
		PUT(writer, ",\"reformatted\":true");
	PUT(writer, ",\"update\":");
	put_span(writer, update->bytes);
	if (newline)
		blank_newlines(writer, start);
	PUT(writer, "}\n");
}

static enum error
encode_update(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, size_t index, record_hash *hash)
{
	struct writer writer = { &batch->text, ERR_NONE };
	struct record_tail *tail = &batch->tails[batch->count + index];
	struct update update;
	struct update_key key;

	notification_update(n, index, &update);
	tail->offset = batch->text.length;
	put_update(&writer, batch->work, &update, index);
	if (writer.error != ERR_NONE)
		return writer.error;
	tail->length = batch->text.length - tail->offset;

	key.endpoint = source->endpoint;
	key.object = notification_object(n);
	key.entry_id = update.entry_id;
	key.entry_time = update.entry_time;
	key.array = update.array;
	key.bytes.length = update.bytes.length;
	key.bytes.bytes = batch->text.bytes + batch->text.length -
	    update.bytes.length - strlen("}\n");
	update_id(batch->work, &key, hash, tail->id);
	memcpy(batch->text.bytes + tail->offset + ID_OFFSET, tail->id,
	    RECORD_ID_LENGTH);
	return ERR_NONE;
}

static enum error
encode_updates(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, const char *delivery_id, record_hash *hash)
{
	size_t count = notification_update_count(n), i;
	enum error error;

	if (batch->work == NULL)
		batch->work = calloc(1, sizeof *batch->work);
	if (batch->work == NULL)
		return ERR_BUSY;
	error = prepare_seen(batch->work, count);
	if (error == ERR_NONE)
		error = prepare_common(batch->work, source, n, delivery_id);
	for (i = 0; i < count && error == ERR_NONE; i++)
		error = encode_update(batch, source, n, i, hash);
	return error;
}

/* ---- batches ---- */

/* Makes room for `more` tails. */
static enum error
prepare_tails(struct record_batch *batch, size_t more)
{
	struct record_tail *tails;
	size_t count = batch->count + more;

	if (count <= batch->room)
		return ERR_NONE;
	tails = realloc(batch->tails, count * sizeof *tails);
	if (tails == NULL)
		return ERR_BUSY;
	batch->tails = tails;
	batch->room = count;
	return ERR_NONE;
}

enum error
record_encode(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, record_hash *hash)
{
	size_t updates = notification_update_count(n);
	size_t more = updates > 0 ? updates : 1, before = batch->text.length;
	uint8_t digest[RECORD_HASH_SIZE];
	char id[RECORD_ID_LENGTH + 1];
	enum error error = prepare_tails(batch, more);

	if (error != ERR_NONE)
		return error;
	hash(&source->body, 1, digest);
	record_id_write(digest, id);
	error = updates > 0 ? encode_updates(batch, source, n, id, hash) :
	    encode_notification(batch, source, n, id);
	if (error == ERR_NONE)
		batch->count += more;
	else
		batch->text.length = before;
	return error;
}

void
record_batch_clear(struct record_batch *batch)
{
	batch->count = 0;
	buffer_reset(&batch->text, KEEP);
}

void
record_batch_free(struct record_batch *batch)
{
	if (batch->work != NULL) {
		buffer_free(&batch->work->common);
		free(batch->work->seen);
	}
	free(batch->work);
	free(batch->tails);
	buffer_free(&batch->text);
	memset(batch, 0, sizeof *batch);
}
