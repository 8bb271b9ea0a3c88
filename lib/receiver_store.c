#include "receiver_internal.h"

#include "auth/digest.h"

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
	char text[RECORD_ENDPOINT_MAX];
	struct span endpoint, id;

	if (!record_identity(line, length, text, &endpoint, &id))
		return false;
	make_key(endpoint, id, key);
	return true;
}

bool
receiver_open_journal(struct receiver *receiver)
{
	const struct journal_options options =
	    receiver_journal_options(receiver);

	if (receiver->journal == NULL &&
	    journal_open(&options, &receiver->journal) == ERR_NONE)
		receiver_confine(receiver);
	return receiver->journal != NULL;
}

/* The journal's entries for what the batch holds. */
static enum error
make_entries(struct receiver *receiver, struct span endpoint)
{
	const struct record_batch *batch = &receiver->batch;
	struct journal_entry *entries;
	enum error error;
	size_t i;

	buffer_reset(&receiver->entries, BODY_KEEP);
	error = buffer_reserve(&receiver->entries,
	    batch->count * sizeof *entries);
	if (error != ERR_NONE)
		return error;
	entries = (struct journal_entry *)(void *)receiver->entries.bytes;
	for (i = 0; i < batch->count; i++) {
		const struct record_tail *tail = &batch->tails[i];

		make_key(endpoint, (struct span){ tail->id, RECORD_ID_LENGTH },
		    entries[i].key);
		entries[i].tail = (struct span){ batch->text.bytes +
		    tail->offset, tail->length };
		entries[i].duplicate = false;
	}
	return ERR_NONE;
}

enum error
receiver_store(struct receiver *receiver, const struct record_source *source)
{
	struct journal_entry *entries;
	enum error error;

	error = record_encode(&receiver->batch, source,
	    receiver->notification, receiver->config->lines == LINES_UPDATE,
	    digest_sha256);
	if (error == ERR_NONE)
		error = make_entries(receiver, source->endpoint);
	if (error != ERR_NONE)
		return error;
	if (!receiver_open_journal(receiver))
		return ERR_IO;
	entries = (struct journal_entry *)(void *)receiver->entries.bytes;
	return journal_append(receiver->journal, entries,
	    receiver->batch.count);
}
