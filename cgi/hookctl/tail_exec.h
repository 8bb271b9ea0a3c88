/*
 * tail_exec: runs a command for a record, by sh -c, with the record on its
 * standard input. Its output is hookctl's. It has a process group of its own,
 * so that what it started ends with it when its time is up.
 */
#ifndef HOOKLINE_HOOKCTL_TAIL_EXEC_H
#define HOOKLINE_HOOKCTL_TAIL_EXEC_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

#define EXEC_ANSWER_MAX 200

struct exec_variable {
	const char *name;
	char value[201];
};

struct exec_job {
	const char *command;
	int64_t timeout;	/* seconds; then TERM, 5 s later KILL */
	struct span input;
	const struct exec_variable *variables; /* for its environment */
	size_t variable_count;
};

struct exec_outcome {
	char error[64];		/* "exit 22", "timeout 30s", "signal 9" */
	char answer[EXEC_ANSWER_MAX];	/* the first bytes that it wrote to */
	size_t answer_length;		/* standard error */
};

enum exec_result {
	EXEC_DONE,		/* exit 0 */
	EXEC_FAILED,		/* the outcome says how */
	EXEC_NOT_STARTED,	/* errno says why */
	EXEC_ENDED		/* by us, as we were asked twice to end */
};

/* Needs signals_take(). */
enum exec_result exec_run(const struct exec_job *job,
    struct exec_outcome *outcome);

#endif
