#include "inbox/ask.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "span_fixture.h"

/* 2026-11-21T06:00:00Z */
#define NOW (INT64_C(1795240800) * CLOCK_SECOND)
#define HOUR CLOCK_HOUR

static char wrong[160];

static struct ask
read_query(const char *query)
{
	struct ask ask;

	if (ask_read(&ask, query, NOW, wrong) != ERR_NONE)
		fail_msg("%s: %s", query, wrong);
	assert_string_equal(wrong, "");
	return ask;
}

static void
nothing_asks_for_the_first_page(void **state)
{
	static const char *const queries[] = { "", "&", "q=", "q=&object=&"
	    "field=&entry=&endpoint=&from=&to=", "q", "before=&&seq=" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof queries / sizeof queries[0]; i++) {
		struct ask ask = read_query(queries[i]);

		assert_int_equal(ask.kind, ASK_PAGE);
		assert_false(ask_is_search(&ask));
		assert_true(ask.from == INT64_MIN && ask.to == INT64_MAX);
		assert_true(ask.before == 0 && ask.seq == 0 && !ask.all);
	}
}

static void
a_search_is_read(void **state)
{
	struct ask ask = read_query("q=M%C3%BCller+%26&object=page&field=feed&"
	    "entry=1029&endpoint=/webhook&from=2h&to=2026-11-21T05:30:00Z&"
	    "before=18204&seq=18203&show=all");

	(void)state;
	assert_true(ask_is_search(&ask));
	assert_string_equal(ask.texts[ASK_Q], "M\xc3\xbcller &");
	assert_string_equal(ask.texts[ASK_OBJECT], "page");
	assert_string_equal(ask.texts[ASK_FIELD], "feed");
	assert_string_equal(ask.texts[ASK_ENTRY], "1029");
	assert_string_equal(ask.texts[ASK_ENDPOINT], "/webhook");
	assert_string_equal(ask.texts[ASK_FROM], "2h");
	assert_true(ask.from == NOW - 2 * HOUR && ask.to == NOW - HOUR / 2);
	assert_int_equal(ask.before, 18204);
	assert_int_equal(ask.seq, 18203);
	assert_true(ask.all);
}

static void
each_choice_makes_it_a_search(void **state)
{
	static const char *const queries[] = { "q=x", "object=x", "field=x",
	    "entry=x", "endpoint=x", "from=1h", "to=today" };
	struct ask ask = read_query("before=5&seq=4");
	size_t i;

	(void)state;
	assert_false(ask_is_search(&ask));
	for (i = 0; i < sizeof queries / sizeof queries[0]; i++) {
		ask = read_query(queries[i]);
		assert_true(ask_is_search(&ask));
	}
}

/* A day goes from its beginning to its end; a time is a moment. */
static void
days_are_whole_and_in_utc(void **state)
{
	static const struct { const char *query; int64_t from, to; } rows[] = {
		{ "from=today", NOW - 6 * HOUR, INT64_MAX },
		{ "to=today", INT64_MIN, NOW + 18 * HOUR },
		{ "from=yesterday&to=yesterday", NOW - 30 * HOUR,
		    NOW - 6 * HOUR },
		{ "from=2026-11-21&to=2026-11-21", NOW - 6 * HOUR,
		    NOW + 18 * HOUR },
		{ "to=Yesterday+06:00", INT64_MIN, NOW - 24 * HOUR },
		{ "to=2026-11-21T06:00", INT64_MIN, NOW },
		{ "to=2026-11-21T06:00:00%2B01:00", INT64_MIN, NOW - HOUR },
		{ "to=2h", INT64_MIN, NOW - 2 * HOUR },
		{ "from=06:00", NOW, INT64_MAX } };
	struct ask ask;
	size_t i;

	(void)state;
	assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask = read_query(rows[i].query);
		assert_true(ask.from == rows[i].from);
		assert_true(ask.to == rows[i].to);
	}
}

static void
other_kinds_are_read(void **state)
{
	struct ask ask = read_query("get=payload&seq=7");

	(void)state;
	assert_int_equal(ask.kind, ASK_PAYLOAD);
	assert_int_equal(ask.seq, 7);
	ask = read_query("q=x&seq=7&get=line");
	assert_int_equal(ask.kind, ASK_LINE);
	ask = read_query("after=0");
	assert_int_equal(ask.kind, ASK_NEWS);
	assert_int_equal(ask.after, 0);
	ask = read_query("after=9999999999999999999");
	assert_true(ask.after == UINT64_C(9999999999999999999));
	ask = read_query("file=style-0af3.css");
	assert_int_equal(ask.kind, ASK_FILE);
	assert_string_equal(ask.file, "style-0af3.css");
}

static void
refuses_anything_else(void **state)
{
	static const struct { const char *query, *wrong; } rows[] = {
		{ "Q=x", "an unknown parameter; the known ones are q, object, field, "
		    "entry, endpoint, from, to, before, seq, show, get, "
		    "after, file" },
		{ "=x", "an unknown parameter; the known ones are q, object, field, "
		    "entry, endpoint, from, to, before, seq, show, get, "
		    "after, file" },
		{ "q=x&q=x", "q is given twice" },
		{ "q=&q=x", "q is given twice" },
		{ "seq=1&get=line&get=payload", "get is given twice" },
		{ "q=%C3%28", "q is not UTF-8" },
		{ "field=%ff", "field is not UTF-8" },
		{ "q=%0", "the query has a part that is malformed or too "
		    "long" },
		{ "q=a%00b", "the query has a part that is malformed or too "
		    "long" },
		{ "x%zz", "the query has a part that is malformed or too "
		    "long" },
		{ "from=soon", "from must be a time such as \"2 hours ago\", "
		    "yesterday, 2026-11-21 or 2026-11-21T06:00:00Z, from 1970 "
		    "to 9999" },
		{ "to=2026-02-30", "to must be a time such as \"2 hours ago\""
		    ", yesterday, 2026-11-21 or 2026-11-21T06:00:00Z, from "
		    "1970 to 9999" },
		{ "before=0", "before must be a record's number" },
		{ "seq=0", "seq must be a record's number" },
		{ "seq=-1", "seq must be a record's number" },
		{ "seq=1+", "seq must be a record's number" },
		{ "after=1e3", "after must be a record's number" },
		{ "seq=10000000000000000000", "seq must be a record's "
		    "number" },
		{ "seq=1&show=some", "a value of show or get is wrong: they "
		    "are show=all, get=payload and get=line" },
		{ "seq=1&get=all", "a value of show or get is wrong: they are "
		    "show=all, get=payload and get=line" },
		{ "show=all", "show needs a record: seq" },
		{ "get=line", "get needs a record: seq" },
		{ "after=1&q=x", "after must be the only parameter" },
		{ "file=a&seq=1", "file must be the only parameter" },
		{ "file=../x", "there is no such file" } };
	struct ask ask;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ask_read(&ask, rows[i].query, NOW, wrong),
		    ERR_INPUT);
		assert_string_equal(wrong, rows[i].wrong);
	}
}

/* Reads NAME=xxx... with so many bytes of value. */
static enum error
read_long(const char *name, size_t length)
{
	char query[1200];
	struct ask ask;
	size_t at = strlen(name);

	strcpy(query, name);
	memset(query + at, 'x', length);
	query[at + length] = '\0';
	return ask_read(&ask, query, NOW, wrong);
}

static void
values_have_a_maximum_length(void **state)
{
	(void)state;
	assert_int_equal(read_long("q=", 200), ERR_NONE);
	assert_int_equal(read_long("q=", 201), ERR_INPUT);
	assert_string_equal(wrong, "q may have at most 200 bytes");
	assert_int_equal(read_long("q=", 1100), ERR_INPUT);
	assert_int_equal(read_long("file=", 63), ERR_NONE);
	assert_int_equal(read_long("file=", 64), ERR_INPUT);
	assert_int_equal(read_long("", 40), ERR_INPUT);
}

static void
links_lead_back(void **state)
{
	static const struct { const char *query, *link; } rows[] = {
		{ "", "?" },
		{ "&seq=&q=", "?" },
		{ "seq=5&q=a+b", "?q=a%20b&amp;seq=5" },
		{ "q=%22%3Cimg%20'%26%3D%2B%25%0a%7f", "?q=%22%3cimg%20%27%26"
		    "%3d%2b%25%0a%7f" },
		{ "endpoint=/webhook&object=page&to=2h&from=2026-11-20+06:00"
		    "&show=all&before=7&seq=%36", "?object=page&amp;endpoint="
		    "%2fwebhook&amp;from=2026-11-20%2006%3a00&amp;to=2h&amp;"
		    "before=7&amp;seq=6&amp;show=all" },
		{ "field=f&entry=%C3%BC-._~&seq=6&get=payload", "?field=f&amp;"
		    "entry=%c3%bc-._~&amp;seq=6&amp;get=payload" },
		{ "get=line&seq=6", "?seq=6&amp;get=line" },
		{ "after=0", "?after=0" },
		{ "file=a.css", "?file=a.css" } };
	struct buffer out = { 0 };
	struct ask ask;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask = read_query(rows[i].query);
		out.length = 0;
		assert_int_equal(ask_link(&ask, &out), ERR_NONE);
		assert_span((struct span){ out.bytes, out.length },
		    rows[i].link);
	}
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asks_for_the_first_page),
		cmocka_unit_test(a_search_is_read),
		cmocka_unit_test(each_choice_makes_it_a_search),
		cmocka_unit_test(days_are_whole_and_in_utc),
		cmocka_unit_test(other_kinds_are_read),
		cmocka_unit_test(refuses_anything_else),
		cmocka_unit_test(values_have_a_maximum_length),
		cmocka_unit_test(links_lead_back),
	};

	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
