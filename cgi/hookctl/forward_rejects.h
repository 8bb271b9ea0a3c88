/*
 * forward_rejects: the records that hookctl forward leaves out. Each is named
 * on standard error, and becomes a dead letter if there is a file for those.
 */
#ifndef HOOKLINE_HOOKCTL_FORWARD_REJECTS_H
#define HOOKLINE_HOOKCTL_FORWARD_REJECTS_H

#include "hookctl/forward_source.h"

#include <stdbool.h>
#include <stdint.h>

struct forward_rejects;

/* Whether the file of dead letters, `path`, differs from the file that is read:
 * `file`, or standard input if that is "-". Otherwise the run would read its
 * own letters. Both may be NULL. False after a message. */
bool rejects_are_apart(const char *path, const char *file);

/* `path` is the file of dead letters, or NULL. NULL after a message. */
struct forward_rejects *rejects_new(const char *path);

/* NULL is allowed. */
void rejects_free(struct forward_rejects *rejects);

/*
 * Adds a record. `tries` is 0 if it was never sent; `advice` says what would
 * help, or is "", and is for the message only. Both texts must stay valid. The
 * letter is on the disk afterwards; false, after a message, if that failed.
 */
bool rejects_add(struct forward_rejects *rejects,
    const struct forward_item *item, uint64_t tries, const char *reason,
    const char *advice, struct span answer);

/* Names the records that were added and not named yet. Consecutive ones with
 * the same reason share a message. */
void rejects_tell(struct forward_rejects *rejects);

/* How many were added. */
uint64_t rejects_count(const struct forward_rejects *rejects);

#endif
