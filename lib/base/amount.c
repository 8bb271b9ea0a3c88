#include "base/amount.h"

#include "base/digits.h"

#include <inttypes.h>
#include <stdio.h>

const char *
number_text(uint64_t number, char out[32])
{
	char digits[DECIMAL_SIZE];
	size_t length = decimal_write(number, digits), i, at = 0;

	for (i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

const char *
size_text(uint64_t bytes, char out[32])
{
	static const char units[] = " KMGTPE";
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && units[unit + 1] != '\0') {
		size /= 1024;
		unit++;
	}
	if (unit == 0)
		(void)snprintf(out, 32, "%" PRIu64, bytes);
	else
		(void)snprintf(out, 32, "%.1f %c", size, units[unit]);
	return out;
}

static const struct unit { int64_t seconds; const char *name, *brief; }
    units[] = { { 86400, "day", "d" }, { 3600, "hour", "h" },
	{ 60, "minute", "min" }, { 1, "second", "s" } };

/* The largest unit of which there are at least two: 90 minutes stay minutes. */
static const struct unit *
unit_of(int64_t seconds)
{
	size_t i = 0;

	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	return &units[i];
}

const char *
age_text(int64_t seconds, char out[32])
{
	const struct unit *unit = unit_of(seconds);
	int64_t count = seconds < 0 ? 0 : seconds / unit->seconds;

	(void)snprintf(out, 32, "%" PRId64 " %s%s", count, unit->name,
	    count == 1 ? "" : "s");
	return out;
}

const char *
age_short_text(int64_t seconds, char out[32])
{
	const struct unit *unit = unit_of(seconds);

	(void)snprintf(out, 32, "%" PRId64 " %s", seconds < 0 ? 0 :
	    seconds / unit->seconds, unit->brief);
	return out;
}
