#include "hookctl/hookctl.h"
#include "hookctl/options.h"

static const struct option_row rows[] = { { 0 } };

static enum status
run(char **words)
{
	(void)words;
	return fail(STATUS_FAILED, "tail");
}

const struct command command_tail = { .name = "tail", .operands = "",
    .summary = "tail", .about = "", .options = rows, .run = run };
