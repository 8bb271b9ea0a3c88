/*
 * forward_rejects: the records that hookctl forward leaves behind: each is
 * named on standard error, and becomes a dead letter if there is a file for
 * that.
 */
#ifndef HOOKLINE_HOOKCTL_FORWARD_REJECTS_H
#define HOOKLINE_HOOKCTL_FORWARD_REJECTS_H

#include "hookctl/forward_source.h"

#include <stdbool.h>
#include <stdint.h>

struct forward_rejects;

/* Whether the file of dead letters, `path`, is not the one that is read, which
 * is `file`, or standard input if that is "-": what is read must not grow by
 * what is written. Both may be NULL. False after a message. */
bool rejects_are_apart(const char *path, const char *file);

/* `path` is the file of dead letters, or NULL. NULL after a message. */
struct forward_rejects *rejects_new(const char *path);

/* NULL is allowed. */
void rejects_free(struct forward_rejects *rejects);

/*
 * Adds a record. `reason` must last, `advice`, too: "" or what would help, for
 * the message alone. `tries` is 0 if it was not sent. The letter is on the disk
 * afterwards. False after a message: it could not be written.
 */
bool rejects_add(struct forward_rejects *rejects,
    const struct forward_item *item, uint64_t tries, const char *reason,
    const char *advice, struct span answer);

/* Names those that were added and not named yet: records in a row with the
 * same reason share a message. */
void rejects_tell(struct forward_rejects *rejects);

/* How many were added. */
uint64_t rejects_count(const struct forward_rejects *rejects);

#endif
