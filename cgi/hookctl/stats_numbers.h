/*
 * stats_numbers: what hookctl stats makes of an endpoint's counts.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_NUMBERS_H
#define HOOKLINE_HOOKCTL_STATS_NUMBERS_H

#include "hookctl/stats_counts.h"

#define NUMBERS_UNUSED_DAYS 7	/* Meta tries again for so long */

/* The refusals with a status other than 503. The others are those POSTs of
 * COUNTER_UNAVAILABLE where storing failed. */
bool numbers_is_refusal(enum refusal refusal);
uint64_t numbers_refused(const struct counters_numbers *numbers);

/* The upper end of a range of answer times, in milliseconds; 0 for the last
 * range, which has none. `i` is below COUNTERS_TIMES. */
unsigned numbers_time_end(size_t i);

/* How many answers have a time. */
uint64_t numbers_answers(const struct counters_numbers *numbers);

/*
 * The time in microseconds within which a part of the answers came, such as
 * 0.99. It is an estimate: times are taken to be spread evenly over a range, as
 * Prometheus does. UINT64_MAX: in the last range. There must be answers.
 */
uint64_t numbers_quantile(const struct counters_numbers *numbers, double part);

/*
 * For how many whole days a secret, the `place`-th from 0, has certainly not
 * been right, although counted and configured; `now` and the time when the
 * configuration was last changed, `changed`, are in microseconds.
 */
int64_t numbers_unused_days(const struct counts *counts,
    const struct counts_row *row, size_t place, int64_t now, int64_t changed);

/* Whether it may be removed: it has not been right for NUMBERS_UNUSED_DAYS, and
 * another secret of the endpoint has. */
bool numbers_can_go(const struct counts *counts, const struct counts_row *row,
    size_t place, int64_t now, int64_t changed);

#endif
