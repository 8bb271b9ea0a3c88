#include "payload/json_string.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct span
span_of(const char *text)
{
	struct span span = { text, strlen(text) };

	return span;
}

static bool
is(const char *token, const char *text)
{
	return json_string_is(span_of(token), text);
}

static void
compares_with_and_without_escapes(void **state)
{
	(void)state;
	assert_true(is("\"\"", ""));
	assert_true(is("\"id\"", "id"));
	assert_true(is("\"\\u0069d\"", "id"));
	assert_true(is("\"\\u0069\\u0064\"", "id"));
	assert_true(is("\"a\\/b\"", "a/b"));
	assert_true(is("\"\\u004A\\u004a\"", "JJ"));
	assert_true(is("\"\\\\\\\"\\n\"", "\\\"\n"));
}

static void
tells_different_strings_apart(void **state)
{
	(void)state;
	assert_false(is("\"\"", "a"));
	assert_false(is("\"id\"", "i"));
	assert_false(is("\"id\"", "idx"));
	assert_false(is("\"i\"", "id"));
	assert_false(is("\"id\\u0000\"", "id"));
	assert_false(is("\"\\u0169d\"", "id"));
	assert_false(is("\"\\ud83d\"", "id"));
	assert_false(is("\"\xc3\xa9\"", "e"));
	assert_false(is("\"\\\\u0069d\"", "id"));
}

/* Decodes into 16 bytes and compares; `text` NULL: it must be refused. */
static void
assert_decodes(const char *token, const char *text)
{
	char out[16];
	size_t length = 0;
	bool done = json_string_decode(span_of(token), out, sizeof out,
	    &length);

	assert_int_equal(done, text != NULL);
	if (text == NULL)
		return;
	assert_int_equal(length, strlen(text));
	assert_memory_equal(out, text, length);
}

static void
decodes(void **state)
{
	(void)state;
	assert_decodes("\"\"", "");
	assert_decodes("\"/a b\"", "/a b");
	assert_decodes("\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"", "\b\f\n\r\t/\\\"");
	assert_decodes("\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac");
	assert_decodes("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80");
	assert_decodes("\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf");
	assert_decodes("\"\\u007f\\u0080\\u07ff\\u0800\"",
	    "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80");
}

static void
decodes_no_lone_surrogate(void **state)
{
	(void)state;
	assert_decodes("\"\\ud83d\"", NULL);
	assert_decodes("\"\\ude00\"", NULL);
	assert_decodes("\"\\ude00\\ud83d\"", NULL);
	assert_decodes("\"\\ud83dx\"", NULL);
	assert_decodes("\"\\ude00\\ude00\"", NULL);
	assert_decodes("\"\\ud83d\\ue000\"", NULL);
	assert_decodes("\"\\ud83d\\n\"", NULL);
	assert_decodes("\"\\ud83d\\u0041\"", NULL);
}

static void
decodes_no_more_than_there_is_room_for(void **state)
{
	(void)state;
	assert_decodes("\"1234567890123456\"", "1234567890123456");
	assert_decodes("\"12345678901234567\"", NULL);
	assert_decodes("\"123456789012345\\u00e9\"", NULL);
	assert_decodes("\"1234567890123\\u20ac\"", "1234567890123\xe2\x82\xac");
}

static void
assert_written(const char *text, const char *token)
{
	struct buffer buffer = { 0 };

	assert_int_equal(json_string_append(&buffer, span_of(text)), ERR_NONE);
	assert_int_equal(buffer.length, strlen(token));
	assert_memory_equal(buffer.bytes, token, buffer.length);
	buffer_free(&buffer);
}

static void
writes_strings(void **state)
{
	(void)state;
	assert_written("", "\"\"");
	assert_written("/web hook", "\"/web hook\"");
	assert_written("a\"b\\c", "\"a\\\"b\\\\c\"");
	assert_written("\n\x01\x1f\x7f", "\"\\u000a\\u0001\\u001f\x7f\"");
	assert_written("/\xc3\xa9", "\"/\xc3\xa9\"");
}

static void
writes_only_utf8(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(json_string_append(&buffer, span_of("/\xe9")),
	    ERR_INPUT);
	buffer_free(&buffer);
}

static void
reads_what_it_writes(void **state)
{
	struct buffer buffer = { 0 };
	struct span token, text;
	char all[127], out[127];
	size_t i, length;

	(void)state;
	for (i = 0; i < sizeof all; i++)
		all[i] = (char)(i + 1);
	text.bytes = all;
	text.length = sizeof all;
	assert_int_equal(json_string_append(&buffer, text), ERR_NONE);
	token.bytes = buffer.bytes;
	token.length = buffer.length;
	assert_true(json_string_decode(token, out, sizeof out, &length));
	assert_int_equal(length, sizeof all);
	assert_memory_equal(out, all, sizeof all);
	buffer_free(&buffer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_with_and_without_escapes),
		cmocka_unit_test(tells_different_strings_apart),
		cmocka_unit_test(decodes),
		cmocka_unit_test(decodes_no_lone_surrogate),
		cmocka_unit_test(decodes_no_more_than_there_is_room_for),
		cmocka_unit_test(writes_strings),
		cmocka_unit_test(writes_only_utf8),
		cmocka_unit_test(reads_what_it_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
