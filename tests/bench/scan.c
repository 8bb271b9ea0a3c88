/*
 * scan: how fast a body is read.
 *
 *   scan POOL		a pool of 64 bodies or more
 *
 * Prints a line "NAME MB/S" for each:
 *   memcpy     what memory gives
 *   scanner    json_scan(): is it one JSON text?
 *   parser     notification_parse(): also, where are its parts?
 *   json-c     json_tokener_parse_ex(), strict, and freeing the result
 */
#include "bench.h"

#include "payload/json.h"
#include "payload/notification.h"

#include <json-c/json.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH_NS 60000000

#define BODIES 64

struct subject {
	struct span bodies[BODIES];
	struct notification *notification;
	struct json_tokener *tokener;
	char *copy;
};

static bool
with_memcpy(struct subject *subject, struct span body)
{
	memcpy(subject->copy, body.bytes, body.length);
	/* Makes the compiler assume that the copy is read. */
	__asm__ volatile("" : : "r"(subject->copy) : "memory");
	return true;
}

static bool
with_scanner(struct subject *subject, struct span body)
{
	(void)subject;
	return json_scan(body.bytes, body.length, NULL, NULL);
}

static bool
with_parser(struct subject *subject, struct span body)
{
	return notification_parse(subject->notification, body.bytes,
	    body.length, true) == ERR_NONE;
}

static bool
with_json_c(struct subject *subject, struct span body)
{
	struct json_object *object;

	json_tokener_reset(subject->tokener);
	object = json_tokener_parse_ex(subject->tokener, body.bytes,
	    (int)body.length);
	json_object_put(object);
	return object != NULL;
}

static const struct reader {
	const char *name;
	bool (*read)(struct subject *subject, struct span body);
} readers[] = {
	{ "memcpy", with_memcpy },
	{ "scanner", with_scanner },
	{ "parser", with_parser },
	{ "json-c", with_json_c },
};

static void
measure(const struct reader *reader, struct subject *subject)
{
	int64_t began = bench_now(), passed;
	size_t bytes = 0, next = 0;

	do {
		struct span body = subject->bodies[next++ % BODIES];

		if (!reader->read(subject, body)) {
			errno = EINVAL;
			bench_fail(reader->name);
		}
		bytes += body.length;
		passed = bench_now() - began;
	} while (passed < ENOUGH_NS);
	printf("%s %.0f\n", reader->name, (double)bytes * 1e3 /
	    (double)passed);
}

int
main(int argc, char **argv)
{
	struct subject subject;
	struct pool pool;
	size_t i;

	if (argc != 2) {
		fputs("usage: scan POOL\n", stderr);
		return 2;
	}
	pool_open(&pool, argv[1]);
	for (i = 0; i < BODIES; i++)
		subject.bodies[i] = pool_body(&pool, i);
	subject.notification = notification_new();
	subject.tokener = json_tokener_new();
	subject.copy = malloc(pool.size);
	if (subject.notification == NULL || subject.tokener == NULL ||
	    subject.copy == NULL)
		bench_fail("memory");
	json_tokener_set_flags(subject.tokener, JSON_TOKENER_STRICT);
	for (i = 0; i < sizeof readers / sizeof readers[0]; i++)
		measure(&readers[i], &subject);
	free(subject.copy);
	json_tokener_free(subject.tokener);
	notification_free(subject.notification);
	return 0;
}
