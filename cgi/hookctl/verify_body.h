/*
 * verify_body: the smallest body that an update's line may have come from.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_BODY_H
#define HOOKLINE_HOOKCTL_VERIFY_BODY_H

#include "base/buffer.h"
#include "base/error.h"
#include "hookctl/verify_head.h"

/* Replaces the contents of `body`. ERR_MEMORY: memory runs out. */
enum error body_of_update(const struct head *head, struct buffer *body);

#endif
