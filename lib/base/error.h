/*
 * error: the closed set of outcomes that every module returns.
 *
 * Each value says what the caller has to do. What went wrong is logged once,
 * where it was seen.
 */
#ifndef HOOKLINE_BASE_ERROR_H
#define HOOKLINE_BASE_ERROR_H

#include <stdbool.h>

enum error {
	ERR_NONE = 0,	/* done */
	ERR_INPUT,	/* the sender's fault: refuse, do not retry */
	ERR_MISSING,	/* what was asked for does not exist */
	ERR_UNSAFE,	/* owner, mode, link or place is wrong: do not use it */
	ERR_BUSY,	/* another process has what is needed: try later */
	ERR_MEMORY,	/* out of memory or descriptors: try later */
	ERR_FULL,	/* the disk or the quota is full: try later */
	ERR_IO,		/* storage or system failed: trust nothing */
	ERR_DAMAGED,	/* not what it should be: rebuild it */
	ERR_STALE	/* out of date: open it again */
};

/* A short lower-case word for a log line; never NULL. */
const char *error_word(enum error error);

/* The value for the errno of a failed file operation. */
enum error error_from_errno(int number);

/* Whether this errno of open(2) means that the file is missing or unusable, not
 * just that it cannot be opened at the moment. */
bool error_is_damage(int number);

#endif
