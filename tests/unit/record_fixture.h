/* Records made of bodies, as the receiver makes them. */
#ifndef HOOKLINE_TESTS_RECORD_FIXTURE_H
#define HOOKLINE_TESTS_RECORD_FIXTURE_H

#include "payload/record.h"

#include "span_fixture.h"

#define HEAD "{\"seq\":42,\"received_at\":\"2026-11-21T06:00:00.123456Z\","

static struct {
	struct notification *notification;
	struct record_batch batch;
	struct buffer line;	/* without its newline */
	struct record record;
} made;

/* The record of a body, or, with `updates`, of its update `index`. It is valid
 * until the next call. */
static inline const struct record *
record_of_bytes(const char *body, size_t length, bool updates, size_t index)
{
	const struct record_source source = { .endpoint = span_of("/webhook"),
	    .signature = span_of("sha256=00"), .body = { body, length } };
	const struct record_tail *tail;

	if (made.notification == NULL)
		made.notification = notification_new();
	assert_non_null(made.notification);
	assert_int_equal(notification_parse(made.notification, body, length,
	    updates), ERR_NONE);
	record_batch_clear(&made.batch);
	assert_int_equal(record_encode(&made.batch, &source,
	    made.notification), ERR_NONE);
	assert_true(index < made.batch.count);
	tail = &made.batch.tails[index];
	made.line.length = 0;
	assert_int_equal(buffer_append(&made.line, HEAD, sizeof HEAD - 1),
	    ERR_NONE);
	assert_int_equal(buffer_append(&made.line, made.batch.text.bytes +
	    tail->offset, tail->length - 1), ERR_NONE);
	assert_int_equal(record_decode(made.line.bytes, made.line.length,
	    &made.record), ERR_NONE);
	return &made.record;
}

static inline const struct record *
record_of(const char *body)
{
	return record_of_bytes(body, strlen(body), false, 0);
}

static inline const struct record *
update_of(const char *body, size_t index)
{
	return record_of_bytes(body, strlen(body), true, index);
}

static inline void
record_fixture_free(void)
{
	notification_free(made.notification);
	record_batch_free(&made.batch);
	buffer_free(&made.line);
	made.notification = NULL;
}

#endif
