/*
 * stats_prometheus: hookctl stats --prometheus, the text format of Prometheus
 * for the node exporter's textfile collector.
 *
 * Counts that belong to no endpoint, or to endpoints without a slot, have the
 * label endpoint="", as no name is empty. Zeros are printed, too, so that
 * Prometheus sees the first count as an increase.
 */
#include "hookctl/stats.h"

#include "base/clock.h"
#include "hookctl/stats_numbers.h"

#include <inttypes.h>
#include <stdio.h>

/* Prints `name{endpoint="..."`, with the escapes of the format. */
static void
begin_sample(const char *name, const struct counts_row *row)
{
	const char *at;

	printf("%s{endpoint=\"", name);
	for (at = row->name; *at != '\0'; at++)
		switch (*at) {
		case '\\':
		case '"':
			printf("\\%c", *at);
			break;
		case '\n':
			fputs("\\n", stdout);
			break;
		default:
			putchar(*at);
		}
	putchar('"');
}

static void
begin_metric(const char *name, const char *type, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* ---- the samples of one row ---- */

static void
print_received(const struct counts_row *row)
{
	static const char name[] = "hookline_received_total";

	begin_sample(name, row);
	printf(",result=\"accepted\"} %" PRIu64 "\n",
	    row->totals.counts[COUNTER_ACCEPTED]);
	begin_sample(name, row);
	printf(",result=\"repeat\"} %" PRIu64 "\n",
	    row->totals.counts[COUNTER_REPEATS]);
}

static void
print_refused(const struct counts_row *row)
{
	size_t i;

	for (i = 0; i < REFUSALS; i++) {
		if (!numbers_is_refusal((enum refusal)i))
			continue;
		begin_sample("hookline_refused_total", row);
		printf(",reason=\"%s\"} %" PRIu64 "\n",
		    refusal_word((enum refusal)i),
		    row->totals.counts[COUNTER_REFUSED + i]);
	}
}

static void
print_unavailable(const struct counts_row *row)
{
	begin_sample("hookline_unavailable_total", row);
	printf("} %" PRIu64 "\n", row->totals.counts[COUNTER_UNAVAILABLE]);
}

static void
print_bytes(const struct counts_row *row)
{
	begin_sample("hookline_received_bytes_total", row);
	printf("} %" PRIu64 "\n", row->totals.bytes);
}

static void
print_answers(const struct counts_row *row)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < COUNTERS_TIMES; i++) {
		unsigned end = numbers_time_end(i);

		count += row->totals.counts[COUNTER_TIMES + i];
		begin_sample("hookline_answer_seconds_bucket", row);
		if (end != 0)
			printf(",le=\"%g\"} %" PRIu64 "\n", end / 1000.0,
			    count);
		else
			printf(",le=\"+Inf\"} %" PRIu64 "\n", count);
	}
	begin_sample("hookline_answer_seconds_sum", row);
	printf("} %" PRIu64 ".%06" PRIu64 "\n",
	    row->totals.took_us / 1000000, row->totals.took_us % 1000000);
	begin_sample("hookline_answer_seconds_count", row);
	printf("} %" PRIu64 "\n", count);
}

/* ---- all of it ---- */

static const struct {
	const char *name, *type, *help;
	void (*print)(const struct counts_row *row);
	bool rest;		/* also without an endpoint */
} metrics[] = {
	{ "hookline_received_total", "counter", "Notifications answered with "
	    "200: accepted, or the repeat of one that is stored.",
	    print_received, false },
	{ "hookline_refused_total", "counter", "Requests refused, by reason.",
	    print_refused, true },
	{ "hookline_unavailable_total", "counter", "Notifications answered "
	    "with 503.", print_unavailable, true },
	{ "hookline_received_bytes_total", "counter", "Bytes of the accepted "
	    "notifications.", print_bytes, false },
	{ "hookline_answer_seconds", "histogram", "Time from a notification's "
	    "arrival to its answer, 200 or 503.", print_answers, false } };

static void
print_time(const char *name, const char *help, int64_t time)
{
	begin_metric(name, "gauge", help);
	printf("%s %" PRId64 ".%06" PRId64 "\n", name, time / CLOCK_SECOND,
	    time % CLOCK_SECOND);
}

void
stats_print_prometheus(const struct stats *stats)
{
	const struct counts *counts = &stats->counts;
	size_t i, row;

	for (i = 0; i < sizeof metrics / sizeof metrics[0]; i++) {
		begin_metric(metrics[i].name, metrics[i].type,
		    metrics[i].help);
		for (row = 0; row < counts->count; row++)
			metrics[i].print(&counts->rows[row]);
		if (metrics[i].rest || counts->full)
			metrics[i].print(&counts->rest);
	}
	if (counts->state == COUNTS_KNOWN)
		print_time("hookline_counted_since_timestamp_seconds",
		    "When the counters began at 0.", counts->since);
	print_time("hookline_last_received_timestamp_seconds",
	    "When the last notification was stored, 0 if none is known.",
	    stats->latest.any ? stats->latest.received_at : 0);
	begin_metric("hookline_journal_bytes", "gauge",
	    "Size of the journal's files, without the index.");
	printf("hookline_journal_bytes %" PRIu64 "\n", stats->bytes);
	stats_print_relay_metrics(stats);
}
