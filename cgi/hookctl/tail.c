/*
 * hookctl tail: shows records, follows the journal, hands records to a command.
 */
#include "base/clock.h"
#include "hookctl/hookctl.h"
#include "hookctl/outlet.h"
#include "hookctl/output.h"
#include "hookctl/tail_options.h"
#include "hookctl/tail_place.h"
#include "hookctl/tail_signals.h"
#include "hookctl/tail_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES 10		/* without -n */
#define TIMEOUT 30
#define RETRIES 5
#define HIDES_MS 10000		/* how often we say what a filter hides */

/* A tail at work. */
struct tail {
	const struct tail_options *options;
	struct range range;
	char *directory;
	struct place *place;	/* where we are, with or without a cursor */
	struct filter *filter;
	struct show *show;
	struct outlet *outlet;
	struct source *source;
	uint64_t end;		/* the first seq after the range; 0: any is in
				 * it */
	uint64_t seen, hidden, told; /* records; `hidden` when we said so */
	bool silent;		/* tell_silence() was called */
	int64_t told_at;
};

/*
 * What a filter hides
 */

static void
tell_hidden(struct tail *tail)
{
	struct buffer what = { 0 };
	char hidden[32], seen[32];

	if (tail->hidden == tail->told)
		return;
	filter_describe(tail->filter, &what);
	note("%.*s hides %s of %s records so far", (int)what.length,
	    what.bytes, number_text(tail->hidden, hidden),
	    number_text(tail->seen, seen));
	buffer_free(&what);
	tail->told = tail->hidden;
	tail->told_at = clock_monotonic_ms();
}

static void
tell_hidden_at_times(struct tail *tail)
{
	if (tail->told == 0 || clock_monotonic_ms() - tail->told_at > HIDES_MS)
		tell_hidden(tail);
}

/*
 * The work
 */

static struct outlet *
open_outlet(const struct tail *tail)
{
	const struct tail_options *options = tail->options;
	const struct outlet_options outlet = {
	    .directory = tail->directory, .show = tail->show,
	    .command = options->exec,
	    .timeout = options->timeout != 0 ? options->timeout : TIMEOUT,
	    .retries = options->retries != ABSENT ? options->retries :
	    RETRIES, .batch = options->batch != 0 ? options->batch : 1,
	    .dead = options->dead, .cursor = place_cursor(tail->place) };

	return outlet_new(&outlet);
}

/* The format of the options, or the usual one. */
static struct show *
open_show(const struct tail_options *options)
{
	int format = options->format;

	if (format == -1)
		format = options->exec == NULL && isatty(STDOUT_FILENO) ?
		    SHOW_SHORT : SHOW_RAW;
	return show_new((enum show_format)format, options->utc);
}

/* Opens all but the journal. */
static bool
prepare(struct tail *tail)
{
	const struct tail_options *options = tail->options;

	tail->directory = where_directory(&options->where);
	if (tail->directory == NULL || (options->cursor != NULL &&
	    !place_is_outside(tail->directory, options->cursor)) ||
	    (options->dead != NULL &&
	    !place_is_outside(tail->directory, options->dead)) ||
	    (options->cursor != NULL && options->dead != NULL &&
	    !place_is_apart(options->cursor, options->dead)))
		return false;
	tail->filter = filter_new(&options->filter);
	tail->show = open_show(options);
	if (tail->filter == NULL || tail->show == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		return false;
	}
	tail->place = place_open(tail->directory, options->cursor);
	if (tail->place != NULL)
		tail->outlet = open_outlet(tail);
	return tail->outlet != NULL;
}

/* Where to begin, unless a cursor decides that. */
static bool
find_start(struct tail *tail, uint64_t *first)
{
	const struct tail_options *options = tail->options;
	uint64_t lines = options->lines;
	enum error error;

	if (lines == ABSENT && options->since == NULL &&
	    options->until == NULL && options->from_seq == ABSENT &&
	    options->cursor == NULL)
		lines = LINES;
	error = range_find(tail->directory, &tail->range, first, &tail->end);
	if (error == ERR_NONE && lines != ABSENT)
		error = range_last(tail->directory, &tail->range, lines,
		    tail->filter, first);
	if (error != ERR_NONE)
		(void)fail(STATUS_FAILED, "the journal %s cannot be read: %s",
		    tail->directory, error_word(error));
	return error == ERR_NONE;
}

/*
 * Opens the journal, for the first time or after its folder was replaced, and
 * waits for it if we follow. False if tail has to end with `*status`.
 */
static bool
open_journal(struct tail *tail, enum status *status)
{
	bool follow = tail->options->follow, asked, known;
	uint64_t first = 0;

	source_close(tail->source);
	tail->source = NULL;
	tail->end = 0;
	*status = STATUS_FAILED;
	if (!source_wait(tail->directory, follow, &asked)) {
		if (asked)
			*status = outlet_status(tail->outlet);
		return false;
	}
	if (!place_find(tail->place, &known, &first))
		return false;
	if (!known && !place_was_set(tail->place) && !find_start(tail, &first))
		return false;
	tail->source = source_open(tail->directory, first,
	    tail->options->cursor != NULL);
	return tail->source != NULL;
}

/* Whether no record after this one is wanted. */
static bool
is_beyond(const struct tail *tail, const struct reader_line *line)
{
	if (tail->end != 0 && line->seq >= tail->end)
		return true;
	return tail->options->cursor != NULL &&
	    line->received_at > tail->range.until;
}

/* Hands a record over, if it is one that is wanted. */
static bool
take(struct tail *tail, const struct reader_line *line,
    const struct record *record)
{
	place_set(tail->place, line);
	if (!range_has(&tail->range, line))
		return outlet_pass(tail->outlet, line);
	tail->seen++;
	if (filter_passes(tail->filter, record))
		return outlet_take(tail->outlet, line, record);
	tail->hidden++;
	return outlet_pass(tail->outlet, line);
}

/* Says once why nothing has come, if that may be a surprise. */
static void
tell_silence(struct tail *tail)
{
	if (tail->silent)
		return;
	tail->silent = true;
	if (tail->options->cursor == NULL) {
		if (!tail->options->follow && tail->seen == 0 &&
		    tail->range.from_seq == 0 && tail->end == 0 &&
		    tail->range.since == INT64_MIN)
			note("there is no record yet in %s", tail->directory);
		return;
	}
	source_tell_unsure(tail->directory);
}

/* There is no more at the moment. False if tail has to end. */
static bool
idle(struct tail *tail)
{
	tell_silence(tail);
	if (!outlet_settle(tail->outlet) || !tail->options->follow ||
	    clock_now() > tail->range.until)
		return false;
	tell_hidden_at_times(tail);
	if (tail->options->exec == NULL && output_closed())
		return false;
	source_nap(tail->source);
	return true;
}

/* Returns the exit status. */
static enum status
work(struct tail *tail)
{
	enum status status = STATUS_DONE;
	struct reader_line line;
	struct record record;
	bool going = open_journal(tail, &status);

	if (!going)
		return status;
	while (going && signals_stops() == 0) {
		switch (source_next(tail->source, &line, &record)) {
		case SOURCE_RECORD:
			going = !is_beyond(tail, &line) &&
			    take(tail, &line, &record);
			break;
		case SOURCE_NONE:
			going = idle(tail);
			break;
		case SOURCE_MOVED:
			going = idle(tail);
			if (going && !open_journal(tail, &status))
				return status;
			break;
		case SOURCE_FAILED:
			(void)outlet_settle(tail->outlet);
			return STATUS_FAILED;
		}
	}
	if (outlet_status(tail->outlet) <= STATUS_WRONG)
		(void)outlet_settle(tail->outlet);
	return outlet_status(tail->outlet);
}

static enum status
run(char **words)
{
	struct tail_options options = { .lines = ABSENT, .from_seq = ABSENT,
	    .retries = ABSENT, .format = -1 };
	struct tail tail = { .options = &options };
	enum status status = options_read(&command_tail, words, &options,
	    NULL);

	if (status != STATUS_DONE)
		return status;
	status = tail_options_check(&command_tail, &options,
	    &tail.range);
	if (status == STATUS_DONE) {
		signals_take();
		status = prepare(&tail) ? work(&tail) : STATUS_FAILED;
		if (tail.filter != NULL)
			tell_hidden(&tail);
	}
	source_close(tail.source);
	outlet_free(tail.outlet);
	place_close(tail.place);
	show_free(tail.show);
	filter_free(tail.filter);
	free(tail.directory);
	options_free(&command_tail, &options);
	return status;
}

const struct command command_tail = {
	.name = "tail",
	.operands = "",
	.summary = "show the journal's records, follow it, hand them on",
	.about = "\nWithout -n, a range or a cursor it shows the last 10 "
	    "records. A command that\n--exec runs gets a record on its "
	    "standard input; exit 0 means that it has it.\n",
	.options = tail_rows,
	.run = run
};
