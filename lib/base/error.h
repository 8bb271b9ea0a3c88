/*
 * error: the closed set of outcomes that every module returns.
 *
 * Each value says what the caller has to do, not what went wrong inside; what
 * went wrong is logged once, where it was seen.
 */
#ifndef HOOKLINE_BASE_ERROR_H
#define HOOKLINE_BASE_ERROR_H

enum error {
	ERR_NONE = 0,	/* done */
	ERR_INPUT,	/* the sender's fault: refuse, do not retry */
	ERR_MISSING,	/* what was asked for is not there */
	ERR_UNSAFE,	/* owner, mode, link or place is wrong: refuse to use it */
	ERR_BUSY,	/* a lock or the disk did not come in time: try later */
	ERR_FULL,	/* no room left on the device or in the quota: try later */
	ERR_IO		/* storage or system failed: trust nothing, try later */
};

/* A short lower-case word for a log line; never NULL. */
const char *error_word(enum error error);

/* What an errno of a failed file operation means here. */
enum error error_from_errno(int number);

#endif
