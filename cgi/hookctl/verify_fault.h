/*
 * verify_fault: says what is wrong with a line, and where. Private to
 * verify_line.c.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_FAULT_H
#define HOOKLINE_HOOKCTL_VERIFY_FAULT_H

#include "hookctl/verify_line.h"

/* The offset of a span within the line. */
static inline size_t
fault_offset(const char *line, struct span span)
{
	return (size_t)(span.bytes - line);
}

void fault_say(struct line_check *check, enum line_kind kind, size_t at,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The line is not a record: it is not JSON, or not in the form of a record. */
void fault_form(struct line_check *check, const char *line, size_t length);

/* The digits of id or repeat_key are not the `right` ones. */
void fault_digest(struct line_check *check, const char *line,
    struct span digits, const char *right, enum head_member member);

#endif
