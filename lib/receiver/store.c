#include "receiver/internal.h"

#include "base/digest.h"
#include "journal/stamp.h"

#include <string.h>

/* What duplicates are found by: endpoint and id. */
static void
make_key(struct span endpoint, struct span id, uint8_t key[JOURNAL_KEY_SIZE])
{
	const struct span parts[] = { endpoint, { "", 1 }, id };
	uint8_t digest[DIGEST_SHA256_SIZE];

	digest_sha256(parts, 3, digest);
	memcpy(key, digest, JOURNAL_KEY_SIZE);
}

bool
receiver_key_of(const char *line, size_t length, uint8_t key[JOURNAL_KEY_SIZE])
{
	struct record_identity identity;

	if (!record_identify(line, length, &identity))
		return false;
	make_key(identity.endpoint, identity.key, key);
	return true;
}

static struct journal_record *
entries_of(const struct receiver *receiver)
{
	return (struct journal_record *)(void *)receiver->entries.bytes;
}

/* Whether one of the first `count` entries has this key. */
static bool
has_key(const struct journal_record *entries, size_t count,
    const uint8_t key[JOURNAL_KEY_SIZE])
{
	size_t i;

	for (i = 0; i < count; i++)
		if (memcmp(entries[i].key, key, JOURNAL_KEY_SIZE) == 0)
			return true;
	return false;
}

/*
 * Makes the keys of the tails from `first` on, which are one body's and differ.
 * Who repeats what another request has just brought is answered with it.
 */
static void
make_entries(struct receiver *receiver, size_t first, struct span endpoint)
{
	struct record_batch *batch = &receiver->batch;
	struct journal_record *entries = entries_of(receiver);
	size_t i, count = first;

	for (i = first; i < batch->count; i++) {
		const struct record_tail *tail = &batch->tails[i];

		make_key(endpoint, (struct span){ tail->key, RECORD_ID_LENGTH },
		    entries[count].key);
		if (receiver->config->journal.window == 0 ||
		    !has_key(entries, first, entries[count].key))
			batch->tails[count++] = *tail;
	}
	batch->count = count;
}

/* Whether the batch is for one file, by what the journal takes a line to be. */
static bool
fits_one_file(const struct receiver *receiver)
{
	const struct record_batch *batch = &receiver->batch;
	uint64_t rotate_size = receiver->config->journal.rotate_size;

	return rotate_size == 0 || batch->text.length +
	    batch->count * STAMP_MAX <= rotate_size;
}

enum error
receiver_encode(struct receiver *receiver, const struct record_source *source)
{
	struct record_batch *batch = &receiver->batch;
	size_t first = batch->count, text = batch->text.length;
	enum error error;

	error = record_encode(batch, source, receiver->notification);
	if (error != ERR_NONE)
		return error;
	receiver->entries.length = first * sizeof(struct journal_record);
	error = buffer_reserve(&receiver->entries,
	    (batch->count - first) * sizeof(struct journal_record));
	if (error == ERR_NONE)
		make_entries(receiver, first, source->endpoint);
	if (error == ERR_NONE && first > 0 && !fits_one_file(receiver))
		error = ERR_FULL;
	if (error != ERR_NONE) {
		batch->count = first;
		batch->text.length = text;
	}
	return error;
}

static enum error
append_entries(struct receiver *receiver)
{
	const struct record_batch *batch = &receiver->batch;
	struct journal_record *entries = entries_of(receiver);
	enum error error = receiver_open_journal(receiver);
	size_t i;

	if (error != ERR_NONE)
		return error;
	for (i = 0; i < batch->count; i++) {
		const struct record_tail *tail = &batch->tails[i];

		entries[i].tail = (struct span){ batch->text.bytes +
		    tail->offset, tail->length };
		entries[i].duplicate = false;
	}
	error = journal_append(receiver->journal, entries, batch->count);
	if (error == ERR_STALE && !journal_moved(receiver->journal))
		receiver_outdated(receiver);
	return error;
}

/* Those that have no record of their own repeat one of the same batch. */
static void
mark_repeats(struct receiver *receiver, size_t count)
{
	const struct journal_record *entries = entries_of(receiver);
	size_t i, record;

	for (i = 0; i < count; i++) {
		struct delivery *delivery = &receiver->kept[i];

		delivery->repeat = true;
		for (record = delivery->first_record; record < delivery->end_record;
		    record++)
			delivery->repeat &= entries[record].duplicate;
	}
}

enum error
receiver_store(struct receiver *receiver, size_t count)
{
	enum error error = append_entries(receiver);

	if (error == ERR_NONE) {
		mark_repeats(receiver, count);
		counters_stored(receiver->counters);
	} else if (error != ERR_BUSY)
		counters_failed(receiver->counters);
	record_batch_clear(&receiver->batch);
	buffer_reset(&receiver->entries, BODY_KEEP);
	return error;
}
