#include "tails.h"

#include "fuzz.h"

#include "journal/stamp.h"

#include <stdlib.h>
#include <string.h>

#define SEQ 4711
#define TIME INT64_C(1795241000123456)

static struct record_batch batch;

/* Whether a line holds the sender's bytes, with blanks in place of line
 * breaks. */
static bool
same_but_breaks(struct span stored, struct span sent)
{
	size_t i;

	if (stored.length != sent.length)
		return false;
	for (i = 0; i < sent.length; i++)
		if (stored.bytes[i] != sent.bytes[i] &&
		    !(stored.bytes[i] == ' ' && (sent.bytes[i] == '\n' ||
		    sent.bytes[i] == '\r')))
			return false;
	return true;
}

/* Whether an object in a line has exactly these members. */
static bool
same_members(struct span object, const struct members *members)
{
	const char *p;
	size_t i;

	if (object.bytes == NULL)
		return members->count == 0;
	p = object.bytes + 1;
	for (i = 0; i < members->count; i++) {
		struct span member = { p, members->list[i].length };

		if (!fuzz_inside(member, object) ||
		    !same_but_breaks(member, members->list[i]))
			return false;
		p += member.length + 1;
	}
	return members->count > 0 && p == object.bytes + object.length;
}

static void
check_update(const struct record *record, size_t index,
    const struct notification *notification)
{
	struct update update;

	notification_update(notification, index, &update);
	MUST(record->update_index == index && record->update_count ==
	    batch.count);
	MUST(fuzz_same(record->object, update.object));
	MUST(record->array == update.array);
	MUST(fuzz_same(record->entry_id, update.entry_id));
	MUST(update.entry_time.bytes == NULL ? record->entry_time.bytes ==
	    NULL : record->entry_time.bytes == NULL ?
	    memcmp(update.entry_time.bytes, "null", 4) == 0 :
	    fuzz_same(record->entry_time, update.entry_time));
	MUST(fuzz_same(record->field, update.field));
	MUST(same_members(record->envelope, &update.envelope));
	MUST(same_members(record->entry, &update.entry));
	MUST(same_members(record->value, &update.value));
	MUST(same_but_breaks(record->update, update.bytes));
}

static void
check_record(const struct record *record, size_t index,
    const struct record_source *source,
    const struct notification *notification)
{
	MUST(record->seq == SEQ && record->received_at == TIME);
	MUST(fuzz_same(record->endpoint, source->endpoint));
	MUST(fuzz_same(record->relayed, source->relayed));
	if (record->update.bytes != NULL) {
		check_update(record, index, notification);
		return;
	}
	MUST(fuzz_same(record->object, notification_object(notification)));
	MUST(fuzz_same(record->signature, source->signature));
	MUST(same_but_breaks(record->payload, source->body));
	MUST(record->reformatted == notification_has_newline(notification));
}

static void
check_identity(const struct record_identity *identity,
    const struct record_tail *tail, const struct record_source *source)
{
	const struct span none = { NULL, 0 };

	MUST(fuzz_same(identity->endpoint, source->endpoint));
	MUST(fuzz_same(identity->id, (struct span){ tail->id,
	    RECORD_ID_LENGTH }));
	MUST(fuzz_same(identity->key, (struct span){ tail->key,
	    RECORD_ID_LENGTH }));
	MUST(identity->repeat == tail->repeat);
	MUST(fuzz_same(identity->origin, tail->by_origin ? source->relayed :
	    none));
}

static void
check_line(size_t index, const struct record_source *source,
    const struct notification *notification)
{
	const struct record_tail *tail = &batch.tails[index];
	char *line = malloc(STAMP_MAX + tail->length);
	size_t length = stamp_write(SEQ, TIME, line);
	struct record_identity identity;
	struct record record;
	enum record_check check;

	memcpy(line + length, batch.text.bytes + tail->offset, tail->length);
	length += tail->length;
	MUST(memchr(line, '\n', length) == line + length - 1);
	MUST(record_decode(line, length, &record) == ERR_NONE);
	check_record(&record, index, source, notification);
	check = record_verify(&record);
	MUST(check == RECORD_HOLDS || (check == RECORD_UNCHECKED &&
	    record.update.bytes == NULL && record.reformatted));
	record_identity_of(&record, &identity);
	check_identity(&identity, tail, source);
	MUST(record_identify(line, length - 1, &identity));
	check_identity(&identity, tail, source);
	free(line);
}

static int
compare(const void *left, const void *right)
{
	return memcmp(left, right, RECORD_ID_LENGTH);
}

/* All ids of the batch, sorted and one after the other; no two may be equal. */
static char *
sorted_ids(void)
{
	char *ids = malloc(batch.count * RECORD_ID_LENGTH);
	size_t i;

	for (i = 0; i < batch.count; i++)
		memcpy(ids + i * RECORD_ID_LENGTH, batch.tails[i].id,
		    RECORD_ID_LENGTH);
	qsort(ids, batch.count, RECORD_ID_LENGTH, compare);
	for (i = 1; i < batch.count; i++)
		MUST(compare(ids + (i - 1) * RECORD_ID_LENGTH,
		    ids + i * RECORD_ID_LENGTH) != 0);
	return ids;
}

void
tails_check(const struct record_source *source,
    const struct notification *notification)
{
	size_t count, i;
	char *ids, *again;

	record_batch_clear(&batch);
	MUST(record_encode(&batch, source, notification) == ERR_NONE);
	count = notification_update_count(notification);
	MUST(batch.count == (count > 0 ? count : 1));
	for (i = 0; i < batch.count; i++)
		check_line(i, source, notification);
	ids = sorted_ids();
	record_batch_clear(&batch);
	MUST(record_encode(&batch, source, notification) == ERR_NONE);
	again = sorted_ids();
	MUST(memcmp(ids, again, batch.count * RECORD_ID_LENGTH) == 0);
	free(ids);
	free(again);
}
