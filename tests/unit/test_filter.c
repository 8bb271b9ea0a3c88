#include "hookctl/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record_fixture.h"
#include "span_fixture.h"

#define TWO "{\"object\":\"page\",\"entry\":[{\"id\":\"101\",\"time\":1," \
	"\"changes\":[{\"field\":\"feed\",\"value\":{\"message\":\"M\\u00fc" \
	"ller\"}}]},{\"id\":102,\"time\":1,\"messaging\":[{\"message\":" \
	"{\"text\":\"Hello\",\"mid\":\"m\"}}]}]}"

/* Up to three values of one option. */
struct values {
	const char *texts[3];
};

static struct texts
texts_of(const struct values *values, const char *copies[3])
{
	struct texts texts = { copies, 0 };

	while (texts.count < 3 && values->texts[texts.count] != NULL) {
		copies[texts.count] = values->texts[texts.count];
		texts.count++;
	}
	return texts;
}

/* A row: options, and whether they let a record pass. */
struct row {
	struct values object, field, entry, endpoint, not_object, not_field,
	    not_entry, not_endpoint;
	const char *text;
	bool passes;
};

static bool
passes(const struct row *row, const struct record *record)
{
	const char *copies[8][3];
	const struct filter_options options = {
		.object = texts_of(&row->object, copies[0]),
		.field = texts_of(&row->field, copies[1]),
		.entry = texts_of(&row->entry, copies[2]),
		.endpoint = texts_of(&row->endpoint, copies[3]),
		.not_object = texts_of(&row->not_object, copies[4]),
		.not_field = texts_of(&row->not_field, copies[5]),
		.not_entry = texts_of(&row->not_entry, copies[6]),
		.not_endpoint = texts_of(&row->not_endpoint, copies[7]),
		.text = row->text };
	struct filter *filter = filter_new(&options);
	bool result;

	assert_non_null(filter);
	result = filter_passes(filter, record);
	/* Filters are used many times. */
	assert_int_equal(filter_passes(filter, record), result);
	filter_free(filter);
	return result;
}

static void
check_rows(const struct row *rows, size_t count, const struct record *record)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (passes(&rows[i], record) != rows[i].passes)
			fail_msg("row %zu should be %d", i, rows[i].passes);
}

#define CHECK(rows, record) \
	check_rows((rows), sizeof(rows) / sizeof((rows)[0]), (record))

static void
shows_notifications(void **state)
{
	static const struct row rows[] = {
		{ .passes = true },
		{ .object = { { "page" } }, .passes = true },
		{ .object = { { "user", "page" } }, .passes = true },
		{ .object = { { "user" } }, .passes = false },
		{ .object = { { "pag" } }, .passes = false },
		{ .object = { { "Page" } }, .passes = false },
		{ .not_object = { { "page" } }, .passes = false },
		{ .not_object = { { "user" } }, .passes = true },
		{ .field = { { "feed" } }, .passes = true },
		{ .field = { { "messaging" } }, .passes = true },
		{ .field = { { "x", "y", "feed" } }, .passes = true },
		{ .field = { { "x" } }, .passes = false },
		{ .not_field = { { "messaging" } }, .passes = false },
		{ .not_field = { { "x" } }, .passes = true },
		{ .entry = { { "101" } }, .passes = true },
		{ .entry = { { "102" } }, .passes = true },
		{ .entry = { { "10" } }, .passes = false },
		{ .not_entry = { { "102" } }, .passes = false },
		{ .not_entry = { { "103" } }, .passes = true },
		{ .endpoint = { { "/webhook" } }, .passes = true },
		{ .endpoint = { { "/other" } }, .passes = false },
		{ .not_endpoint = { { "/webhook" } }, .passes = false },
		{ .not_endpoint = { { "/other" } }, .passes = true },
		{ .text = "m\xc3\xbcller", .passes = true },
		{ .text = "hello", .passes = true },
		{ .text = "102", .passes = true },
		{ .text = "webhook", .passes = false },
		{ .text = "received_at", .passes = false },
		{ .object = { { "page" } }, .field = { { "feed" } },
		    .text = "hello", .passes = true },
		{ .object = { { "page" } }, .field = { { "x" } },
		    .passes = false },
		{ .object = { { "user" } }, .field = { { "feed" } },
		    .passes = false },
		{ .object = { { "page" } }, .not_object = { { "page" } },
		    .passes = false },
		{ .field = { { "feed" } }, .not_entry = { { "102" } },
		    .passes = false },
		{ .object = { { "page" } }, .text = "none",
		    .passes = false } };

	(void)state;
	CHECK(rows, record_of(TWO));
}

static void
shows_updates(void **state)
{
	static const struct row rows[] = {
		{ .object = { { "page" } }, .passes = true },
		{ .field = { { "messaging" } }, .passes = true },
		{ .field = { { "feed" } }, .passes = false },
		{ .not_field = { { "feed" } }, .passes = true },
		{ .entry = { { "102" } }, .passes = true },
		{ .entry = { { "101" } }, .passes = false },
		{ .text = "hello", .passes = true },
		{ .text = "102", .passes = true },
		{ .text = "PAGE", .passes = true },
		{ .text = "m\xc3\xbcller", .passes = false } };

	(void)state;
	CHECK(rows, update_of(TWO, 1));
}

static void
looks_around_an_update(void **state)
{
	static const struct row rows[] = {
		{ .text = "Ana", .passes = true },
		{ .text = "uid77", .passes = true },
		{ .text = "at the top", .passes = true },
		{ .text = "none", .passes = false } };

	(void)state;
	CHECK(rows, update_of("{\"object\":\"whatsapp_business_account\","
	    "\"note\":\"at the top\",\"entry\":[{\"id\":\"1\",\"uid\":"
	    "\"uid77\",\"changes\":[{\"field\":\"messages\",\"value\":{"
	    "\"contacts\":[{\"profile\":{\"name\":\"Ana\"}}],\"messages\":"
	    "[{\"id\":\"w\"}]}}]}]}", 0));
}

static void
reads_other_shapes(void **state)
{
	static const struct row changed[] = {
		{ .field = { { "birthday" } }, .passes = true },
		{ .not_field = { { "birthday" } }, .passes = false },
		{ .field = { { "changed_fields" } }, .passes = false } };
	static const struct row threads[] = {
		{ .field = { { "replies" } }, .passes = true },
		{ .entry = { { "178" } }, .passes = true },
		{ .object = { { "threads" } }, .passes = false },
		{ .not_object = { { "threads" } }, .passes = true } };
	static const struct row escaped[] = {
		{ .object = { { "p\xc3\xa4ge" } }, .passes = true },
		{ .field = { { "a/b" } }, .passes = true },
		{ .entry = { { "\xf0\x9f\x98\x80" } }, .passes = true } };
	static const struct row none[] = {
		{ .object = { { "page" } }, .passes = false },
		{ .field = { { "feed" } }, .passes = false },
		{ .entry = { { "1" } }, .passes = false },
		{ .not_field = { { "feed" } }, .passes = true },
		{ .text = "7", .passes = true } };
	static const char fields[] = "{\"object\":\"user\",\"entry\":[{\"id\":"
	    "\"1\",\"time\":1,\"changed_fields\":[5,\"photos\","
	    "\"birthday\"]}]}";

	(void)state;
	CHECK(changed, record_of(fields));
	CHECK(changed, update_of(fields, 0));
	CHECK(threads, record_of("{\"target_id\":\"178\",\"time\":1,"
	    "\"values\":{\"field\":\"replies\",\"value\":{}}}"));
	CHECK(escaped, record_of("{\"object\":\"p\\u00e4ge\",\"entry\":[{"
	    "\"id\":\"\\ud83d\\ude00\",\"changes\":[{\"field\":\"a\\/b\","
	    "\"value\":1}]}]}"));
	CHECK(none, record_of("[7]"));
}

static void
says_whether_it_is_set(void **state)
{
	static const char *one[] = { "x" };
	struct filter_options options = { .text = NULL };
	struct filter *filter = filter_new(&options);

	(void)state;
	assert_false(filter_is_set(filter));
	filter_free(filter);
	options.not_endpoint = (struct texts){ one, 1 };
	filter = filter_new(&options);
	assert_true(filter_is_set(filter));
	filter_free(filter);
	options = (struct filter_options){ .text = "x" };
	filter = filter_new(&options);
	assert_true(filter_is_set(filter));
	filter_free(filter);
	filter_free(NULL);
}

static void
describes_itself(void **state)
{
	static const char *objects[] = { "page", "user" }, *fields[] = {
	    "feed" };
	const struct filter_options options = { .object = { objects, 2 },
	    .not_field = { fields, 1 }, .text = "Kim Lee" };
	struct filter *filter = filter_new(&options);
	struct buffer out = { 0 };

	(void)state;
	filter_describe(filter, &out);
	assert_span((struct span){ out.bytes, out.length },
	    "--object=page --object=user --not-field=feed -g \"Kim Lee\"");
	filter_free(filter);
	buffer_free(&out);
}

struct tail_options {
	int before;
	struct filter_options filter;
};

/* The rows fill the struct that the filter reads. */
static void
is_read_from_a_command_line(void **state)
{
	static const struct option_row rows[] = {
		FILTER_ROWS(struct tail_options, filter), { 0 } };
	static const struct command command = { .name = "tail",
	    .options = rows };
	char words[][20] = { "--object=page", "--not-entry", "5", "-gx y",
	    "--field", "feed", "--field=live" };
	char *list[8] = { words[0], words[1], words[2], words[3], words[4],
	    words[5], words[6], NULL };
	struct tail_options options = { .before = 7 };
	struct filter *filter;
	struct buffer out = { 0 };

	(void)state;
	assert_int_equal(options_read(&command, list, &options, NULL),
	    STATUS_DONE);
	filter = filter_new(&options.filter);
	filter_describe(filter, &out);
	assert_span((struct span){ out.bytes, out.length }, "--object=page "
	    "--field=feed --field=live --not-entry=5 -g \"x y\"");
	assert_int_equal(options.before, 7);
	filter_free(filter);
	buffer_free(&out);
	options_free(&command, &options);
}

static int
teardown(void **state)
{
	(void)state;
	record_fixture_free();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_notifications),
		cmocka_unit_test(shows_updates),
		cmocka_unit_test(looks_around_an_update),
		cmocka_unit_test(reads_other_shapes),
		cmocka_unit_test(says_whether_it_is_set),
		cmocka_unit_test(describes_itself),
		cmocka_unit_test(is_read_from_a_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
