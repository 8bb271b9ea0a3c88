#include "hookctl/hookctl.h"
#include "hookctl/options.h"

static const struct option_row rows[] = { { 0 } };

static enum status
run(char **words)
{
	(void)words;
	return fail(STATUS_FAILED, "send");
}

const struct command command_send = { .name = "send", .operands = "",
    .summary = "send", .about = "", .options = rows, .run = run };
