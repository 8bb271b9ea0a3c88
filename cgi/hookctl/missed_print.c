#include "hookctl/missed_print.h"

#include "base/clock.h"
#include "hookctl/missed_rows.h"
#include "hookctl/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WIDTHS 6
#define CAUSES_MOST 64

/* For how many hours Meta sends a notification again; for WhatsApp, it is 7
 * days. */
#define RETRY_HOURS 36
#define RETRY_WHATSAPP_HOURS (7 * 24)

enum retry { RETRY_UNSAID, RETRY_ALL, RETRY_WHATSAPP, RETRY_NONE };

struct cause {
	int status;
	bool cut;
};

struct print {
	const struct missed_scan *scan;
	const struct missed_counts *counts;
	bool utc, endpoints;	/* endpoints: there is a column for them */
	int widths[WIDTHS];	/* hour, endpoint, sent, stored, refused,
				 * stopped */
	enum retry said;	/* what the last such remark said */
	struct cause causes[CAUSES_MOST];
	size_t cause_count;
	uint64_t sent, stopped, refused;
	int64_t first;		/* of those stopped, in seconds */
	bool dash, uncounted;	/* some row has a "-", or is uncounted */
};

/*
 * Times
 */

static void
split(const struct print *print, int64_t seconds, struct tm *tm)
{
	time_t time = (time_t)seconds;

	if (print->utc)
		(void)gmtime_r(&time, tm);
	else
		(void)localtime_r(&time, tm);
}

/* "20 Nov 14:00", or "20 Nov 2025 14:00" if it is in another year. */
static const char *
time_text(const struct print *print, int64_t seconds, char out[32])
{
	struct tm tm, now;

	split(print, seconds, &tm);
	split(print, print->counts->now / CLOCK_SECOND, &now);
	(void)strftime(out, 32, tm.tm_year == now.tm_year ?
	    "%d %b %H:%M" : "%d %b %Y %H:%M", &tm);
	return out;
}

static const char *
day_text(const struct print *print, int64_t seconds, char out[32])
{
	struct tm tm;

	split(print, seconds, &tm);
	(void)strftime(out, 32, "%d %b", &tm);
	return out;
}

/*
 * The table
 */

static const char *
name_of(const struct print *print, const struct missed_row *row)
{
	return print->scan->config->endpoints[row->cells->endpoint].name;
}

/* How many POSTs hookline refused in an hour; "-" if there may be more. */
static const char *
refused_text(const struct print *print, const struct missed_row *row,
    char out[32])
{
	struct counters_numbers numbers;

	if (row->refused == 0 && (row->uncounted || !missed_counts_hour(
	    print->counts, row->cells->hour, row->cells->endpoint, &numbers)))
		return "-";
	return number_text(row->refused, out);
}

static void
widen(int *width, const char *text)
{
	if ((int)strlen(text) > *width)
		*width = (int)strlen(text);
}

static void
measure(struct print *print, const struct missed_row *row)
{
	const struct missed_cell *cell;
	char text[32];
	size_t i;

	widen(&print->widths[0], time_text(print,
	    row->cells->hour * MISSED_HOUR, text));
	widen(&print->widths[1], name_of(print, row));
	widen(&print->widths[2], number_text(row->sent, text));
	widen(&print->widths[3], number_text(row->stored, text));
	widen(&print->widths[4], number_text(row->refused, text));
	for (i = 0; i < row->count; i++) {
		cell = &row->cells[i];
		widen(&print->widths[5], number_text(cell->stopped, text));
		widen(&print->widths[5], number_text(cell->cut, text));
	}
}

static void
print_columns(const struct print *print, const char *const *texts)
{
	const int *widths = print->widths;

	printf("%-*s  ", widths[0], texts[0]);
	if (print->endpoints)
		printf("%-*s  ", widths[1], texts[1]);
	printf("%*s  %*s  %*s  ", widths[2], texts[2], widths[3], texts[3],
	    widths[4], texts[4]);
}

/* Prints what Meta does about what was stopped. Only the first row of each kind
 * says this: it is the one that Meta gives up first. */
static void
print_retry(struct print *print, int64_t hour)
{
	int64_t now = print->counts->now / CLOCK_SECOND;
	int64_t all = (hour + RETRY_HOURS) * MISSED_HOUR;
	int64_t whatsapp = (hour + RETRY_WHATSAPP_HOURS) * MISSED_HOUR;
	enum retry retry = all > now ? RETRY_ALL : whatsapp > now ?
	    RETRY_WHATSAPP : RETRY_NONE;
	char until[32], day[32];

	if (retry == print->said)
		return;
	print->said = retry;
	(void)time_text(print, all, until);
	(void)day_text(print, whatsapp, day);
	if (retry == RETRY_ALL)
		printf("; Meta retries until %s (WhatsApp %s)", until, day);
	else if (retry == RETRY_WHATSAPP)
		printf("; Meta gave up %s (WhatsApp retries until %s)", until,
		    day);
	else
		printf("; Meta has given up");
}

static void
keep_cause(struct print *print, struct cause cause)
{
	size_t i;

	for (i = 0; i < print->cause_count; i++)
		if (print->causes[i].status == cause.status &&
		    print->causes[i].cut == cause.cut)
			return;
	if (print->cause_count < CAUSES_MOST)
		print->causes[print->cause_count++] = cause;
}

/* Prints how many were stopped with one status, and why. */
static void
print_cause(struct print *print, const struct missed_row *row,
    const struct missed_cell *cell, bool cut)
{
	const char *server = print->scan->server;
	const struct blame *blame = missed_blame(cell->status, cut, server);
	char count[32];

	(void)number_text(cut ? cell->cut : cell->stopped, count);
	printf("%*s  %03d  %s%s%s", print->widths[5], count, cell->status,
	    strcmp(blame->name, "FcgidMaxRequestLen") == 0 ?
	    "over 131,072 bytes: " : "", blame->name,
	    cell->status == 500 && row->stored == 0 ?
	    ", or the program did not start" : "");
	if (cell->uncounted && !cut)
		printf(", or hookline itself");
	if (cell->status == 200)
		printf("; Meta does not retry");
	else
		print_retry(print, cell->hour);
	putchar('\n');
	keep_cause(print, (struct cause){ cell->status, cut });
	if (cell->first < print->first)
		print->first = cell->first;
}

static void
print_row(struct print *print, const struct missed_row *row)
{
	char hour[32], sent[32], stored[32], refused[32];
	const char *texts[WIDTHS] = {
	    time_text(print, row->cells->hour * MISSED_HOUR, hour),
	    name_of(print, row), number_text(row->sent, sent),
	    number_text(row->stored, stored),
	    refused_text(print, row, refused), "" };
	static const char *const blank[WIDTHS] = { "", "", "", "", "", "" };
	const struct missed_cell *cell = row->cells;
	const char *const *columns = texts;

	print->dash |= strcmp(texts[4], "-") == 0;
	print->uncounted |= row->uncounted;
	for (; cell < row->cells + row->count; cell++) {
		if (cell->stopped > 0) {
			print_columns(print, columns);
			print_cause(print, row, cell, false);
			columns = blank;
		}
		if (cell->cut > 0) {
			print_columns(print, columns);
			print_cause(print, row, cell, true);
			columns = blank;
		}
	}
}

static void
print_table(struct print *print)
{
	static const char *const heads[WIDTHS] = { "hour", "endpoint",
		"Meta sent", "stored", "hookline refused", "" };
	const struct missed_tally *tally = &print->scan->tally;
	struct missed_row row;
	size_t i, at;

	for (i = 0; i < WIDTHS; i++)
		print->widths[i] = (int)strlen(heads[i]);
	for (at = 0; missed_row_next(tally, &at, &row);) {
		print->sent += row.sent;
		print->stopped += row.stopped;
		print->refused += row.refused;
		if (row.stopped > 0)
			measure(print, &row);
	}
	if (print->stopped == 0)
		return;
	print_columns(print, heads);
	puts("stopped before it");
	for (at = 0; missed_row_next(tally, &at, &row);)
		if (row.stopped > 0)
			print_row(print, &row);
}

/*
 * Below the table
 */

static void
print_nothing(const struct print *print)
{
	char from[32], to[32];

	printf("No POST to an endpoint's path");
	if (print->scan->from <= print->scan->to)
		printf(" from %s to %s", time_text(print, print->scan->from,
		    from), time_text(print, print->scan->to, to));
	puts(".");
}

static void
print_sum(const struct print *print)
{
	const struct missed_scan *scan = print->scan;
	char stopped[32], sent[32], others[32], time[32];

	if (print->sent == 0 && scan->others == 0) {
		print_nothing(print);
		return;
	}
	printf("%s of %s %s stopped", number_text(print->stopped, stopped),
	    number_text(print->sent, sent),
	    print->stopped == 1 ? "was" : "were");
	if (print->stopped > 0 && print->first != INT64_MAX)
		printf(", %s %s", print->stopped == 1 ? "after" : "all after",
		    time_text(print, print->first, time));
	putchar('.');
	if (scan->others > 0)
		printf(" Others than Meta: %s POST%s, not counted.",
		    number_text(scan->others, others),
		    scan->others == 1 ? "" : "s");
	putchar('\n');
}

static void
print_remarks(const struct print *print)
{
	const struct missed_scan *scan = print->scan;
	char number[32], time[32];

	if (print->dash && print->counts->view == NULL)
		printf("-: hookline has no counts of that hour");
	else if (print->dash)
		printf("-: hookline has no counts of that hour; they begin %s, "
		    "and go back %d hours",
		    time_text(print, missed_counts_since(print->counts), time),
		    COUNTERS_HOURS);
	if (print->dash)
		puts(print->uncounted ? ". What it refused itself is then "
		    "among the stopped." : ".");
	if (print->refused > 0)
		printf("hookline itself refused %s; its log says why.\n",
		    number_text(print->refused, number));
	if (scan->nameless > 0)
		printf("The log names no User-Agent of %s POST%s: they are "
		    "taken for Meta's.\n", number_text(scan->nameless, number),
		    scan->nameless == 1 ? "" : "s");
	if (scan->astray > 0) {
		printf("Meta also sent %s POST%s to paths that no endpoint "
		    "has%s", number_text(scan->astray, number),
		    scan->astray == 1 ? "" : "s",
		    *scan->stray != '\0' ? ", such as " : "");
		(void)text_print(stdout, (struct span){ scan->stray,
		    strlen(scan->stray) }, 0);
		puts(".");
	}
}

static void
print_causes(const struct print *print)
{
	const struct blame *blame;
	size_t i;

	for (i = 0; i < print->cause_count; i++) {
		blame = missed_blame(print->causes[i].status,
		    print->causes[i].cut, print->scan->server);
		printf("%03d%s\n", print->causes[i].status, blame->text);
		if (blame->mend != NULL)
			printf("     %s\n", blame->mend);
	}
}

enum status
missed_print(const struct missed_scan *scan,
    const struct missed_counts *counts, bool utc)
{
	const struct config *config = scan->config;
	struct print print = { .scan = scan, .counts = counts, .utc = utc,
	    .first = INT64_MAX, .endpoints = config->endpoint_count > 1 ||
	    strcmp(config->endpoints->name, config->endpoints->path) != 0 };

	print_table(&print);
	print_sum(&print);
	print_remarks(&print);
	print_causes(&print);
	return print.stopped > 0 ? STATUS_WRONG : STATUS_DONE;
}
