/*
 * amount: numbers, sizes and ages as people read them. Each writes to `out` and
 * returns it.
 */
#ifndef HOOKLINE_BASE_AMOUNT_H
#define HOOKLINE_BASE_AMOUNT_H

#include <stdint.h>

/* 1234567 as "1,234,567". */
const char *number_text(uint64_t number, char out[32]);

/* Bytes as "412", "24.1 M"; a K is 1024 bytes. */
const char *size_text(uint64_t bytes, char out[32]);

/* Seconds as "42 seconds", "4 minutes", "3 hours", "2 days". */
const char *age_text(int64_t seconds, char out[32]);

/* The same as "42 s", "4 min", "3 h", "2 d". */
const char *age_short_text(int64_t seconds, char out[32]);

#endif
