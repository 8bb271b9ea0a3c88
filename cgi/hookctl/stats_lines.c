/*
 * stats_lines: the lines below the table of hookctl stats; see stats_table.c.
 */
#include "hookctl/stats_lines.h"

#include "base/clock.h"
#include "hookctl/output.h"
#include "hookctl/stats_numbers.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL 10		/* columns before a line's text */
#define FIELDS_SHOWN 20
#define BETWEEN "   "		/* the items of a line */

size_t
stats_print_name(const char *name)
{
	return text_print(stdout, (struct span){ name, strlen(name) }, 0);
}

const char *
stats_minute_text(const struct stats *stats, int64_t time, char out[32])
{
	(void)when_text(time, stats->now, stats->utc, out);
	out[strlen(out) - strlen(":00")] = '\0';
	return out;
}


/* Begins a line. Only the first one of a kind shows the label. */
static void
begin_line(const char *label, size_t *lines)
{
	printf("%-*s", LABEL, *lines == 0 ? label : "");
	(*lines)++;
}

/* Prints the refusals and their numbers, the largest first. */
static void
print_reasons(const struct counters_numbers *numbers)
{
	bool done[REFUSALS] = { false };
	const char *before = "";
	char number[32];

	for (;;) {
		size_t most = 0, i;
		uint64_t count = 0;

		for (i = 0; i < REFUSALS; i++)
			if (!done[i] && numbers_is_refusal((enum refusal)i) &&
			    numbers->counts[COUNTER_REFUSED + i] > count) {
				most = i;
				count = numbers->counts[COUNTER_REFUSED + i];
			}
		if (count == 0)
			return;
		printf("%s%s %s", before, refusal_word((enum refusal)most),
		    number_text(count, number));
		done[most] = true;
		before = BETWEEN;
	}
}

/* Prints the refusals that belong to no endpoint: the path was wrong, or there
 * was no valid configuration. */
static void
print_rest(const struct counts *counts)
{
	const struct counters_numbers *rest = &counts->rest.totals;
	uint64_t failed = rest->counts[COUNTER_UNAVAILABLE];
	bool refused = numbers_refused(rest) > 0;
	char number[32];

	printf("(%s: ", counts->full ? "others, or no endpoint" :
	    "no endpoint");
	print_reasons(rest);
	if (failed > 0 && !counts->full)
		printf("%s503 %s", refused ? BETWEEN : "",
		    number_text(failed, number));
	fputs(")", stdout);
}

/* With only one endpoint, there is one line, and it does not name it. */
void
stats_print_refused(const struct counts *counts)
{
	const struct counters_numbers *rest = &counts->rest.totals;
	bool more = numbers_refused(rest) > 0 || (!counts->full &&
	    rest->counts[COUNTER_UNAVAILABLE] > 0);
	bool alone = counts->count == 1;
	size_t lines = 0, i;

	for (i = 0; i < counts->count; i++) {
		if (numbers_refused(&counts->rows[i].totals) == 0)
			continue;
		begin_line("refused", &lines);
		if (!alone)
			(void)stats_print_name(counts->rows[i].name);
		fputs(alone ? "" : ": ", stdout);
		print_reasons(&counts->rows[i].totals);
		fputs(!alone ? "\n" : more ? BETWEEN : "\n", stdout);
	}
	if (!more)
		return;
	if (lines == 0 || !alone)
		begin_line("refused", &lines);
	print_rest(counts);
	puts("");
}

/* Prints a secret's place among the endpoint's secrets, and its count. */
static void
print_secret(const struct stats *stats, const struct counts_row *row,
    size_t place)
{
	int64_t changed = config_modified(stats->config), days;
	char number[32];

	/* Nobody knows when settings in the environment were changed. */
	if (changed == 0)
		changed = stats->now;
	printf("%s%zu of %zu %s", place > 0 ? ", " : "", place + 1,
	    row->endpoint->app_secrets.count, number_text(
	    row->totals.counts[COUNTER_SECRETS + place], number));
	days = numbers_unused_days(&stats->counts, row, place, stats->now,
	    changed);
	if (numbers_can_go(&stats->counts, row, place, stats->now, changed))
		printf(" - not used for %" PRId64 " days, can go", days);
}

/* Without a configuration, prints only the secrets that were used: nobody knows
 * how many there are. */
static bool
print_used_secrets(const struct counts_row *row, size_t *lines)
{
	const char *before = ": ";
	char number[32];
	size_t place;

	for (place = 0; place < COUNTERS_SECRETS; place++) {
		uint64_t count = row->totals.counts[COUNTER_SECRETS + place];

		if (count == 0)
			continue;
		if (*before == ':') {
			begin_line("secrets", lines);
			(void)stats_print_name(row->name);
		}
		printf("%s%zu of ? %s", before, place + 1,
		    number_text(count, number));
		before = ", ";
	}
	return *before == ',';
}

/* False if there are none. */
static bool
print_secrets_of(const struct stats *stats, const struct counts_row *row,
    size_t *lines)
{
	size_t secrets, place;

	if (stats->config == NULL)
		return print_used_secrets(row, lines);
	secrets = row->endpoint == NULL ? 0 :
	    row->endpoint->app_secrets.count;
	if (secrets == 0)
		return false;
	begin_line("secrets", lines);
	(void)stats_print_name(row->name);
	fputs(": ", stdout);
	for (place = 0; place < secrets && place < COUNTERS_SECRETS; place++)
		print_secret(stats, row, place);
	if (secrets > COUNTERS_SECRETS)
		printf("; those after %d are not counted", COUNTERS_SECRETS);
	return true;
}

void
stats_print_secrets(const struct stats *stats)
{
	size_t lines = 0, i;

	for (i = 0; i < stats->counts.count; i++)
		if (print_secrets_of(stats, &stats->counts.rows[i], &lines))
			puts("");
}

/* Names the endpoints that have counts but are not in the configuration. */
void
stats_print_gone(const struct stats *stats)
{
	size_t lines = 0, i;

	for (i = 0; stats->config != NULL && i < stats->counts.count; i++)
		if (stats->counts.rows[i].endpoint == NULL) {
			begin_line("gone", &lines);
			(void)stats_print_name(stats->counts.rows[i].name);
			puts(" is no longer in the configuration");
		}
}

/* Prints "24 hours" if --since was given in that form. */
static void
print_fields_label(const struct stats *stats)
{
	int64_t seconds = (stats->now - stats->since) / CLOCK_SECOND;
	int64_t unit = seconds >= 172800 ? 86400 : seconds >= 7200 ? 3600 :
	    seconds >= 120 ? 60 : 1;	/* the units of age_text() */
	char text[32];
	int used;

	if ((stats->now - stats->since) % (unit * CLOCK_SECOND) == 0)
		used = printf("%s  ", age_text(seconds, text));
	else
		used = printf("since %s  ", stats_minute_text(stats,
		    stats->since, text));
	if (used < LABEL)
		printf("%*s", LABEL - used, "");
}

static void
print_field(const struct field *field)
{
	static const struct span none = { "-", 1 };
	char number[32];

	(void)text_print(stdout, field->object.length > 0 ? field->object :
	    none, 0);
	fputs(" ", stdout);
	(void)text_print(stdout, field->field.length > 0 ? field->field :
	    none, 0);
	printf(" %s", number_text(field->count, number));
}

void
stats_print_fields(const struct stats *stats)
{
	size_t count, i;
	struct field *const *list = fields_list(stats->fields, &count);
	uint64_t others = fields_others(stats->fields);
	char number[32];

	print_fields_label(stats);
	for (i = 0; i < count && i < FIELDS_SHOWN; i++) {
		fputs(i > 0 ? BETWEEN : "", stdout);
		print_field(list[i]);
	}
	for (; i < count; i++)
		others += list[i]->count;
	if (others > 0)
		printf(BETWEEN "others %s", number_text(others, number));
	puts(count == 0 ? "nothing" : "");
}

static const char *
bytes_text(uint64_t bytes, char out[40])
{
	(void)size_text(bytes, out);
	if (bytes < 1024)
		strcat(out, bytes == 1 ? " byte" : " bytes");
	return out;
}

void
stats_print_journal(const struct stats *stats)
{
	char number[32], size[40];

	printf("%-*s%s file%s, %s", LABEL, "journal", number_text(
	    stats->files, number), stats->files == 1 ? "" : "s",
	    bytes_text(stats->bytes, size));
	if (stats->index_known)
		printf("; index %s", bytes_text(stats->index_bytes, size));
	puts("");
}
