#include "hookctl/samples.h"

#include "base/clock.h"
#include "payload/notification.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MOMENT (INT64_C(1800000000) * CLOCK_SECOND + 123456)

static struct notification *notification;

static int
set_up(void **state)
{
	(void)state;
	notification = notification_new();
	return notification == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	notification_free(notification);
	return 0;
}

/* Writes one that was sent `later` seconds after it happened. */
static void
make(const struct sample *sample, uint64_t serial, int64_t later,
    size_t updates, struct buffer *out)
{
	const struct sample_moment moment = { .serial = serial,
	    .happened = MOMENT, .sent = MOMENT + later * CLOCK_SECOND };

	out->length = 0;
	assert_true(sample_write(sample, &moment, updates, out));
}

static bool
same(const struct buffer *one, const struct buffer *other)
{
	return one->length == other->length &&
	    memcmp(one->bytes, other->bytes, one->length) == 0;
}

static void
each_is_split_into_its_updates(void **state)
{
	static const size_t counts[] = { 1, 2, 1000 };
	struct buffer body = { 0 };
	size_t i, count;

	(void)state;
	for (i = 0; samples[i].name != NULL; i++)
		for (count = 0; count < 3; count++) {
			make(&samples[i], 12345678901234567, 0, counts[count],
			    &body);
			assert_int_equal(notification_parse(notification,
			    body.bytes, body.length, true), ERR_NONE);
			assert_int_equal(notification_update_count(
			    notification), counts[count]);
			assert_null(memchr(body.bytes, '<', body.length));
			assert_null(memchr(body.bytes, '\'', body.length));
		}
	assert_true(i >= 11);
	buffer_free(&body);
}

/* But for the Test button's, whose constants are Meta's. */
static void
each_update_is_new(void **state)
{
	struct buffer one = { 0 }, other = { 0 };
	struct update first, second;
	size_t i;

	(void)state;
	for (i = 0; samples[i].name != NULL; i++) {
		bool constant = strcmp(samples[i].name, "test-button") == 0;

		make(&samples[i], 12345678901234567, 0, 1, &one);
		make(&samples[i], 12345678901234568, 0, 1, &other);
		assert_int_equal(same(&one, &other), constant);
		make(&samples[i], 12345678901234567, 0, 2, &one);
		assert_int_equal(notification_parse(notification, one.bytes,
		    one.length, true), ERR_NONE);
		notification_update(notification, 0, &first);
		notification_update(notification, 1, &second);
		if (!constant && strcmp(samples[i].name, "changed-fields") !=
		    0)
			assert_false(first.bytes.length ==
			    second.bytes.length && memcmp(first.bytes.bytes,
			    second.bytes.bytes, first.bytes.length) == 0);
	}
	buffer_free(&one);
	buffer_free(&other);
}

static void
the_same_moment_gives_the_same_bytes(void **state)
{
	struct buffer one = { 0 }, other = { 0 };
	size_t i;

	(void)state;
	for (i = 0; samples[i].name != NULL; i++) {
		make(&samples[i], 12345678901234567, 0, 3, &one);
		make(&samples[i], 12345678901234567, 0, 3, &other);
		assert_true(same(&one, &other));
	}
	buffer_free(&one);
	buffer_free(&other);
}

/* Only what an entry says of its own time differs. */
static void
later_changes_the_time_of_entries_alone(void **state)
{
	struct buffer one = { 0 }, other = { 0 };
	size_t i, at, from, to;

	(void)state;
	for (i = 0; samples[i].name != NULL; i++) {
		make(&samples[i], 12345678901234567, 0, 1, &one);
		make(&samples[i], 12345678901234567, 1, 1, &other);
		assert_int_equal(!same(&one, &other),
		    sample_has_time(&samples[i]));
		assert_int_equal(one.length, other.length);
		for (at = 0; at < one.length; at++) {
			if (one.bytes[at] == other.bytes[at])
				continue;
			for (from = at; one.bytes[from - 1] != ':'; from--)
				assert_true(one.bytes[from] >= '0');
			to = at + strspn(one.bytes + at, "0123456789");
			assert_true(memcmp(one.bytes + from - 6, "time\"",
			    5) == 0);
			assert_true(to - from == 10 || to - from == 13);
		}
	}
	buffer_free(&one);
	buffer_free(&other);
}

static void
the_text_is_as_Meta_writes_it(void **state)
{
	static const char photos[] = "{\"object\":\"user\",\"entry\":[{"
	    "\"id\":\"10210299214172187\",\"uid\":\"10210299214172187\","
	    "\"time\":1800000000,\"changes\":[{\"field\":\"photos\","
	    "\"value\":{\"verb\":\"update\",\"object_id\":"
	    "\"12345678901234567\"}}]}]}";
	static const char *const inside[][2] = {
		{ "whatsapp", "\"timestamp\":\"1800000000\"" },
		{ "whatsapp", "\\ud83c\\udf3b" },
		{ "messenger", "{\"time\":1800000000123," },
		{ "messenger", "\"timestamp\":1800000000123," },
		{ "messenger", "https:\\/\\/example.com\\/lamp" },
		{ "threads", "\"timestamp\":\"2027-01-15T08:00:00+0000\"" },
		{ "threads", "\"values\":{" },
		{ "feed", "\"comment_id\":\"204981_12345678901234567\"" } };
	struct buffer body = { 0 };
	size_t i;

	(void)state;
	make(sample_find("photos"), 12345678901234567, 0, 1, &body);
	assert_int_equal(body.length, sizeof photos - 1);
	assert_memory_equal(body.bytes, photos, body.length);
	for (i = 0; i < sizeof inside / sizeof inside[0]; i++) {
		make(sample_find(inside[i][0]), 12345678901234567, 0, 1,
		    &body);
		if (memmem(body.bytes, body.length, inside[i][1],
		    strlen(inside[i][1])) == NULL)
			fail_msg("%s lacks %s", inside[i][0], inside[i][1]);
	}
	make(sample_find("threads"), 12345678901234567, 0, 2, &body);
	assert_non_null(memmem(body.bytes, body.length, "\"values\":[{", 11));
	assert_null(sample_find("photo"));
	assert_null(sample_find(""));
	buffer_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_split_into_its_updates),
		cmocka_unit_test(each_update_is_new),
		cmocka_unit_test(the_same_moment_gives_the_same_bytes),
		cmocka_unit_test(later_changes_the_time_of_entries_alone),
		cmocka_unit_test(the_text_is_as_Meta_writes_it),
	};

	return cmocka_run_group_tests_name("samples", tests, set_up,
	    tear_down);
}
