#include "when.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NOW "2026-11-21T06:00:00.500000Z"
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"	/* needs no tzdata */

static int64_t
at(const char *text)
{
	int64_t time;

	assert_true(clock_parse(text, &time));
	return time;
}

static void
set_zone(const char *zone)
{
	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
}

/* What a text means at `now`, as RFC 3339 has it, or "no". */
static const char *
meaning(const char *text, const char *now, bool utc)
{
	static char out[CLOCK_RFC3339_LENGTH + 1];
	int64_t time;

	if (!when_parse(text, at(now), utc, &time))
		return "no";
	clock_format(time, out);
	return out;
}

static void
means(const char *text, const char *time)
{
	char padded[CLOCK_RFC3339_LENGTH + 1];
	size_t length = strlen(time);

	/* A time in the table may lack its fraction. */
	(void)snprintf(padded, sizeof padded, "%.19s%s", time,
	    length == 20 ? ".000000Z" : &time[length > 19 ? 19 : length]);
	assert_string_equal(meaning(text, NOW, true), padded);
}

static void
reads_rfc_3339(void **state)
{
	(void)state;
	means("2026-11-21T06:00:00Z", "2026-11-21T06:00:00Z");
	means("2026-11-21t06:00:00z", "2026-11-21T06:00:00Z");
	means("2026-11-21T06:00:00.123456+01:00",
	    "2026-11-21T05:00:00.123456Z");
	means("2026-11-21T06:00:00.1234567Z", "2026-11-21T06:00:00.123456Z");
	means("2026-11-21T06:00:00.5Z", "2026-11-21T06:00:00.500000Z");
	means("2026-11-21T00:30:00+05:30", "2026-11-20T19:00:00Z");
	means("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z");
	means("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
	means("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z");
}

static void
reads_dates_and_times_of_day(void **state)
{
	(void)state;
	means("2026-11-21 06:00:00", "2026-11-21T06:00:00Z");
	means("2026-11-21 06:00", "2026-11-21T06:00:00Z");
	means("2026-11-20", "2026-11-20T00:00:00Z");
	means("06:00", "2026-11-21T06:00:00Z");
	means("23:59:59", "2026-11-21T23:59:59Z");
	means("2024-02-29", "2024-02-29T00:00:00Z");
}

static void
reads_words(void **state)
{
	(void)state;
	means("now", NOW);
	means("NOW", NOW);
	means("today", "2026-11-21T00:00:00Z");
	means("yesterday", "2026-11-20T00:00:00Z");
	means("Yesterday 06:00", "2026-11-20T06:00:00Z");
	means("today 6:00", "no");
	means("2 hours ago", "2026-11-21T04:00:00.500000Z");
	means("2  hours  ago", "2026-11-21T04:00:00.500000Z");
	means("1 day ago", "2026-11-20T06:00:00.500000Z");
	means("30 min ago", "2026-11-21T05:30:00.500000Z");
	means("1 second ago", "2026-11-21T05:59:59.500000Z");
	means("3 weeks ago", "2026-10-31T06:00:00.500000Z");
	means("2h", "2026-11-21T04:00:00.500000Z");
	means("2H ago", "2026-11-21T04:00:00.500000Z");
	means("30m", "2026-11-21T05:30:00.500000Z");
	means("45s", "2026-11-21T05:59:15.500000Z");
	means("7d", "2026-11-14T06:00:00.500000Z");
	means("0s", NOW);
}

static void
refuses_what_is_no_time(void **state)
{
	static const char *const texts[] = { "", " ", "x", "tomorrow",
	    "nowadays", "now ", "yesterdays", "today06:00", "2026", "-1h",
	    "2 hours", "2 hours before", "2 fortnights ago", "h", "1.5h",
	    "2026-11-31", "2026-02-31", "2025-02-29", "2026-13-01",
	    "2026-00-10", "2026-11-00", "2026-1-02", "26-11-21",
	    "2026-11-21T", "2026-11-21 ", "2026-11-21T06", "2026-11-21T6:00",
	    "2026-11-21T24:00", "2026-11-21T06:60", "2026-11-21T06:00:60",
	    "2026-11-21T06:00:00.Z", "2026-11-21T06:00:00+1",
	    "2026-11-21T06:00:00+0100", "2026-11-21T06:00:00+24:00",
	    "2026-11-21T06:00:00+01:60",
	    "2026-11-21T06:00:00Zulu", "2026-11-21x", "24:00", "06:0",
	    "1969-12-31", "0000-01-01", "9999-12-31T23:59:59-00:01",
	    "1970-01-01T00:00:00+00:01", "1000000000 weeks ago",
	    "1000000000d", "999999999999999999999s", "30000d",
	    "2026-11-21T06:00:00.00000000000000000000000000000000000000000000Z"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_string_equal(meaning(texts[i], NOW, true), "no");
}

static void
local_time_is_the_zones(void **state)
{
	(void)state;
	set_zone(BERLIN);
	assert_string_equal(meaning("2026-11-21 06:00", NOW, false),
	    "2026-11-21T05:00:00.000000Z");
	assert_string_equal(meaning("2026-07-21 06:00", NOW, false),
	    "2026-07-21T04:00:00.000000Z");
	assert_string_equal(meaning("2026-11-21T06:00:00Z", NOW, false),
	    "2026-11-21T06:00:00.000000Z");
	assert_string_equal(meaning("today", NOW, false),
	    "2026-11-20T23:00:00.000000Z");
	/* It is tomorrow already. */
	assert_string_equal(meaning("today", "2026-11-21T23:30:00.000000Z",
	    false), "2026-11-21T23:00:00.000000Z");
	assert_string_equal(meaning("today", "2026-11-21T23:30:00.000000Z",
	    true), "2026-11-21T00:00:00.000000Z");
	assert_string_equal(meaning("00:30", "2026-11-21T23:30:00.000000Z",
	    false), "2026-11-21T23:30:00.000000Z");
}

static void
clocks_go_forward(void **state)
{
	static const char after[] = "2026-03-29T10:00:00.000000Z";

	(void)state;
	set_zone(BERLIN);
	assert_string_equal(meaning("02:30", after, false), "no");
	assert_string_equal(meaning("01:59:59", after, false),
	    "2026-03-29T00:59:59.000000Z");
	assert_string_equal(meaning("03:00", after, false),
	    "2026-03-29T01:00:00.000000Z");
	assert_string_equal(meaning("yesterday",
	    "2026-03-29T22:30:00.000000Z", false),
	    "2026-03-28T23:00:00.000000Z");
	assert_string_equal(meaning("1 day ago", after, false),
	    "2026-03-28T10:00:00.000000Z");
	/* There, a day in spring begins at one o'clock. */
	set_zone("EET-2EEST,M3.5.0/0,M10.5.0/0");
	assert_string_equal(meaning("2026-03-29", after, false),
	    "2026-03-28T22:00:00.000000Z");
	assert_string_equal(meaning("today", after, false),
	    "2026-03-28T22:00:00.000000Z");
	assert_string_equal(meaning("2026-03-29 00:30", after, false), "no");
}

static void
clocks_go_back(void **state)
{
	static const char after[] = "2026-10-25T10:00:00.000000Z";
	const char *time;

	(void)state;
	set_zone(BERLIN);
	assert_string_equal(meaning("today", after, false),
	    "2026-10-24T22:00:00.000000Z");
	assert_string_equal(meaning("yesterday",
	    "2026-10-25T23:30:00.000000Z", false),
	    "2026-10-24T22:00:00.000000Z");
	/* Half past two comes twice. */
	time = meaning("02:30", after, false);
	assert_true(strcmp(time, "2026-10-25T00:30:00.000000Z") == 0 ||
	    strcmp(time, "2026-10-25T01:30:00.000000Z") == 0);
}

static void
years_end(void **state)
{
	static const char now[] = "2027-01-01T00:30:00.000000Z";

	(void)state;
	assert_string_equal(meaning("yesterday", now, true),
	    "2026-12-31T00:00:00.000000Z");
	assert_string_equal(meaning("yesterday 23:59", now, true),
	    "2026-12-31T23:59:00.000000Z");
	assert_string_equal(meaning("1h", now, true),
	    "2026-12-31T23:30:00.000000Z");
	assert_string_equal(meaning("yesterday",
	    "2024-03-01T12:00:00.000000Z", true),
	    "2024-02-29T00:00:00.000000Z");
}

static void
says(const char *time, bool utc, const char *text)
{
	char out[32];

	assert_string_equal(when_text(at(time), at(NOW), utc, out), text);
	assert_true(when_text(at(time), at(NOW), utc, out) == out);
}

static void
writes_times_for_people(void **state)
{
	(void)state;
	set_zone(BERLIN);
	says("2026-11-21T05:59:59.999999Z", true, "05:59:59");
	says("2026-11-21T05:59:59.999999Z", false, "06:59:59");
	says("2026-11-20T23:59:59.000000Z", true, "20 Nov 23:59:59");
	says("2026-11-20T23:59:59.000000Z", false, "00:59:59");
	says("2025-11-21T06:00:00.000000Z", true, "21 Nov 2025 06:00:00");
	says("2026-01-01T00:00:00.000000Z", true, "01 Jan 00:00:00");
	says("2025-12-31T23:30:00.000000Z", false, "01 Jan 00:30:00");
	says("9999-12-31T23:59:59.000000Z", true, "31 Dec 9999 23:59:59");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rfc_3339),
		cmocka_unit_test(reads_dates_and_times_of_day),
		cmocka_unit_test(reads_words),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(local_time_is_the_zones),
		cmocka_unit_test(clocks_go_forward),
		cmocka_unit_test(clocks_go_back),
		cmocka_unit_test(years_end),
		cmocka_unit_test(writes_times_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
