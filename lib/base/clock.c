#include "base/clock.h"

#include "base/digits.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef HOOKLINE_FAULTS
#include <stdlib.h>
#endif

/*
 * Dates are counted from 0000-03-01: if a year begins in March, its leap day is
 * its last day, and one linear formula gives the lengths of the months.
 */
#define EPOCH_DAYS 719468	/* 0000-03-01 to 1970-01-01 */
#define CYCLE_DAYS 146097	/* the calendar repeats after 400 years */
#define FORM "0000-00-00T00:00:00.000000Z"
#define LAST_TIME (INT64_C(253402300800) * CLOCK_SECOND - 1)

static const char form[] = FORM;

enum field { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MICROSECOND, FIELDS };

/* Does this by hand, since every record has a time, and gmtime_r(3) with
 * snprintf(3) takes six times as long. */
static void
split(uint64_t time, uint64_t fields[FIELDS])
{
	uint64_t days = time / CLOCK_DAY + EPOCH_DAYS;
	uint64_t second = time % CLOCK_DAY / CLOCK_SECOND;
	uint64_t day = days % CYCLE_DAYS, year, month;

	year = (day - day / 1460 + day / 36524 - day / (CYCLE_DAYS - 1)) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;		/* 0 is March */
	fields[DAY] = day - (153 * month + 2) / 5 + 1;
	fields[MONTH] = month < 10 ? month + 3 : month - 9;
	fields[YEAR] = days / CYCLE_DAYS * 400 + year + (fields[MONTH] <= 2);
	fields[HOUR] = second / 3600;
	fields[MINUTE] = second / 60 % 60;
	fields[SECOND] = second % 60;
	fields[MICROSECOND] = time % CLOCK_SECOND;
}

/* Days from 1970-01-01 to the date. */
static uint64_t
days_to(const uint64_t fields[FIELDS])
{
	uint64_t year = fields[YEAR] - (fields[MONTH] <= 2);
	uint64_t month = (fields[MONTH] + 9) % 12;	/* 0 is March */
	uint64_t day = (153 * month + 2) / 5 + fields[DAY] - 1;

	return year * 365 + year / 4 - year / 100 + year / 400 + day -
	    EPOCH_DAYS;
}

static uint64_t
month_length(uint64_t year, uint64_t month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ?
		    29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Refuses a second of 60: the clock never shows a leap second. */
static bool
combine(const uint64_t fields[FIELDS], int64_t *time)
{
	if (fields[YEAR] < 1970 || fields[MONTH] < 1 || fields[MONTH] > 12 ||
	    fields[DAY] < 1 ||
	    fields[DAY] > month_length(fields[YEAR], fields[MONTH]) ||
	    fields[HOUR] > 23 || fields[MINUTE] > 59 || fields[SECOND] > 59)
		return false;
	*time = (int64_t)(days_to(fields) * CLOCK_DAY +
	    fields[HOUR] * CLOCK_HOUR + fields[MINUTE] * 60 * CLOCK_SECOND +
	    fields[SECOND] * CLOCK_SECOND + fields[MICROSECOND]);
	return true;
}

#ifdef HOOKLINE_FAULTS
/* For tests: the seconds to add, from the file that an environment variable
 * names; read each time, so that a test can move a running clock. */
static int64_t
test_offset(const char *variable)
{
	const char *path = getenv(variable);
	char text[32];
	ssize_t length;
	int fd;

	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return 0;
	length = read(fd, text, sizeof text - 1);
	(void)close(fd);
	text[length > 0 ? length : 0] = '\0';
	return strtoll(text, NULL, 10) * CLOCK_SECOND;
}
#else
#define test_offset(variable) 0
#endif

int64_t
clock_of(const struct timespec *time)
{
	return (int64_t)time->tv_sec * CLOCK_SECOND + time->tv_nsec / 1000;
}

static int64_t
read_us(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return clock_of(&now);
}

int64_t
clock_now(void)
{
	int64_t time = read_us(CLOCK_REALTIME) + test_offset("HOOKLINE_CLOCK");

	if (time < 0)
		return 0;
	return time > LAST_TIME ? LAST_TIME : time;
}

int64_t
clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

int64_t
clock_boottime_us(void)
{
	return read_us(CLOCK_BOOTTIME) + test_offset("HOOKLINE_BOOT_CLOCK");
}

uint32_t
clock_boot_seconds(void)
{
	return (uint32_t)(clock_boottime_us() / CLOCK_SECOND);
}

void
clock_boot_id(char out[CLOCK_BOOT_ID_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(out, 0, CLOCK_BOOT_ID_SIZE);
	if (fd == -1)
		return;
	if (read(fd, out, CLOCK_BOOT_ID_SIZE - 1) != CLOCK_BOOT_ID_SIZE - 1)
		memset(out, 0, CLOCK_BOOT_ID_SIZE);
	(void)close(fd);
}

void
clock_format(int64_t time, char out[CLOCK_RFC3339_LENGTH + 1])
{
	uint64_t fields[FIELDS];

	split((uint64_t)time, fields);
	memcpy(out, form, sizeof form);
	decimal_write_fixed(fields[YEAR], 4, out);
	decimal_write_fixed(fields[MONTH], 2, out + 5);
	decimal_write_fixed(fields[DAY], 2, out + 8);
	decimal_write_fixed(fields[HOUR], 2, out + 11);
	decimal_write_fixed(fields[MINUTE], 2, out + 14);
	decimal_write_fixed(fields[SECOND], 2, out + 17);
	decimal_write_fixed(fields[MICROSECOND], 6, out + 20);
}

/* Whether `text` has a digit wherever the form has a 0, and equals it
 * elsewhere. */
static bool
has_form(const char *text)
{
	const char *at;

	for (at = form; *at != '\0'; at++, text++)
		if (*at == '0' ? *text < '0' || *text > '9' : *text != *at)
			return false;
	return true;
}

static uint64_t
digits(const char *text, size_t count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value * 10 + (uint64_t)(*text++ - '0');
	return value;
}

bool
clock_parse(const char text[CLOCK_RFC3339_LENGTH], int64_t *time)
{
	uint64_t fields[FIELDS];

	if (!has_form(text))
		return false;
	fields[YEAR] = digits(text, 4);
	fields[MONTH] = digits(text + 5, 2);
	fields[DAY] = digits(text + 8, 2);
	fields[HOUR] = digits(text + 11, 2);
	fields[MINUTE] = digits(text + 14, 2);
	fields[SECOND] = digits(text + 17, 2);
	fields[MICROSECOND] = digits(text + 20, 6);
	return combine(fields, time);
}

/* Whether the compact form keeps this character of the full one. */
static bool
is_compact(size_t i)
{
	return form[i] != '-' && form[i] != ':';
}

void
clock_format_compact(int64_t time, char out[CLOCK_COMPACT_LENGTH + 1])
{
	char whole[CLOCK_RFC3339_LENGTH + 1];
	size_t i;

	clock_format(time, whole);
	for (i = 0; whole[i] != '.'; i++)
		if (is_compact(i))
			*out++ = whole[i];
	memcpy(out, "Z", 2);
}

bool
clock_parse_compact(const char text[CLOCK_COMPACT_LENGTH], int64_t *time)
{
	char whole[] = FORM;
	size_t i;

	for (i = 0; whole[i] != '.'; i++)
		if (is_compact(i))
			whole[i] = *text++;
	return *text == 'Z' && clock_parse(whole, time);
}
