/*
 * hookctl: what main.c and the commands know of each other. See hookctl(1).
 *
 * Each command is a file with one struct command. It reads its options into a
 * struct of its own (options.h), writes results to standard output and
 * everything else to standard error, and returns one of these exit statuses.
 */
#ifndef HOOKLINE_HOOKCTL_H
#define HOOKLINE_HOOKCTL_H

#include <stdbool.h>
#include <stddef.h>

enum status {
	STATUS_DONE = 0,	/* done, and nothing is wrong; also if the
				 * reader of standard output went away */
	STATUS_WRONG = 1,	/* done, and something is wrong */
	STATUS_USAGE = 2,
	STATUS_FAILED = 3	/* could not be done */
};

struct option_row;

struct command {
	const char *name;
	const char *operands;	/* for the usage: "[URL]" */
	size_t operands_most;
	const char *summary;	/* one line, without a full stop */
	const char *about;	/* more for its help: lines, or "" */
	const struct option_row *options;
	enum status (*run)(char **words); /* what follows the command's name */
};

extern const struct command command_init, command_check, command_send,
    command_tail, command_forward, command_verify, command_stats,
    command_missed, command_subscriptions, command_relays;

/* Prints "hookctl: ..." and a newline on standard error, in one write. Control
 * characters are escaped. Returns `status`. */
enum status fail(enum status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same without a result: for warnings and notes. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "hookctl COMMAND: ..." and where to find help. STATUS_USAGE. */
enum status usage_error(const struct command *command, const char *format,
    ...) __attribute__((format(printf, 2, 3)));

#endif
