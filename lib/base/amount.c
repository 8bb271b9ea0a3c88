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

const char *
age_text(int64_t seconds, char out[32])
{
	static const struct { int64_t seconds; const char *name; } units[] = {
		{ 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" } };
	size_t i = 0;
	int64_t count;

	if (seconds < 0)
		seconds = 0;
	/* 90 minutes are better said as minutes, and so on. */
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	count = seconds / units[i].seconds;
	(void)snprintf(out, 32, "%" PRId64 " %s%s", count, units[i].name,
	    count == 1 ? "" : "s");
	return out;
}
