#include "hookctl/outlet.h"

#include "base/clock.h"
#include "hookctl/outlet_command.h"
#include "hookctl/output.h"
#include "hookctl/tail_signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_MS 1000		/* how often it is written for hidden records */
#define BATCH_BYTES ((size_t)16 << 20)	/* with more, they are handed over at
					 * once */

struct outlet {
	struct outlet_options options;
	enum status status;
	struct cursor_place done;	/* the last one that is done */
	bool ahead;		/* the cursor's file lags behind `done` */
	int64_t moved;		/* when it was written; clock_monotonic_ms() */
	uint64_t printed;	/* records since the cursor moved */
	struct command_items items;	/* taken, and not handed over yet */
	struct command_runner runner;
};

struct outlet *
outlet_new(const struct outlet_options *options)
{
	struct outlet *outlet = calloc(1, sizeof *outlet);

	if (outlet == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		return NULL;
	}
	outlet->options = *options;
	outlet->runner = (struct command_runner){
	    .command = options->command, .timeout = options->timeout,
	    .retries = options->retries, .dead_path = options->dead };
	if (!command_open(&outlet->runner)) {
		free(outlet);
		return NULL;
	}
	return outlet;
}

void
outlet_free(struct outlet *outlet)
{
	if (outlet == NULL)
		return;
	command_close(&outlet->runner);
	command_items_free(&outlet->items);
	free(outlet);
}

enum status
outlet_status(const struct outlet *outlet)
{
	if (outlet->status == STATUS_DONE && outlet->runner.letters > 0)
		return STATUS_WRONG;
	return outlet->status;
}

/*
 * The cursor
 */

/* The id is made by the receiver before it stores its first record. */
static bool
find_journal(struct outlet *outlet)
{
	const char *directory = outlet->options.directory;
	enum error error;

	if (outlet->done.journal[0] != '\0')
		return true;
	error = cursor_journal(directory, outlet->done.journal);
	if (error == ERR_NONE)
		return true;
	outlet->done.journal[0] = '\0';
	outlet->status = STATUS_FAILED;
	if (error == ERR_MISSING)
		note("%s/relay/id is missing, so no cursor can name the "
		    "journal; the receiver makes it with the next record",
		    directory);
	else if (error == ERR_DAMAGED)
		note("%s/relay/id is malformed, so no cursor can name the "
		    "journal; restore it from a backup, or remove it: the "
		    "receiver then makes a new one", directory);
	else
		note("%s/relay/id: %s", directory, strerror(errno));
	return false;
}

static bool
move_cursor(struct outlet *outlet)
{
	if (outlet->options.cursor == NULL || !outlet->ahead)
		return true;
	if (cursor_write(outlet->options.cursor, &outlet->done) != ERR_NONE) {
		outlet->status = fail(STATUS_FAILED, "the cursor cannot be "
		    "written: %s", strerror(errno));
		return false;
	}
	outlet->ahead = false;
	outlet->moved = clock_monotonic_ms();
	return true;
}

/* Notes that a record is done. */
static bool
advance(struct outlet *outlet, const struct reader_line *line)
{
	if (outlet->options.cursor == NULL)
		return true;
	if (!find_journal(outlet))
		return false;
	if (!cursor_place_of(line, &outlet->done)) {
		outlet->status = fail(STATUS_FAILED, "record %llu has no id "
		    "at its beginning, so no cursor can name it",
		    (unsigned long long)line->seq);
		return false;
	}
	outlet->ahead = true;
	return true;
}

/*
 * Standard output
 */

static bool
print(struct outlet *outlet, const struct reader_line *line,
    const struct record *record)
{
	if (outlet->options.cursor != NULL && !find_journal(outlet))
		return false;
	show_record(outlet->options.show, stdout, line, record);
	outlet->printed++;
	/* output_end() says what is wrong, if anything is. */
	if (ferror(stdout))
		return output_flush();
	if (outlet->options.cursor == NULL)
		return true;
	if (!advance(outlet, line))
		return false;
	if (outlet->printed < outlet->options.batch)
		return true;
	outlet->printed = 0;
	return output_flush() && move_cursor(outlet);
}

/*
 * A command
 */

/* After each record that the command took, or that is a dead letter. */
static bool
one_is_done(void *context, const struct reader_line *line)
{
	struct outlet *outlet = context;

	return advance(outlet, line) && move_cursor(outlet);
}

static bool
run_items(struct outlet *outlet)
{
	bool going = command_run(&outlet->runner, &outlet->items, one_is_done,
	    outlet);

	if (outlet->status == STATUS_DONE)
		outlet->status = outlet->runner.status;
	command_items_clear(&outlet->items);
	return going;
}

bool
outlet_take(struct outlet *outlet, const struct reader_line *line,
    const struct record *record)
{
	if (outlet->options.command == NULL)
		return print(outlet, line, record);
	if (!command_items_add(&outlet->items, outlet->options.show, line,
	    record)) {
		outlet->status = fail(STATUS_FAILED, "out of memory");
		return false;
	}
	if (outlet->items.count < outlet->options.batch &&
	    outlet->items.bytes < BATCH_BYTES)
		return true;
	return run_items(outlet);
}

bool
outlet_pass(struct outlet *outlet, const struct reader_line *line)
{
	if (outlet->options.cursor == NULL)
		return true;
	/* It must not overtake what was taken before it. */
	if (outlet->items.count > 0)
		return true;
	if (!advance(outlet, line))
		return false;
	if (clock_monotonic_ms() - outlet->moved < CURSOR_MS)
		return true;
	return output_flush() && move_cursor(outlet);
}

bool
outlet_settle(struct outlet *outlet)
{
	if (outlet->options.command == NULL) {
		outlet->printed = 0;
		return output_flush() && move_cursor(outlet);
	}
	if (outlet->items.count > 0 && !run_items(outlet))
		return false;
	return move_cursor(outlet);
}
