#include "payload/record.h"

#include "base/digits.h"
#include "payload/record_writer.h"

#include <stdlib.h>
#include <string.h>

#define KEEP ((size_t)1 << 20)	/* bytes of text kept between requests */
#define ID_OFFSET 6		/* of its digits, after "id":" */

/* How many updates of this body have the key whose first id is this one. */
struct seen {
	uint8_t first[DIGEST_SHA256_SIZE];
	size_t count;		/* 0: a free slot */
};

struct record_work {
	struct buffer common;	/* the bytes that all lines of a body share, */
	size_t delivery_end;	/* up to update_index; the others follow it */
	struct buffer pieces;	/* for repeat_body_key() */
	struct seen *seen;	/* hash table, at most half full */
	size_t slots;		/* of it, in use for this body: a power of 2 */
	size_t room;		/* slots that fit into its memory */
};

/* The marks before payload or update. */
static void
put_marks(struct writer *writer, const struct record_source *source,
    const struct record_tail *tail, bool repeat_key, bool newline)
{
	if (repeat_key) {
		PUT(writer, ",\"repeat_key\":\"");
		put(writer, tail->key, RECORD_ID_LENGTH);
		PUT(writer, "\"");
	}
	if (tail->repeat != REPEAT_IN_WINDOW)
		PUT(writer, ",\"distinct\":false");
	if (source->relayed.bytes != NULL) {
		PUT(writer, ",\"relayed\":");
		put_string(writer, source->relayed);
	}
	if (newline)
		PUT(writer, ",\"reformatted\":true");
}

/* If a record from a relay is not distinct, its origin is part of its key. */
static void
note_origin(const struct record_source *source, struct record_tail *tail)
{
	tail->by_origin = source->relayed.bytes != NULL &&
	    tail->repeat != REPEAT_IN_WINDOW;
	if (tail->by_origin)
		tail->repeat = REPEAT_IN_WINDOW;
}

/* ---- a notification ---- */

/* Makes its repeat_key. */
static enum error
make_key(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, struct record_tail *tail)
{
	struct buffer *pieces = &batch->work->pieces;
	uint8_t digest[DIGEST_SHA256_SIZE];
	struct span *parts;
	enum error error = buffer_reserve(pieces,
	    (NOTIFICATION_UPDATES_MAX + 3) * sizeof *parts);

	if (error != ERR_NONE)
		return error;
	parts = (struct span *)(void *)pieces->bytes;
	repeat_body_key(source->endpoint, parts,
	    notification_pieces(n, parts + 2), digest);
	hex_write(digest, sizeof digest, tail->key);
	return ERR_NONE;
}

static enum error
encode_notification(struct record_batch *batch,
    const struct record_source *source, const struct notification *n,
    const char *id)
{
	struct writer writer = { &batch->text, ERR_NONE };
	struct record_tail *tail = &batch->tails[batch->count];
	bool repeat_key = repeat_sum_has_key(notification_sum(n));
	bool newline = notification_has_newline(n);
	size_t start;

	tail->offset = batch->text.length;
	memcpy(tail->id, id, sizeof tail->id);
	memcpy(tail->key, id, sizeof tail->key);
	tail->repeat = repeat_of_body(notification_sum(n), source->body);
	if (repeat_key)
		writer.error = make_key(batch, source, n, tail);
	PUT(&writer, "\"id\":\"");
	put(&writer, id, RECORD_ID_LENGTH);
	PUT(&writer, "\",\"signature\":");
	put_string(&writer, source->signature);
	PUT(&writer, ",\"endpoint\":");
	put_string(&writer, source->endpoint);
	PUT(&writer, ",\"object\":");
	put_token(&writer, notification_object(n));
	put_marks(&writer, source, tail, repeat_key, newline);
	PUT(&writer, ",\"payload\":");
	start = batch->text.length;
	put_span(&writer, source->body);
	if (newline)
		blank_newlines(&writer, start);
	PUT(&writer, "}\n");
	if (writer.error != ERR_NONE)
		return writer.error;
	tail->length = batch->text.length - tail->offset;
	note_origin(source, tail);
	return ERR_NONE;
}

/* ---- updates ---- */

/* Finds the slot of a first id, or the free one where it belongs. */
static struct seen *
find_seen(const struct record_work *work, const uint8_t *first)
{
	size_t at;

	memcpy(&at, first, sizeof at);
	for (at &= work->slots - 1; work->seen[at].count > 0;
	    at = (at + 1) & (work->slots - 1))
		if (memcmp(work->seen[at].first, first,
		    DIGEST_SHA256_SIZE) == 0)
			break;
	return &work->seen[at];
}

/* The id of an update, given those of the same body before it. */
static void
update_id(struct record_work *work, const struct repeat_key *key, bool own_id,
    char out[RECORD_ID_LENGTH + 1])
{
	uint8_t id[DIGEST_SHA256_SIZE];
	struct seen *seen;

	repeat_key_first(key, own_id, id);
	seen = find_seen(work, id);
	memcpy(seen->first, id, sizeof id);
	if (seen->count > 0)
		repeat_key_next(seen->first, seen->count, id);
	seen->count++;
	hex_write(id, sizeof id, out);
}

/* Makes an empty table for `count` ids. */
static enum error
prepare_seen(struct record_work *work, size_t count)
{
	struct seen *seen;

	for (work->slots = 2; work->slots < 2 * count;)
		work->slots *= 2;
	if (work->slots > work->room) {
		seen = realloc(work->seen, work->slots * sizeof *seen);
		if (seen == NULL)
			return ERR_MEMORY;
		work->seen = seen;
		work->room = work->slots;
	}
	memset(work->seen, 0, work->slots * sizeof *seen);
	return ERR_NONE;
}

/* Writes what all lines of a body have in common, once. */
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
	return writer.error;
}

/* Writes an object of these members, if there are any, after `before`; true if
 * a line break is among them. */
static bool
put_members(struct writer *writer, const char *before,
    const struct members *members)
{
	bool newline = false;
	size_t i;

	for (i = 0; i < members->count; i++) {
		if (i == 0)
			put(writer, before, strlen(before));
		else
			PUT(writer, ",");
		put_span(writer, members->list[i]);
		newline |= has_newline(members->list[i]);
	}
	if (i > 0)
		PUT(writer, "}");
	return newline;
}

/* Writes a line from id, whose digits come later, to field and meta_id. */
static void
put_update_head(struct writer *writer, const struct record_work *work,
    const struct update *update, size_t index, struct span meta_id)
{
	static const char no_id[RECORD_ID_LENGTH];
	const struct buffer *common = &work->common;
	const char *array = update_array_name(update->array);

	PUT(writer, "\"id\":\"");
	put(writer, no_id, RECORD_ID_LENGTH);
	put(writer, common->bytes, work->delivery_end);
	put_number(writer, index);
	put(writer, common->bytes + work->delivery_end,
	    common->length - work->delivery_end);
	put_token(writer, update->object);
	PUT(writer, ",\"entry_id\":\"");
	put_span(writer, update->entry_id);
	PUT(writer, "\",\"entry_time\":");
	put_token(writer, update->entry_time);
	PUT(writer, ",\"array\":\"");
	put(writer, array, strlen(array));
	PUT(writer, "\",\"field\":");
	put_token(writer, update->field);
	if (meta_id.bytes != NULL) {
		PUT(writer, ",\"meta_id\":");
		put_string(writer, meta_id);
	}
}

/* Where the line being written has the parts of its key. */
struct spots {
	size_t value, value_length;	/* 0: there is none */
	size_t update;
};

/* Writes a line from envelope to the end. */
static void
put_update_rest(struct writer *writer, const struct record_source *source,
    const struct record_tail *tail, const struct update *update,
    struct spots *spots)
{
	static const char value[] = ",\"value\":{";
	const struct buffer *out = writer->out;
	size_t start = out->length;
	bool newline;

	newline = put_members(writer, ",\"envelope\":{", &update->envelope);
	newline |= put_members(writer, ",\"entry\":{", &update->entry);
	spots->value = out->length + sizeof value - 2;
	newline |= put_members(writer, value, &update->value);
	spots->value_length = out->length < spots->value ? 0 :
	    out->length - spots->value;
	newline |= has_newline(update->bytes);
	put_marks(writer, source, tail, false, newline);
	PUT(writer, ",\"update\":");
	spots->update = out->length;
	put_span(writer, update->bytes);
	if (newline)
		blank_newlines(writer, start);
	PUT(writer, "}\n");
}

static struct span
bytes_at(const struct buffer *text, size_t offset, size_t length)
{
	struct span span = { length > 0 ? text->bytes + offset : NULL, length };

	return span;
}

static enum error
encode_update(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, size_t index)
{
	struct writer writer = { &batch->text, ERR_NONE };
	struct record_tail *tail = &batch->tails[batch->count + index];
	struct repeat_look look;
	struct repeat_key key;
	struct update update;
	struct spots spots;

	notification_update(n, index, &update);
	repeat_look_at(&update, &look);
	tail->offset = batch->text.length;
	tail->repeat = look.repeat;
	put_update_head(&writer, batch->work, &update, index, look.meta_id);
	put_update_rest(&writer, source, tail, &update, &spots);
	if (writer.error != ERR_NONE)
		return writer.error;
	tail->length = batch->text.length - tail->offset;

	key.endpoint = source->endpoint;
	key.object = update.object;
	key.entry_id = update.entry_id;
	key.array = update.array;
	key.time = repeat_time(look.own_id, update.entry_time);
	key.field = update.field;
	key.bytes = bytes_at(&batch->text, spots.update, update.bytes.length);
	key.value = bytes_at(&batch->text, spots.value, spots.value_length);
	update_id(batch->work, &key, look.own_id, tail->id);
	memcpy(tail->key, tail->id, sizeof tail->key);
	memcpy(batch->text.bytes + tail->offset + ID_OFFSET, tail->id,
	    RECORD_ID_LENGTH);
	note_origin(source, tail);
	return ERR_NONE;
}

static enum error
encode_updates(struct record_batch *batch, const struct record_source *source,
    const struct notification *n, const char *delivery_id)
{
	size_t count = notification_update_count(n), i;
	enum error error = prepare_seen(batch->work, count);

	if (error == ERR_NONE)
		error = prepare_common(batch->work, source, n, delivery_id);
	for (i = 0; i < count && error == ERR_NONE; i++)
		error = encode_update(batch, source, n, i);
	return error;
}

/* ---- batches ---- */

/* Makes room for `more` tails. */
static enum error
prepare(struct record_batch *batch, size_t more)
{
	struct record_tail *tails;
	size_t count = batch->count + more;

	if (batch->work == NULL)
		batch->work = calloc(1, sizeof *batch->work);
	if (batch->work == NULL)
		return ERR_MEMORY;
	if (count <= batch->room)
		return ERR_NONE;
	tails = realloc(batch->tails, count * sizeof *tails);
	if (tails == NULL)
		return ERR_MEMORY;
	batch->tails = tails;
	batch->room = count;
	return ERR_NONE;
}

enum error
record_encode(struct record_batch *batch, const struct record_source *source,
    const struct notification *n)
{
	size_t updates = notification_update_count(n);
	size_t more = updates > 0 ? updates : 1, before = batch->text.length;
	uint8_t digest[DIGEST_SHA256_SIZE];
	char id[RECORD_ID_LENGTH + 1];
	enum error error = prepare(batch, more);

	if (error != ERR_NONE)
		return error;
	digest_sha256(&source->body, 1, digest);
	hex_write(digest, sizeof digest, id);
	error = updates > 0 ? encode_updates(batch, source, n, id) :
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
		buffer_free(&batch->work->pieces);
		free(batch->work->seen);
	}
	free(batch->work);
	free(batch->tails);
	buffer_free(&batch->text);
	memset(batch, 0, sizeof *batch);
}
