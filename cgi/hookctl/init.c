#include "hookctl/hookctl.h"
#include "hookctl/options.h"

static const struct option_row rows[] = { { 0 } };

static enum status
run(char **words)
{
	(void)words;
	return fail(STATUS_FAILED, "init");
}

const struct command command_init = { .name = "init", .operands = "",
    .summary = "init", .about = "", .options = rows, .run = run };
