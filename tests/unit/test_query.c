#include "http/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char value[QUERY_VALUE_MAX];

static void
assert_once(const char *query, const char *name, const char *expected)
{
	assert_int_equal(query_hub(query, name, value), QUERY_ONCE);
	assert_string_equal(value, expected);
}

/* Checks that the result is not QUERY_ONCE, and that no value is returned. */
static void
assert_not_once(enum query_count expected, const char *query, const char *name)
{
	(void)strcpy(value, "before");
	assert_int_equal(query_hub(query, name, value), expected);
	assert_string_equal(value, "");
}

static void
finds_each_parameter_in_any_order(void **state)
{
	const char *query = "hub.challenge=1158201444&hub.mode=subscribe&"
	    "hub.verify_token=meatyhamhock";

	(void)state;
	assert_once(query, "mode", "subscribe");
	assert_once(query, "challenge", "1158201444");
	assert_once(query, "verify_token", "meatyhamhock");
}

static void
knows_the_three_spellings(void **state)
{
	(void)state;
	assert_once("hub.mode=x", "mode", "x");
	assert_once("hub%2Emode=x", "mode", "x");
	assert_once("hub%2emode=x", "mode", "x");
	assert_once("hub_mode=x", "mode", "x");
	assert_once("%68ub%5Fverify%5ftoken=x", "verify_token", "x");
}

static void
other_names_are_absent(void **state)
{
	static const char *const others[] = {
		"", "&", "&&", "=x", "mode=x", "hub.mode2=x", "xhub.mode=x",
		"hubmode=x", "hub-mode=x", "Hub.mode=x", "hub.Mode=x",
		"hub.mod=x", "hub.=x", "hub=x", "hub.mode+=x", "hub.mode%20=x",
		"hub%252Emode=x", "a=hub.mode=x", "hub.mode;a=x",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaahub.mode=x",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_not_once(QUERY_ABSENT, others[i], "mode");
}

/* A name that is cut to fit must not become the wanted one. */
static void
a_long_name_is_not_cut_to_a_match(void **state)
{
	char name[28] = "xxxxxxxxxxxxxxxxxxxxxxxxxxx";

	(void)state;
	assert_once("hub.xxxxxxxxxxxxxxxxxxxxxxxxxxx=y", name, "y");
	assert_not_once(QUERY_ABSENT, "hub.xxxxxxxxxxxxxxxxxxxxxxxxxxxx=y",
	    name);
}

static void
decodes_values(void **state)
{
	(void)state;
	assert_once("hub.mode=a%20b+c%2B%26%3D%25", "mode", "a b c+&=%");
	assert_once("hub.mode=%C3%a9\xff", "mode", "\xc3\xa9\xff");
	assert_once("hub.mode=a=b==", "mode", "a=b==");
}

static void
an_empty_value_counts(void **state)
{
	(void)state;
	assert_once("hub.mode=", "mode", "");
	assert_once("hub.mode", "mode", "");
	assert_once("a=1&hub.mode&b=2", "mode", "");
	assert_once("&hub.mode=x&", "mode", "x");
}

static void
only_the_ampersand_separates(void **state)
{
	(void)state;
	assert_once("hub.mode=a;hub.mode=b", "mode", "a;hub.mode=b");
}

static void
repeats_are_seen_in_all_spellings(void **state)
{
	(void)state;
	assert_not_once(QUERY_REPEATED, "hub.mode=x&hub.mode=x", "mode");
	assert_not_once(QUERY_REPEATED, "hub.mode=x&hub_mode=x", "mode");
	assert_not_once(QUERY_REPEATED, "hub%2Emode=x&a=1&hub.mode", "mode");
	assert_not_once(QUERY_REPEATED, "hub.mode=x&hub.mode=y&hub.mode=z",
	    "mode");
}

static void
bad_escapes_are_malformed(void **state)
{
	static const char *const bad[] = {
		"hub.mode=%", "hub.mode=%4", "hub.mode=%4&a=1", "hub.mode=%+1",
		"hub.mode=%-1", "hub.mode=% 1", "hub.mode=%0x", "hub.mode=%g1",
		"hub.mode=%1g", "hub.mode=%%41", "hub.mode=%u0041",
		"hub.mode=%4\x80", "%zz=1&hub.mode=x", "hub.mode=x&%=1",
		"hub.mode=x&a=%", "hub.mode=x&hub.mode=y&a=%f",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_not_once(QUERY_MALFORMED, bad[i], "mode");
}

/* Two digits beyond a separator do not belong to the escape. */
static void
an_escape_ends_with_its_part(void **state)
{
	(void)state;
	assert_not_once(QUERY_MALFORMED, "hub.mode=x&a%=41", "mode");
	assert_not_once(QUERY_MALFORMED, "hub.mode=%2&E=1", "mode");
}

static void
an_escaped_nul_is_malformed(void **state)
{
	(void)state;
	assert_not_once(QUERY_MALFORMED, "hub.mode=subscribe%00x", "mode");
	assert_not_once(QUERY_MALFORMED, "hub.mode%00=x", "mode");
	assert_not_once(QUERY_MALFORMED, "hub.mode=x&a=%00", "mode");
	assert_once("hub.mode=%01%10", "mode", "\x01\x10");
}

static void
a_value_has_at_most_1023_bytes(void **state)
{
	char query[2048], *exact;

	(void)state;
	(void)strcpy(query, "hub.mode=");
	memset(query + 9, 'x', 1024);
	query[9 + 1024] = '\0';
	assert_not_once(QUERY_MALFORMED, query, "mode");
	query[9 + 1023] = '\0';
	exact = strdup(query);
	assert_non_null(exact);
	assert_once(exact, "mode", query + 9);
	free(exact);
}

static void
another_parameter_may_be_longer(void **state)
{
	char *query = malloc(100001);

	(void)state;
	assert_non_null(query);
	memset(query, 'x', 100000);
	memcpy(query, "fbclid=", 7);
	memcpy(query + 100000 - 11, "&hub.mode=y", 12);
	assert_once(query, "mode", "y");
	free(query);
}

static void
hub_is_seen_in_any_spelling_and_place(void **state)
{
	static const char *const there[] = {
		"hub.mode=x", "hub_mode", "a=1&hub.=", "hub.", "&&hub_&",
		"%68ub%5F", "h%75b%2emode=x", "hub.other=1", "hub.%zz=1",
		"hub.mode%", "a=%zz&hub.mode", "fbclid=x&hub%2Echallenge=1",
	};
	static const char *const absent[] = {
		"", "&", "=", "x", "x=1", "hub", "hub=1", "hubs.mode=1",
		"hub-mode", "Hub.mode=x", "a=hub.mode", "a=1;hub.mode=1",
		"xhub.mode", "hu%00b.mode", "hub%zz.mode", "%zz=1", "ping=1",
		"fbclid=IwAR0", "hub%252emode", "hub=.", "hub&.mode",
		"--version", "%",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof there / sizeof there[0]; i++)
		assert_true(query_has_hub(there[i]));
	for (i = 0; i < sizeof absent / sizeof absent[0]; i++)
		assert_false(query_has_hub(absent[i]));
}

static void
walks_through_all_parameters(void **state)
{
	static const struct { const char *name, *value; } expected[] = {
		{ "a", "1 2" }, { "b", "" }, { "c", "x=y" }, { "", "z" },
		{ "d e", "\xc3\xbc&" } };
	const char *query = "&a=1+2&&b&c=x=y&=z&d%20e=%C3%bc%26&";
	struct query_parameter parameter;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		assert_int_equal(query_next(&query, &parameter),
		    QUERY_PARAMETER);
		assert_string_equal(parameter.name, expected[i].name);
		assert_string_equal(parameter.value, expected[i].value);
	}
	assert_int_equal(query_next(&query, &parameter), QUERY_END);
	assert_int_equal(query_next(&query, &parameter), QUERY_END);
}

/* What follows a bad parameter can still be read. */
static void
names_a_bad_parameter(void **state)
{
	static const char *const bad[] = { "a=%&b=1", "a%2=&b=1", "%00=&b=1",
	    "a=%zz&b=1", "12345678901234567890123456789012=&b=1" };
	struct query_parameter parameter;
	char longest[2 * QUERY_VALUE_MAX];
	const char *query;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		query = bad[i];
		assert_int_equal(query_next(&query, &parameter), QUERY_BAD);
		assert_int_equal(query_next(&query, &parameter),
		    QUERY_PARAMETER);
		assert_string_equal(parameter.value, "1");
	}
	(void)memset(longest, 'x', sizeof longest);
	(void)memcpy(longest, "a=", 2);
	longest[2 + QUERY_VALUE_MAX] = '\0';
	query = longest;
	assert_int_equal(query_next(&query, &parameter), QUERY_BAD);
	longest[2 + QUERY_VALUE_MAX - 1] = '\0';
	query = longest;
	assert_int_equal(query_next(&query, &parameter), QUERY_PARAMETER);
	assert_int_equal(strlen(parameter.value), QUERY_VALUE_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_parameter_in_any_order),
		cmocka_unit_test(knows_the_three_spellings),
		cmocka_unit_test(other_names_are_absent),
		cmocka_unit_test(a_long_name_is_not_cut_to_a_match),
		cmocka_unit_test(decodes_values),
		cmocka_unit_test(an_empty_value_counts),
		cmocka_unit_test(only_the_ampersand_separates),
		cmocka_unit_test(repeats_are_seen_in_all_spellings),
		cmocka_unit_test(bad_escapes_are_malformed),
		cmocka_unit_test(an_escape_ends_with_its_part),
		cmocka_unit_test(an_escaped_nul_is_malformed),
		cmocka_unit_test(a_value_has_at_most_1023_bytes),
		cmocka_unit_test(another_parameter_may_be_longer),
		cmocka_unit_test(hub_is_seen_in_any_spelling_and_place),
		cmocka_unit_test(walks_through_all_parameters),
		cmocka_unit_test(names_a_bad_parameter),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
