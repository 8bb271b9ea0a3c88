/*
 * origin: which record of which journal a record was first: the journal's id,
 * 32 hexadecimal digits in lower case, and the seq, 1 or more without leading
 * zeros:
 *
 *   0123456789abcdef0123456789abcdef/42
 *
 * It is in records as "relayed" (hookline-journal(5)), and goes from hookline
 * to hookline as X-Hookline-Origin.
 */
#ifndef HOOKLINE_JOURNAL_ORIGIN_H
#define HOOKLINE_JOURNAL_ORIGIN_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at the start of `text` can be an origin's. `*whole`: they are
 * one. What comes after them is not looked at. */
size_t origin_prefix(const char *text, size_t length, bool *whole);

/* Whether all of it is an origin. */
bool origin_well_formed(struct span text);

#endif
