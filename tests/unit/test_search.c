#include "payload/search.h"

#include "payload/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "span_fixture.h"

/* Looks for a text at several distances from the beginning and the end, so that
 * each way of the search has to find it, or must not. */
static bool
finds_in(const char *text, struct span json)
{
	struct search *search = search_new(text, strlen(text));
	char bytes[1024];
	bool found, first = false;
	size_t before, after;

	assert_non_null(search);
	for (before = 0; before < 18; before++)
		for (after = 0; after < 35; after += 17) {
			size_t length = before + 4 + json.length + after;

			assert_true(length + 3 < sizeof bytes);
			memset(bytes, ' ', sizeof bytes);
			memcpy(bytes + before, "[\"\",", 4);
			memcpy(bytes + before + 4, json.bytes, json.length);
			found = search_finds(search, (struct span){ bytes,
			    length });
			if (before + after == 0)
				first = found;
			assert_int_equal(found, first);
			/* A quick look misses nothing, whatever is around. */
			bytes[0] = '\\';
			memcpy(bytes + length, "\"\\u", 3);
			if (found)
				assert_true(search_may_find(search,
				    (struct span){ bytes, length + 3 }));
		}
	search_free(search);
	return first;
}

static bool
finds(const char *text, const char *json)
{
	return finds_in(text, span_of(json));
}

static void
finds_plain_text(void **state)
{
	(void)state;
	assert_true(finds("shop", "{\"text\":\"Is the shop open?\"}"));
	assert_true(finds("s", "\"shop\""));
	assert_true(finds("Is the shop open?", "\"Is the shop open?\""));
	assert_false(finds("shops", "\"the shop s\""));
	assert_false(finds("shops", "\"shop\""));
	assert_true(finds("aab", "\"aaab\""));
	assert_true(finds("changed_f", "{\"changed_fields\":[]}"));
	assert_false(finds("x", "\"\""));
}

static void
passes_over_the_case_of_ascii_letters(void **state)
{
	(void)state;
	assert_true(finds("SHOP", "\"the shop\""));
	assert_true(finds("shop", "\"the ShOP\""));
	assert_true(finds("shop", "\"the \\u0053hop\""));
	assert_true(finds("SHOP", "\"the \\u0073h\\u004fp\""));
	assert_false(finds("@`{", "\"`@{\""));
	assert_false(finds("[", "\"{\""));
	assert_false(finds("\xc3\x9c", "\"\xc3\xbc\""));
	assert_false(finds("\xc3\x9c", "\"\\u00fc\""));
}

static void
finds_every_spelling(void **state)
{
	(void)state;
	assert_true(finds("M\xc3\xbcller", "\"Ren\\u00e9 M\\u00fcller\""));
	assert_true(finds("M\xc3\xbcller", "\"Ren\\u00e9 M\\u00FCller\""));
	assert_true(finds("M\xc3\xbcller", "\"Ren\xc3\xa9 M\xc3\xbcller\""));
	assert_true(finds("\xc3\xbc", "\"\\u00fC\""));
	assert_true(finds("\xc3\xbc" "b", "\"\\u00fcb\""));
	assert_true(finds("\xe2\x82\xac 5", "\"\\u20ac 5\""));
	assert_true(finds("\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\""));
	assert_true(finds("\xf0\x9f\x98\x80", "\"\\uD83D\\uDE00\""));
	assert_true(finds("\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""));
	assert_false(finds("\xf0\x9f\x98\x80", "\"\\ud83d\\ude01\""));
	assert_false(finds("\xf0\x9f\x98\x80", "\"\\ud83d\""));
	assert_false(finds("\xf0\x9f\x98\x80", "\"\\ud83d\\n\\n\\n\""));
	assert_true(finds("https://a/", "\"https:\\/\\/a\\/\""));
	assert_true(finds("https://a/", "\"https://a\\u002F\""));
	assert_true(finds("say \"a\"", "\"say \\\"a\\\"\""));
	assert_true(finds("say \"a\"", "\"say \\u0022a\\u0022\""));
	assert_true(finds("a\\b", "\"a\\\\b\""));
	assert_true(finds("a\nb\tc", "\"a\\nb\\tc\""));
	assert_true(finds("a\nb\tc", "\"a\\u000ab\\u0009c\""));
	assert_true(finds("\b\f\r", "\"\\b\\f\\r\""));
	assert_true(finds("\x01", "\"\\u0001\""));
	assert_true(finds("caf\xc3\xa9", "\"CAF\\u00e9\""));
}

static void
never_begins_inside_an_escape(void **state)
{
	(void)state;
	assert_false(finds("n", "\"\\n\""));
	assert_false(finds("u", "\"\\u00fc\""));
	assert_false(finds("u00fc", "\"\\u00fc\""));
	assert_false(finds("00fc", "\"\\u00fc\""));
	assert_false(finds("0fc", "\"\\u00fc\""));
	assert_false(finds("fc", "\"\\u00fc\""));
	assert_false(finds("c", "\"\\u00fc\""));
	assert_false(finds("c1", "\"\\u00fc1\""));
	assert_true(finds("1", "\"\\u00fc1\""));
	assert_true(finds("u00fc", "\"\\\\u00fc\""));
	assert_false(finds("\xc3\xbc", "\"\\\\u00fc\""));
	assert_true(finds("n", "\"\\\\n\""));
	assert_false(finds("\n", "\"\\\\n\""));
	assert_true(finds("\\\n", "\"\\\\\\n\""));
	assert_true(finds("\\u00fc", "\"\\\\u00fc\""));
}

static void
finds_nothing_between_strings_but_numbers(void **state)
{
	static const char json[] = "{\"a\": [1, 20],\"b\":true,\"c\":null,"
	    "\"d\":-9223372036854775807.5e7,\"e\":{}}";

	(void)state;
	assert_true(finds("9223372036854775807", json));
	assert_true(finds("2036", json));
	assert_true(finds("-9", json));
	assert_true(finds("20", json));
	assert_false(finds("1, 2", json));
	assert_false(finds(": ", json));
	assert_false(finds("[", json));
	assert_false(finds("{}", json));
	assert_false(finds(",", json));
	assert_false(finds("true", json));
	assert_false(finds("ull", json));
	assert_false(finds("\":", json));
	assert_false(finds("\"", json));
	assert_true(finds("1, 2", "[\"1\",\"1, 2\"]"));
	assert_true(finds("true", "[true,\"so true\"]"));
	assert_true(finds("true", "{\"true\":true}"));
	assert_true(finds(": ", "[true, \"\\\": \"]"));
	assert_true(finds("e", "{\"e\":1e5}"));
	assert_false(finds("e", "[1e5,true,false]"));
}

static void
reads_no_further_than_the_bytes(void **state)
{
	static const char json[] = "\"caf\\u00e9 \\ud83d\\ude00 open\"";
	struct search *search = search_new("\xf0\x9f\x98\x80 open", 9);
	size_t length;

	(void)state;
	for (length = 0; length < sizeof json - 1; length++) {
		char *copy = malloc(length + 1);

		/* The sanitizer watches this copy's end. */
		memcpy(copy + 1, json, length);
		assert_int_equal(search_finds(search, (struct span){ copy + 1,
		    length }), length == sizeof json - 2);
		free(copy);
	}
	assert_false(search_finds(search, (struct span){ NULL, 0 }));
	search_free(search);
}

static void
takes_text_that_is_no_utf8(void **state)
{
	(void)state;
	assert_false(finds("\xff", "\"a\\u00ff\xc3\xbf\""));
	assert_false(finds("a\xc3", "\"a\xc3\xbc\""));
	search_free(NULL);
}

static uint64_t seed = 1;

static unsigned
roll(unsigned sides)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(seed >> 33) % sides;
}

/* Spells random texts in random ways; each part of one must be found. */
static void
finds_whatever_is_spelled_in_any_way(void **state)
{
	static const struct { const char *text, *spellings[4]; } pieces[] = {
		{ "a", { "a", "A", "\\u0061", "\\u0041" } },
		{ "\xc3\xbc", { "\xc3\xbc", "\\u00fc", "\\u00FC",
		    "\\u00Fc" } },
		{ "\\", { "\\\\", "\\u005c", "\\u005C", "\\\\" } },
		{ "\"", { "\\\"", "\\u0022", "\\\"", "\\\"" } },
		{ "n", { "n", "N", "\\u006e", "\\u004E" } },
		{ "u", { "u", "U", "\\u0075", "\\u0055" } },
		{ "0", { "0", "\\u0030", "0", "0" } },
		{ "\xf0\x9f\x98\x80", { "\xf0\x9f\x98\x80",
		    "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\ud83d\\uDe00" } },
		{ "/", { "/", "\\/", "\\u002f", "\\u002F" } } };
	char text[64], json[256];
	int round, i, from;

	(void)state;
	for (round = 0; round < 300; round++) {
		text[0] = '\0';
		strcpy(json, "\"");
		from = (int)roll(4);
		for (i = 0; i < 7; i++) {
			unsigned piece = roll(9);

			if (i >= from && i < from + 3)
				strcat(text, pieces[piece].text);
			strcat(json, pieces[piece].spellings[roll(4)]);
		}
		strcat(json, "\"");
		assert_true(json_scan(json, strlen(json), NULL, NULL));
		if (!finds(text, json))
			fail_msg("%s is not found in %s", text, json);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_plain_text),
		cmocka_unit_test(passes_over_the_case_of_ascii_letters),
		cmocka_unit_test(finds_every_spelling),
		cmocka_unit_test(never_begins_inside_an_escape),
		cmocka_unit_test(finds_nothing_between_strings_but_numbers),
		cmocka_unit_test(reads_no_further_than_the_bytes),
		cmocka_unit_test(takes_text_that_is_no_utf8),
		cmocka_unit_test(finds_whatever_is_spelled_in_any_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
