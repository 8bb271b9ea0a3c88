/*
 * clock: UTC as microseconds since 1970-01-01, and its RFC 3339 forms. Times
 * range from 0 to the end of the year 9999.
 */
#ifndef HOOKLINE_BASE_CLOCK_H
#define HOOKLINE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_HOUR (3600 * CLOCK_SECOND)
#define CLOCK_DAY (24 * CLOCK_HOUR)

#define CLOCK_RFC3339_LENGTH 27	/* 2026-11-21T06:00:00.123456Z */
#define CLOCK_COMPACT_LENGTH 16	/* 20261121T060000Z */
#define CLOCK_BOOT_ID_SIZE 37

/* Converts a time from the system, such as a file's, to microseconds. */
int64_t clock_of(const struct timespec *time);

/* Now, by the real-time clock. */
int64_t clock_now(void);

/* A clock that only goes forward, for deadlines and durations: in milliseconds
 * and in microseconds. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* Whole seconds since boot, including sleep. This clock cannot be set. */
uint32_t clock_boot_seconds(void);

/* Microseconds since boot, including sleep. */
int64_t clock_boottime_us(void);

/* The kernel's id for this boot and a NUL; all NULs if the system has none. */
void clock_boot_id(char out[CLOCK_BOOT_ID_SIZE]);

/* Writes 2026-11-21T06:00:00.123456Z and a NUL. */
void clock_format(int64_t time, char out[CLOCK_RFC3339_LENGTH + 1]);

/* Writes 20261121T060000Z and a NUL. */
void clock_format_compact(int64_t time, char out[CLOCK_COMPACT_LENGTH + 1]);

/* Reads exactly what clock_format() writes; false for anything else. */
bool clock_parse(const char text[CLOCK_RFC3339_LENGTH], int64_t *time);

/* Reads exactly what clock_format_compact() writes; false otherwise. */
bool clock_parse_compact(const char text[CLOCK_COMPACT_LENGTH], int64_t *time);

#endif
