/*
 * stats_numbers: what hookctl stats makes of an endpoint's counts.
 */
#ifndef HOOKLINE_HOOKCTL_STATS_NUMBERS_H
#define HOOKLINE_HOOKCTL_STATS_NUMBERS_H

#include "hookctl/stats_counts.h"

#define NUMBERS_UNUSED_DAYS 7	/* how long Meta tries again */

/* Whether its answer has another status than 503. The other refusals are among
 * the POSTs that COUNTER_UNAVAILABLE counts. */
bool numbers_is_refusal(enum refusal refusal);
uint64_t numbers_refused(const struct counters_numbers *numbers);

/* The upper end of a range of answer times, in milliseconds; 0 for the last
 * range, which has none. `i` is below COUNTERS_TIMES. */
unsigned numbers_time_end(size_t i);

/* How many answers have a time. */
uint64_t numbers_answers(const struct counters_numbers *numbers);

/*
 * The time in microseconds within which this part of the answers came, such as
 * 0.99. Like Prometheus, it assumes that times are spread evenly over a range.
 * UINT64_MAX: in the last range. There must be answers.
 */
uint64_t numbers_quantile(const struct counters_numbers *numbers, double part);

/*
 * For how many whole days the secret at this place, from 0, has certainly not
 * been used, although it was configured and counted. `now`, and `changed`, when
 * the configuration was last changed, are in microseconds since 1970.
 */
int64_t numbers_unused_days(const struct counts *counts,
    const struct counts_row *row, size_t place, int64_t now, int64_t changed);

/* Whether the secret can be removed: it has not been used for
 * NUMBERS_UNUSED_DAYS, while another secret of the endpoint has. */
bool numbers_can_go(const struct counts *counts, const struct counts_row *row,
    size_t place, int64_t now, int64_t changed);

#endif
