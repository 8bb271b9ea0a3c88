#include "http/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "span_fixture.h"

#define MARK(title, code) "<span class=\"mark\" title=\"" title "\">" \
	"\xe2\x80\xb9" code "\xe2\x80\xba</span>"
#define PLAIN(code) "\xe2\x80\xb9" code "\xe2\x80\xba"

typedef enum error escape(struct buffer *out, struct span text);

static struct buffer out;

static int
teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	return 0;
}

static void
gives_bytes(escape *escaper, struct span text, const char *expected)
{
	out.length = 0;
	assert_int_equal(escaper(&out, text), ERR_NONE);
	assert_int_equal(buffer_append(&out, "", 1), ERR_NONE);
	assert_string_equal(out.bytes, expected);
}

static void
gives(escape *escaper, const char *text, const char *expected)
{
	gives_bytes(escaper, span_of(text), expected);
}

static void
leaves_text_alone(void **state)
{
	static const char *const texts[] = { "", "Is the shop open today?",
		"Gr\xc3\xbc\xc3\x9f" "e", "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac", "~" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		gives(escape_html_text, texts[i], texts[i]);
		gives(escape_html_attribute, texts[i], texts[i]);
	}
	gives_bytes(escape_html_text, (struct span){ NULL, 0 }, "");
}

static void
keeps_structure(void **state)
{
	static const char attack[] = "\"'><script>alert(1)</script>&amp;";
	static const char escaped[] = "&quot;&#39;&gt;&lt;script&gt;alert(1)"
	    "&lt;/script&gt;&amp;amp;";

	(void)state;
	gives(escape_html_text, attack, escaped);
	gives(escape_html_attribute, attack, escaped);
}

static void
marks_what_is_unseen(void **state)
{
	(void)state;
	gives(escape_html_text, "a\xe2\x80\xae" "b",
	    "a" MARK("right-to-left override", "U+202E") "b");
	gives(escape_html_attribute, "a\xe2\x80\xae" "b",
	    "a" PLAIN("U+202E") "b");
	gives_bytes(escape_html_text, (struct span){ "\0", 1 },
	    MARK("NUL", "U+0000"));
	gives_bytes(escape_html_attribute, (struct span){ "\0x", 2 },
	    PLAIN("U+0000") "x");
	gives(escape_html_text, "\n\x1b\x01", MARK("line feed", "U+000A")
	    MARK("escape", "U+001B") MARK("control character", "U+0001"));
	gives(escape_html_text, "\xe2\x81\xa9\xef\xbb\xbf\xf3\xa0\x81\x81",
	    MARK("pop directional isolate", "U+2069")
	    MARK("byte order mark", "U+FEFF")
	    MARK("invisible character", "U+E0041"));
	gives(escape_html_text, "\x7f\xc2\x85", MARK("delete", "U+007F")
	    MARK("control character", "U+0085"));
}

static void
marks_what_is_not_utf8(void **state)
{
	(void)state;
	gives(escape_html_text, "a\xff<",
	    "a" MARK("a byte that is not UTF-8", "FF") "&lt;");
	/* Overlong, a surrogate, and one that is cut short. */
	gives(escape_html_attribute, "\xc0\xbc\xed\xa0\x80\xe2\x80",
	    PLAIN("C0") PLAIN("BC") PLAIN("ED") PLAIN("A0") PLAIN("80")
	    PLAIN("E2") PLAIN("80"));
}

static void
escapes_queries(void **state)
{
	(void)state;
	gives(escape_url_query, "azAZ09-._~", "azAZ09-._~");
	gives(escape_url_query, "a b&c=d#e+%\"<'/?",
	    "a%20b%26c%3Dd%23e%2B%25%22%3C%27%2F%3F");
	gives(escape_url_query, "\xc3\xbc\xff\n", "%C3%BC%FF%0A");
	gives_bytes(escape_url_query, (struct span){ "\0", 1 }, "%00");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_text_alone),
		cmocka_unit_test(keeps_structure),
		cmocka_unit_test(marks_what_is_unseen),
		cmocka_unit_test(marks_what_is_not_utf8),
		cmocka_unit_test(escapes_queries),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
