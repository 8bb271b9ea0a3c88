#include "torture.h"

#include "base/digest.h"
#include "base/digits.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BATCH_MAX 8

enum journal_repeat ledger_repeat;

/* Most records are small; one in 128 is longer than a page. */
static size_t
padding(uint32_t number)
{
	uint32_t mixed = number * 2654435761u;

	return mixed >> 25 == 5 ? 5000 + mixed % 15000 : mixed % 400;
}

static const char *const marks[] = { [JOURNAL_IN_WINDOW] = "",
	[JOURNAL_SOON] = "\"soon\":1,", [JOURNAL_NEVER] = "\"never\":1," };

/* The kind of repeat that the record's line notes. */
static enum journal_repeat
repeat_of(const char *line, size_t length)
{
	enum journal_repeat repeat;

	for (repeat = JOURNAL_NEVER; repeat > JOURNAL_IN_WINDOW; repeat--)
		if (memmem(line, length, marks[repeat],
		    strlen(marks[repeat])) != NULL)
			break;
	return repeat;
}

size_t
ledger_record(uint32_t number, char out[RECORD_SIZE],
    uint8_t key[JOURNAL_KEY_SIZE])
{
	uint8_t digest[DIGEST_SHA256_SIZE];
	char hex[2 * DIGEST_SHA256_SIZE + 1], payload[RECORD_SIZE - 512];
	struct span span = { payload, 0 };
	size_t pad = padding(number);
	int length;

	span.length = (size_t)snprintf(payload, sizeof payload,
	    "{\"object\":\"user\",\"n\":%u,\"pad\":\"", number);
	memset(payload + span.length, 'a' + (int)(number % 26), pad);
	memcpy(payload + span.length + pad, "\"}", 3);
	span.length += pad + 2;
	digest_sha256(&span, 1, digest);
	hex_write(digest, sizeof digest, hex);
	memcpy(key, digest, JOURNAL_KEY_SIZE);
	length = snprintf(out, RECORD_SIZE, "\"id\":\"%s\",\"signature\":"
	    "\"sha256=%s\",\"endpoint\":\"/torture\",\"object\":\"user\","
	    "%s\"payload\":%s}\n", hex, hex, marks[ledger_repeat], payload);
	return (size_t)length;
}

bool
ledger_key_of(const char *line, size_t length, struct journal_record *record)
{
	static const char mark[] = "\"id\":\"";
	const char *at = memmem(line, length, mark, sizeof mark - 1);

	if (at == NULL || (size_t)(line + length - at) < sizeof mark + 64)
		return false;
	record->repeat = repeat_of(line, length);
	return hex_read(at + sizeof mark - 1, JOURNAL_KEY_SIZE,
	    record->key);
}

void
ledger_complain(struct ledger *ledger, const char *text, long value)
{
	if (atomic_fetch_add(&ledger->complaints, 1) == 0)
		snprintf(ledger->complaint, sizeof ledger->complaint,
		    "%s (%ld)", text, value);
}

uint32_t
ledger_take(struct ledger *ledger, uint32_t count)
{
	uint32_t first = atomic_fetch_add(&ledger->next, count);

	if (first + count > LEDGER_MAX) {
		atomic_fetch_sub(&ledger->next, count);
		ledger->stop = true;
		return 0;
	}
	return first;
}

/* An append may take five seconds; a busy machine gets as much again. */
static void
look_at_time(struct ledger *ledger, int64_t took)
{
	if (took > ledger->slowest)
		ledger->slowest = took;
	if (took > 10000)
		ledger_complain(ledger, "an append was slow, ms", (long)took);
}

/* An acknowledged record must not have been written a second time. */
static void
acknowledge(struct ledger *ledger, uint32_t number,
    const struct journal_record *entry, bool before)
{
	if (before && !entry->duplicate && !ledger->lenient)
		ledger_complain(ledger, "acknowledged, and not a duplicate",
		    (long)number);
	ledger->status[number] |= ACKNOWLEDGED;
}

enum error
ledger_send(struct world *world, struct journal *journal, uint32_t first,
    uint32_t count, bool *duplicate)
{
	static char text[BATCH_MAX][RECORD_SIZE];
	struct journal_record entries[BATCH_MAX];
	struct ledger *ledger = world->ledger;
	uint8_t before[BATCH_MAX];
	uint32_t i, start = world_ms();
	enum error error;

	memset(entries, 0, sizeof entries);
	for (i = 0; i < count; i++) {
		entries[i].tail.length = ledger_record(first + i, text[i],
		    entries[i].key);
		entries[i].tail.bytes = text[i];
		entries[i].repeat = ledger_repeat;
		before[i] = ledger->status[first + i];
		if (before[i] == 0)
			ledger->born[first + i] = start;
		ledger->status[first + i] |= SENT;
	}
	error = journal_append(journal, entries, count);
	look_at_time(ledger, (int64_t)(world_ms() - start));
	if (error != ERR_NONE) {
		ledger->refused++;
		return error;
	}
	for (i = 0; i < count; i++)
		acknowledge(ledger, first + i, &entries[i],
		    before[i] & ACKNOWLEDGED);
	if (duplicate != NULL)
		*duplicate = entries[0].duplicate;
	return ERR_NONE;
}

/* While the journal is being rebuilt, it may answer "busy" a few times. */
static enum error
send_patiently(struct world *world, struct journal *journal, uint32_t number)
{
	enum error error = ERR_BUSY;
	int tries;

	for (tries = 0; tries < 3 && error != ERR_NONE; tries++)
		error = ledger_send(world, journal, number, 1, NULL);
	return error;
}

enum error
ledger_resend(struct world *world, struct journal *journal)
{
	uint32_t i, last = world->ledger->next;

	for (i = 0; i < last; i++) {
		enum error error;

		if (world->ledger->status[i] != SENT)
			continue;
		error = send_patiently(world, journal, i);
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

struct journal *
ledger_journal(struct world *world)
{
	struct journal *journal;
	int tries;

	if (world->vary != NULL)
		world->vary(world);
	for (tries = 0; tries < 30; tries++)
		if (journal_open(&world->options, &journal) == ERR_NONE)
			return journal;
	/* A journal that an outsider has taken away cannot be opened. */
	if (!world->ledger->lenient)
		ledger_complain(world->ledger, "journal_open() fails", 0);
	return NULL;
}
