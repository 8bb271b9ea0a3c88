/*
 * store: appends a pool of notifications to a journal, as a receiver with
 * `sync = false` does, and without a web server.
 *
 *   store DIRECTORY POOL [updates]
 *
 * With `updates`, each event becomes a line, as with `lines = "update"`.
 */
#include "bench.h"

#include "base/digits.h"
#include "journal/journal.h"
#include "payload/record.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define RECORDS_MAX NOTIFICATION_UPDATES_MAX

static struct journal_record records[RECORDS_MAX];

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	(void)line;
	(void)length;
	(void)record;
	return false;
}

static void
append(struct journal *journal, struct notification *notification,
    struct record_batch *batch, const struct record_source *source,
    bool updates)
{
	size_t i;

	record_batch_clear(batch);
	if (notification_parse(notification, source->body.bytes,
	    source->body.length, updates) != ERR_NONE ||
	    record_encode(batch, source, notification) != ERR_NONE ||
	    batch->count > RECORDS_MAX)
		bench_fail("record_encode");
	for (i = 0; i < batch->count; i++) {
		records[i] = (struct journal_record){ .tail = {
		    batch->text.bytes + batch->tails[i].offset,
		    batch->tails[i].length } };
		(void)hex_read(batch->tails[i].key, JOURNAL_KEY_SIZE,
		    records[i].key);
	}
	if (journal_append(journal, records, batch->count) != ERR_NONE)
		bench_fail("journal_append");
}

static void
store(struct journal *journal, const char *path, bool updates)
{
	struct notification *notification = notification_new();
	struct record_batch batch = { 0 };
	struct record_source source = { .endpoint = { "/webhook", 8 } };
	struct pool pool;
	size_t i;

	pool_open(&pool, path);
	if (notification == NULL)
		bench_fail("memory");
	for (i = 0; i < pool.count; i++) {
		source.signature = pool_signature(&pool, i);
		source.body = pool_body(&pool, i);
		append(journal, notification, &batch, &source, updates);
	}
	record_batch_free(&batch);
	notification_free(notification);
}

int
main(int argc, char **argv)
{
	struct journal_options options = { .file_mode = 0640,
		.rotate_size = 64 << 20, .rotate_every = PERIOD_NEVER,
		.window = 7 * 24 * 3600, .key_of = key_of };
	struct journal *journal;

	if (argc != 3 && (argc != 4 || strcmp(argv[3], "updates") != 0)) {
		fputs("usage: store DIRECTORY POOL [updates]\n", stderr);
		return 2;
	}
	options.directory = argv[1];
	/* If root opens the journal, it does not create this folder. */
	if (mkdir(argv[1], 0750) == -1 && errno != EEXIST)
		bench_fail(argv[1]);
	if (journal_open(&options, &journal) != ERR_NONE)
		bench_fail(argv[1]);
	store(journal, argv[2], argc == 4);
	journal_close(journal);
	return 0;
}
