/*
 * when: times as people write them.
 *
 *   2026-11-21T06:00:00Z, 2026-11-21T06:00:00.123456+01:00      RFC 3339
 *   2026-11-21 06:00:00, 2026-11-21 06:00, 2026-11-21
 *   06:00, 06:00:00                    today
 *   now, today, yesterday              the last two at midnight
 *   yesterday 06:00
 *   2 hours ago, 1 day ago, 30 min ago, 2h, 30m, 45s, 7d   before now
 *
 * Without an offset, a time is local, or UTC if that is asked for. Blanks or a
 * "T" separate date and time, lower case will do.
 */
#ifndef HOOKLINE_WHEN_H
#define HOOKLINE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* For users who wrote something else. */
#define WHEN_FORMS "a time such as \"2 hours ago\", yesterday, 2026-11-21 " \
	"or 2026-11-21T06:00:00Z"

/*
 * Reads a time, in microseconds since 1970; `now` is what "ago" counts from.
 * `utc` also decides which day is today. False if it is not a time from 1970 to
 * 9999, or if there is no such day or hour.
 */
bool when_parse(const char *text, int64_t now, bool utc, int64_t *time);

/*
 * Writes the time for people, local or UTC, 32 bytes: "06:00:02" if it is on
 * the same day as `now`, else "20 Nov 06:00:02", else, in another year,
 * "20 Nov 2025 06:00:02".
 */
const char *when_text(int64_t time, int64_t now, bool utc, char out[32]);

#endif
