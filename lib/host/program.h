/*
 * program: the running program: its file, who started it, and when it may make
 * room for a newer one.
 */
#ifndef HOOKLINE_HOST_PROGRAM_H
#define HOOKLINE_HOST_PROGRAM_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

struct program {
	char *path;		/* of its file; NULL if not known */
	struct stat was;	/* that file's, when it began */
	int64_t started;	/* clock_monotonic_ms() */
	pid_t parent;		/* when it began */
	bool unit;		/* systemd started it, or --listen */
};

/* Notes all of this, when the process begins. */
void program_begin(struct program *program);
void program_free(struct program *program);

/* Whether something else is at the path now; `gone` if nothing is. */
bool program_is_replaced(const char *path, const struct stat *was, bool gone);

/* Whether another program has taken its file's place. If the file was only
 * removed, go on until there is a new one. */
bool program_is_old(const struct program *program);

/*
 * Whether somebody starts a new process when this one ends: its web server,
 * --listen, or systemd. Nobody does so for spawn-fcgi's orphans.
 */
bool program_is_watched(const struct program *program);

/* The earliest time at which the process may end by itself, as
 * clock_monotonic_ms(): when it is a minute old. That limits how many are
 * started, however often things change. */
int64_t program_may_end(const struct program *program);

/* The same, or later, so that not all processes end at once. */
int64_t program_end_spread(const struct program *program, int64_t now);

#endif
