#include "when.h"

#include "base/clock.h"
#include "base/digits.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TEXT_MAX 64
#define SECOND_MOST INT64_C(253402300799)	/* the end of the year 9999 */

/* A text being read, and what was found in it so far. */
struct reading {
	const char *at;
	struct tm day;		/* local or UTC: year, month and day */
	bool utc;
};

/* Reads a number of `digits` digits and, unless it is '\0', the character after
 * them. */
static bool
take_number(const char **at, size_t digits, char after, int *number)
{
	uint64_t value;

	if (strnlen(*at, digits) < digits ||
	    !decimal_read(*at, digits, 9999, &value))
		return false;
	*at += digits;
	if (after != '\0' && *(*at)++ != after)
		return false;
	*number = (int)value;
	return true;
}

static bool
take_word(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncasecmp(*at, word, length) != 0 ||
	    isalnum((unsigned char)(*at)[length]))
		return false;
	*at += length;
	return true;
}

static void
skip_blanks(const char **at)
{
	while (**at == ' ')
		(*at)++;
}

/* Hours, minutes, perhaps seconds and a fraction of one. */
static bool
take_clock(const char **at, struct tm *time, int64_t *fraction)
{
	int64_t unit = CLOCK_SECOND / 10;

	if (!take_number(at, 2, ':', &time->tm_hour) ||
	    !take_number(at, 2, '\0', &time->tm_min) || time->tm_hour > 23 ||
	    time->tm_min > 59)
		return false;
	if (**at != ':')
		return true;
	(*at)++;
	if (!take_number(at, 2, '\0', &time->tm_sec) || time->tm_sec > 59)
		return false;
	if (**at != '.')
		return true;
	(*at)++;
	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at); (*at)++) {
		*fraction += (**at - '0') * unit;
		unit /= 10;
	}
	return true;
}

/* Z, +01:00 or nothing: seconds east of Greenwich, if there is one. */
static bool
take_offset(const char **at, bool *given, int64_t *seconds)
{
	int hours, minutes, sign;

	*given = true;
	if (**at == 'Z' || **at == 'z') {
		(*at)++;
		*seconds = 0;
		return true;
	}
	if (**at != '+' && **at != '-') {
		*given = false;
		return true;
	}
	sign = *(*at)++ == '-' ? -1 : 1;
	if (!take_number(at, 2, ':', &hours) ||
	    !take_number(at, 2, '\0', &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = sign * (INT64_C(3600) * hours + INT64_C(60) * minutes);
	return true;
}

/* Seconds since 1970; false for a day or an hour that does not exist. */
static bool
seconds_of(const struct tm *day, bool utc, int64_t *seconds)
{
	struct tm time = *day;

	time.tm_isdst = -1;
	*seconds = utc ? timegm(&time) : mktime(&time);
	return time.tm_year == day->tm_year && time.tm_mon == day->tm_mon &&
	    time.tm_mday == day->tm_mday && time.tm_hour == day->tm_hour &&
	    time.tm_min == day->tm_min && time.tm_sec == day->tm_sec &&
	    *seconds >= 0 && *seconds <= SECOND_MOST;
}

/* The first moment of a day: midnight, unless clocks go forward then. */
static bool
begin_day(struct reading *reading, int64_t *time)
{
	int64_t seconds;

	while (!seconds_of(&reading->day, reading->utc, &seconds))
		if (reading->day.tm_hour++ == 2)
			return false;
	*time = seconds * CLOCK_SECOND;
	return true;
}

/* Reads what follows a day, up to the end: nothing, or a time of that day. */
static bool
finish_day(struct reading *reading, int64_t *time)
{
	int64_t fraction = 0, offset = 0, seconds;
	bool given = false;

	if (*reading->at == '\0')
		return begin_day(reading, time);
	if (*reading->at != 'T' && *reading->at != 't' && *reading->at != ' ')
		return false;
	reading->at++;
	skip_blanks(&reading->at);
	if (!take_clock(&reading->at, &reading->day, &fraction) ||
	    !take_offset(&reading->at, &given, &offset) ||
	    *reading->at != '\0' ||
	    !seconds_of(&reading->day, reading->utc || given, &seconds))
		return false;
	seconds -= offset;
	*time = seconds * CLOCK_SECOND + fraction;
	return seconds >= 0 && seconds <= SECOND_MOST;
}

/* The day of `now`, or one that is `before` days earlier, at midnight. */
static void
set_day(struct reading *reading, int64_t now, int before)
{
	time_t seconds = (time_t)(now / CLOCK_SECOND);
	struct tm day;

	if (reading->utc)
		(void)gmtime_r(&seconds, &day);
	else
		(void)localtime_r(&seconds, &day);
	reading->day = (struct tm){ .tm_year = day.tm_year,
	    .tm_mon = day.tm_mon, .tm_mday = day.tm_mday - before,
	    .tm_hour = 12, .tm_isdst = -1 };
	if (reading->utc)
		(void)timegm(&reading->day);
	else
		(void)mktime(&reading->day);
	reading->day.tm_hour = 0;
}

/* 2026-11-21 and perhaps a time. */
static bool
parse_date(struct reading *reading, int64_t *time)
{
	struct tm *day = &reading->day;

	*day = (struct tm){ 0 };
	if (!take_number(&reading->at, 4, '-', &day->tm_year) ||
	    !take_number(&reading->at, 2, '-', &day->tm_mon) ||
	    !take_number(&reading->at, 2, '\0', &day->tm_mday))
		return false;
	day->tm_year -= 1900;
	day->tm_mon--;
	return finish_day(reading, time);
}

/* 06:00 */
static bool
parse_clock(struct reading *reading, int64_t now, int64_t *time)
{
	char text[TEXT_MAX + 1];

	set_day(reading, now, 0);
	(void)snprintf(text, sizeof text, " %s", reading->at);
	reading->at = text;
	return finish_day(reading, time);
}

/* Seconds of one unit: letters alone if `after` a number without a blank. */
static int64_t
take_unit(const char **at)
{
	static const struct { const char *name; int64_t seconds; } units[] = {
		{ "s", 1 }, { "sec", 1 }, { "second", 1 }, { "seconds", 1 },
		{ "m", 60 }, { "min", 60 }, { "minute", 60 },
		{ "minutes", 60 }, { "h", 3600 }, { "hour", 3600 },
		{ "hours", 3600 }, { "d", 86400 }, { "day", 86400 },
		{ "days", 86400 }, { "week", 604800 }, { "weeks", 604800 } };
	size_t i;

	for (i = 0; i < sizeof units / sizeof units[0]; i++)
		if (take_word(at, units[i].name))
			return units[i].seconds;
	return 0;
}

/* 2h, 2 hours ago */
static bool
parse_ago(struct reading *reading, int64_t now, int64_t *time)
{
	uint64_t number;
	int64_t unit;
	size_t digits = decimal_prefix(reading->at, strlen(reading->at),
	    1000000000, &number);
	bool words;

	if (digits == 0)
		return false;
	reading->at += digits;
	words = *reading->at == ' ';
	skip_blanks(&reading->at);
	unit = take_unit(&reading->at);
	if (unit == 0)
		return false;
	skip_blanks(&reading->at);
	if (!take_word(&reading->at, "ago") && words)
		return false;
	if (*reading->at != '\0' ||
	    (int64_t)number > now / CLOCK_SECOND / unit)
		return false;
	*time = now - (int64_t)number * unit * CLOCK_SECOND;
	return true;
}

bool
when_parse(const char *text, int64_t now, bool utc, int64_t *time)
{
	struct reading reading = { .at = text, .utc = utc };

	if (strlen(text) >= TEXT_MAX)
		return false;
	if (strcasecmp(text, "now") == 0) {
		*time = now;
		return true;
	}
	if (take_word(&reading.at, "today")) {
		set_day(&reading, now, 0);
		return finish_day(&reading, time);
	}
	if (take_word(&reading.at, "yesterday")) {
		set_day(&reading, now, 1);
		return finish_day(&reading, time);
	}
	if (strlen(text) > 4 && text[4] == '-')
		return parse_date(&reading, time);
	if (strlen(text) > 2 && text[2] == ':')
		return parse_clock(&reading, now, time);
	return parse_ago(&reading, now, time);
}

const char *
when_text(int64_t time, int64_t now, bool utc, char out[32])
{
	time_t seconds = (time_t)(time / CLOCK_SECOND);
	time_t today = (time_t)(now / CLOCK_SECOND);
	struct tm at, day;

	if (utc) {
		(void)gmtime_r(&seconds, &at);
		(void)gmtime_r(&today, &day);
	} else {
		(void)localtime_r(&seconds, &at);
		(void)localtime_r(&today, &day);
	}
	(void)strftime(out, 32, at.tm_year != day.tm_year ?
	    "%d %b %Y %H:%M:%S" : at.tm_yday != day.tm_yday ?
	    "%d %b %H:%M:%S" : "%H:%M:%S", &at);
	return out;
}
