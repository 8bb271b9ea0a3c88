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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_with_and_without_escapes),
		cmocka_unit_test(tells_different_strings_apart),
		cmocka_unit_test(reads_pairs_of_surrogates_as_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
