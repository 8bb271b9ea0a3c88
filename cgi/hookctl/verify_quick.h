/*
 * verify_quick: finds the values of a notification's line quickly, without a
 * look at what is between them. If record_encode() makes the same line from
 * these values, the rest is right as well.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_QUICK_H
#define HOOKLINE_HOOKCTL_VERIFY_QUICK_H

#include "hookctl/verify_head.h"

#include <stdbool.h>
#include <stddef.h>

#define QUICK_SECOND 20		/* bytes of a time up to its point */

/* The last second that was read, and more of the last line; all zero at
 * first. */
struct quick {
	char second[QUICK_SECOND];
	int64_t time;		/* microseconds */
	bool marked;		/* the line has repeat_key or distinct */
};

/*
 * Finds seq, time, id, signature, endpoint, object and payload, and sets
 * nothing else in `head`. False if the line is of another kind, has a member
 * other than these, repeat_key and distinct, or is wrong: then use head_read().
 */
bool quick_read(struct quick *quick, const char *line, size_t length,
    struct head *head);

#endif
