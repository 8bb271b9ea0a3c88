/*
 * notification_parts: what the files of a notification share. notification.c
 * walks through the text and knows where it is. notification_body.c handles the
 * outermost objects, and notification_parts.c handles entries, changes and
 * their items.
 */
#ifndef HOOKLINE_PAYLOAD_NOTIFICATION_PARTS_H
#define HOOKLINE_PAYLOAD_NOTIFICATION_PARTS_H

#include "payload/json.h"
#include "payload/name.h"
#include "payload/notification.h"

#include <stdint.h>

#define BIT(name) (UINT64_C(1) << (name))
#define ARRAYS (BIT(NAME_CHANGES) | BIT(NAME_MESSAGING) | \
	BIT(NAME_STANDBY) | BIT(NAME_CHANGED_FIELDS))
#define PARTS (BIT(NAME_MESSAGES) | BIT(NAME_STATUSES) | \
	BIT(NAME_MESSAGE_ECHOES) | BIT(NAME_CALLS))
#define BESIDE_PARTS (BIT(NAME_MESSAGING_PRODUCT) | BIT(NAME_METADATA) | \
	BIT(NAME_CONTACTS))
/* An object must not have any of these twice. */
#define ONCE (ARRAYS | PARTS | BESIDE_PARTS | BIT(NAME_ID) | BIT(NAME_TIME) | \
	BIT(NAME_OBJECT) | BIT(NAME_ENTRY) | BIT(NAME_FIELD) | \
	BIT(NAME_VALUE) | BIT(NAME_VALUES) | BIT(NAME_TARGET_ID))

/* The containers that we look into. */
enum place {
	PLACE_NONE,
	PLACE_BODIES,		/* an array of what comes next */
	PLACE_BODY,
	PLACE_ENTRIES,
	PLACE_ENTRY,
	PLACE_CHANGES,
	PLACE_ITEMS,		/* messaging, standby */
	PLACE_CHANGE,
	PLACE_VALUE,		/* of a change */
	PLACE_PARTS,		/* messages, statuses, ... in it */
	PLACE_PAIRS,		/* `values` as an array */
	PLACE_PAIR		/* `values`, or an item of it */
};

#define PLACE_DEPTH_MAX 8	/* they are at depths below this */

/* Members of one object in one of the lists of a notification. */
struct run {
	size_t first;
	size_t count;
	size_t bytes;		/* of them all, each with a comma */
};

struct list {
	size_t count;
	struct span *members;
};

/* The body's object, or one of an array of them. */
struct body {
	struct span object;
	struct run envelope;
	size_t first_update;
	uint64_t seen;		/* names, as bits */
};

struct entry {
	struct span id;		/* without quotes */
	struct span time;
	struct run others;
	size_t body;
	size_t first_update;
	uint64_t seen;
};

struct item {
	enum update_array array;
	uint32_t entry;
	struct span field;
	struct span bytes;
	struct run value;
};

/* A `field` beside a `value`; a key is absent until it has been read. */
struct pair {
	struct json_value field;
	struct json_value value;
	uint64_t seen;
};

/* The change that is open. */
struct change {
	struct span field;
	size_t first_item;	/* its first part, if it is split */
	struct run value;	/* what is beside the parts */
	uint64_t seen;
	uint64_t value_seen;
	bool other;		/* its value begins unlike WhatsApp's */
	bool odd;		/* it must not be split */
	bool over;		/* there were too many items */
};

struct notification {
	const char *begin, *end; /* of the text */
	bool updates;		/* they are wanted; else only their sum: */
	struct repeat_sum sum;
	size_t summed;		/* this many items are in the sum */
	bool settled;		/* the sum is final */
	struct span object;
	bool newline;
	bool whole;		/* it yields no updates and is kept whole */
	enum place places[PLACE_DEPTH_MAX]; /* of the open containers */
	enum name names[PLACE_DEPTH_MAX + 1]; /* of open members */
	enum update_array array; /* the latest one that was opened */
	size_t array_first;	/* how many updates came before it */
	struct json_value target_id, time; /* of the body that is open */
	struct pair pair;	/* of the entry, or the item of `values` */
	struct change change;
	size_t repeated;	/* what NOTIFICATION_REPEATED_MAX limits */
	size_t body_count;
	size_t entry_count;
	size_t item_count;
	struct list envelopes, others, values;
	/* If it is not kept whole, each body and entry has an update. */
	struct body bodies[NOTIFICATION_UPDATES_MAX];
	struct entry entries[NOTIFICATION_UPDATES_MAX];
	struct item items[NOTIFICATION_UPDATES_MAX];
	struct span envelope_members[NOTIFICATION_MEMBERS_MAX];
	struct span other_members[NOTIFICATION_MEMBERS_MAX];
	struct span value_members[3 * (NOTIFICATION_UPDATES_MAX + 1)];
};

/* Called when a container of this kind begins. False if there are too many. */
bool begin_body(struct notification *n);
bool begin_entry(struct notification *n);
void begin_change(struct notification *n);
bool begin_pair(struct notification *n);

/* Called when a value in such a container, or the container, has ended. */
void body_member(struct notification *n, const struct json_value *value);
void entry_member(struct notification *n, const struct json_value *value);
void change_member(struct notification *n, const struct json_value *value);
void value_member(struct notification *n, const struct json_value *value);
void pair_member(struct notification *n, const struct json_value *value);
void end_body(struct notification *n, const struct json_value *value);
void end_entry(struct notification *n, const struct json_value *value);
void end_change(struct notification *n, const struct json_value *value);
void end_pair(struct notification *n, const struct json_value *value);
void add_item(struct notification *n, const struct json_value *value);
void add_part(struct notification *n, const struct json_value *value);

/* ---- used by both files ---- */

struct entry *last_entry(struct notification *n);

static inline bool
is_container(const struct json_value *value)
{
	return value->kind == JSON_ARRAY || value->kind == JSON_OBJECT;
}

/* The name of a member. A container's was looked up when it began. */
static inline enum name
member_name(const struct notification *n, const struct json_value *value)
{
	return is_container(value) ? n->names[value->depth] :
	    name_of(value->key);
}

/* Marks a name as seen. If it was seen before, the body is kept whole. */
static inline void
see(struct notification *n, uint64_t *seen, enum name name)
{
	if (*seen & BIT(name) & ONCE)
		n->whole = true;
	*seen |= BIT(name);
}

/* Adds to the bytes that will be repeated; too many keep the body whole. */
static inline void
repeat(struct notification *n, size_t bytes)
{
	n->repeated += bytes;
	if (n->repeated > NOTIFICATION_REPEATED_MAX)
		n->whole = true;
}

static inline void
reset_pair(struct pair *pair)
{
	pair->field = (struct json_value){ .kind = JSON_NULL };
	pair->value.key.bytes = NULL;
	pair->seen = 0;
}

/* Adds one of the other members of the top or an entry. */
void add_other(struct notification *n, struct list *list, struct run *run,
    const struct json_value *value);

/* Takes a member out of the list's last run. */
void take_out(struct list *list, struct run *run,
    const struct json_value *value);

/* Adds an update. */
void add_line(struct notification *n, enum update_array array,
    struct span field, struct span bytes);

/* Reads an id; false if the value is not one. */
bool read_id(struct span *id, const struct json_value *value);

/* Whether both id and time of the open entry have been read. */
bool entry_is_known(const struct notification *n);

/* Whether this key may be in a value that is split into parts. */
bool is_beside_parts(struct span key);

#endif
