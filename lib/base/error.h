/*
 * error: the closed set of outcomes that every module returns.
 *
 * Each value says what the caller has to do, not what went wrong inside; what
 * went wrong is logged once, where it was seen.
 */
#ifndef HOOKLINE_BASE_ERROR_H
#define HOOKLINE_BASE_ERROR_H

#include <stdbool.h>

enum error {
	ERR_NONE = 0,	/* done */
	ERR_INPUT,	/* the sender's fault: refuse, do not retry */
	ERR_MISSING,	/* what was asked for is not there */
	ERR_UNSAFE,	/* owner, mode, link or place is wrong: refuse to use it */
	ERR_BUSY,	/* a lock or the disk did not come in time: try later */
	ERR_FULL,	/* no room left on the device or in the quota: try later */
	ERR_IO,		/* storage or system failed: trust nothing, try later */
	ERR_DAMAGED,	/* what can be made anew is not what it should be: do so */
	ERR_STALE	/* what was opened is not in force any more: open it anew */
};

/* A short lower-case word for a log line; never NULL. */
const char *error_word(enum error error);

/* What an errno of a failed file operation means here. */
enum error error_from_errno(int number);

/* Whether this errno of open(2) says that what stands at the name, if anything,
 * is nothing that we could use: not that it cannot be had just now. */
bool error_is_damage(int number);

#endif
