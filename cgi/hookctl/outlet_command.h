/*
 * outlet_command: has a command take records, in order. What it fails to take
 * is tried again, and then put into the file of dead letters.
 */
#ifndef HOOKLINE_HOOKCTL_OUTLET_COMMAND_H
#define HOOKLINE_HOOKCTL_OUTLET_COMMAND_H

#include "hookctl/hookctl.h"
#include "hookctl/show.h"
#include "journal/dead.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command_item;

/* Copies of records; all zero at first. */
struct command_items {
	struct command_item *items;
	size_t count, room;
	size_t bytes;		/* of all of them, about */
};

/* Adds a record, in the format of `show`. False when memory is short. */
bool command_items_add(struct command_items *items, struct show *show,
    const struct reader_line *line, const struct record *record);
void command_items_clear(struct command_items *items);
void command_items_free(struct command_items *items);

struct command_runner {
	const char *command;	/* NULL: there is nothing to run */
	int64_t timeout;
	uint64_t retries;
	const char *dead_path;	/* or NULL */

	struct dead *dead;
	uint64_t letters;	/* written so far */
	unsigned in_a_row;	/* of records given up */
	enum status status;	/* once command_run() returned false */
};

/* Opens the file of dead letters. False after a message. */
bool command_open(struct command_runner *runner);
void command_close(struct command_runner *runner);

/*
 * Has the command take all of them: more than one at first together, joined by
 * newlines; if it fails to, one by one. Calls `done` after each record that was
 * taken or given up, after the last one if all were taken together. False:
 * `done` said so, we were asked to end, or there was a message. The rest was
 * not taken then.
 */
bool command_run(struct command_runner *runner,
    const struct command_items *items,
    bool (*done)(void *context, const struct reader_line *line),
    void *context);

#endif
