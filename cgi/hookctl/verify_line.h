/*
 * verify_line: is a line exactly what this version writes for its payload?
 *
 * The payload, or a body made from an update's line, is encoded again, and the
 * result is compared with the line. This finds any changed byte, except in
 * values that are only copied and on which no other value depends. Of these,
 * seq and time are checked by the lines around them (verify_order.h),
 * signatures by the secrets (verify_secrets.h), and the endpoint of a
 * notification without repeat_key by the other records (verify_names.h).
 * Nothing checks an origin, nor an update's delivery_id, index, count, envelope
 * and entry, nor its time if it has Meta's own id.
 *
 * Lines of older versions are accepted: without repeat_key and distinct, with
 * ids made by the rule of 0.1.0, and with WhatsApp changes that were not split.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_LINE_H
#define HOOKLINE_HOOKCTL_VERIFY_LINE_H

#include "base/error.h"
#include "base/span.h"
#include "hookctl/verify_head.h"

#include <stdbool.h>
#include <stddef.h>

#define LINE_TEXT_MAX 200

enum line_kind {
	LINE_HOLDS,
	LINE_MALFORMED,		/* not in the form of a record */
	LINE_DIGEST,		/* payload or update does not match the id */
	LINE_MEMBER		/* another member is wrong */
};

struct line_check {
	enum line_kind kind;
	struct head head;	/* as far as it could be read */
	size_t at;		/* offset of the first byte that is wrong */
	bool cut;		/* malformed: it ends too early */
	char text[LINE_TEXT_MAX]; /* what is wrong */
};

struct line_checker;

/* NULL if memory runs out. */
struct line_checker *line_checker_new(void);
void line_checker_free(struct line_checker *checker);

/* Checks a line without its newline. ERR_MEMORY: it could not be checked. */
enum error line_check(struct line_checker *checker, const char *line,
    size_t length, struct line_check *check);

/* Whether at least half of the digits agree, so that one of two digests or
 * signatures must be a damaged copy of the other: of random digits, one in
 * sixteen agrees. `*at` is the first digit that differs. */
bool digits_alike(const char *left, const char *right, size_t count,
    size_t *at);

#endif
