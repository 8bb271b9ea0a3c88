/*
 * verify_line: is a line exactly what this version writes for its payload?
 *
 * The payload, or the body that an update's line stands for, is encoded again,
 * and the result is compared with the line. So any changed byte is found, but
 * for those that are copied and that nothing else depends on: a time or a seq,
 * which the lines around it tell (verify_order.h), a signature
 * (verify_secrets.h), the endpoint of a notification without repeat_key
 * (verify_names.h), an origin, and of an update delivery_id, index, count,
 * envelope, entry, and time if the update has Meta's own id.
 *
 * What older versions wrote is accepted: lines without repeat_key and distinct,
 * updates whose id was made by the rule of 0.1.0, and WhatsApp changes that
 * were not split.
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
	LINE_MALFORMED,		/* not a line of this form */
	LINE_DIGEST,		/* payload or update is not what id says */
	LINE_MEMBER		/* another member is not what it should be */
};

struct line_check {
	enum line_kind kind;
	struct head head;	/* as far as it could be read */
	size_t at;		/* offset of the first byte that is wrong */
	bool cut;		/* malformed because it ends too early */
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
 * signatures is the other with damage; random ones agree in a sixteenth. `*at`
 * is the first digit that differs. */
bool digits_alike(const char *left, const char *right, size_t count,
    size_t *at);

#endif
