#include "hookctl/missed_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BEFORE "31.13.24.5 - - [21/Nov/2026:06:00:00 +0000] "
#define POST "\"POST /webhook HTTP/1.1\" 200 3"
#define AT 1795240800		/* the time in BEFORE */

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* Reads a copy of exactly this length, so that a read beyond it is noticed. */
static bool
reads(const char *text, struct missed_line *line)
{
	static char *copy;
	size_t length = strlen(text);

	free(copy);
	copy = malloc(length + (length == 0));
	assert_non_null(copy);
	memcpy(copy, text, length);
	return missed_line_read((struct span){ copy, length }, line);
}

static void
refuses(const char *text)
{
	struct missed_line line;

	if (reads(text, &line))
		fail_msg("it reads: %s", text);
}

static void
is(struct span span, const char *text)
{
	if (!span_is(span, text))
		fail_msg("%.*s, not %s", (int)span.length, span.bytes, text);
}

static void
reads_each_servers_own_format(void **state)
{
	static const struct { const char *text; bool lighttpd; } lines[] = {
		/* nginx, Apache; more fields may follow. */
		{ BEFORE POST " \"-\" \"facebookexternalua\"", false },
		{ BEFORE POST " \"-\" \"facebookexternalua\" \"1.2.3.4\"",
		    false },
		{ BEFORE POST " \"-\" \"facebookexternalua\" 812 291", false },
		{ BEFORE POST " 0.004 \"-\" \"facebookexternalua\"", false },
		/* vhost_combined */
		{ "a.example:443 " BEFORE POST " \"-\" \"facebookexternalua\"",
		    false },
		/* lighttpd */
		{ "31.13.24.5 a.example - [21/Nov/2026:06:00:00 +0000] " POST
		    " \"-\" \"facebookexternalua\"", true },
		{ "::1 localhost jo [21/Nov/2026:06:00:00 +0000] " POST
		    " \"-\" \"facebookexternalua\"\r", true },
		/* A user's name may contain anything. */
		{ "1.2.3.4 - a [b] c [21/Nov/2026:06:00:00 +0000] " POST
		    " \"\\\"\" \"facebookexternalua\"", false },
	};
	struct missed_line line;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		assert_true(reads(lines[i].text, &line));
		assert_int_equal(line.time, AT);
		assert_int_equal(line.status, 200);
		assert_int_equal(line.size, 3);
		assert_false(line.dash);
		assert_int_equal(line.lighttpd, lines[i].lighttpd);
		is(line.request, "POST /webhook HTTP/1.1");
		is(line.agent, "facebookexternalua");
	}
}

static void
the_common_format_has_no_agent(void **state)
{
	struct missed_line line;

	(void)state;
	assert_true(reads(BEFORE "\"-\" 408 -", &line));
	assert_true(line.dash);
	assert_null(line.agent.bytes);
	is(line.request, "-");
	assert_true(reads(BEFORE POST " \"alone\"", &line));
	assert_null(line.agent.bytes);
}

static void
reads_times_of_every_zone(void **state)
{
	static const struct { const char *text; int64_t time; } times[] = {
		{ "21/Nov/2026:06:00:00 +0000", AT },
		{ "21/Nov/2026:11:30:00 +0530", AT },
		{ "20/Nov/2026:23:00:01 -0700", AT + 1 },
		{ "21/Nov/2026:05:59:60 +0000", AT },
		{ "01/Jan/1970:00:00:00 +0000", 0 },
		{ "29/Feb/2028:00:00:00 +0000", 1835395200 },
		{ "29/Feb/2027:00:00:00 +0000", -1 },
		{ "31/Apr/2026:00:00:00 +0000", -1 },
		{ "00/Nov/2026:06:00:00 +0000", -1 },
		{ "21/nov/2026:06:00:00 +0000", -1 },
		{ "21/Nov/1969:06:00:00 +0000", -1 },
		{ "21/Nov/2026:24:00:00 +0000", -1 },
		{ "21/Nov/2026:06:60:00 +0000", -1 },
		{ "21/Nov/2026:06:00:61 +0000", -1 },
		{ "21/Nov/2026:06:00:00 00000", -1 },
		{ "21/Nov/2026 06:00:00 +0000", -1 },
		{ "2026-11-21T06:00:00+000000", -1 },
	};
	struct missed_line line;
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof times / sizeof times[0]; i++) {
		(void)snprintf(text, sizeof text, "1.2.3.4 - - [%s] " POST,
		    times[i].text);
		if (times[i].time == -1) {
			refuses(text);
			continue;
		}
		assert_true(reads(text, &line));
		assert_int_equal(line.time, times[i].time);
	}
}

static void
refuses_what_is_no_such_line(void **state)
{
	static const char *const texts[] = { "", " ", "[", BEFORE,
		BEFORE "POST / 200 3", BEFORE "\"POST / HTTP/1.1 200 3",
		BEFORE "\"POST / HTTP/1.1\\\" 200 3",
		BEFORE "\"POST /\" 20 3", BEFORE "\"POST /\" 2000 3",
		BEFORE "\"POST /\" 200", BEFORE "\"POST /\" 200 x",
		BEFORE "\"POST /\" 200 -3", BEFORE "\"POST /\"200 3",
		/* The end of a line that was cut would pass for one without
		 * a User-Agent. */
		BEFORE POST " \"-\" \"faceb", BEFORE POST " \"-",
		"{\"level\":\"info\",\"status\":200}",
		"x[21/Nov/2026:06:00:00 +0000] " POST };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		refuses(texts[i]);
}

static void
undoes_escapes(void **state)
{
	static const struct { const char *quoted, *text; } cases[] = {
		{ "a", "a" }, { "\\\"\\\\", "\"\\" }, { "\\x41\\xe9", "A\xe9" },
		{ "\\x4", "x4" }, { "\\xzz", "xzz" }, { "\\n\\t\\q", "\n\tq" },
		{ "\\", "\\" } };
	char out[16];
	size_t i, length;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		length = missed_unescape(span(cases[i].quoted), out,
		    sizeof out);
		is((struct span){ out, length }, cases[i].text);
	}
	assert_int_equal(missed_unescape(span("abc"), out, 3), 3);
	assert_int_equal(missed_unescape(span("abcd"), out, 3), SIZE_MAX);
}

static void
finds_the_path(void **state)
{
	static const struct { const char *request, *path; } cases[] = {
		{ "POST /webhook HTTP/1.1", "/webhook" },
		{ "POST /webhook?a=/b HTTP/2.0", "/webhook" },
		{ "POST /%77ebhook#x HTTP/1.1", "/%77ebhook#x" },
		{ "POST https://a.example/webhook/ HTTP/1.1", "/webhook/" },
		{ "POST /a?b=http://c/d HTTP/1.1", "/a" },
		{ "POST /a://b HTTP/1.1", "/a://b" },
		{ "POST http://a.example HTTP/1.1", "" },
		{ "POST /webhook", "/webhook" } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		is(missed_path(span(cases[i].request), "POST"),
		    cases[i].path);
	assert_null(missed_path(span("GET / HTTP/1.1"), "POST").bytes);
	assert_null(missed_path(span("POSTS / HTTP/1.1"), "POST").bytes);
	assert_null(missed_path(span("-"), "POST").bytes);
}

static void
knows_meta(void **state)
{
	(void)state;
	assert_true(missed_is_meta(span("facebookexternalua")));
	assert_true(missed_is_meta(span("facebookplatform/1.0 (+http://x)")));
	assert_true(missed_is_meta(span("Webhooks/1.0 "
	    "(https://fb.me/webhooks)")));
	/* The one that fetches pages for previews. */
	assert_false(missed_is_meta(span("facebookexternalhit/1.1")));
	assert_false(missed_is_meta(span("Webhooks/1.0")));
	assert_false(missed_is_meta(span("curl facebookexternalua")));
	assert_false(missed_is_meta(span("-")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_servers_own_format),
		cmocka_unit_test(the_common_format_has_no_agent),
		cmocka_unit_test(reads_times_of_every_zone),
		cmocka_unit_test(refuses_what_is_no_such_line),
		cmocka_unit_test(undoes_escapes),
		cmocka_unit_test(finds_the_path),
		cmocka_unit_test(knows_meta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
