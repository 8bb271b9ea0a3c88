#include "base/clock.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef HOOKLINE_FAULTS
#include <stdlib.h>
#endif

/*
 * Dates are counted from 0000-03-01: with March first, the leap day is the
 * last day of a year, and months have lengths that one linear formula gives.
 */
#define EPOCH_DAYS 719468	/* 0000-03-01 to 1970-01-01 */
#define CYCLE_DAYS 146097	/* the calendar repeats after 400 years */
#define LAST_TIME (INT64_C(253402300800) * CLOCK_SECOND - 1)

struct date {
	unsigned year, month, day;
};

/* Written out by hand and not with gmtime_r(3) and snprintf(3): each record
 * has a time, and those two take six times as long (155 ns, not 25). */
static struct date
date_of_days(uint64_t days)
{
	uint64_t cycle, day, year, month;
	struct date date;

	days += EPOCH_DAYS;
	cycle = days / CYCLE_DAYS;
	day = days % CYCLE_DAYS;
	year = (day - day / 1460 + day / 36524 - day / (CYCLE_DAYS - 1)) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;		/* 0 is March */
	date.day = (unsigned)(day - (153 * month + 2) / 5 + 1);
	date.month = (unsigned)(month < 10 ? month + 3 : month - 9);
	date.year = (unsigned)(cycle * 400 + year) + (date.month <= 2);
	return date;
}

static int64_t
days_of_date(struct date date)
{
	unsigned year = date.year - (date.month <= 2);
	unsigned month = date.month > 2 ? date.month - 3 : date.month + 9;
	unsigned day = (153 * month + 2) / 5 + date.day - 1;

	return (int64_t)year * 365 + year / 4 - year / 100 + year / 400 + day -
	    EPOCH_DAYS;
}

#ifdef HOOKLINE_FAULTS
/* The tests' seam: seconds to add, from the file that a variable names, read
 * each time so that a test can move the clock of a running program. */
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
#endif

int64_t
clock_now(void)
{
	struct timespec now;
	int64_t time;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	time = (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec / 1000;
#ifdef HOOKLINE_FAULTS
	time += test_offset("HOOKLINE_CLOCK");
#endif
	if (time < 0)
		return 0;
	return time > LAST_TIME ? LAST_TIME : time;
}

int64_t
clock_monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

int64_t
clock_boottime_us(void)
{
	struct timespec now;
	int64_t time;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	time = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
#ifdef HOOKLINE_FAULTS
	time += test_offset("HOOKLINE_BOOT_CLOCK");
#endif
	return time;
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

static void
put_digits(char *out, unsigned value, size_t count)
{
	while (count-- > 0) {
		out[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
clock_format(int64_t time, char out[CLOCK_RFC3339_LENGTH + 1])
{
	struct date date = date_of_days((uint64_t)(time / CLOCK_DAY));
	unsigned second = (unsigned)(time % CLOCK_DAY / CLOCK_SECOND);

	memcpy(out, "0000-00-00T00:00:00.000000Z", CLOCK_RFC3339_LENGTH + 1);
	put_digits(out, date.year, 4);
	put_digits(out + 5, date.month, 2);
	put_digits(out + 8, date.day, 2);
	put_digits(out + 11, second / 3600, 2);
	put_digits(out + 14, second / 60 % 60, 2);
	put_digits(out + 17, second % 60, 2);
	put_digits(out + 20, (unsigned)(time % CLOCK_SECOND), 6);
}

void
clock_format_compact(int64_t time, char out[CLOCK_COMPACT_LENGTH + 1])
{
	struct date date = date_of_days((uint64_t)(time / CLOCK_DAY));
	unsigned second = (unsigned)(time % CLOCK_DAY / CLOCK_SECOND);

	memcpy(out, "00000000T000000Z", CLOCK_COMPACT_LENGTH + 1);
	put_digits(out, date.year, 4);
	put_digits(out + 4, date.month, 2);
	put_digits(out + 6, date.day, 2);
	put_digits(out + 9, second / 3600, 2);
	put_digits(out + 11, second / 60 % 60, 2);
	put_digits(out + 13, second % 60, 2);
}

/* Whether `text` has a digit wherever `form` has a 0, and else what it has. */
static bool
has_form(const char *text, const char *form)
{
	for (; *form != '\0'; form++, text++) {
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	}
	return true;
}

static unsigned
digits(const char *text, size_t count)
{
	unsigned value = 0;

	while (count-- > 0)
		value = value * 10 + (unsigned)(*text++ - '0');
	return value;
}

static unsigned
month_length(unsigned year, unsigned month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ?
		    29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* A leap second is refused like any other 60: the clock never shows one. */
static bool
combine(struct date date, unsigned hour, unsigned minute, unsigned second,
    int64_t *time)
{
	if (date.year < 1970 || date.month < 1 || date.month > 12 ||
	    date.day < 1 || date.day > month_length(date.year, date.month) ||
	    hour > 23 || minute > 59 || second > 59)
		return false;
	*time = days_of_date(date) * CLOCK_DAY +
	    ((int64_t)hour * 3600 + minute * 60 + second) * CLOCK_SECOND;
	return true;
}

bool
clock_parse(const char text[CLOCK_RFC3339_LENGTH], int64_t *time)
{
	struct date date;

	if (!has_form(text, "0000-00-00T00:00:00.000000Z"))
		return false;
	date.year = digits(text, 4);
	date.month = digits(text + 5, 2);
	date.day = digits(text + 8, 2);
	if (!combine(date, digits(text + 11, 2), digits(text + 14, 2),
	    digits(text + 17, 2), time))
		return false;
	*time += digits(text + 20, 6);
	return true;
}

bool
clock_parse_compact(const char text[CLOCK_COMPACT_LENGTH], int64_t *time)
{
	struct date date;

	if (!has_form(text, "00000000T000000Z"))
		return false;
	date.year = digits(text, 4);
	date.month = digits(text + 4, 2);
	date.day = digits(text + 6, 2);
	return combine(date, digits(text + 9, 2), digits(text + 11, 2),
	    digits(text + 13, 2), time);
}
