/*
 * outlet: where tail hands records over: to standard output, or to a command
 * (--exec). It moves the cursor past what was handed over, and puts into the
 * file of dead letters what the command does not take.
 */
#ifndef HOOKLINE_HOOKCTL_OUTLET_H
#define HOOKLINE_HOOKCTL_OUTLET_H

#include "hookctl/hookctl.h"
#include "hookctl/show.h"
#include "journal/cursor.h"

#include <stdbool.h>
#include <stdint.h>

struct outlet_options {
	const char *directory;	/* the journal's, for its id */
	struct show *show;
	const char *command;	/* NULL: standard output */
	int64_t timeout;	/* seconds that a command may take */
	uint64_t retries;	/* more tries, before a record is given up */
	uint64_t batch;		/* records at once, 1 or more */
	const char *dead;	/* the file of dead letters, or NULL */
	struct cursor *cursor;	/* or NULL */
};

struct outlet;

/* The options, but for what they point to, are copied. NULL after a message;
 * the status is then STATUS_FAILED. */
struct outlet *outlet_new(const struct outlet_options *options);

/* NULL is allowed. What was taken and not handed over is dropped. */
void outlet_free(struct outlet *outlet);

/*
 * Each of these returns true to go on. Otherwise tail ends with
 * outlet_status(): nobody reads our output any more, we were asked to end, or
 * there was a message.
 */

/* Takes a record, and hands over what is due. */
bool outlet_take(struct outlet *outlet, const struct reader_line *line,
    const struct record *record);

/* Notes that this record is done without being handed over, since a filter
 * hides it. This is cheap: the cursor's file is written only now and then. */
bool outlet_pass(struct outlet *outlet, const struct reader_line *line);

/* Hands over all that was taken, and moves the cursor: nothing more comes for
 * now. */
bool outlet_settle(struct outlet *outlet);

/* The exit status so far: STATUS_WRONG if there are dead letters. */
enum status outlet_status(const struct outlet *outlet);

#endif
