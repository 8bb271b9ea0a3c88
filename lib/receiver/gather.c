#include "receiver/internal.h"

#include "journal/stamp.h"

#include <string.h>

#define RECORDS_MANY 64		/* if there are more, store at once */

static struct journal_record *
records_of(const struct gather *gather)
{
	return (struct journal_record *)(void *)gather->records.bytes;
}

/* The index among the first `count` records of the one with this key; `count`
 * if there is none. */
static size_t
find_key(const struct journal_record *records, size_t count,
    const uint8_t key[JOURNAL_KEY_SIZE])
{
	size_t i = 0;

	while (i < count && memcmp(records[i].key, key, JOURNAL_KEY_SIZE) != 0)
		i++;
	return i;
}

/* A record without its tail, since the tail's memory may move. */
static struct journal_record
record_of(const struct record_tail *tail, const struct record_source *source)
{
	const struct span key = { tail->key, RECORD_ID_LENGTH };
	const struct span id = { tail->id, RECORD_ID_LENGTH };
	const struct span origin = tail->by_origin ? source->relayed :
	    (struct span){ NULL, 0 };
	struct journal_record record = {
		.repeat = key_repeat(tail->repeat),
		.two_keys = memcmp(tail->key, tail->id, RECORD_ID_LENGTH) != 0,
	};

	key_make(source->endpoint, key, origin, record.key);
	if (record.two_keys)
		key_make(source->endpoint, id, origin, record.older_key);
	return record;
}

static void
note_merged(struct gather *gather, size_t record)
{
	const struct merged merged = { gather->count, record };

	memcpy(gather->merged.bytes + gather->merged.length, &merged,
	    sizeof merged);
	gather->merged.length += sizeof merged;
}

/*
 * Makes the records of the tails from `first` on, which come from one body and
 * all differ. A tail that repeats one from another delivery is dropped, unless
 * repeats are kept: it shares the other one's result.
 */
static void
make_records(struct gather *gather, size_t first,
    const struct record_source *source, bool keep_repeats)
{
	struct record_batch *batch = &gather->batch;
	struct journal_record *records = records_of(gather);
	size_t i, same, count = first;

	for (i = first; i < batch->count; i++) {
		records[count] = record_of(&batch->tails[i], source);
		same = keep_repeats || records[count].repeat == JOURNAL_NEVER ?
		    first : find_key(records, first, records[count].key);
		if (same == first)
			batch->tails[count++] = batch->tails[i];
		else
			note_merged(gather, same);
	}
	batch->count = count;
}

/* Whether one file has room for the batch and for the journal's stamps. */
static bool
fits_one_file(const struct record_batch *batch, uint64_t rotate_size)
{
	return rotate_size == 0 || batch->text.length +
	    batch->count * STAMP_MAX <= rotate_size;
}

/* Makes the records; `first` others are there already. */
static enum gathered
encode(struct gather *gather, struct delivery *delivery, size_t first)
{
	const struct config *config = delivery->setup->config;
	const struct buffer *body = &delivery->body->bytes;
	const char *name = delivery->endpoint->name;
	const char *signature = delivery->signature;
	const struct record_source source = {
		.endpoint = { name, strlen(name) },
		.signature = { *signature != '\0' ? signature : NULL,
		    strlen(signature) },
		.relayed = delivery->relayed,
		.body = { body->bytes, body->length } };
	struct record_batch *batch = &gather->batch;

	delivery->error = record_encode(batch, &source,
	    delivery->body->notification);
	gather->records.length = first * sizeof(struct journal_record);
	if (delivery->error == ERR_NONE)
		delivery->error = buffer_reserve(&gather->records,
		    (batch->count - first) * sizeof(struct journal_record));
	if (delivery->error == ERR_NONE)
		delivery->error = buffer_reserve(&gather->merged,
		    (batch->count - first) * sizeof(struct merged));
	if (delivery->error != ERR_NONE)
		return GATHER_FAILED;
	make_records(gather, first, &source, config->journal.window == 0);
	return first == 0 || fits_one_file(batch, config->journal.rotate_size) ?
	    GATHER_KEPT : GATHER_NO_ROOM;
}

enum gathered
gather_add(struct gather *gather, struct delivery *delivery)
{
	struct record_batch *batch = &gather->batch;
	size_t first = batch->count, text = batch->text.length;
	size_t merged = gather->merged.length;
	enum gathered result = encode(gather, delivery, first);

	if (result != GATHER_KEPT) {
		batch->count = first;
		batch->text.length = text;
		gather->merged.length = merged;
		return result;
	}
	delivery->first_record = first;
	delivery->end_record = batch->count;
	gather->kept[gather->count++] = *delivery;
	return GATHER_KEPT;
}

bool
gather_is_full(const struct gather *gather)
{
	return gather->count == EXCHANGES_MAX ||
	    gather->batch.count > RECORDS_MANY;
}

struct journal_record *
gather_records(struct gather *gather, size_t *count)
{
	const struct record_batch *batch = &gather->batch;
	struct journal_record *records = records_of(gather);
	size_t i;

	for (i = 0; i < batch->count; i++) {
		const struct record_tail *tail = &batch->tails[i];

		records[i].tail = (struct span){ batch->text.bytes +
		    tail->offset, tail->length };
		records[i].duplicate = false;
	}
	*count = batch->count;
	return records;
}

/* A delivery without records of its own repeats another delivery. */
void
gather_mark_repeats(struct gather *gather)
{
	const struct journal_record *records = records_of(gather);
	size_t i, record;

	for (i = 0; i < gather->count; i++) {
		struct delivery *delivery = &gather->kept[i];

		delivery->repeat = true;
		for (record = delivery->first_record;
		    record < delivery->end_record; record++)
			delivery->repeat &= records[record].duplicate;
	}
}

/* The delivery that a record belongs to. */
static const struct delivery *
owner_of(const struct gather *gather, size_t record)
{
	const struct delivery *delivery = gather->kept;

	while (record >= delivery->end_record)
		delivery++;
	return delivery;
}

bool
gather_next_repeat(const struct gather *gather, size_t *at,
    const struct delivery **delivery, uint64_t *seq)
{
	const struct journal_record *records = records_of(gather);
	size_t count = gather->batch.count;
	struct merged merged;

	while (*at < count && !records[*at].duplicate)
		++*at;
	if (*at < count) {
		*delivery = owner_of(gather, *at);
		*seq = records[(*at)++].seq;
		return true;
	}
	if (*at - count == gather->merged.length / sizeof merged)
		return false;
	memcpy(&merged, gather->merged.bytes + (*at - count) * sizeof merged,
	    sizeof merged);
	++*at;
	*delivery = &gather->kept[merged.delivery];
	*seq = records[merged.record].seq;
	return true;
}

uint64_t
gather_seq(const struct gather *gather, size_t index)
{
	const struct journal_record *records = records_of(gather);
	const struct delivery *delivery = &gather->kept[index];
	uint64_t seq = 0;
	struct merged merged;
	size_t i;

	for (i = delivery->first_record; i < delivery->end_record; i++)
		if (records[i].seq > seq)
			seq = records[i].seq;
	for (i = 0; i < gather->merged.length; i += sizeof merged) {
		memcpy(&merged, gather->merged.bytes + i, sizeof merged);
		if (merged.delivery == index &&
		    records[merged.record].seq > seq)
			seq = records[merged.record].seq;
	}
	return seq;
}

void
gather_clear(struct gather *gather)
{
	gather->count = 0;
	record_batch_clear(&gather->batch);
	buffer_reset(&gather->records, BODY_KEEP);
	buffer_reset(&gather->merged, BODY_KEEP);
}

void
gather_free(struct gather *gather)
{
	record_batch_free(&gather->batch);
	buffer_free(&gather->records);
	buffer_free(&gather->merged);
}
