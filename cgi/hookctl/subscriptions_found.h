/*
 * subscriptions_found: writes what hookctl subscriptions list has found; see
 * subscriptions_print().
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_FOUND_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_FOUND_H

#include "hookctl/subscriptions.h"

/* The values of `goes`. */
#define GOES_HERE "here"
#define GOES_ENDPOINT "endpoint"
#define GOES_ELSEWHERE "elsewhere"
#define GOES_NOWHERE "nowhere"

/* Adds a member; the object owns the value from then on. */
void found_set(struct json_object *object, const char *name,
    struct json_object *value);
void found_text(struct json_object *object, const char *name,
    const char *text);

/* A text from Meta as JSON, without our secrets; null for "". */
struct json_object *found_shown(const struct subscriptions *it,
    const char *text);

/* Adds `goes` for notifications that Meta sends to this URL, and `endpoint` if
 * another endpoint of the configuration gets them. */
void found_goes(const struct subscriptions *it, struct json_object *object,
    const char *url);

/* Adds the same members as in `from`, or "nowhere" if that is NULL. */
void found_goes_like(struct json_object *object, struct json_object *from);

#endif
