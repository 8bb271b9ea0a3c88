#include "receiver/internal.h"

#include "base/digest.h"
#include "journal/stamp.h"

#include <string.h>

#define RECORDS_MANY 64		/* from here on they are stored at once */

static struct journal_record *
records_of(const struct gather *gather)
{
	return (struct journal_record *)(void *)gather->records.bytes;
}

/* Whether one of the first `count` records has this key. */
static bool
has_key(const struct journal_record *records, size_t count,
    const uint8_t key[JOURNAL_KEY_SIZE])
{
	size_t i;

	for (i = 0; i < count; i++)
		if (memcmp(records[i].key, key, JOURNAL_KEY_SIZE) == 0)
			return true;
	return false;
}

/*
 * Makes the keys of the tails from `first` on, which are one body's and differ.
 * Where a repeat of what another delivery has just brought is not to be kept,
 * its tail is dropped: it shares the first one's result.
 */
static void
make_keys(struct gather *gather, size_t first, struct span endpoint,
    bool keep_repeats)
{
	struct record_batch *batch = &gather->batch;
	struct journal_record *records = records_of(gather);
	size_t i, count = first;

	for (i = first; i < batch->count; i++) {
		const struct record_tail *tail = &batch->tails[i];

		records[count] = (struct journal_record){
		    .repeat = JOURNAL_IN_WINDOW };
		setup_key(endpoint, (struct span){ tail->key,
		    RECORD_ID_LENGTH }, records[count].key);
		if (keep_repeats ||
		    !has_key(records, first, records[count].key))
			batch->tails[count++] = *tail;
	}
	batch->count = count;
}

/* Whether one file has room for the batch, by what the journal adds to it. */
static bool
fits_one_file(const struct record_batch *batch, uint64_t rotate_size)
{
	return rotate_size == 0 || batch->text.length +
	    batch->count * STAMP_MAX <= rotate_size;
}

/* Makes the records; what was there before is the first `first`. */
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
		.body = { body->bytes, body->length } };
	struct record_batch *batch = &gather->batch;

	delivery->error = record_encode(batch, &source,
	    delivery->body->notification);
	gather->records.length = first * sizeof(struct journal_record);
	if (delivery->error == ERR_NONE)
		delivery->error = buffer_reserve(&gather->records,
		    (batch->count - first) * sizeof(struct journal_record));
	if (delivery->error != ERR_NONE)
		return GATHER_FAILED;
	make_keys(gather, first, source.endpoint, config->journal.window == 0);
	return first == 0 || fits_one_file(batch, config->journal.rotate_size) ?
	    GATHER_KEPT : GATHER_NO_ROOM;
}

enum gathered
gather_add(struct gather *gather, struct delivery *delivery)
{
	struct record_batch *batch = &gather->batch;
	size_t first = batch->count, text = batch->text.length;
	enum gathered result = encode(gather, delivery, first);

	if (result != GATHER_KEPT) {
		batch->count = first;
		batch->text.length = text;
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

/* Those that have no record of their own repeat one of another delivery. */
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

void
gather_clear(struct gather *gather)
{
	gather->count = 0;
	record_batch_clear(&gather->batch);
	buffer_reset(&gather->records, BODY_KEEP);
}

void
gather_free(struct gather *gather)
{
	record_batch_free(&gather->batch);
	buffer_free(&gather->records);
}
