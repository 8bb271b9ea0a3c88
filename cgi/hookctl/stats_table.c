/*
 * stats_table: hookctl stats for people.
 *
 *   counted since 14 Nov 09:12; last received 4 minutes ago
 *                   accepted  repeats  refused  503    bytes   p50     p99
 *   /webhook          18,206      311       42    0   24.1 M   1.4 ms  9.8 ms
 *   refused   signature-missing 29   too-large 13   (no endpoint: path 1,204)
 *   secrets   /webhook: 1 of 2 18,206, 2 of 2 0 - not used for 7 days, can go
 *   24 hours  page feed 301   user photos 12
 *   journal   3 files, 26.0 M; index 1.9 M
 *   relays    second-host in step   warehouse held, 265 behind (4 min)
 */
#include "hookctl/stats_lines.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "hookctl/stats_numbers.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LEAST 14		/* columns of an endpoint's name */
#define NAME_MOST 30		/* a longer one shifts only its own row */

/*
 * The first line
 */

static void
print_since(const struct stats *stats)
{
	static const char *const words[] = {
		[COUNTS_NONE] = "nothing counted yet",
		[COUNTS_OTHER] = "the counters are another version's: they "
		    "begin anew with the next request",
		[COUNTS_KNOWN] = "counted since " };
	const struct latest *latest = &stats->latest;
	char time[32], age[32];

	printf("%s%s; ", words[stats->counts.state],
	    stats->counts.state != COUNTS_KNOWN ? "" :
	    stats_minute_text(stats, stats->counts.since, time));
	if (latest->any)
		printf("last received %s ago\n", age_text((stats->now -
		    latest->received_at) / CLOCK_SECOND, age));
	else
		puts(latest->records > 0 ? "the last records are hookctl's "
		    "own" : "no record in the journal");
}

/*
 * The table
 */

enum column { COLUMN_ACCEPTED, COLUMN_REPEATS, COLUMN_REFUSED,
	COLUMN_UNAVAILABLE, COLUMN_BYTES, COLUMN_P50, COLUMN_P99, COLUMNS };

struct cells {
	const char *name;
	char texts[COLUMNS][40];
};

static void
write_quantile(const struct counters_numbers *numbers, double part,
    char out[40])
{
	uint64_t time;

	strcpy(out, "-");
	if (numbers_answers(numbers) == 0)
		return;
	time = numbers_quantile(numbers, part);
	if (time == UINT64_MAX)
		strcpy(out, "over 5 s");
	else
		(void)duration_text(time, out);
}

static void
write_cells(const struct counters_numbers *numbers, struct cells *cells)
{
	const uint64_t *counts = numbers->counts;

	(void)number_text(counts[COUNTER_ACCEPTED],
	    cells->texts[COLUMN_ACCEPTED]);
	(void)number_text(counts[COUNTER_REPEATS],
	    cells->texts[COLUMN_REPEATS]);
	(void)number_text(numbers_refused(numbers),
	    cells->texts[COLUMN_REFUSED]);
	(void)number_text(counts[COUNTER_UNAVAILABLE],
	    cells->texts[COLUMN_UNAVAILABLE]);
	(void)size_text(numbers->bytes, cells->texts[COLUMN_BYTES]);
	write_quantile(numbers, 0.5, cells->texts[COLUMN_P50]);
	write_quantile(numbers, 0.99, cells->texts[COLUMN_P99]);
}

/* Numbers are aligned to the right, times to the left. */
static void
print_cells(const struct cells *cells, const size_t *widths, size_t name_width)
{
	size_t used = stats_print_name(cells->name), i;

	printf("%*s", used < name_width ? (int)(name_width - used) : 0, "");
	for (i = 0; i < COLUMN_P50; i++)
		printf("  %*s", (int)widths[i], cells->texts[i]);
	printf("   %-*s  %s\n", (int)widths[COLUMN_P50],
	    cells->texts[COLUMN_P50], cells->texts[COLUMN_P99]);
}

static void
print_rows(const struct cells *rows, size_t count)
{
	size_t widths[COLUMNS] = { 8, 7, 7, 3, 7, 6, 0 };
	size_t name_width = NAME_LEAST, length, i, j;

	for (i = 0; i < count; i++) {
		length = strlen(rows[i].name);
		if (length > name_width)
			name_width = length < NAME_MOST ? length : NAME_MOST;
		for (j = 0; j < COLUMNS; j++) {
			length = strlen(rows[i].texts[j]);
			if (length > widths[j])
				widths[j] = length;
		}
	}
	for (i = 0; i < count; i++)
		print_cells(&rows[i], widths, name_width);
}

/* False when memory is short. */
static bool
print_table(const struct counts *counts)
{
	static const struct cells head = { "", { "accepted", "repeats",
	    "refused", "503", "bytes", "p50", "p99" } };
	struct cells *rows = calloc(counts->count + 2, sizeof *rows);
	struct counters_numbers others = counts->rest.totals;
	size_t count = 0, i;

	if (rows == NULL)
		return false;
	rows[count++] = head;
	for (i = 0; i < counts->count; i++) {
		rows[count].name = counts->rows[i].name;
		write_cells(&counts->rows[i].totals, &rows[count++]);
	}
	if (counts->full) {
		/* A wrong path belongs to no endpoint. */
		others.counts[COUNTER_REFUSED + (size_t)REFUSAL_PATH] = 0;
		rows[count].name = "(others)";
		write_cells(&others, &rows[count++]);
	}
	print_rows(rows, count);
	free(rows);
	return true;
}

bool
stats_print_table(const struct stats *stats)
{
	bool known = stats->counts.state == COUNTS_KNOWN;

	print_since(stats);
	if (known && !print_table(&stats->counts))
		return false;
	if (known) {
		stats_print_refused(&stats->counts);
		stats_print_secrets(stats);
		stats_print_gone(stats);
	}
	if (stats->fields != NULL)
		stats_print_fields(stats);
	stats_print_journal(stats);
	stats_print_relays(stats);
	return true;
}
