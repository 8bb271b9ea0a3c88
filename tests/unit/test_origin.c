/* origin: what is one, and how far other text is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal/origin.h"

#define ID "0123456789abcdef0123456789abcdef"

static const struct {
	const char *text;
	size_t prefix;		/* bytes */
	bool whole, well_formed;
} cases[] = {
	{ ID "/1", 34, true, true },
	{ ID "/9999999999999999999", 52, true, true },
	{ "00000000000000000000000000000000/7", 34, true, true },
	/* more after it */
	{ ID "/42\"", 35, true, false },
	{ ID "/42\r\nX: y", 35, true, false },
	{ ID "/4 ", 34, true, false },
	/* the id */
	{ "", 0, false, false },
	{ "0123456789abcdef0123456789abcde/1", 31, false, false },
	{ ID "0/1", 32, false, false },
	{ "0123456789ABCDEF0123456789abcdef/1", 10, false, false },
	{ "x" ID "/1", 0, false, false },
	{ ID, 32, false, false },
	{ ID ":1", 32, false, false },
	/* the seq */
	{ ID "/", 33, false, false },
	{ ID "/0", 33, false, false },
	{ ID "/01", 33, false, false },
	{ ID "/-1", 33, false, false },
	{ ID "/ 1", 33, false, false },
	{ ID "/10000000000000000000", 33, false, false },
	{ ID "/99999999999999999999999", 33, false, false },
};

static void
what_is_one_and_how_far_other_text_is(void **state)
{
	bool whole;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *text = cases[i].text;
		size_t length = strlen(text);
		size_t prefix = origin_prefix(text, length, &whole);

		if (prefix != cases[i].prefix || whole != cases[i].whole)
			fail_msg("\"%s\": %zu, %d", text, prefix, whole);
		if (origin_well_formed((struct span){ text, length }) !=
		    cases[i].well_formed)
			fail_msg("\"%s\" is taken for one", text);
	}
}

/* Nothing is read beyond the length. */
static void
the_length_is_kept(void **state)
{
	bool whole;
	size_t length;

	(void)state;
	for (length = 0; length <= 35; length++) {
		size_t prefix = origin_prefix(ID "/42", length, &whole);

		assert_int_equal(prefix, length);
		assert_int_equal(whole, length > 33);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_one_and_how_far_other_text_is),
		cmocka_unit_test(the_length_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
