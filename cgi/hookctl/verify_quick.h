/*
 * verify_quick: finds the parts of a notification's line quickly, and trusts
 * that the others are as they should be. If record_encode() makes the same line
 * of these parts, they are.
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
 * nothing else in `head`. False if the line is of another kind, has a mark
 * other than repeat_key and distinct, or is wrong: head_read() then tells.
 */
bool quick_read(struct quick *quick, const char *line, size_t length,
    struct head *head);

#endif
