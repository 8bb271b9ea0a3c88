/*
 * stats_silence: hookctl stats --silent-for.
 *
 * The time of a record is exact. Repeats are only counted hour by hour, so the
 * hour in which the time in question begins counts as a whole. The counts of
 * accepted notifications include what hookctl itself sent, and say nothing that
 * the records do not say better: they are used only if records of that time may
 * have been removed.
 */
#include "hookctl/stats.h"

#include "base/clock.h"
#include "base/io.h"
#include "hookctl/output.h"
#include "hookctl/stats_numbers.h"
#include "journal/reader.h"
#include "when.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

/* The silence that is looked for. */
struct silence {
	const struct stats *stats;
	const char *endpoint;	/* NULL: all */
	int64_t seconds;
	int64_t begin;		/* when it began */
};

/*
 * Whether something has arrived
 */

static bool
is_arrival(const struct silence *silence, const struct reader_line *line)
{
	struct record record;

	/* A record of a clock that was ahead must not hide a later silence. */
	return line->received_at < silence->stats->now + CLOCK_HOUR &&
	    record_decode(line->bytes, line->length, &record) == ERR_NONE &&
	    !latest_is_own(&record) && (silence->endpoint == NULL ||
	    span_is(record.endpoint, silence->endpoint));
}

static enum error
look_at_records(const struct silence *silence, bool *heard)
{
	const struct reader_options options = {
	    .directory = silence->stats->directory,
	    .from_time = silence->begin };
	struct reader_line line;
	struct reader *reader;
	enum error error = reader_open(&options, &reader);

	if (error != ERR_NONE)
		return error;
	while (!*heard && reader_next(reader, &line))
		*heard = is_arrival(silence, &line);
	if (!*heard)
		error = reader_error(reader);
	reader_close(reader);
	return error;
}

/* Whether records since the beginning of the silence may have been removed from
 * the journal. */
static enum error
look_at_files(const struct silence *silence, bool *removed)
{
	struct reader_file *files;
	size_t count, i = 0;
	enum error error = reader_files(silence->stats->directory, &files,
	    &count);

	if (error != ERR_NONE)
		return error;
	while (i < count && files[i].first_seq == 0)
		i++;
	*removed = i == count || (files[i].first_seq > 1 &&
	    files[i].first_time > silence->begin);
	free(files);
	return ERR_NONE;
}

static void
add_counts(struct counters_numbers *to, const struct counters_numbers *from)
{
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		to->counts[i] += from->counts[i];
}

/* Adds up what was counted in that time, or, with `all`, ever. */
static struct counters_numbers
counted(const struct silence *silence, bool all)
{
	const struct counts *counts = &silence->stats->counts;
	struct counters_numbers sum = { 0 };
	const struct counts_row *row;
	size_t i;

	for (i = 0; i <= counts->count; i++) {
		row = i == counts->count ? &counts->rest : &counts->rows[i];
		if (silence->endpoint == NULL || row ==
		    counts_find(counts, silence->endpoint))
			add_counts(&sum, all ? &row->totals : &row->recent);
	}
	return sum;
}

static enum error
hear(const struct silence *silence, bool *heard)
{
	const struct counters_numbers recent = counted(silence, false);
	bool removed = false;
	enum error error;

	*heard = recent.counts[COUNTER_REPEATS] > 0;
	if (*heard || silence->stats->absent)
		return ERR_NONE;
	error = look_at_records(silence, heard);
	if (error == ERR_NONE && !*heard)
		error = look_at_files(silence, &removed);
	*heard |= removed && recent.counts[COUNTER_ACCEPTED] > 0;
	return error;
}

/*
 * What to say
 */

static void
say_where(const struct silence *silence)
{
	if (silence->endpoint == NULL)
		return;
	fputs(" at ", stdout);
	(void)text_print(stdout, (struct span){ silence->endpoint,
	    strlen(silence->endpoint) }, 0);
}

/* Whether the journal still has everything that ever came, and latest_of() has
 * read all of it. */
static bool
is_all_known(const struct silence *silence)
{
	struct reader_file *files;
	size_t count;
	bool all;

	if (reader_files(silence->stats->directory, &files, &count) !=
	    ERR_NONE)
		return false;
	all = count == 1 && files->live && files->first_seq == 1 &&
	    files->size <= LATEST_BYTES;
	free(files);
	return all;
}

static void
say_age(const struct stats *stats, const struct latest *latest,
    int64_t seconds)
{
	bool ahead = latest->received_at > stats->now;
	char age[32], time[32];

	printf(" for %s%s: the last notification came %s%s\n",
	    ahead ? "more than " : "", age_text(ahead ? seconds :
	    (stats->now - latest->received_at) / CLOCK_SECOND, age),
	    when_text(latest->received_at, stats->now, stats->utc, time),
	    ahead ? ", by a clock that was ahead" : "");
}

static void
say_since_when(const struct silence *silence, const struct latest *latest)
{
	const struct counters_numbers ever = counted(silence, true);
	const struct stats *stats = silence->stats;
	char age[32];

	if ((latest->records == 0 && ever.counts[COUNTER_ACCEPTED] == 0) ||
	    (!latest->any && silence->endpoint == NULL && !stats->absent &&
	    ever.counts[COUNTER_ACCEPTED] <= latest->records &&
	    is_all_known(silence))) {
		fputs("nothing has ever arrived", stdout);
		say_where(silence);
		puts("");
		return;
	}
	fputs("nothing has arrived", stdout);
	say_where(silence);
	if (latest->any)
		say_age(stats, latest, silence->seconds);
	else
		printf(" for more than %s, and no older notification was "
		    "found\n", age_text(silence->seconds, age));
}

/* Prints what hookline did not accept in that time, which is the best hint. */
static void
say_refused(const struct silence *silence)
{
	const struct counters_numbers recent = counted(silence, false);
	uint64_t failed = recent.counts[COUNTER_UNAVAILABLE];
	const char *before = "turned away in that time: ";
	char number[32];
	size_t i;

	for (i = 0; i < REFUSALS; i++) {
		uint64_t count = recent.counts[COUNTER_REFUSED + i];

		if (count == 0 || !numbers_is_refusal((enum refusal)i))
			continue;
		printf("%s%s %s", before, refusal_word((enum refusal)i),
		    number_text(count, number));
		before = ", ";
	}
	if (failed > 0)
		printf("%s503 unavailable %s", before,
		    number_text(failed, number));
	if (failed > 0 || *before == ',')
		puts("");
}

/* Prints what was refused since the last notification, which may be longer ago
 * than the time that was asked for. */
static void
say_refused_since(const struct silence *silence, const struct latest *latest)
{
	struct stats stats = *silence->stats;
	struct silence longer = *silence;
	int folder;

	if (!latest->any || latest->received_at >= silence->begin) {
		say_refused(silence);
		return;
	}
	longer.stats = &stats;
	folder = open(stats.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (counts_read(folder, stats.config, stats.now, latest->received_at,
	    &stats.counts) == ERR_NONE)
		say_refused(&longer);
	counts_free(&stats.counts);
	if (folder != -1)
		(void)io_close(folder);
}

static enum status
say(const struct silence *silence)
{
	struct latest latest = { 0 };
	enum error error = silence->stats->absent ? ERR_NONE :
	    latest_of(silence->stats->directory, silence->endpoint, &latest);

	if (error != ERR_NONE)
		return fail(STATUS_FAILED, "the journal %s cannot be read: %s",
		    silence->stats->directory, error_word(error));
	say_since_when(silence, &latest);
	say_refused_since(silence, &latest);
	puts("If notifications fail, Messenger unsubscribes the app from a "
	    "Page after an hour;\n"
	    "Meta tries others again for 36 hours, those of WhatsApp for "
	    "7 days.\n"
	    "\"hookctl check\" looks for what stops them, \"hookctl missed\" "
	    "at what the web\n"
	    "server turned away.");
	return STATUS_WRONG;
}

enum status
stats_silence(const struct stats *stats, const char *endpoint,
    int64_t seconds)
{
	const struct silence silence = { .stats = stats,
	    .endpoint = endpoint, .seconds = seconds,
	    .begin = stats->now - seconds * CLOCK_SECOND };
	bool heard;
	enum error error = hear(&silence, &heard);

	if (error != ERR_NONE)
		return fail(STATUS_FAILED, "the journal %s cannot be read: %s",
		    stats->directory, error_word(error));
	return heard ? STATUS_DONE : say(&silence);
}
