/*
 * stamp: the part of a record that the journal itself writes,
 *
 *   {"seq":42,"received_at":"2026-11-21T06:00:00.123456Z",
 *
 * without the line break. The caller writes the rest.
 */
#ifndef HOOKLINE_JOURNAL_STAMP_H
#define HOOKLINE_JOURNAL_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_MAX 80	/* bytes, with a NUL */
#define STAMP_SEQ_MOST UINT64_C(9999999999999999999) /* 19 digits */

/* Returns the length. `seq` is 1 or more. */
size_t stamp_write(uint64_t seq, int64_t received_at, char out[STAMP_MAX]);

/* Reads what stamp_write() wrote; false if the line begins otherwise. */
bool stamp_read(const char *line, size_t length, uint64_t *seq,
    int64_t *received_at);

#endif
