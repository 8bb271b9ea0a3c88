/*
 * json_look: single values of a JSON text, for what is shown to people and
 * searched by them. Nothing is copied or converted: a number keeps its digits.
 *
 * The text must have been accepted by json_scan(). Each call scans the value
 * that it is given, so it costs as much as that is long, and no more. If a name
 * is repeated, its last member counts.
 */
#ifndef HOOKLINE_PAYLOAD_JSON_LOOK_H
#define HOOKLINE_PAYLOAD_JSON_LOOK_H

#include "base/span.h"
#include "payload/json.h"

#include <stdbool.h>
#include <stddef.h>

#define JSON_MEMBERS_MAX 64

struct json_members {
	size_t count;
	struct json_value list[JSON_MEMBERS_MAX];
};

/* Lists the members of an object, at most the first JSON_MEMBERS_MAX. Anything
 * else has none. */
void json_members(struct span value, struct json_members *members);

/* The value of the member with this name (ASCII); otherwise absent. */
struct span json_find(const struct json_members *members, const char *name);

/*
 * The value at the end of a path such as "contacts.0.profile.name", whose steps
 * are names and indexes of up to 39 characters; absent if there is none. The
 * empty path is the value itself.
 */
struct span json_at(struct span value, const char *path);

/* Calls `item` for each item of an array. Returns how many there are; 0 for
 * anything else. `item` may be NULL. */
size_t json_each(struct span value, void (*item)(void *context,
    struct span value), void *context);

/* Removes white space around a value. */
struct span json_trim(struct span text);

/* Whether a value that is not absent begins like this: '{', '[' or '"'. */
static inline bool
json_begins(struct span value, char byte)
{
	return value.bytes != NULL && value.length > 0 && *value.bytes == byte;
}

#endif
