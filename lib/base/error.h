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
	ERR_UNSAFE,	/* owner, mode, link or place is wrong: do not use it */
	ERR_BUSY,	/* somebody else has what is needed: try later */
	ERR_MEMORY,	/* memory or descriptors are short: try later */
	ERR_FULL,	/* the device or the quota has no room: try later */
	ERR_IO,		/* storage or system failed: trust nothing */
	ERR_DAMAGED,	/* not what it should be: make it anew */
	ERR_STALE	/* not in force any more: open it anew */
};

/* A short lower-case word for a log line; never NULL. */
const char *error_word(enum error error);

/* What an errno of a failed file operation means here. */
enum error error_from_errno(int number);

/* Whether this errno of open(2) says that what stands at the name, if anything,
 * is nothing that we could use: not that it cannot be had just now. */
bool error_is_damage(int number);

#endif
