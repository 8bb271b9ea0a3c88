/*
 * verify_fault: says what is wrong with a line, and where. Private to
 * verify_line.c.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_FAULT_H
#define HOOKLINE_HOOKCTL_VERIFY_FAULT_H

#include "hookctl/verify_line.h"

/* Where a span of the line is. */
static inline size_t
fault_offset(const char *line, struct span span)
{
	return (size_t)(span.bytes - line);
}

void fault_say(struct line_check *check, enum line_kind kind, size_t at,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* It is not a record: no JSON, or not written as one. */
void fault_form(struct line_check *check, const char *line, size_t length);

/* The digits of id or repeat_key are not the `right` ones. */
void fault_digest(struct line_check *check, const char *line,
    struct span digits, const char *right, enum head_member member);

#endif
