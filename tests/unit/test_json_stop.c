/* Unit tests for payload/json_stop.h: the byte at which a text stops being
 * JSON. Each text has its bad byte after a "^" that is taken out. */
#include "payload/json_stop.h"

#include "payload/json.h"

#include "span_fixture.h"

static void
stops(const char *marked)
{
	char text[256];
	const char *mark = strchr(marked, '^');
	size_t at = (size_t)(mark - marked), length = strlen(marked) - 1;

	assert_non_null(mark);
	memcpy(text, marked, at);
	memcpy(text + at, mark + 1, length - at);
	assert_false(json_scan(text, length, NULL, NULL));
	if (json_stop(text, length, false) != at)
		fail_msg("at %zu, not %zu: %s", json_stop(text, length,
		    false), at, marked);
}

static void
at_a_byte_out_of_place(void **state)
{
	(void)state;
	stops("{\"a\":1}^}");
	stops("{\"a\"^;1}");
	stops("{\"a\":1 ^\"b\":2}");
	stops("{\"a\":1 ^2}");
	stops("{\"a\":^}");
	stops("{^1:2}");
	stops("[1,^]");
	stops("[1^}");
	stops("^#");
	stops("0^1");
	stops("[1]^true");
}

static void
inside_a_string(void **state)
{
	(void)state;
	stops("\"ab^\1c\"");
	stops("\"ab\\^qc\"");
	stops("\"\\u00^g9\"");
	stops("\"\\ud8^\"");
	stops("\"a^\xff\"");
	stops("\"\xc3^(\"");
	stops("\"\xed^\xa0\x80\"");
	stops("\"\xe2\x82^\"");
	stops("{\"a^\n\":1}");
}

static void
inside_a_number_or_a_word(void **state)
{
	(void)state;
	stops("[-^]");
	stops("[1.^]");
	stops("[1e^]");
	stops("[tr^oe]");
	stops("[nul^k]");
	stops("[fals^]");
}

static void
at_the_end_if_more_is_needed(void **state)
{
	(void)state;
	stops("{\"a\":1^");
	stops("{\"a^");
	stops("\"\\u0^");
	stops("[tr^");
	stops("^");
	stops("\"\xe2\x82^");
}

static void
at_the_end_of_a_whole_text(void **state)
{
	(void)state;
	assert_int_equal(json_stop("[1]", 3, false), 3);
}

static void
where_it_is_too_deep(void **state)
{
	char text[2 * JSON_DEPTH_MAX];

	(void)state;
	memset(text, '[', sizeof text);
	assert_int_equal(json_stop(text, sizeof text, false), JSON_DEPTH_MAX);
	assert_int_equal(json_stop(text, sizeof text, true),
	    JSON_DEPTH_MAX + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_a_byte_out_of_place),
		cmocka_unit_test(inside_a_string),
		cmocka_unit_test(inside_a_number_or_a_word),
		cmocka_unit_test(at_the_end_if_more_is_needed),
		cmocka_unit_test(at_the_end_of_a_whole_text),
		cmocka_unit_test(where_it_is_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
