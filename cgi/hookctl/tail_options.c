#include "hookctl/tail_options.h"

#include "hookctl/show.h"

#include <stddef.h>

#define LINES_MOST 1000000000

static const char *const formats[] = { [SHOW_RAW] = "raw",
	[SHOW_SHORT] = "short", [SHOW_PAYLOAD] = "payload",
	[SHOW_PRETTY] = "pretty", NULL };

#define ROW(letter, name, kind, member, value, help, least, most, words) \
	{ letter, name, kind, offsetof(struct tail_options, member),	\
	    value, help, least, most, words }

const struct option_row tail_rows[] = {
	ROW('f', "follow", OPTION_FLAG, follow, NULL,
	    "go on with records as they come", 0, 0, NULL),
	ROW('n', "lines", OPTION_NUMBER, lines, "N",
	    "the last N records (10)", 0, LINES_MOST, NULL),
	ROW('\0', "since", OPTION_TEXT, since, "TIME",
	    "records from this time on, such as \"2 hours ago\"", 0, 0, NULL),
	ROW('\0', "until", OPTION_TEXT, until, "TIME",
	    "records up to this time", 0, 0, NULL),
	ROW('\0', "from-seq", OPTION_NUMBER, from_seq, "SEQ",
	    "records from this number on", 1, ABSENT - 1, NULL),
	ROW('\0', "cursor-file", OPTION_TEXT, cursor, "FILE",
	    "go on after the record that FILE names", 0, 0, NULL),
	ROW('o', "output", OPTION_WORD, format, "FORMAT",
	    "raw, short, payload or pretty", 0, 0, formats),
	ROW('\0', "utc", OPTION_FLAG, utc, NULL,
	    "read and show times as UTC", 0, 0, NULL),
	FILTER_ROWS(struct tail_options, filter),
	ROW('\0', "exec", OPTION_TEXT, exec, "COMMAND",
	    "run it for each record, which is its input", 0, 0, NULL),
	ROW('\0', "timeout", OPTION_SECONDS, timeout, "TIME",
	    "what a command may take (30s)", 1, 86400, NULL),
	ROW('\0', "retries", OPTION_NUMBER, retries, "N",
	    "more tries if it fails (5)", 0, 1000, NULL),
	ROW('\0', "batch", OPTION_NUMBER, batch, "N",
	    "up to N records at once (1)", 1, 100000, NULL),
	ROW('\0', "dead", OPTION_TEXT, dead, "FILE",
	    "put there what the command fails to take", 0, 0, NULL),
	WHERE_DIRECTORY_ROW(struct tail_options, where),
	WHERE_CONFIG_ROW(struct tail_options, where),
	{ 0 }
};

static enum status
check_exec(const struct command *command, const struct tail_options *options)
{
	const char *lone = options->timeout != 0 ? "timeout" :
	    options->retries != ABSENT ? "retries" :
	    options->dead != NULL ? "dead" : NULL;

	if (options->exec == NULL && lone != NULL)
		return usage_error(command, "--%s needs --exec", lone);
	if (options->exec == NULL && options->cursor == NULL &&
	    options->batch != 0)
		return usage_error(command, "--batch needs --exec or "
		    "--cursor-file");
	return STATUS_DONE;
}

enum status
tail_options_check(const struct command *command,
    const struct tail_options *options, struct range *range)
{
	enum status status = check_exec(command, options);

	if (status == STATUS_DONE && options->cursor != NULL &&
	    (options->lines != ABSENT || options->from_seq != ABSENT))
		status = usage_error(command, "--%s and --cursor-file "
		    "exclude each other: the cursor says where to begin",
		    options->lines != ABSENT ? "lines" : "from-seq");
	if (status == STATUS_DONE)
		status = range_read(command, options->since, options->until,
		    options->utc, range);
	if (options->from_seq != ABSENT)
		range->from_seq = options->from_seq;
	return status;
}
