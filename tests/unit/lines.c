/*
 * lines: prints the lines that bodies make, for tests/servers/lib/updates.
 *
 *   lines ENDPOINT ORIGIN <BODIES
 *
 * Each body is preceded by its length and a newline. For each body, lines are
 * made first for the whole body, then for each update, then the same as if it
 * came from a relay. One line is printed for each tail:
 *
 *   notification|update|relayed NUMBER COUNT TERM KEY TAIL
 *
 * TERM is window, soon or never, with " origin" if that is part of the key.
 *
 * Reading back the finished line must give the same.
 */
#include "journal/stamp.h"
#include "payload/record.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct notification *notification;
static struct record_batch batch;

static bool
same(struct span span, const char *text)
{
	return span.length == strlen(text) &&
	    memcmp(span.bytes, text, span.length) == 0;
}

static void
must(bool condition, const char *what)
{
	if (!condition)
		errx(1, "%s", what);
}

static void
check_identity(const struct record_identity *identity,
    const struct record_tail *tail, const struct record_source *source)
{
	must(same(identity->endpoint, source->endpoint.bytes), "endpoint");
	must(same(identity->key, tail->key), "key");
	must(same(identity->id, tail->id), "id");
	must(identity->repeat == tail->repeat, "repeat");
	must((identity->origin.bytes != NULL) == tail->by_origin, "by_origin");
	must(!tail->by_origin || same(identity->origin,
	    source->relayed.bytes), "origin");
}

/* Makes a line of the tail, and reads it back in both ways. */
static void
check_line(const struct record_tail *tail, const struct record_source *source)
{
	char *line = malloc(STAMP_MAX + tail->length);
	struct record_identity identity;
	struct record record;
	size_t length;

	if (line == NULL)
		err(1, "malloc");
	length = stamp_write(7, 1795241000123456, line);
	memcpy(line + length, batch.text.bytes + tail->offset, tail->length);
	length += tail->length - 1;
	must(record_decode(line, length, &record) == ERR_NONE, "decode");
	must(record_verify(&record) == (record.update.bytes == NULL &&
	    record.reformatted ? RECORD_UNCHECKED : RECORD_HOLDS), "verify");
	record_identity_of(&record, &identity);
	check_identity(&identity, tail, source);
	must(record_identify(line, length, &identity), "identify");
	check_identity(&identity, tail, source);
	free(line);
}

static void
print(const char *mode, const struct record_source *source, bool updates)
{
	static const char *const terms[] = { "window", "soon", "never" };
	size_t i;

	if (notification_parse(notification, source->body.bytes,
	    source->body.length, updates) != ERR_NONE)
		errx(1, "no JSON: %.*s", (int)source->body.length,
		    source->body.bytes);
	record_batch_clear(&batch);
	if (record_encode(&batch, source, notification) != ERR_NONE)
		errx(1, "record_encode");
	for (i = 0; i < batch.count; i++) {
		const struct record_tail *tail = &batch.tails[i];

		printf("%s %zu %zu %s%s %s %.*s\n", mode, i + 1, batch.count,
		    terms[tail->repeat], tail->by_origin ? " origin" : "",
		    tail->key, (int)tail->length - 1,
		    batch.text.bytes + tail->offset);
		check_line(tail, source);
	}
}

int
main(int argc, char **argv)
{
	struct record_source source = { .body = { NULL, 0 } };
	size_t length;
	char *body;

	if (argc != 3)
		errx(2, "usage: lines ENDPOINT ORIGIN <BODIES");
	notification = notification_new();
	source.endpoint = (struct span){ argv[1], strlen(argv[1]) };
	while (scanf("%zu", &length) == 1 && getchar() == '\n') {
		body = malloc(length);
		if (body == NULL || fread(body, 1, length, stdin) != length)
			errx(1, "no body of %zu bytes", length);
		source.body = (struct span){ body, length };
		source.relayed = (struct span){ NULL, 0 };
		print("notification", &source, false);
		print("update", &source, true);
		source.relayed = (struct span){ argv[2], strlen(argv[2]) };
		print("relayed", &source, true);
		free(body);
	}
	notification_free(notification);
	record_batch_free(&batch);
	return 0;
}
