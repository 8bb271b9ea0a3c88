#include "payload/repeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "span_fixture.h"

static struct repeat_look look;

static struct update
update_of(enum update_array array, const char *field, const char *bytes)
{
	struct update update = {
		.array = array,
		.entry_id = span_of("12"),
		.field = span_of(field),
		.bytes = span_of(bytes)
	};

	return update;
}

static void
look_at(enum update_array array, const char *field, const char *bytes)
{
	struct update update = update_of(array, field, bytes);

	repeat_look_at(&update, &look);
}

/* ---- cases (a) to (e), and meta_id ---- */

struct found {
	enum update_array array;
	const char *field;
	const char *bytes;
	bool own_id;
	const char *meta_id;
};

static void
assert_found(const struct found *found, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		look_at(found[i].array, found[i].field, found[i].bytes);
		if (look.own_id != found[i].own_id)
			fail_msg("%s %s", found[i].field, found[i].bytes);
		assert_span(look.meta_id, found[i].meta_id);
	}
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
knows_whatsapp_items(void **state)
{
	static const struct found found[] = {
		{ UPDATE_MESSAGES, NULL, "{\"id\":\"w.1\"}", true, "w.1" },
		{ UPDATE_STATUSES, NULL, "{\"id\":17}", true, "17" },
		{ UPDATE_CALLS, NULL, "{\"i\\u0064\":\"c\"}", true, "c" },
		{ UPDATE_MESSAGE_ECHOES, NULL, "{\"id\":\"e\"}", true, "e" },
		{ UPDATE_MESSAGES, NULL, "{\"id\":\"\"}", false, NULL },
		{ UPDATE_MESSAGES, NULL, "{\"id\":null}", false, NULL },
		{ UPDATE_MESSAGES, NULL, "{\"timestamp\":\"5\","
		    "\"message\":{\"mid\":\"m\"}}", false, NULL },
		{ UPDATE_MESSAGES, NULL, "{\"x\":{\"id\":1}}", false, NULL } };

	(void)state;
	assert_found(found, COUNT(found));
}

#define ITEM(members) UPDATE_MESSAGING, "\"messaging\"", "{" members "}"

static void
knows_items_of_messaging(void **state)
{
	static const struct found found[] = {
		{ ITEM("\"message\":{\"text\":1,\"mid\":\"m\"}"), true, "m" },
		{ ITEM("\"postback\":{\"mid\":\"p\"}"), true, "p" },
		{ ITEM("\"read\":{\"mid\":\"r\"}"), true, "r" },
		{ ITEM("\"read\":{\"watermark\":5}"), true, NULL },
		{ ITEM("\"delivery\":{\"watermark\":\"5\"}"), true, NULL },
		{ ITEM("\"delivery\":{\"watermark\":0}"), false, NULL },
		{ ITEM("\"delivery\":{\"mid\":\"m\"}"), false, NULL },
		{ ITEM("\"reaction\":{\"mid\":\"m\"}"), false, "m" },
		{ ITEM("\"reaction\":{\"mid\":\"m\",\"timestamp\":5}"), true,
		    "m" },
		{ ITEM("\"timestamp\":5,\"reaction\":{\"mid\":\"m\"}"), true,
		    "m" },
		{ ITEM("\"account_linking\":{}"), false, NULL },
		{ ITEM("\"account_linking\":{},\"timestamp\":5"), true, NULL },
		{ ITEM("\"timestamp\":0"), false, NULL },
		{ ITEM("\"timestamp\":\"\""), false, NULL },
		{ ITEM("\"timestamp\":null"), false, NULL },
		{ ITEM("\"x\":{\"timestamp\":5}"), false, NULL },
		{ ITEM("\"id\":\"1\",\"leadgen_id\":1"), false, NULL },
		{ ITEM("\"message\":{\"mid\":\"\"}"), false, NULL },
		{ ITEM("\"message\":\"mid\""), false, NULL },
		{ ITEM("\"message\":{\"x\":{\"mid\":\"m\"}}"), false, NULL },
		{ UPDATE_STANDBY, "\"standby\"", "{\"message\":{\"mid\":7}}",
		    true, "7" },
		{ UPDATE_STANDBY, "\"standby\"", "7", false, NULL } };

	(void)state;
	assert_found(found, COUNT(found));
}

#define VALUE(field, members) UPDATE_CHANGES, field, \
	"{\"value\":{" members "}}"

static void
knows_changes(void **state)
{
	static const struct found found[] = {
		{ VALUE("\"x\"", "\"message\":{\"mid\":\"m\"}"), true, "m" },
		{ VALUE("\"x\"", "\"read\":{\"watermark\":1}"), true, NULL },
		{ VALUE("\"x\"", "\"reaction\":{\"mid\":\"m\"}"), false, "m" },
		{ VALUE("\"x\"", "\"reaction\":{\"mid\":\"m\"},"
		    "\"timestamp\":\"9\""), true, "m" },
		{ VALUE("\"x\"", "\"timestamp\":5"), false, NULL },
		{ VALUE("\"leadgen\"", "\"leadgen_id\":1"), true, "1" },
		{ VALUE("\"x\"", "\"leadgen_id\":1"), false, "1" },
		{ VALUE("\"comments\"", "\"id\":\"17\""), true, "17" },
		{ VALUE("\"live_comments\"", "\"id\":17"), true, "17" },
		{ VALUE("\"comme\\u006ets\"", "\"id\":17"), true, "17" },
		{ VALUE("\"mentions\"", "\"id\":\"17\""), false, "17" },
		{ VALUE("\"mentions\"", "\"comment_id\":\"17\","
		    "\"media_id\":\"18\""), false, "17" },
		{ VALUE(NULL, "\"id\":\"17\""), false, "17" },
		{ VALUE("\"feed\"", "\"comment_id\":\"1\""), true, "1" },
		{ VALUE("\"feed\"", "\"post_id\":\"2\",\"comment_id\":\"1\","
		    "\"verb\":\"add\",\"item\":\"comment\""), true, "1" },
		{ VALUE("\"feed\"", "\"post_id\":1,\"verb\":\"remove\""), true,
		    "1" },
		{ VALUE("\"feed\"", "\"post_id\":1,\"verb\":\"edited\""),
		    false, "1" },
		{ VALUE("\"feed\"", "\"post_id\":1,\"verb\":7"), false, "1" },
		{ VALUE("\"feed\"", "\"post_id\":1,\"item\":\"like\""), false,
		    "1" },
		{ VALUE("\"feed\"", "\"item\":\"reaction\",\"verb\":\"add\","
		    "\"post_id\":1"), false, "1" },
		{ VALUE("\"messages\"", "\"messages\":[{\"id\":\"w\"}],"
		    "\"errors\":[]"), false, NULL },
		{ UPDATE_CHANGES, "\"leadgen\"", "{\"leadgen_id\":1}", false,
		    NULL },
		{ UPDATE_CHANGES, "\"leadgen\"", "{\"value\":[{\"leadgen_id\":"
		    "1}]}", false, NULL },
		{ UPDATE_CHANGES, NULL, "7", false, NULL },
		{ UPDATE_CHANGED_FIELDS, NULL, "[{\"id\":1}]", false, NULL } };

	(void)state;
	assert_found(found, COUNT(found));
}

/* In these arrays the update is the value itself. */
static void
knows_values_without_their_change(void **state)
{
	static const struct found found[] = {
		{ UPDATE_FIELD, "\"comments\"", "{\"id\":\"17\"}", true, "17" },
		{ UPDATE_FIELD, "\"mentions\"", "{\"comment_id\":\"17\"}",
		    false, "17" },
		{ UPDATE_FIELD, "\"messages\"", "{\"message\":{\"mid\":\"m\"}}",
		    true, "m" },
		{ UPDATE_VALUES, "\"replies\"", "{\"id\":\"17\"}", false,
		    "17" },
		{ UPDATE_VALUES, "\"leadgen\"",
		    "{\"value\":{\"leadgen_id\":1}}",
		    false, NULL },
		{ UPDATE_VALUES, NULL, "[]", false, NULL } };

	(void)state;
	assert_found(found, COUNT(found));
}

/* ---- how long an event counts ---- */

static enum repeat
term(const char *entry_id, const char *time, const char *bytes)
{
	struct update update = update_of(UPDATE_MESSAGING, NULL, bytes);

	update.entry_id = span_of(entry_id);
	update.entry_time = span_of(time);
	repeat_look_at(&update, &look);
	return look.repeat;
}

#define MID "{\"message\":{\"mid\":\"m\"}}"

static void
decides_how_long_an_update_counts(void **state)
{
	(void)state;
	assert_int_equal(term("1", NULL, "{}"), REPEAT_SOON);
	assert_int_equal(term("1", "null", "{}"), REPEAT_SOON);
	assert_int_equal(term("1", "0", "{}"), REPEAT_SOON);
	assert_int_equal(term("1", "\"\"", "{}"), REPEAT_SOON);
	assert_int_equal(term("1", "\"0\"", "{}"), REPEAT_IN_WINDOW);
	assert_int_equal(term("1", "5", "{}"), REPEAT_IN_WINDOW);
	assert_int_equal(term("1", NULL, MID), REPEAT_IN_WINDOW);
	assert_int_equal(term("0", "5", MID), REPEAT_NEVER);
	assert_int_equal(term("0", NULL, "{}"), REPEAT_NEVER);
	assert_int_equal(term("00", NULL, "{}"), REPEAT_SOON);
}

static void
any_time_makes_an_event_distinct(void **state)
{
	static const struct {
		const char *bytes;
		enum repeat repeat;
	} cases[] = {
	    { "{\"x\":[{\"y\":{\"timestamp\":5}}]}", REPEAT_IN_WINDOW },
	    { "[{\"created_time\":\"x\"}]", REPEAT_IN_WINDOW },
	    { "{\"x\":{\"cre\\u0061ted_time\":false}}", REPEAT_IN_WINDOW },
	    { "{\"x\":{\"timestamp\":0}}", REPEAT_IN_WINDOW },
	    { "{\"x\":{\"timestamp\":[ 1 ]}}", REPEAT_IN_WINDOW },
	    { "{\"x\":{\"timestamp\":null}}", REPEAT_SOON },
	    { "{\"x\":{\"timestamp\":\"\"}}", REPEAT_SOON },
	    { "{\"x\":{\"timestamp\":[ ]}}", REPEAT_SOON },
	    { "{\"x\":{\"created_time\":{}}}", REPEAT_SOON },
	    { "{\"x\":\"timestamp\",\"time\":5}", REPEAT_SOON } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (term("1", NULL, cases[i].bytes) != cases[i].repeat)
			fail_msg("%s", cases[i].bytes);
}

static void
sums_up_updates(void **state)
{
	struct update own = update_of(UPDATE_MESSAGING, NULL, MID);
	struct update none = update_of(UPDATE_MESSAGING, NULL, "{}");
	struct repeat_sum sum = { 0 };

	(void)state;
	own.entry_id = span_of("0");
	repeat_sum_up(&sum, &own);
	assert_true(repeat_sum_has_key(&sum));
	assert_int_equal(repeat_of_body(&sum, span_of("{}")), REPEAT_NEVER);
	repeat_sum_up(&sum, &none);
	assert_false(repeat_sum_has_key(&sum));
	assert_true(repeat_sum_is_final(&sum));
	assert_int_equal(repeat_of_body(&sum, span_of("{}")), REPEAT_IN_WINDOW);
	sum = (struct repeat_sum){ 0 };
	repeat_sum_up(&sum, &none);
	assert_false(repeat_sum_is_final(&sum));
	assert_int_equal(repeat_of_body(&sum, span_of("{}")), REPEAT_SOON);
}

static void
looks_at_bodies_without_updates(void **state)
{
	static const struct {
		const char *body;
		enum repeat repeat;
	} cases[] = { { "{}", REPEAT_SOON }, { "7", REPEAT_SOON },
	    { "[]", REPEAT_SOON }, { "{\"entry\":[]}", REPEAT_SOON },
	    { "{\"x\":[{\"timestamp\":1}]}", REPEAT_IN_WINDOW },
	    { "{\"entry\":[{\"id\":\"0\"},{\"id\":0}]}", REPEAT_NEVER },
	    { "{\"entry\":[{\"id\":\"0\",\"timestamp\":1}]}", REPEAT_NEVER },
	    { "{\"entry\":[{\"id\":\"0\"},{\"id\":1}]}", REPEAT_SOON },
	    { "{\"entry\":[{\"id\":\"0\"},{}]}", REPEAT_SOON },
	    { "{\"entry\":[{\"id\":\"0\"},7]}", REPEAT_SOON },
	    { "{\"entry\":[{\"id\":\"0\",\"id\":\"1\"}]}", REPEAT_SOON },
	    { "{\"entry\":[{\"x\":{\"id\":\"0\"}}]}", REPEAT_SOON },
	    { "{\"entry\":{\"id\":\"0\"}}", REPEAT_SOON },
	    { "[{\"entry\":[{\"id\":\"0\"}]},{\"entry\":[{\"id\":\"0\"}]}]",
	    REPEAT_NEVER },
	    { "[{\"entry\":[{\"id\":\"0\"}]},{\"target_id\":\"1\"}]",
	    REPEAT_SOON },
	    { "{\"target_id\":\"0\",\"values\":[]}", REPEAT_NEVER },
	    { "{\"target_id\":\"1\",\"entry\":[{\"id\":\"0\"}]}",
	    REPEAT_NEVER } };
	const struct repeat_sum none = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (repeat_of_body(&none, span_of(cases[i].body)) !=
		    cases[i].repeat)
			fail_msg("%s", cases[i].body);
}

/* ---- keys ---- */

static void
assert_key(struct repeat_key key, bool own_id, const char *expected)
{
	struct span whole = span_of(expected);
	uint8_t id[DIGEST_SHA256_SIZE], digest[DIGEST_SHA256_SIZE];

	repeat_key_first(&key, own_id, id);
	digest_sha256(&whole, 1, digest);
	assert_memory_equal(id, digest, sizeof id);
}

static void
frames_keys(void **state)
{
	struct repeat_key key = {
		.endpoint = span_of("/webhook"),
		.object = span_of("\"page\""),
		.entry_id = span_of("12"),
		.time = span_of("1520383571"),
		.array = UPDATE_CHANGES,
		.bytes = span_of("{\"field\":\"a\"}"),
		.field = span_of("\"a\""),
		.value = span_of("{\"b\":1}") };

	(void)state;
	assert_key(key, false, "8:/webhook6:\"page\"2:127:changes"
	    "10:152038357113:{\"field\":\"a\"}");
	key.array = UPDATE_VALUES;
	assert_key(key, false, "8:/webhook6:\"page\"2:126:values"
	    "10:152038357113:{\"field\":\"a\"}3:\"a\"");
	key.array = UPDATE_CALLS;
	key.time = repeat_time(false, span_of(NULL));
	assert_key(key, false, "8:/webhook6:\"page\"2:125:calls4:null"
	    "13:{\"field\":\"a\"}3:\"a\"7:{\"b\":1}");
	key.time = repeat_time(true, span_of("5"));
	assert_key(key, true, "8:/webhook6:\"page\"2:125:calls0:"
	    "13:{\"field\":\"a\"}3:\"a\"");
	key.object = key.field = key.value = span_of(NULL);
	assert_key(key, false, "8:/webhook4:null2:125:calls0:"
	    "13:{\"field\":\"a\"}4:null4:null");
}

static void
keeps_time_in_the_key_if_there_is_one(void **state)
{
	(void)state;
	assert_span(repeat_time(true, span_of("5")), "");
	assert_span(repeat_time(false, span_of("5")), "5");
	assert_span(repeat_time(false, span_of("\"0\"")), "\"0\"");
	assert_span(repeat_time(false, span_of("0")), "null");
	assert_span(repeat_time(false, span_of("\"\"")), "null");
	assert_span(repeat_time(false, span_of("null")), "null");
	assert_span(repeat_time(false, span_of(NULL)), "null");
}

static void
numbers_equal_updates(void **state)
{
	uint8_t first[DIGEST_SHA256_SIZE], id[DIGEST_SHA256_SIZE];
	uint8_t digest[DIGEST_SHA256_SIZE];
	struct span whole = span_of("ffffffffffffffffffffffffffffffff9990");

	(void)state;
	memset(first, 'f', sizeof first);
	repeat_key_next(first, 9990, id);
	digest_sha256(&whole, 1, digest);
	assert_memory_equal(id, digest, sizeof id);
}

static void
hashes_the_pieces_of_a_body(void **state)
{
	struct span parts[] = { { NULL, 0 }, { NULL, 0 }, span_of("ab"),
	    span_of("c") };
	struct span whole = { "/w\0abc", 6 };
	uint8_t key[DIGEST_SHA256_SIZE], digest[DIGEST_SHA256_SIZE];

	(void)state;
	repeat_body_key(span_of("/w"), parts, 2, key);
	digest_sha256(&whole, 1, digest);
	assert_memory_equal(key, digest, sizeof key);
}

static void
names_the_arrays(void **state)
{
	(void)state;
	assert_string_equal(update_array_name(UPDATE_CHANGES), "changes");
	assert_string_equal(update_array_name(UPDATE_MESSAGING), "messaging");
	assert_string_equal(update_array_name(UPDATE_STANDBY), "standby");
	assert_string_equal(update_array_name(UPDATE_CHANGED_FIELDS),
	    "changed_fields");
	assert_string_equal(update_array_name(UPDATE_MESSAGES), "messages");
	assert_string_equal(update_array_name(UPDATE_STATUSES), "statuses");
	assert_string_equal(update_array_name(UPDATE_MESSAGE_ECHOES),
	    "message_echoes");
	assert_string_equal(update_array_name(UPDATE_CALLS), "calls");
	assert_string_equal(update_array_name(UPDATE_FIELD), "field");
	assert_string_equal(update_array_name(UPDATE_VALUES), "values");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_whatsapp_items),
		cmocka_unit_test(knows_items_of_messaging),
		cmocka_unit_test(knows_changes),
		cmocka_unit_test(knows_values_without_their_change),
		cmocka_unit_test(decides_how_long_an_update_counts),
		cmocka_unit_test(any_time_makes_an_event_distinct),
		cmocka_unit_test(sums_up_updates),
		cmocka_unit_test(looks_at_bodies_without_updates),
		cmocka_unit_test(frames_keys),
		cmocka_unit_test(keeps_time_in_the_key_if_there_is_one),
		cmocka_unit_test(numbers_equal_updates),
		cmocka_unit_test(hashes_the_pieces_of_a_body),
		cmocka_unit_test(names_the_arrays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
