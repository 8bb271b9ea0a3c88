#include "auth/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
the_same_token_is_equal(void **state)
{
	(void)state;
	assert_true(token_equal("meatyhamhock", "meatyhamhock"));
	assert_true(token_equal("\xc3\xa9 + %", "\xc3\xa9 + %"));
}

static void
any_difference_counts(void **state)
{
	(void)state;
	assert_false(token_equal("meatyhamhock", "meatyhamhocK"));
	assert_false(token_equal("meatyhamhock", "Meatyhamhock"));
	assert_false(token_equal("meatyhamhock", "meatyhamhoc"));
	assert_false(token_equal("meatyhamhock", "meatyhamhock "));
	assert_false(token_equal("meatyhamhock", ""));
}

static void
an_empty_token_equals_nothing(void **state)
{
	(void)state;
	assert_false(token_equal("", ""));
	assert_false(token_equal("", "x"));
}

static void
accepts_numbers_and_words_as_challenges(void **state)
{
	(void)state;
	assert_true(token_challenge_ok("1158201444"));
	assert_true(token_challenge_ok("CHALLENGE_ACCEPTED"));
	assert_true(token_challenge_ok("aZ09._~-"));
	assert_true(token_challenge_ok("0"));
}

static void
each_other_byte_spoils_a_challenge(void **state)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._~-";
	char text[] = "a?b";
	int byte;

	(void)state;
	for (byte = 1; byte < 256; byte++) {
		text[1] = (char)byte;
		assert_int_equal(token_challenge_ok(text),
		    strchr(allowed, byte) != NULL);
	}
}

static void
a_challenge_has_1_to_256_characters(void **state)
{
	char text[258];

	(void)state;
	assert_false(token_challenge_ok(""));
	memset(text, 'x', sizeof text);
	text[257] = '\0';
	assert_false(token_challenge_ok(text));
	text[256] = '\0';
	assert_true(token_challenge_ok(text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_token_is_equal),
		cmocka_unit_test(any_difference_counts),
		cmocka_unit_test(an_empty_token_equals_nothing),
		cmocka_unit_test(accepts_numbers_and_words_as_challenges),
		cmocka_unit_test(each_other_byte_spoils_a_challenge),
		cmocka_unit_test(a_challenge_has_1_to_256_characters),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
