#include "host/program.h"

#include "base/clock.h"

#include <sys/prctl.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGE_MIN_MS 60000
#define SPREAD 16		/* seconds */

bool
program_is_replaced(const char *path, const struct stat *was, bool gone)
{
	struct stat is;

	if (stat(path, &is) == -1)
		return gone;
	return is.st_dev != was->st_dev || is.st_ino != was->st_ino;
}

void
program_begin(struct program *program)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	int signal = 0;

	program->started = clock_monotonic_ms();
	program->parent = getppid();
	/* A worker of --listen dies with its parent, which may be process 1. */
	program->unit = getenv("INVOCATION_ID") != NULL ||
	    (prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal != 0);
	if (length <= 0)
		return;
	path[length] = '\0';
	if (stat(path, &program->was) == 0)
		program->path = strdup(path);
}

void
program_free(struct program *program)
{
	free(program->path);
}

bool
program_is_old(const struct program *program)
{
	return program->path != NULL &&
	    program_is_replaced(program->path, &program->was, false);
}

bool
program_is_watched(const struct program *program)
{
	return program->unit ||
	    (program->parent > 1 && getppid() == program->parent);
}

int64_t
program_may_end(const struct program *program)
{
	return program->started + AGE_MIN_MS;
}

int64_t
program_end_spread(const struct program *program, int64_t now)
{
	int64_t oldest = program_may_end(program);

	return (now > oldest ? now : oldest) + getpid() % SPREAD * 1000;
}
