#include "hookctl/hookctl.h"
#include "hookctl/options.h"

static const struct option_row rows[] = { { 0 } };

static enum status
run(char **words)
{
	(void)words;
	return fail(STATUS_FAILED, "check");
}

const struct command command_check = { .name = "check", .operands = "",
    .summary = "check", .about = "", .options = rows, .run = run };
