#include "hookctl/outlet_command.h"

#include "base/clock.h"
#include "hookctl/tail_exec.h"
#include "hookctl/tail_signals.h"

#include <json-c/json.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLES 6
#define VALUE_MAX 200
#define IN_A_ROW_MAX 10		/* then it is the command that is wrong */
#define PAUSE_MOST_MS 60000

struct command_item {
	char *text;		/* in the chosen format, without newline */
	size_t length;
	struct buffer line;	/* as it is in the journal */
	uint64_t seq;
	int64_t received_at;
	struct exec_variable variables[VARIABLES];
};

/*
 * Items
 */

/* What is not printable ASCII is left empty: scripts use these without
 * thinking. */
static void
set_variable(struct exec_variable *variable, const char *name,
    struct span value)
{
	size_t i;

	variable->name = name;
	variable->value[0] = '\0';
	if (value.bytes == NULL || value.length > VALUE_MAX)
		return;
	for (i = 0; i < value.length; i++)
		if (value.bytes[i] < 0x20 || value.bytes[i] > 0x7e)
			return;
	memcpy(variable->value, value.bytes, value.length);
	variable->value[value.length] = '\0';
}

/* What a token with its quotes spells. */
static void
set_string(struct exec_variable *variable, const char *name,
    struct span token)
{
	struct span value = { 0 };
	json_object *string = NULL;
	json_tokener *tokener = json_tokener_new();

	if (tokener != NULL && token.bytes != NULL &&
	    token.length < 6 * VALUE_MAX + 2)
		string = json_tokener_parse_ex(tokener, token.bytes,
		    (int)token.length);
	if (string != NULL && json_object_is_type(string, json_type_string))
		value = (struct span){ json_object_get_string(string),
		    (size_t)json_object_get_string_len(string) };
	set_variable(variable, name, value);
	json_object_put(string);
	if (tokener != NULL)
		json_tokener_free(tokener);
}

static void
set_variables(struct command_item *item, const struct record *record)
{
	struct exec_variable *at = item->variables;
	char text[CLOCK_RFC3339_LENGTH + 1];
	int length = snprintf(text, sizeof text, "%" PRIu64, record->seq);

	set_variable(at++, "HOOKLINE_RECORD_SEQ",
	    (struct span){ text, (size_t)length });
	set_variable(at++, "HOOKLINE_RECORD_ID", record->id);
	set_string(at++, "HOOKLINE_RECORD_OBJECT", record->object);
	set_variable(at++, "HOOKLINE_RECORD_ENDPOINT", record->endpoint);
	clock_format(record->received_at, text);
	set_variable(at++, "HOOKLINE_RECORD_RECEIVED_AT",
	    (struct span){ text, CLOCK_RFC3339_LENGTH });
	set_variable(at, "HOOKLINE_RECORD_SIGNATURE", record->signature);
}

static void
free_item(struct command_item *item)
{
	free(item->text);
	buffer_free(&item->line);
}

static bool
fill_item(struct command_item *item, struct show *show,
    const struct reader_line *line, const struct record *record)
{
	FILE *stream = open_memstream(&item->text, &item->length);

	if (stream == NULL)
		return false;
	show_record(show, stream, line, record);
	if (fclose(stream) == EOF || buffer_append(&item->line, line->bytes,
	    line->length) != ERR_NONE)
		return false;
	while (item->length > 0 && item->text[item->length - 1] == '\n')
		item->length--;
	item->seq = line->seq;
	item->received_at = line->received_at;
	set_variables(item, record);
	return true;
}

bool
command_items_add(struct command_items *items, struct show *show,
    const struct reader_line *line, const struct record *record)
{
	struct command_item *item, *more;

	if (items->count == items->room) {
		more = realloc(items->items, (2 * items->room + 1) *
		    sizeof *more);
		if (more == NULL)
			return false;
		items->items = more;
		items->room = 2 * items->room + 1;
	}
	item = &items->items[items->count];
	*item = (struct command_item){ 0 };
	if (!fill_item(item, show, line, record)) {
		free_item(item);
		return false;
	}
	items->count++;
	items->bytes += sizeof *item + item->length + item->line.length;
	return true;
}

void
command_items_clear(struct command_items *items)
{
	while (items->count > 0)
		free_item(&items->items[--items->count]);
	items->bytes = 0;
}

void
command_items_free(struct command_items *items)
{
	command_items_clear(items);
	free(items->items);
	*items = (struct command_items){ 0 };
}

/*
 * Running
 */

bool
command_open(struct command_runner *runner)
{
	if (runner->dead_path == NULL ||
	    dead_open(runner->dead_path, &runner->dead) == ERR_NONE)
		return true;
	(void)fail(STATUS_FAILED, "%s: %s", runner->dead_path,
	    strerror(errno));
	return false;
}

void
command_close(struct command_runner *runner)
{
	dead_close(runner->dead);
}

static bool
stop(struct command_runner *runner, enum status status)
{
	runner->status = status;
	return false;
}

static enum exec_result
run_once(const struct command_runner *runner, const struct command_item *item,
    struct span input, struct exec_outcome *outcome)
{
	const struct exec_job job = { .command = runner->command,
	    .timeout = runner->timeout, .input = input,
	    .variables = item->variables, .variable_count = VARIABLES };
	enum exec_result result = exec_run(&job, outcome);

	if (result == EXEC_NOT_STARTED)
		note("the command cannot be started: %s", strerror(errno));
	return result;
}

/* Tries until it is taken, or there have been enough tries. */
static enum exec_result
try(const struct command_runner *runner, const struct command_item *item,
    struct exec_outcome *outcome)
{
	struct span input = { item->text, item->length };
	enum exec_result result;
	int64_t pause = 1000;
	uint64_t left = runner->retries;

	for (;;) {
		result = run_once(runner, item, input, outcome);
		if (result != EXEC_FAILED || left == 0)
			return result;
		left--;
		if (!signals_sleep(pause))
			return EXEC_ENDED;
		pause = 2 * pause < PAUSE_MOST_MS ? 2 * pause : PAUSE_MOST_MS;
	}
}

static bool
write_letter(struct command_runner *runner, const struct command_item *item,
    const struct exec_outcome *outcome)
{
	const struct dead_letter letter = { .dead_at = clock_now(),
	    .by = "hookctl tail", .tries = runner->retries + 1,
	    .error = outcome->error,
	    .answer = { outcome->answer, outcome->answer_length },
	    .record = { item->line.bytes, item->line.length } };

	if (dead_append(runner->dead, &letter) != ERR_NONE)
		return stop(runner, fail(STATUS_FAILED, "%s: %s",
		    runner->dead_path, strerror(errno)));
	runner->letters++;
	note("record %" PRIu64 " is a dead letter now: %s", item->seq,
	    outcome->error);
	return true;
}

/* The record is not taken, whatever we do. */
static bool
give_up(struct command_runner *runner, const struct command_item *item,
    const struct exec_outcome *outcome)
{
	if (runner->dead == NULL)
		return stop(runner, fail(STATUS_WRONG, "the command does not "
		    "take record %" PRIu64 ": %s; \"--dead FILE\" would put "
		    "the record there and go on", item->seq, outcome->error));
	runner->in_a_row++;
	if (runner->in_a_row == IN_A_ROW_MAX)
		return stop(runner, fail(STATUS_WRONG, "the command does not "
		    "take record %" PRIu64 " either: %s; it is the %dth in a "
		    "row, so the command is wrong and not the records",
		    item->seq, outcome->error, IN_A_ROW_MAX));
	return write_letter(runner, item, outcome);
}

/* False if we have to end. */
static bool
run_one(struct command_runner *runner, const struct command_item *item)
{
	struct exec_outcome outcome;

	switch (try(runner, item, &outcome)) {
	case EXEC_DONE:
		runner->in_a_row = 0;
		return true;
	case EXEC_FAILED:
		return give_up(runner, item, &outcome);
	case EXEC_NOT_STARTED:
		return stop(runner, STATUS_FAILED);
	case EXEC_ENDED:
		break;
	}
	return stop(runner, STATUS_DONE);
}

/* All of them, joined by newlines. ERR_MEMORY: memory is short. */
static enum error
join(const struct command_items *items, struct buffer *input)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; i < items->count && error == ERR_NONE; i++) {
		if (i > 0)
			error = buffer_append(input, "\n", 1);
		if (error == ERR_NONE)
			error = buffer_append(input, items->items[i].text,
			    items->items[i].length);
	}
	return error;
}

/* Whether the command takes all of them together. */
static bool
run_together(const struct command_runner *runner,
    const struct command_items *items)
{
	const struct command_item *last = &items->items[items->count - 1];
	struct buffer input = { 0 };
	struct exec_outcome outcome;
	bool taken = false;

	if (join(items, &input) == ERR_NONE)
		taken = run_once(runner, last, (struct span){ input.bytes,
		    input.length }, &outcome) == EXEC_DONE;
	buffer_free(&input);
	return taken;
}

static struct reader_line
line_of(const struct command_item *item)
{
	return (struct reader_line){ .bytes = item->line.bytes,
	    .length = item->line.length, .seq = item->seq,
	    .received_at = item->received_at };
}

bool
command_run(struct command_runner *runner, const struct command_items *items,
    bool (*done)(void *context, const struct reader_line *line),
    void *context)
{
	struct reader_line line;
	size_t i;

	if (items->count > 1 && signals_stops() == 0 &&
	    run_together(runner, items)) {
		runner->in_a_row = 0;
		line = line_of(&items->items[items->count - 1]);
		return done(context, &line);
	}
	for (i = 0; i < items->count; i++) {
		if (signals_stops() > 0)
			return stop(runner, STATUS_DONE);
		line = line_of(&items->items[i]);
		if (!run_one(runner, &items->items[i]) ||
		    !done(context, &line))
			return false;
	}
	return true;
}
