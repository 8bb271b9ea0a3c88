/*
 * options: the words after a command's name, read by a table.
 *
 * Options may come before and after operands. A value follows as the next word,
 * or after "=" for a long name, or directly for a letter: --count 5, --count=5,
 * -n 5, -n5. Names are never shortened. After "--" all words are operands.
 */
#ifndef HOOKLINE_HOOKCTL_OPTIONS_H
#define HOOKLINE_HOOKCTL_OPTIONS_H

#include "hookctl/hookctl.h"
#include "record_filter.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option's value becomes. */
enum option_kind {
	OPTION_FLAG,		/* bool */
	OPTION_TEXT,		/* const char *, not empty */
	OPTION_TEXTS,		/* struct texts, of the caller's words; may be
				 * given many times */
	OPTION_NUMBER,		/* uint64_t from `least` to `most` */
	OPTION_SECONDS,		/* int64_t, as in 30s, 10m, 6h, 2d */
	OPTION_WORD		/* int: an index into `words` */
};

/* A row of a command's table, which ends with a row without a name. */
struct option_row {
	char letter;		/* '\0': none */
	const char *name;	/* without the two dashes */
	enum option_kind kind;
	size_t member;		/* its offset in the struct of values */
	const char *value;	/* what the help calls it; NULL for flags */
	const char *help;
	uint64_t least, most;	/* of numbers and seconds */
	const char *const *words; /* ends with NULL */
};

/*
 * Reads all words into `values`, where the caller has put the defaults, and up
 * to command->operands_most operands into `operands`; those that are absent
 * become NULL. On STATUS_USAGE it has printed what was wrong. An option that is
 * not a TEXTS may be given only once.
 */
enum status options_read(const struct command *command, char **words,
    void *values, const char **operands);

/* Frees what OPTION_TEXTS took. */
void options_free(const struct command *command, void *values);

/* Prints the options for the command's help. */
void options_help(const struct option_row *rows);

/* Reads 30s, 10m, 6h or 2d, all of it, as seconds. */
bool seconds_read(const char *text, uint64_t most, int64_t *seconds);

#endif
