#include "inbox/view_parts.h"

#include "payload/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "span_fixture.h"

static struct buffer out;
static struct view_shown shown;

static int
teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

static void
print_bytes(struct span json, size_t most)
{
	struct html html = { .out = &out };

	out.length = 0;
	shown = view_json(&html, "payload", json, most);
	assert_false(html.failed);
	assert_int_equal(buffer_append(&out, "", 1), ERR_NONE);
}

static void
print(const char *json)
{
	print_bytes(span_of(json), SIZE_MAX);
	assert_false(shown.cut);
	assert_int_equal(shown.bytes, strlen(json));
}

static size_t
count(const char *part)
{
	const char *at = out.bytes;
	size_t found = 0;

	while ((at = strstr(at, part)) != NULL) {
		found++;
		at += strlen(part);
	}
	return found;
}

static void
has(const char *part)
{
	if (strstr(out.bytes, part) == NULL)
		fail_msg("%s\nlacks\n%s", out.bytes, part);
}

/* What a reader sees: without tags, and without blanks at the ends of lines. */
static void
reads(const char *text)
{
	char *to = out.bytes;
	const char *from;
	bool tag = false;

	for (from = out.bytes; *from != '\0'; from++) {
		if (*from == '<')
			tag = true;
		else if (*from == '>')
			tag = false;
		else if (!tag) {
			while (*from == '\n' && to > out.bytes &&
			    (to[-1] == ' ' || to[-1] == '\n'))
				to--;
			*to++ = *from;
		}
	}
	*to = '\0';
	assert_string_equal(out.bytes, text);
}

static void
prints_every_kind(void **state)
{
	(void)state;
	print(" {\"a\":[1,-2.50e+10],\"b\":{\"c\":true,\"d\":null},"
	    "\"e\":\"x\",\"f\":false} ");
	has("<bdi class=\"key\">a</bdi> <span class=\"count\">[2]");
	has("<span class=\"num\">-2.50e+10</span>");
	has("<span class=\"lit\">null</span>");
	has("<bdi class=\"str\">&quot;x&quot;</bdi>");
	reads("\npayload {4}\na [2]\n0: 1\n1: -2.50e+10\nb {2}\nc: true\n"
	    "d: null\ne: &quot;x&quot;\nf: false\n");
}

static void
prints_values_without_containers(void **state)
{
	(void)state;
	print("\"a\"");
	reads("\npayload: &quot;a&quot;\n");
	print("[]");
	reads("\npayload: []\n");
	print("{\"a\":{},\"\":[[]]}");
	reads("\npayload {2}\na: {}\n&quot;&quot; [1]\n0: []\n");
}

static void
keeps_digits_and_repeated_names(void **state)
{
	(void)state;
	print("{\"n\":123456789012345678901234567890,\"n\":1.0,\"n\":-0}");
	has("{3}");
	assert_int_equal(count("<bdi class=\"key\">n</bdi>"), 3);
	has("123456789012345678901234567890");
	has("1.0");
	has("-0");
}

static void
reads_strings(const char *string, const char *text)
{
	char json[256], expected[256];

	(void)snprintf(json, sizeof json, "\"%s\"", string);
	(void)snprintf(expected, sizeof expected, "<bdi class=\"str\">&quot;%s"
	    "&quot;</bdi>", text);
	print(json);
	has(expected);
}

static void
shows_escaped_characters(void **state)
{
	(void)state;
	reads_strings("\\u00fc \\ud83d\\ude00 \\u003cb\\u003e",
	    "\xc3\xbc \xf0\x9f\x98\x80 &lt;b&gt;");
	reads_strings("https:\\/\\/x", "https://x");
	/* These stay as they were, so that the string stays JSON. */
	reads_strings("a\\n\\t\\\\\\\"\\u0022\\u005c",
	    "a\\n\\t\\\\\\&quot;\\u0022\\u005c");
	reads_strings("\\u0000\\u001f", "\\u0000\\u001f");
	reads_strings("\\ud83d\\u0041 \\ude00 \\uDBFF",
	    "\\ud83d\\u0041 \\ude00 \\uDBFF");
}

static void
lets_nothing_act(void **state)
{
	(void)state;
	print("{\"<img src=x onerror=alert(1)>\":\"</script><script>\","
	    "\"\\u202e\":\"\xe2\x80\xae\\u2066\\u007f\",\"'\":\"&amp;\"}");
	assert_int_equal(count("<img"), 0);
	assert_int_equal(count("script>"), 0);
	assert_int_equal(count("\xe2\x80\xae"), 0);
	assert_int_equal(count("\xe2\x81\xa6"), 0);
	assert_int_equal(count("U+202E"), 2);
	has("U+2066");
	has("U+007F");
	has("&amp;amp;");
}

static void
takes_the_deepest_nesting(void **state)
{
	char json[2 * JSON_DEPTH_MAX + 2];

	(void)state;
	memset(json, '[', JSON_DEPTH_MAX);
	json[JSON_DEPTH_MAX] = '1';
	memset(json + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX);
	json[2 * JSON_DEPTH_MAX + 1] = '\0';
	print(json);
	assert_int_equal(count("<details"), JSON_DEPTH_MAX);
	assert_int_equal(count("</details>"), JSON_DEPTH_MAX);
	assert_int_equal(count("<div"), count("</div>"));
}

static void
ends_after_so_many_bytes(void **state)
{
	static const char json[] = "{\"a\":[1,2,3],\"b\":\"0123456789\","
	    "\"c\":1}";

	(void)state;
	print_bytes(span_of(json), 20);
	assert_true(shown.cut);
	assert_int_equal(shown.bytes, 20);
	assert_int_equal(count("<div"), count("</div>"));
	assert_int_equal(count("</details>"), 2);
	reads("\npayload {3}\na [3]\n0: 1\n1: 2\n2: 3\n"
	    "b: &quot;01\xe2\x80\xa6&quot;\n");
	/* The end is before a value. */
	print_bytes(span_of(json), 8);
	assert_true(shown.cut);
	assert_int_equal(shown.bytes, 8);
	reads("\npayload {3}\na [3]\n0: 1\n");
}

static void
cuts_between_characters(void **state)
{
	static const char json[] = "\"ab\xc3\xbc" "cd\\ud83d\\ude00\"";
	size_t most;

	(void)state;
	for (most = 1; most < sizeof json - 1; most++) {
		print_bytes(span_of(json), most);
		assert_int_equal(count("class=\"mark\""), 0);
		assert_int_equal(shown.cut, most < sizeof json - 2);
	}
	print_bytes(span_of(json), 4);
	has("&quot;ab\xe2\x80\xa6&quot;");
	print_bytes(span_of(json), 9);
	has("&quot;ab\xc3\xbc" "cd\xe2\x80\xa6&quot;");
}

static void
ends_after_so_many_rows(void **state)
{
	struct buffer json = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < VIEW_JSON_ROWS + 5; i++)
		assert_int_equal(buffer_append(&json, i == 0 ? "[1" : ",1", 2),
		    ERR_NONE);
	assert_int_equal(buffer_append(&json, "]", 1), ERR_NONE);
	print_bytes((struct span){ json.bytes, json.length }, SIZE_MAX);
	assert_true(shown.cut);
	/* The array is a row, too. */
	assert_int_equal(shown.bytes, 1 + 2 * (VIEW_JSON_ROWS - 1));
	assert_int_equal(count("class=\"row\""), VIEW_JSON_ROWS - 1);
	has("[10005]");
	buffer_free(&json);
}

static void
takes_a_string_of_4_megabytes(void **state)
{
	size_t length = (size_t)4 << 20;
	char *json = malloc(length);

	(void)state;
	assert_non_null(json);
	memset(json, 'x', length);
	json[0] = json[length - 1] = '"';
	print_bytes((struct span){ json, length }, VIEW_JSON_MOST);
	assert_true(shown.cut);
	assert_int_equal(shown.bytes, VIEW_JSON_MOST);
	print_bytes((struct span){ json, length }, SIZE_MAX);
	assert_false(shown.cut);
	assert_true(out.length > length);
	free(json);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_every_kind),
		cmocka_unit_test(prints_values_without_containers),
		cmocka_unit_test(keeps_digits_and_repeated_names),
		cmocka_unit_test(shows_escaped_characters),
		cmocka_unit_test(lets_nothing_act),
		cmocka_unit_test(takes_the_deepest_nesting),
		cmocka_unit_test(ends_after_so_many_bytes),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(ends_after_so_many_rows),
		cmocka_unit_test(takes_a_string_of_4_megabytes),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
