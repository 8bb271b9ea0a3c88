#include "payload/update_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char hashed[1024];	/* what was hashed last, one after the other */

/* No hash, but a witness. */
static void
witness(const struct span *parts, size_t count, uint8_t out[RECORD_HASH_SIZE])
{
	size_t i, length = 0;

	for (i = 0; i < count; i++) {
		assert_true(length + parts[i].length < sizeof hashed);
		memcpy(hashed + length, parts[i].bytes, parts[i].length);
		length += parts[i].length;
	}
	hashed[length] = '\0';
	memset(out, '#', RECORD_HASH_SIZE);
}

static struct span
span_of(const char *text)
{
	struct span span = { text, text != NULL ? strlen(text) : 0 };

	return span;
}

static struct update_key
key_of(enum update_array array, const char *bytes)
{
	struct update_key key = {
		.endpoint = span_of("/webhook"),
		.object = span_of("\"page\""),
		.entry_id = span_of("12"),
		.entry_time = span_of("1520383571"),
		.array = array,
		.bytes = span_of(bytes)
	};

	return key;
}

static void
assert_framed(const struct update_key *key, const char *expected)
{
	uint8_t id[RECORD_HASH_SIZE];

	update_key_first(key, witness, id);
	assert_string_equal(hashed, expected);
}

static void
frames_a_change(void **state)
{
	struct update_key key = key_of(UPDATE_CHANGES, "{\"field\":\"a\"}");

	(void)state;
	assert_framed(&key, "8:/webhook6:\"page\"2:127:changes"
	    "10:152038357113:{\"field\":\"a\"}");
}

static void
frames_absent_parts_as_null(void **state)
{
	struct update_key key = key_of(UPDATE_CHANGED_FIELDS, "[\"a\"]");

	(void)state;
	key.object = span_of(NULL);
	key.entry_time = span_of(NULL);
	assert_framed(&key, "8:/webhook4:null2:1214:changed_fields4:null"
	    "5:[\"a\"]");
}

static void
leaves_time_out_of_messaging_and_standby(void **state)
{
	struct update_key key = key_of(UPDATE_MESSAGING, "{}");

	(void)state;
	assert_framed(&key, "8:/webhook6:\"page\"2:129:messaging0:2:{}");
	key.array = UPDATE_STANDBY;
	assert_framed(&key, "8:/webhook6:\"page\"2:127:standby0:2:{}");
}

static void
leaves_time_out_of_changes_with_an_id_of_their_own(void **state)
{
	struct update_key key = key_of(UPDATE_CHANGES,
	    "{\"value\":{\"leadgen_id\":1}}");

	(void)state;
	assert_framed(&key, "8:/webhook6:\"page\"2:127:changes0:"
	    "26:{\"value\":{\"leadgen_id\":1}}");
}

static void
numbers_equal_updates(void **state)
{
	uint8_t first[RECORD_HASH_SIZE], id[RECORD_HASH_SIZE];

	(void)state;
	memset(first, 'f', sizeof first);
	update_key_next(first, 1, witness, id);
	assert_string_equal(hashed, "ffffffffffffffffffffffffffffffff1");
	update_key_next(first, 9990, witness, id);
	assert_string_equal(hashed, "ffffffffffffffffffffffffffffffff9990");
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
}

static void
assert_all(const char *const *changes, bool own)
{
	for (; *changes != NULL; changes++)
		if (update_has_own_id(UPDATE_CHANGES, span_of(*changes)) != own)
			fail_msg("%s", *changes);
}

#define VALUE(members) "{\"field\":\"x\",\"value\":{" members "}}"

static void
knows_ids_of_their_own(void **state)
{
	static const char *const changes[] = {
	    VALUE("\"leadgen_id\":\"1\""), VALUE("\"leadgen_id\":1"),
	    VALUE("\"message\":{\"text\":\"a\",\"mid\":\"m\"}"),
	    VALUE("\"postback\":{\"mid\":\"m\"}"),
	    VALUE("\"reaction\":{\"mid\":\"m\"}"),
	    VALUE("\"read\":{\"mid\":\"m\"}"),
	    VALUE("\"read\":{\"watermark\":1}"),
	    VALUE("\"delivery\":{\"watermark\":1}"),
	    VALUE("\"messages\":[{\"id\":\"wamid.A\"}]"),
	    VALUE("\"messages\":[{\"from\":\"1\"},{\"id\":\"wamid.B\"}]"),
	    VALUE("\"contacts\":[{\"id\":7}],\"messages\":[{\"id\":\"a\"}]"),
	    VALUE("\"statuses\":[{\"status\":\"sent\",\"id\":\"wamid.A\"}]"),
	    VALUE("\"comment_id\":\"1_2\""), VALUE("\"post_id\":\"1_2\""),
	    VALUE("\"item\":\"comment\",\"verb\":\"add\",\"comment_id\":\"1\""),
	    VALUE("\"post_id\":\"1\",\"item\":\"post\",\"verb\":\"remove\""),
	    VALUE("\"leadgen_id\":\"1\",\"verb\":\"edited\""),
	    VALUE("\"lead\\u0067en_id\":1"),
	    "{\"value\":{\"id\":\"17\"},\"field\":\"comments\"}",
	    "{\"field\":\"live_comments\",\"value\":{\"id\":17}}",
	    "{\"v\\u0061lue\":{\"leadgen_id\":1}}",
	    "{\"value\":{},\"value\":{\"leadgen_id\":1}}", NULL };

	(void)state;
	assert_all(changes, true);
}

static void
takes_nothing_else_for_an_id(void **state)
{
	static const char *const changes[] = { "1", "\"leadgen_id\"", "[]",
	    "{}", "{\"leadgen_id\":1}", "{\"value\":1}",
	    "{\"value\":[{\"leadgen_id\":1}]}", VALUE(""),
	    VALUE("\"leadgen_id\":\"\""), VALUE("\"leadgen_id\":null"),
	    VALUE("\"leadgen_id\":{\"leadgen_id\":1}"),
	    VALUE("\"x\":{\"leadgen_id\":1}"),
	    VALUE("\"mid\":\"m\""), VALUE("\"message\":\"mid\""),
	    VALUE("\"message\":{\"mid\":\"\"}"),
	    VALUE("\"message\":{\"watermark\":1}"),
	    VALUE("\"message\":[{\"mid\":\"m\"}]"),
	    VALUE("\"message\":{\"x\":{\"mid\":\"m\"}}"),
	    VALUE("\"delivery\":{\"mid\":\"m\"}"),
	    VALUE("\"message\":{\"x\":{\"id\":1}}"),
	    "{\"values\":{\"leadgen_id\":1}}", VALUE("\"messages\":[1]"),
	    VALUE("\"messages\":[]"), VALUE("\"messages\":{\"id\":1}"),
	    VALUE("\"messages\":[{\"from\":1}]"),
	    VALUE("\"messages\":[[{\"id\":1}]]"),
	    VALUE("\"messages\":[{\"x\":{\"id\":1}}]"),
	    VALUE("\"contacts\":[{\"id\":1}]"),
	    VALUE("\"message\":{\"x\":1},\"other\":{\"mid\":\"m\"}"),
	    VALUE("\"id\":\"17\""), VALUE("\"object_id\":\"17\""),
	    "{\"field\":\"comments\",\"value\":{\"media\":{\"id\":\"17\"}}}",
	    "{\"field\":7,\"value\":{\"id\":\"17\"}}", NULL };

	(void)state;
	assert_all(changes, false);
}

static void
keeps_time_for_what_can_come_again(void **state)
{
	static const char *const changes[] = {
	    VALUE("\"verb\":\"edited\",\"comment_id\":\"1\""),
	    VALUE("\"post_id\":\"1\",\"verb\":\"edit\""),
	    VALUE("\"verb\":\"hide\",\"comment_id\":\"1\""),
	    VALUE("\"verb\":7,\"comment_id\":\"1\""),
	    VALUE("\"verb\":\"add\",\"verb\":\"hide\",\"comment_id\":\"1\""),
	    VALUE("\"verb\":\"hide\",\"verb\":\"add\",\"comment_id\":\"1\""),
	    VALUE("\"item\":\"like\",\"verb\":\"add\",\"post_id\":\"1\""),
	    VALUE("\"post_id\":\"1\",\"verb\":\"add\",\"item\":\"reaction\""),
	    NULL };

	(void)state;
	assert_all(changes, false);
}

static void
never_leaves_time_out_of_changed_fields(void **state)
{
	(void)state;
	assert_false(update_has_own_id(UPDATE_CHANGED_FIELDS,
	    span_of(VALUE("\"leadgen_id\":1"))));
	assert_true(update_has_own_id(UPDATE_MESSAGING, span_of("{}")));
	assert_true(update_has_own_id(UPDATE_STANDBY, span_of("1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_a_change),
		cmocka_unit_test(frames_absent_parts_as_null),
		cmocka_unit_test(leaves_time_out_of_messaging_and_standby),
		cmocka_unit_test(
		    leaves_time_out_of_changes_with_an_id_of_their_own),
		cmocka_unit_test(numbers_equal_updates),
		cmocka_unit_test(names_the_arrays),
		cmocka_unit_test(knows_ids_of_their_own),
		cmocka_unit_test(takes_nothing_else_for_an_id),
		cmocka_unit_test(keeps_time_for_what_can_come_again),
		cmocka_unit_test(never_leaves_time_out_of_changed_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
