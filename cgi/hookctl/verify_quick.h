/*
 * verify_quick: finds the parts of a notification's line quickly, and trusts
 * that the rest is as it should be. If record_encode() makes the same line of
 * these parts, it was. Only the stamp and the parts themselves are checked.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_QUICK_H
#define HOOKLINE_HOOKCTL_VERIFY_QUICK_H

#include "hookctl/verify_head.h"

#include <stdbool.h>
#include <stddef.h>

#define QUICK_SECOND 20		/* bytes of a time up to its point */

/* The last second that was read; all zero at first. */
struct quick {
	char second[QUICK_SECOND];
	int64_t time;		/* microseconds */
};

/*
 * Finds seq, time, signature, endpoint and payload, and sets nothing else in
 * `head`. False if the line is of another kind, has a mark other than
 * repeat_key and distinct, or is wrong: head_read() then tells.
 */
bool quick_read(struct quick *quick, const char *line, size_t length,
    struct head *head);

#endif
