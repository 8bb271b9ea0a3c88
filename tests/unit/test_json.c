#include "payload/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json_made.h"

/* Scans a copy that ends where its memory ends, so that the sanitizer notices
 * any read beyond it. */
static bool
valid_bytes(const char *bytes, size_t length)
{
	char *copy = malloc(length > 0 ? length : 1);
	bool result;

	assert_non_null(copy);
	if (length > 0)
		memcpy(copy, bytes, length);
	result = json_scan(copy, length, NULL, NULL);
	free(copy);
	return result;
}

static bool
valid(const char *text)
{
	return valid_bytes(text, strlen(text));
}

static void
all_valid(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (!valid(*texts))
			fail_msg("refused: %s", *texts);
}

static void
all_invalid(const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (valid(*texts))
			fail_msg("accepted: %s", *texts);
}

static void
accepts_any_value_as_a_text(void **state)
{
	static const char *const texts[] = { "0", "\"\"", "true", "false",
	    "null", "[]", "{}", " \t\r\n1 \t\r\n", "[ ]", "{ }", NULL };

	(void)state;
	all_valid(texts);
}

static void
refuses_what_is_not_one_text(void **state)
{
	static const char *const texts[] = { "", " ", "\n", "1 2", "{}{}",
	    "[] []", "1,", ",1", "1]", "]", "}", "{}}", "[]]", ":", "{},",
	    "\"a\" \"b\"", "null null", "#", "// x\n1", "1 // x", "/* */1",
	    "\v1", "\f1", "1\f", "\xc2\xa0" "1", NULL };

	(void)state;
	all_invalid(texts);
}

static void
accepts_the_spellings_of_numbers(void **state)
{
	static const char *const texts[] = { "-0", "10", "-1", "0.0", "-0.5",
	    "1.25", "1e5", "1E5", "1e+5", "1e-5", "0e0", "1.0E+09",
	    "123456789012345678901234567890", "1e999999999999", "-1.5e-0",
	    "[0]", "[0,1]", "{\"a\":-0e1}", NULL };

	(void)state;
	all_valid(texts);
}

static void
refuses_other_numbers(void **state)
{
	static const char *const texts[] = { "-", "+1", "01", "-01", "00",
	    "1.", ".5", "-.5", "2.e3", "1e", "1e+", "1e-", "1.5e", "0x1",
	    "1_0", "1 0", "--1", "NaN", "-NaN", "Infinity", "-Infinity",
	    "1a", "1.2.3", "1e1.5", "1e1e1", "0.-1", "\xd9\xa1", "[1.]",
	    "[-]", "{\"a\":01}", NULL };

	(void)state;
	all_invalid(texts);
}

static void
refuses_other_words(void **state)
{
	static const char *const texts[] = { "tru", "truE", "True", "TRUE",
	    "truee", "true1", "nul", "nulll", "None", "fals", "falsehood",
	    "undefined", "t", "f", "n", "[tru]", "[nul", NULL };

	(void)state;
	all_invalid(texts);
}

static void
accepts_arrays_and_objects(void **state)
{
	static const char *const texts[] = { "[1]", "[1,2]", "[ 1 , 2 ]",
	    "[[],[[]],{}]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }",
	    "{\"\":0}", "{\"a\":1,\"a\":2}", "{\"a\":{\"a\":{}}}",
	    "[{\"a\":[]},null,true,\"x\",-1]", NULL };

	(void)state;
	all_valid(texts);
}

static void
refuses_broken_arrays(void **state)
{
	static const char *const texts[] = { "[", "[1", "[1,", "[1,]", "[,1]",
	    "[,]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "[}", "[\"a\":1]",
	    "[1;2]", "[[]", "[][", "[\"a\" \"b\"]", "[1,]]", NULL };

	(void)state;
	all_invalid(texts);
}

static void
refuses_broken_objects(void **state)
{
	static const char *const texts[] = { "{", "{\"a\"", "{\"a\":",
	    "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{,\"a\":1}",
	    "{\"a\"}", "{\"a\":}", "{\"a\",1}", "{\"a\" 1}", "{a:1}", "{1:1}",
	    "{'a':1}", "{null:1}", "{\"a\":1:2}", "{\"a\"::1}", "{\"a\":1]",
	    "{]", "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "{[]:1}",
	    "{\"a\":1,\"b\"}", "{:1}", NULL };

	(void)state;
	all_invalid(texts);
}

static void
accepts_strings(void **state)
{
	static const char *const texts[] = { "\"a\"", "\"a b'c/d\"",
	    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\\uABcd\\u00e9\"",
	    "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\ude00\"",
	    "\"\\ude00\\ud83d\"", "\"\\ud83d x\"", "\"\x7f\"",
	    "\"\\u2028\xe2\x80\xa8\"", "\"// no comment\"", "\"[{\"", NULL };

	(void)state;
	all_valid(texts);
}

static void
refuses_other_strings(void **state)
{
	static const char *const texts[] = { "\"", "\"a", "\"\\\"", "\"\\",
	    "\"\\a\"", "\"\\'\"", "\"\\0\"", "\"\\x41\"", "\"\\U0041\"",
	    "\"\\u\"", "\"\\u1\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"",
	    "\"\\u 123\"", "\"\\u-123\"", "\"\\u00/0\"", "\"\\u00:0\"",
	    "\"\\u00@0\"", "\"\\u00G0\"", "\"\\u00`0\"", "'a'", "\"a\\\n\"",
	    "\"a\nb\"", "\"a\tb\"", "\"\\ud83d\\u\"", "\"a\"b\"", "a", NULL };

	(void)state;
	all_invalid(texts);
}

static void
refuses_every_raw_control_character_in_a_string(void **state)
{
	char text[] = "\"a?b\"";
	int byte;

	(void)state;
	for (byte = 0; byte < 0x20; byte++) {
		text[2] = (char)byte;
		assert_false(valid_bytes(text, 5));
	}
	text[2] = ' ';
	assert_true(valid_bytes(text, 5));
}

static void
refuses_an_empty_text(void **state)
{
	(void)state;
	assert_false(json_scan(NULL, 0, NULL, NULL));
}

static void
refuses_nul_anywhere(void **state)
{
	(void)state;
	assert_false(valid_bytes("\0", 1));
	assert_false(valid_bytes("1\0", 2));
	assert_false(valid_bytes("{}\0", 3));
	assert_false(valid_bytes("\0{}", 3));
	assert_false(valid_bytes("[\0]", 3));
	assert_false(valid_bytes("[1\0]", 4));
	assert_false(valid_bytes("{\"a\"\0:1}", 8));
}

static void
accepts_utf8(void **state)
{
	static const char *const texts[] = { "\"\xc2\x80\"", "\"\xdf\xbf\"",
	    "\"\xe0\xa0\x80\"", "\"\xe1\x80\x80\"", "\"\xec\xbf\xbf\"",
	    "\"\xed\x80\x80\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"",
	    "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"", "\"\xf1\x80\x80\x80\"",
	    "\"\xf3\xbf\xbf\xbf\"", "\"\xf4\x80\x80\x80\"",
	    "\"\xf4\x8f\xbf\xbf\"", "\"\xef\xbb\xbf\"",
	    "{\"\xc3\xa9\":\"\xc3\xa9\\n\xc3\xa9x\"}", NULL };

	(void)state;
	all_valid(texts);
}

static void
refuses_broken_utf8(void **state)
{
	static const char *const texts[] = {
	    "\"\x80\"", "\"\xbf\"", "\"a\x80\"",	/* stray */
	    "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xe0\x80\x80\"",
	    "\"\xe0\x9f\xbf\"", "\"\xf0\x80\x80\x80\"",
	    "\"\xf0\x8f\xbf\xbf\"",			/* overlong */
	    "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"",	/* surrogates */
	    "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"",
	    "\"\xf8\x88\x80\x80\x80\"", "\"\xfe\"", "\"\xff\"", /* too high */
	    "\"\xc2\"", "\"\xc2 \"", "\"\xe1\x80\"", "\"\xe1\x80x\"",
	    "\"\xf1\x80\x80\"", "\"\xf1\x80\x80x\"", "\"\xe1x\x80\"",
	    "\"\xc2\xc2\x80\"", "\"\xc2", "\"\xe1\x80", "\"\xf1\x80\x80",
	    "\"\xe9\"",					/* Latin-1 */
	    "\xc3\xa9", "[\xc3\xa9]", "{\"a\":\xc3\xa9}", NULL };

	(void)state;
	all_invalid(texts);
}

static void
refuses_byte_order_marks(void **state)
{
	(void)state;
	assert_false(valid("\xef\xbb\xbf{}"));
	assert_false(valid(" \xef\xbb\xbf{}"));
	assert_false(valid("{}\xef\xbb\xbf"));
	assert_false(valid_bytes("\xfe\xff\0{\0}", 6));
	assert_false(valid_bytes("\xff\xfe{\0}\0", 6));
}

/* Makes `depth` containers around a number, arrays and objects alternately. */
static size_t
nested(char *out, size_t depth)
{
	size_t i, length = 0;

	for (i = 0; i < depth; i++) {
		memcpy(out + length, i % 2 ? "{\"k\":" : "[", i % 2 ? 5 : 1);
		length += i % 2 ? 5 : 1;
	}
	out[length++] = '1';
	for (i = depth; i-- > 0;)
		out[length++] = i % 2 ? '}' : ']';
	return length;
}

static void
limits_depth(void **state)
{
	char text[(JSON_DEPTH_MAX + 1) * 6 + 1];

	(void)state;
	assert_int_equal(JSON_DEPTH_MAX, 200);
	assert_true(valid_bytes(text, nested(text, 199)));
	assert_true(valid_bytes(text, nested(text, 200)));
	assert_false(valid_bytes(text, nested(text, 201)));
}

static bool
never_open(void *context, const struct json_value *value)
{
	(void)context;
	(void)value;
	return false;
}

static void
ignore_value(void *context, const struct json_value *value)
{
	(void)context;
	(void)value;
}

static void
allows_a_line_one_more_level(void **state)
{
	const struct json_visitor line = { never_open, ignore_value, NULL,
	    true };
	const struct json_visitor text = { never_open, ignore_value, NULL,
	    false };
	char deep[(JSON_DEPTH_MAX + 2) * 6 + 1];

	(void)state;
	assert_true(json_scan(deep, nested(deep, 201), &line, NULL));
	assert_false(json_scan(deep, nested(deep, 202), &line, NULL));
	assert_true(json_scan(deep, nested(deep, 200), &text, NULL));
	assert_false(json_scan(deep, nested(deep, 201), &text, NULL));
}

static bool
always_open(void *context, const struct json_value *value)
{
	(void)context;
	(void)value;
	return true;
}

static void
reports_down_to_the_limit(void **state)
{
	const struct json_visitor line = { always_open, ignore_value, NULL,
	    true };
	char deep[(JSON_DEPTH_MAX + 2) * 6 + 1];

	(void)state;
	assert_true(json_scan(deep, nested(deep, 201), &line, NULL));
}

static void
counts_depth_and_not_containers(void **state)
{
	char text[3 * 1000 + 2];
	size_t i, length = 0;

	(void)state;
	text[length++] = '[';
	for (i = 0; i < 1000; i++) {
		memcpy(text + length, i ? ",[]" : "[] ", 3);
		length += 3;
	}
	text[length++] = ']';
	assert_true(valid_bytes(text, length));
}

static void
survives_endless_depth(void **state)
{
	char *text = malloc(1 << 20);

	(void)state;
	assert_non_null(text);
	memset(text, '[', 1 << 20);
	assert_false(json_scan(text, 1 << 20, NULL, NULL));
	free(text);
}

static bool
has_newline(const char *text)
{
	bool newline = false;

	assert_true(json_scan(text, strlen(text), NULL, &newline));
	return newline;
}

static void
sees_newlines_between_tokens(void **state)
{
	static const char *const with[] = { "\n1", "1\r", "[\n]", "[1\r\n]",
	    "[1,\n2]", "[1\n,2]", "{\n\"a\":1}", "{\"a\"\n:1}", "{\"a\":\n1}",
	    "{\"a\":1\n}", "{\"a\":1,\n\"b\":2}", "{\"a\":1\n,\"b\":2}",
	    "                    \n1", "                                 \r1",
	    "1                   \n", NULL };
	static const char *const without[] = { "1", " [ 1 , 2 ]\t",
	    "\"\\n\\r\\u000a\"", "{\"a\" : \t1}",
	    "[                                   1]", NULL };
	size_t i;

	(void)state;
	for (i = 0; with[i] != NULL; i++)
		assert_true(has_newline(with[i]));
	for (i = 0; without[i] != NULL; i++)
		assert_false(has_newline(without[i]));
}

/* Tries every byte in every place of a string, on both sides of block
 * boundaries. */
static void
judges_bytes_alike_in_every_place(void **state)
{
	char text[64];
	size_t length, at;
	int byte;

	(void)state;
	for (length = 3; length < sizeof text; length++)
		for (at = 1; at < length - 1; at++)
			for (byte = 0; byte < 256; byte++) {
				memset(text, 'x', length);
				text[0] = text[length - 1] = '"';
				text[at] = (char)byte;
				assert_int_equal(
				    json_scan(text, length, NULL, NULL),
				    byte >= 0x20 && byte < 0x80 &&
				    byte != '"' && byte != '\\');
			}
}

static void
judges_white_space_alike_in_every_place(void **state)
{
	char text[64];
	size_t length, at;
	bool newline;
	int byte;

	(void)state;
	for (length = 2; length < sizeof text; length++)
		for (at = 0; at < length - 1; at++)
			for (byte = 0; byte < 256; byte++) {
				memset(text, ' ', length);
				text[length - 1] = '7';
				text[at] = (char)byte;
				newline = false;
				assert_int_equal(
				    json_scan(text, length, NULL, &newline),
				    byte == ' ' || byte == '\t' ||
				    byte == '\n' || byte == '\r' ||
				    (at == length - 2 && (byte == '-' ||
				    (byte >= '1' && byte <= '9'))));
				assert_int_equal(newline,
				    byte == '\n' || byte == '\r');
			}
}

/* ---- random texts ---- */

/* What a visitor was told; `mask` says which containers it enters. */
struct heard {
	const struct made *made;
	size_t at;
	unsigned mask;
};

static bool
agrees(const struct heard *heard, const char *begin)
{
	return ((size_t)(begin - heard->made->text) * 7 & heard->mask) == 0;
}

static bool
hear_open(void *context, const struct json_value *value)
{
	assert_int_equal(value->bytes.length, 1);
	return agrees(context, value->bytes.bytes);
}

static bool
hidden(const struct heard *heard, const struct json_value *value)
{
	size_t i;

	for (i = 0; i < heard->made->count; i++) {
		const struct json_value *around = &heard->made->values[i];

		if (around->depth < value->depth &&
		    around->bytes.bytes < value->bytes.bytes &&
		    around->bytes.bytes + around->bytes.length >
		    value->bytes.bytes && !agrees(heard, around->bytes.bytes))
			return true;
	}
	return false;
}

static void
hear_value(void *context, const struct json_value *value)
{
	struct heard *heard = context;
	const struct json_value *expected;

	do {
		assert_true(heard->at < heard->made->count);
		expected = &heard->made->values[heard->at++];
	} while (hidden(heard, expected));
	assert_int_equal(value->depth, expected->depth);
	assert_int_equal(value->kind, expected->kind);
	assert_ptr_equal(value->key.bytes, expected->key.bytes);
	assert_int_equal(value->key.length, expected->key.length);
	assert_ptr_equal(value->bytes.bytes, expected->bytes.bytes);
	assert_int_equal(value->bytes.length, expected->bytes.length);
}

static void
check_spans(const struct made *made, unsigned mask)
{
	struct heard heard = { made, 0, mask };
	const struct json_visitor visitor = { hear_open, hear_value, &heard,
	    false };
	bool newline = false;

	if (!json_scan(made->text, made->length, &visitor, &newline))
		fail_msg("refused: %.*s", (int)made->length, made->text);
	assert_int_equal(newline, made->newline);
	while (heard.at < made->count)
		assert_true(hidden(&heard, &made->values[heard.at++]));
}

static struct made made;

static void
reports_every_value_in_its_place(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		seed = round;
		make(&made);
		check_spans(&made, 0);
	}
}

static void
enters_only_the_agreed_containers(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		seed = round;
		make(&made);
		check_spans(&made, 1u << roll(3));
		check_spans(&made, ~0u);
	}
}

static void
agrees_with_a_second_opinion(void **state)
{
	unsigned round, still = 0;

	(void)state;
	for (round = 0; round < 30000; round++) {
		seed = round;
		make(&made);
		if (made.length > 2000)
			continue;
		damage(&made);
		still += slow_valid(made.text, made.length);
		if (valid_bytes(made.text, made.length) !=
		    slow_valid(made.text, made.length))
			fail_msg("differs: %.*s", (int)made.length, made.text);
	}
	/* This shows that not only refusals were compared. */
	assert_in_range(still, 1000, 29000);
}

/* A container that is cut short is never valid. */
static void
refuses_every_truncation(void **state)
{
	unsigned round;
	size_t cut;

	(void)state;
	for (round = 0; round < 300; round++) {
		seed = round;
		make(&made);
		while (made.length > 0 && strchr(" \t\r\n",
		    made.text[made.length - 1]) != NULL)
			made.length--;
		if (made.text[made.length - 1] != '}' &&
		    made.text[made.length - 1] != ']')
			continue;
		for (cut = 0; cut < made.length; cut++)
			assert_false(valid_bytes(made.text, cut));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_any_value_as_a_text),
		cmocka_unit_test(refuses_what_is_not_one_text),
		cmocka_unit_test(accepts_the_spellings_of_numbers),
		cmocka_unit_test(refuses_other_numbers),
		cmocka_unit_test(refuses_other_words),
		cmocka_unit_test(accepts_arrays_and_objects),
		cmocka_unit_test(refuses_broken_arrays),
		cmocka_unit_test(refuses_broken_objects),
		cmocka_unit_test(accepts_strings),
		cmocka_unit_test(refuses_other_strings),
		cmocka_unit_test(refuses_every_raw_control_character_in_a_string),
		cmocka_unit_test(refuses_an_empty_text),
		cmocka_unit_test(refuses_nul_anywhere),
		cmocka_unit_test(accepts_utf8),
		cmocka_unit_test(refuses_broken_utf8),
		cmocka_unit_test(refuses_byte_order_marks),
		cmocka_unit_test(limits_depth),
		cmocka_unit_test(allows_a_line_one_more_level),
		cmocka_unit_test(reports_down_to_the_limit),
		cmocka_unit_test(counts_depth_and_not_containers),
		cmocka_unit_test(survives_endless_depth),
		cmocka_unit_test(sees_newlines_between_tokens),
		cmocka_unit_test(judges_bytes_alike_in_every_place),
		cmocka_unit_test(judges_white_space_alike_in_every_place),
		cmocka_unit_test(reports_every_value_in_its_place),
		cmocka_unit_test(enters_only_the_agreed_containers),
		cmocka_unit_test(agrees_with_a_second_opinion),
		cmocka_unit_test(refuses_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
