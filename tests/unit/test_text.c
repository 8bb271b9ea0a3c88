#include "hookctl/output.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "span_fixture.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define EMOJI "\xf0\x9f\x98\x80"	/* two columns */

static struct buffer out;

static int
setup(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

static void
shows_bytes(struct span text, size_t columns, const char *shown, size_t used)
{
	out.length = 0;
	assert_int_equal(text_append(&out, text, columns), used);
	assert_int_equal(buffer_append(&out, "", 1), ERR_NONE);
	assert_string_equal(out.bytes, shown);
}

static void
shows(const char *text, size_t columns, const char *shown, size_t used)
{
	shows_bytes(span_of(text), columns, shown, used);
}

static void
leaves_text_alone(void **state)
{
	(void)state;
	shows("", 0, "", 0);
	shows_bytes((struct span){ NULL, 0 }, 0, "", 0);
	shows("Gr\xc3\xbc\xc3\x9f" "e, \"a\\b\" ~", 0,
	    "Gr\xc3\xbc\xc3\x9f" "e, \"a\\b\" ~", 14);
	shows("\xe4\xbd\xa0\xe5\xa5\xbd", 0, "\xe4\xbd\xa0\xe5\xa5\xbd", 4);
	shows(EMOJI, 0, EMOJI, 2);
	/* A combining accent, and an emoji of two with a joiner. */
	shows("e\xcc\x81", 0, "e\xcc\x81", 1);
	shows(EMOJI "\xe2\x80\x8d" EMOJI, 0, EMOJI "\xe2\x80\x8d" EMOJI, 4);
	/* Persian needs U+200C. */
	shows("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", 0,
	    "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", 3);
}

static void
escapes_what_a_terminal_obeys(void **state)
{
	(void)state;
	shows_bytes((struct span){ "a\0b", 3 }, 0, "a\\u0000b", 8);
	shows("\033[2J\007", 0, "\\u001b[2J\\u0007", 15);
	shows("a\nb\tc\r", 0, "a\\u000ab\\u0009c\\u000d", 21);
	shows("\x7f", 0, "\\u007f", 6);
	shows("\xc2\x9b" "31m", 0, "\\u009b31m", 9);
	shows("\xc2\x85", 0, "\\u0085", 6);
	shows("\xc2\xa0", 0, "\xc2\xa0", 1);
}

static void
escapes_what_turns_or_hides_text(void **state)
{
	static const struct { const char *text, *shown; } cases[] = {
		{ "\xe2\x80\xae", "\\u202e" }, { "\xe2\x80\xaa", "\\u202a" },
		{ "\xe2\x80\xa8", "\\u2028" }, { "\xe2\x80\xa9", "\\u2029" },
		{ "\xe2\x81\xa6", "\\u2066" }, { "\xe2\x81\xa9", "\\u2069" },
		{ "\xe2\x80\x8e", "\\u200e" }, { "\xe2\x80\x8f", "\\u200f" },
		{ "\xe2\x80\x8b", "\\u200b" }, { "\xd8\x9c", "\\u061c" },
		{ "\xef\xbb\xbf", "\\ufeff" }, { "\xef\xbf\xb9", "\\ufff9" },
		{ "\xf3\xa0\x81\x81", "\\U000e0041" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		shows(cases[i].text, 0, cases[i].shown,
		    strlen(cases[i].shown));
	/* Neighbours that are text. */
	shows("\xe2\x80\x90", 0, "\xe2\x80\x90", 1);
	shows("\xe2\x80\xaf", 0, "\xe2\x80\xaf", 1);
}

static void
escapes_what_is_no_utf8(void **state)
{
	(void)state;
	shows("\x80", 0, "\\x80", 4);
	shows("\xff\xfe", 0, "\\xff\\xfe", 8);
	shows("\xc0\xaf", 0, "\\xc0\\xaf", 8);		/* overlong */
	shows("\xc1\xbf", 0, "\\xc1\\xbf", 8);
	shows("\xe0\x80\x9b", 0, "\\xe0\\x80\\x9b", 12);
	shows("\xe0\x9f\xbf", 0, "\\xe0\\x9f\\xbf", 12);
	shows("\xf0\x80\x80\x9b", 0, "\\xf0\\x80\\x80\\x9b", 16);
	shows("\xed\xa0\x80", 0, "\\xed\\xa0\\x80", 12); /* a surrogate */
	shows("\xf4\x90\x80\x80", 0, "\\xf4\\x90\\x80\\x80", 16);
	shows("\xf5\x80\x80\x80", 0, "\\xf5\\x80\\x80\\x80", 16);
	shows("\xe2\x82", 0, "\\xe2\\x82", 8);		/* cut off */
	shows("\xe2(\xac", 0, "\\xe2(\\xac", 9);
	shows("\xc3", 0, "\\xc3", 4);
}

static void
cuts_to_columns(void **state)
{
	(void)state;
	shows("shop", 4, "shop", 4);
	shows("shops", 4, "sho" ELLIPSIS, 4);
	shows("shops", 1, ELLIPSIS, 1);
	shows("s", 1, "s", 1);
	shows("", 1, "", 0);
	shows(EMOJI, 1, ELLIPSIS, 1);
	shows(EMOJI, 2, EMOJI, 2);
	shows(EMOJI EMOJI, 3, EMOJI ELLIPSIS, 3);
	shows("a" EMOJI EMOJI, 4, "a" EMOJI ELLIPSIS, 4);
	/* The column that half an emoji would use stays empty. */
	shows("a" EMOJI EMOJI, 3, "a" ELLIPSIS, 2);
	/* An escape is cut as a whole, an accent stays with its letter. */
	shows("ab\ncd", 7, "ab" ELLIPSIS, 3);
	shows("ab\ncd", 9, "ab\\u000a" ELLIPSIS, 9);
	shows("abe\xcc\x81", 3, "abe\xcc\x81", 3);
	shows("abe\xcc\x81" "d", 3, "ab" ELLIPSIS, 3);
	shows("ab\xcc\x81" "cd", 3, "ab\xcc\x81" ELLIPSIS, 3);
}

static void
appends_to_what_is_there(void **state)
{
	(void)state;
	out.length = 0;
	assert_int_equal(text_append(&out, span_of("one"), 0), 3);
	assert_int_equal(text_append(&out, span_of("four"), 3), 3);
	assert_int_equal(out.length, 3 + 2 + strlen(ELLIPSIS));
	assert_memory_equal(out.bytes, "onefo" ELLIPSIS, out.length);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_text_alone),
		cmocka_unit_test(escapes_what_a_terminal_obeys),
		cmocka_unit_test(escapes_what_turns_or_hides_text),
		cmocka_unit_test(escapes_what_is_no_utf8),
		cmocka_unit_test(cuts_to_columns),
		cmocka_unit_test(appends_to_what_is_there),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
