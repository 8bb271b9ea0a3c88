#include "payload/json_string.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "span_fixture.h"

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

static void
reads_pairs_of_surrogates_as_one(void **state)
{
	(void)state;
	assert_false(is("\"\\ud83d\\ude00\"", "=\x1e"));
	assert_false(is("\"\\ude00\\ud83d\"", ""));
	assert_false(is("\"\\ud83d\\u0041\"", "A"));
	assert_false(is("\"\\ud83dx\"", "x"));
	assert_false(is("\"\\udbff\\udfff\"", "\xff"));
}

static void
spells(const char *inside, size_t most, const char *text)
{
	struct buffer out = { 0 };

	assert_int_equal(json_string_append(&out, span_of(inside), most),
	    ERR_NONE);
	assert_span((struct span){ out.bytes, out.length }, text);
	buffer_free(&out);
}

static void
spells_a_text_in_utf8(void **state)
{
	(void)state;
	spells("", 9, "");
	spells("plain \xc3\xbc", 99, "plain \xc3\xbc");
	spells("\\u00fc\\u20AC\\ud83d\\ude00\\u007f", 99,
	    "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\x7f");
	spells("\\\"\\\\\\/\\b\\f\\n\\r\\t", 99, "\"\\/\b\f\n\r\t");
	spells("\\ud83d|\\ude00|\\ud83d\\ud83d\\ude00", 99,
	    "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xf0\x9f\x98\x80");
}

static void
spells_no_more_than_is_asked_for(void **state)
{
	(void)state;
	spells("abc", 3, "abc");
	spells("abcd", 3, "abc\xe2\x80\xa6");
	spells("ab\\u00fc", 3, "ab\xe2\x80\xa6");
	spells("a\\u00fc", 3, "a\xc3\xbc");
	spells("abc", 0, "\xe2\x80\xa6");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_with_and_without_escapes),
		cmocka_unit_test(tells_different_strings_apart),
		cmocka_unit_test(reads_pairs_of_surrogates_as_one),
		cmocka_unit_test(spells_a_text_in_utf8),
		cmocka_unit_test(spells_no_more_than_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
