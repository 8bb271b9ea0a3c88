#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define LAST_SECOND INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

static void
assert_format(int64_t time, const char *expected)
{
	char text[CLOCK_RFC3339_LENGTH + 1];

	clock_format(time, text);
	assert_string_equal(text, expected);
}

static void
formats_the_epoch(void **state)
{
	(void)state;
	assert_format(0, "1970-01-01T00:00:00.000000Z");
}

static void
formats_microseconds(void **state)
{
	(void)state;
	assert_format(INT64_C(1795240800123456), "2026-11-21T06:00:00.123456Z");
	assert_format(7, "1970-01-01T00:00:00.000007Z");
}

static void
formats_leap_days(void **state)
{
	(void)state;
	assert_format(INT64_C(951782400) * CLOCK_SECOND,
	    "2000-02-29T00:00:00.000000Z");
	assert_format(INT64_C(951868800) * CLOCK_SECOND,
	    "2000-03-01T00:00:00.000000Z");
	assert_format(INT64_C(4107542400) * CLOCK_SECOND,
	    "2100-03-01T00:00:00.000000Z");
	assert_format(INT64_C(4107542400) * CLOCK_SECOND - 1,
	    "2100-02-28T23:59:59.999999Z");
}

static void
formats_the_last_moment(void **state)
{
	(void)state;
	assert_format((LAST_SECOND + 1) * CLOCK_SECOND - 1,
	    "9999-12-31T23:59:59.999999Z");
}

static void
formats_compact(void **state)
{
	char text[CLOCK_COMPACT_LENGTH + 1];

	(void)state;
	clock_format_compact(INT64_C(1795240859999999), text);
	assert_string_equal(text, "20261121T060059Z");
}

/* Compares every day of the range, at varying times of day, with libc. */
static void
agrees_with_gmtime_on_each_day(void **state)
{
	char expected[64], text[CLOCK_RFC3339_LENGTH + 1];
	char compact[CLOCK_COMPACT_LENGTH + 1];
	int64_t second, parsed;
	struct tm tm;
	time_t moment;

	(void)state;
	for (second = 0; second <= LAST_SECOND; second += 86400 + 37) {
		moment = (time_t)second;
		assert_non_null(gmtime_r(&moment, &tm));
		clock_format(second * CLOCK_SECOND + 42, text);
		(void)strftime(expected, sizeof expected,
		    "%Y-%m-%dT%H:%M:%S.000042Z", &tm);
		assert_string_equal(text, expected);
		assert_true(clock_parse(text, &parsed));
		assert_true(parsed == second * CLOCK_SECOND + 42);
		clock_format_compact(second * CLOCK_SECOND, compact);
		(void)strftime(expected, sizeof expected, "%Y%m%dT%H%M%SZ",
		    &tm);
		assert_string_equal(compact, expected);
		assert_true(clock_parse_compact(compact, &parsed));
		assert_true(parsed == second * CLOCK_SECOND);
	}
}

static void
parses_without_a_nul_after_it(void **state)
{
	char text[CLOCK_RFC3339_LENGTH];
	char *exact = malloc(sizeof text);
	int64_t time;

	(void)state;
	assert_non_null(exact);
	memcpy(exact, "2026-11-21T06:00:00.123456Z", sizeof text);
	assert_true(clock_parse(exact, &time));
	assert_true(time == INT64_C(1795240800123456));
	free(exact);
}

static void
refuses_other_spellings(void **state)
{
	static const char *const bad[] = {
		"2026-11-21 06:00:00.123456Z", "2026-11-21t06:00:00.123456Z",
		"2026-11-21T06:00:00.123456z", "2026-11-21T06:00:00,123456Z",
		"2026-11-21T06:00:00.12345 Z", "2026-11-21T06:00:00.12345",
		"+026-11-21T06:00:00.123456Z", "2026/11/21T06:00:00.123456Z",
		"2026-11-21T06:00:0:.123456Z", "2026-11-21T06:00:00.12345:Z",
		"2026-11-21T06:00:00.12345/Z", "", "2026-11-21T06:00:00Z",
	};
	char text[CLOCK_RFC3339_LENGTH + 1];
	int64_t time;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(text, 0, sizeof text);
		memcpy(text, bad[i], strlen(bad[i]));
		assert_false(clock_parse(text, &time));
	}
}

static void
refuses_fields_out_of_range(void **state)
{
	static const char *const bad[] = {
		"1969-12-31T23:59:59.999999Z", "2026-00-21T06:00:00.000000Z",
		"2026-13-21T06:00:00.000000Z", "2026-11-00T06:00:00.000000Z",
		"2026-11-31T06:00:00.000000Z", "2026-12-32T06:00:00.000000Z",
		"2026-02-29T06:00:00.000000Z", "2100-02-29T06:00:00.000000Z",
		"2026-11-21T24:00:00.000000Z", "2026-11-21T06:60:00.000000Z",
		"2016-12-31T23:59:60.000000Z",
	};
	int64_t time;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(clock_parse(bad[i], &time));
}

static void
refuses_bad_compact(void **state)
{
	static const char *const bad[] = {
		"20261121 060000Z", "20261121T060000z", "2026112T0600000Z",
		"20261321T060000Z", "20261131T060000Z", "20261121T250000Z",
		"20261121T066000Z", "20261121T060060Z", "19691231T235959Z",
		"20261121T06000:Z",
	};
	int64_t time;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(clock_parse_compact(bad[i], &time));
}

static void
now_is_the_system_time(void **state)
{
	int64_t before = (int64_t)time(NULL) - 1;
	int64_t now = clock_now() / CLOCK_SECOND;

	(void)state;
	assert_true(now >= before && now <= (int64_t)time(NULL) + 1);
}

static void
monotonic_never_goes_back(void **state)
{
	int64_t before = clock_monotonic_ms();
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_ms();

		assert_true(now >= before);
		before = now;
	}
}

#ifdef HOOKLINE_FAULTS
static void
write_offset(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
the_seam_moves_the_clock_at_each_call(void **state)
{
	char path[] = "/tmp/hookline-clock-XXXXXX";
	int fd = mkstemp(path);
	int64_t real = clock_now();

	(void)state;
	assert_true(fd != -1);
	(void)close(fd);
	assert_int_equal(setenv("HOOKLINE_CLOCK", path, 1), 0);
	write_offset(path, "86400\n");
	assert_in_range(clock_now() - real, CLOCK_DAY, CLOCK_DAY +
	    CLOCK_HOUR);
	write_offset(path, "-3600");
	assert_in_range(real - clock_now(), CLOCK_HOUR - 60 * CLOCK_SECOND,
	    CLOCK_HOUR);
	write_offset(path, "-99999999999");
	assert_true(clock_now() == 0);
	write_offset(path, "999999999999");
	assert_format(clock_now(), "9999-12-31T23:59:59.999999Z");
	(void)unlink(path);
	assert_in_range(clock_now() - real, 0, CLOCK_HOUR);
	(void)unsetenv("HOOKLINE_CLOCK");
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_the_epoch),
		cmocka_unit_test(formats_microseconds),
		cmocka_unit_test(formats_leap_days),
		cmocka_unit_test(formats_the_last_moment),
		cmocka_unit_test(formats_compact),
		cmocka_unit_test(agrees_with_gmtime_on_each_day),
		cmocka_unit_test(parses_without_a_nul_after_it),
		cmocka_unit_test(refuses_other_spellings),
		cmocka_unit_test(refuses_fields_out_of_range),
		cmocka_unit_test(refuses_bad_compact),
		cmocka_unit_test(now_is_the_system_time),
		cmocka_unit_test(monotonic_never_goes_back),
#ifdef HOOKLINE_FAULTS
		cmocka_unit_test(the_seam_moves_the_clock_at_each_call),
#endif
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
