/* rebuild_body: the bodies of updates' lines, and what a receiver makes of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "payload/rebuild_body.h"

#include "payload_fixture.h"
#include "record_fixture.h"

static struct buffer body;

/* The line of an update, copied: the fixture has room for one. */
static char *
line_of(const char *text, size_t length, size_t index)
{
	char *line;

	(void)record_of_bytes(text, length, true, index);
	line = strndup(made.line.bytes, made.line.length);
	assert_non_null(line);
	return line;
}

static void
rebuild(const char *line)
{
	struct record record;

	assert_int_equal(record_decode(line, strlen(line), &record), ERR_NONE);
	assert_int_equal(rebuild_body(&record, false, &body), ERR_NONE);
}

/* A member of a line that has it. */
static struct span
same_in(const char *line, const char *from)
{
	const char *begin = strstr(line, from);

	assert_non_null(begin);
	return (struct span){ begin, strlen(begin) };
}

/* The body of update `index` gives `count` updates, of which the last one has
 * the same line, but for where it was in its delivery. */
static void
comes_again(const char *text, size_t length, size_t index, size_t count)
{
	char *first = line_of(text, length, index), *second;
	struct span one, other;
	struct record record;

	rebuild(first);
	second = line_of(body.bytes, body.length, count - 1);
	assert_int_equal(record_decode(second, strlen(second), &record),
	    ERR_NONE);
	assert_int_equal(record.update_count, count);
	assert_memory_equal(strstr(first, "\"id\":"), strstr(second, "\"id\":"),
	    6 + RECORD_ID_LENGTH);
	one = same_in(first, ",\"endpoint\"");
	other = same_in(second, ",\"endpoint\"");
	if (strstr(first, "\"reformatted\":true") == NULL)
		assert_string_equal(one.bytes, other.bytes);
	free(first);
	free(second);
}

static size_t
equals_before(const char *text, size_t length, size_t index)
{
	size_t ordinal;

	assert_true(record_ordinal(record_of_bytes(text, length, true, index),
	    &ordinal));
	return ordinal;
}

static void
every_update_of_the_fixtures_comes_again(void **state)
{
	char text[FIXTURE_MAX];
	size_t i, index, length, updates = 0;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		length = fixture_read(fixtures[i].name, text);
		assert_true(length > 0);
		for (index = 0; index < fixtures[i].updates; index++)
			comes_again(text, length, index, 1 +
			    equals_before(text, length, index));
		updates += fixtures[i].updates;
	}
	assert_true(updates > 30);
}

static void
becomes(const char *text, size_t index, const char *expected)
{
	char *line = line_of(text, strlen(text), index);

	rebuild(line);
	assert_int_equal(buffer_append(&body, "", 1), ERR_NONE);
	assert_string_equal(body.bytes, expected);
	free(line);
}

static void
each_shape_is_as_it_was(void **state)
{
	(void)state;
	becomes("{\"x\":1,\"object\":\"user\",\"entry\":[{\"uid\":\"7\","
	    "\"id\":5,\"changes\":[{\"field\":\"a\"},{\"field\":\"b\"}]}]}", 1,
	    "{\"object\":\"user\",\"x\":1,\"entry\":[{\"id\":\"5\","
	    "\"uid\":\"7\",\"changes\":[{\"field\":\"b\"}]}]}");
	becomes("{\"object\":\"user\",\"entry\":[{\"time\":9,\"id\":\"5\","
	    "\"changed_fields\":[\"a\",\"b\"]}]}", 0,
	    "{\"object\":\"user\",\"entry\":[{\"id\":\"5\",\"time\":9,"
	    "\"changed_fields\":[\"a\",\"b\"]}]}");
	becomes("{\"object\":\"page\",\"entry\":[{\"id\":\"5\",\"standby\":"
	    "[{\"a\":1}],\"messaging\":[2]}]}", 0,
	    "{\"object\":\"page\",\"entry\":[{\"id\":\"5\",\"standby\":"
	    "[{\"a\":1}]}]}");
	becomes("[{\"object\":\"instagram\",\"entry\":[{\"field\":\"f\","
	    "\"value\":{},\"id\":\"5\"}]}]", 0,
	    "{\"object\":\"instagram\",\"entry\":[{\"id\":\"5\","
	    "\"field\":\"f\",\"value\":{}}]}");
	becomes("{\"object\":\"w\",\"entry\":[{\"id\":\"5\",\"changes\":[{"
	    "\"field\":\"messages\",\"value\":{\"metadata\":{\"a\":1},"
	    "\"messages\":[{\"x\":1},{\"x\":2}],\"contacts\":[]}}]}]}", 1,
	    "{\"object\":\"w\",\"entry\":[{\"id\":\"5\",\"changes\":[{"
	    "\"value\":{\"metadata\":{\"a\":1},\"contacts\":[],"
	    "\"messages\":[{\"x\":2}]},\"field\":\"messages\"}]}]}");
	becomes("{\"topic\":\"t\",\"time\":1,\"target_id\":\"5\",\"values\":"
	    "[{\"value\":{\"x\":1},\"field\":\"f\"},{\"value\":2}]}", 1,
	    "{\"topic\":\"t\",\"target_id\":\"5\",\"time\":1,"
	    "\"values\":{\"value\":2}}");
}

static void
equal_updates_before_it_come_too(void **state)
{
	static const char changes[] = "{\"object\":\"user\",\"entry\":[{"
	    "\"id\":\"5\",\"time\":1,\"changes\":[{\"field\":\"a\"},{\"field\":"
	    "\"b\"},{\"field\":\"a\"},{\"field\":\"a\"}]}]}";
	static const char values[] = "{\"target_id\":\"5\",\"values\":["
	    "{\"value\":1,\"field\":\"f\"},{\"value\":1,\"field\":\"f\"}]}";
	static const char fields[] = "{\"object\":\"user\",\"entry\":[{"
	    "\"id\":\"5\",\"changed_fields\":[\"a\"]},{\"id\":\"5\","
	    "\"changed_fields\":[\"a\"]}]}";

	(void)state;
	comes_again(changes, sizeof changes - 1, 0, 1);
	comes_again(changes, sizeof changes - 1, 1, 1);
	comes_again(changes, sizeof changes - 1, 2, 2);
	comes_again(changes, sizeof changes - 1, 3, 3);
	comes_again(values, sizeof values - 1, 1, 2);
	comes_again(fields, sizeof fields - 1, 1, 2);
}

static void
alone_it_is_as_the_first_one(void **state)
{
	static const char text[] = "{\"object\":\"user\",\"entry\":[{"
	    "\"id\":\"5\",\"changes\":[{\"field\":\"a\"},{\"field\":"
	    "\"a\"}]}]}";
	char *first = line_of(text, sizeof text - 1, 0);
	char *second = line_of(text, sizeof text - 1, 1);
	struct buffer one = { 0 };
	struct record record;

	(void)state;
	assert_int_equal(record_decode(first, strlen(first), &record),
	    ERR_NONE);
	assert_int_equal(rebuild_body(&record, true, &one), ERR_NONE);
	assert_int_equal(record_decode(second, strlen(second), &record),
	    ERR_NONE);
	assert_int_equal(rebuild_body(&record, true, &body), ERR_NONE);
	assert_int_equal(body.length, one.length);
	assert_memory_equal(body.bytes, one.bytes, one.length);
	buffer_free(&one);
	free(first);
	free(second);
}

static void
a_damaged_line_is_refused(void **state)
{
	static const char text[] = "{\"object\":\"user\",\"entry\":[{"
	    "\"id\":\"5\",\"changes\":[{\"field\":\"a\"}]}]}";
	char *line = line_of(text, sizeof text - 1, 0);
	struct record record;

	(void)state;
	line[strlen(line) - 4] ^= 1;
	assert_int_equal(record_decode(line, strlen(line), &record), ERR_NONE);
	assert_int_equal(rebuild_body(&record, false, &body), ERR_INPUT);
	assert_int_equal(rebuild_body(&record, true, &body), ERR_INPUT);
	free(line);
}

static int
clean_up(void **state)
{
	(void)state;
	record_fixture_free();
	buffer_free(&body);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_update_of_the_fixtures_comes_again),
		cmocka_unit_test(each_shape_is_as_it_was),
		cmocka_unit_test(equal_updates_before_it_come_too),
		cmocka_unit_test(alone_it_is_as_the_first_one),
		cmocka_unit_test(a_damaged_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}
