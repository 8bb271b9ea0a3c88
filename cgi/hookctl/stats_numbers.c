#include "hookctl/stats_numbers.h"

#include "base/clock.h"

static const unsigned ends_ms[] = { COUNTERS_TIMES_MS };

_Static_assert(sizeof ends_ms / sizeof ends_ms[0] + 1 == COUNTERS_TIMES,
    "the last range has no end");

bool
numbers_is_refusal(enum refusal refusal)
{
	return refusal != REFUSAL_NONE && refusal != REFUSAL_STORAGE;
}

uint64_t
numbers_refused(const struct counters_numbers *numbers)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < REFUSALS; i++)
		if (numbers_is_refusal((enum refusal)i))
			sum += numbers->counts[COUNTER_REFUSED + i];
	return sum;
}

unsigned
numbers_time_end(size_t i)
{
	return i < COUNTERS_TIMES - 1 ? ends_ms[i] : 0;
}

uint64_t
numbers_answers(const struct counters_numbers *numbers)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < COUNTERS_TIMES; i++)
		sum += numbers->counts[COUNTER_TIMES + i];
	return sum;
}

uint64_t
numbers_quantile(const struct counters_numbers *numbers, double part)
{
	double rank = part * (double)numbers_answers(numbers), begin, end;
	double before = 0, here = 0;
	size_t i = 0;

	for (i = 0; i < COUNTERS_TIMES - 1; i++) {
		here = (double)numbers->counts[COUNTER_TIMES + i];
		if (here > 0 && before + here >= rank)
			break;
		before += here;
	}
	if (i == COUNTERS_TIMES - 1)
		return UINT64_MAX;
	begin = i > 0 ? ends_ms[i - 1] : 0;
	end = ends_ms[i];
	return (uint64_t)(1000 * (begin + (end - begin) * (rank - before) /
	    here) + 0.5);
}

/* Since when a secret has not been used, in microseconds since 1970. */
static int64_t
unused_since(const struct counts *counts, const struct counts_row *row,
    size_t place, int64_t now)
{
	int64_t kept = (now / CLOCK_HOUR - (COUNTERS_HOURS - 1)) * CLOCK_HOUR;

	if (row->used[place] != 0)
		return row->used[place];
	/* It was used, but before the hours that are kept. */
	if (row->totals.counts[COUNTER_SECRETS + place] > 0 &&
	    kept > counts->since)
		return kept;
	return counts->since;
}

int64_t
numbers_unused_days(const struct counts *counts, const struct counts_row *row,
    size_t place, int64_t now, int64_t changed)
{
	int64_t since = unused_since(counts, row, place, now);

	/* Before the last change, the secret of this place may have been
	 * another one. */
	if (changed > since)
		since = changed;
	return now > since ? (now - since) / CLOCK_DAY : 0;
}

bool
numbers_can_go(const struct counts *counts, const struct counts_row *row,
    size_t place, int64_t now, int64_t changed)
{
	size_t i;

	if (numbers_unused_days(counts, row, place, now, changed) <
	    NUMBERS_UNUSED_DAYS)
		return false;
	for (i = 0; i < COUNTERS_SECRETS; i++)
		if (row->used[i] > now - NUMBERS_UNUSED_DAYS * CLOCK_DAY)
			return true;
	return false;
}
