#include "payload/notification.h"

#include "payload/json.h"
#include "payload/json_string.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What a line has besides the body's bytes: keys, digests, head, numbers. */
#define LINE_OVERHEAD 512

/* No token with an escape is shorter and still spells one of the names. */
#define ESCAPED_NAME_MIN 9

enum name {
	NAME_OTHER,
	NAME_OBJECT,
	NAME_ENTRY,
	NAME_ID,
	NAME_TIME,
	NAME_FIELD,
	NAME_CHANGES,
	NAME_MESSAGING,
	NAME_STANDBY,
	NAME_CHANGED_FIELDS,
	NAME_COUNT
};

static const struct {
	const char *text;
	size_t length;
} names[NAME_COUNT] = {
#define NAME(text) { text, sizeof(text) - 1 }
	[NAME_OTHER] = NAME(""),
	[NAME_OBJECT] = NAME("object"),
	[NAME_ENTRY] = NAME("entry"),
	[NAME_ID] = NAME("id"),
	[NAME_TIME] = NAME("time"),
	[NAME_FIELD] = NAME("field"),
	[NAME_CHANGES] = NAME("changes"),
	[NAME_MESSAGING] = NAME("messaging"),
	[NAME_STANDBY] = NAME("standby"),
	[NAME_CHANGED_FIELDS] = NAME("changed_fields")
#undef NAME
};

/* The levels of a body, as json_value's depth counts them. */
enum level {
	LEVEL_BODY,
	LEVEL_TOP,		/* object, entry */
	LEVEL_ENTRY,
	LEVEL_MEMBER,		/* of an entry: id, changes, ... */
	LEVEL_ITEM,		/* of changes, messaging, standby */
	LEVEL_FIELD		/* members of a change */
};

struct entry {
	struct span id;		/* without quotes */
	struct span time;
	size_t first_update;
	size_t first_member;
	size_t member_count;
	size_t member_bytes;
	unsigned seen;		/* 1 << enum name */
};

struct item {
	enum name array;
	uint32_t entry;
	struct span field;
	struct span bytes;
};

struct notification {
	struct span object;
	bool newline;
	bool whole;		/* no updates: it is to be kept as it is */
	unsigned seen;		/* at the top: 1 << enum name */
	enum name array;	/* the latest one at LEVEL_MEMBER */
	size_t array_items;	/* in it so far */
	struct span field;	/* of the change that is open */
	size_t repeated;	/* what NOTIFICATION_REPEATED_MAX limits */
	size_t entry_count;
	size_t item_count;
	size_t member_count;
	/* Each entry of a body that is not kept whole has an update. */
	struct entry entries[NOTIFICATION_UPDATES_MAX];
	struct item items[NOTIFICATION_UPDATES_MAX];
	struct span members[NOTIFICATION_MEMBERS_MAX];
};

struct notification *
notification_new(void)
{
	return calloc(1, sizeof(struct notification));
}

void
notification_free(struct notification *notification)
{
	free(notification);
}

static enum name
name_of(struct span key)
{
	size_t inside = key.length - 2;
	enum name name;

	for (name = NAME_OBJECT; name < NAME_COUNT; name++)
		if (names[name].length == inside &&
		    memcmp(names[name].text, key.bytes + 1, inside) == 0)
			return name;
	if (key.length < ESCAPED_NAME_MIN ||
	    memchr(key.bytes, '\\', key.length) == NULL)
		return NAME_OTHER;
	for (name = NAME_OBJECT; name < NAME_COUNT; name++)
		if (json_string_is(key, names[name].text))
			return name;
	return NAME_OTHER;
}

static bool
is_array(enum name name)
{
	return name >= NAME_CHANGES && name <= NAME_CHANGED_FIELDS;
}

static enum update_array
array_of(enum name name)
{
	if (name == NAME_CHANGES)
		return UPDATE_CHANGES;
	if (name == NAME_MESSAGING)
		return UPDATE_MESSAGING;
	return name == NAME_STANDBY ? UPDATE_STANDBY : UPDATE_CHANGED_FIELDS;
}

static struct entry *
last_entry(struct notification *n)
{
	return &n->entries[n->entry_count - 1];
}

/* Marks a name as seen; one that is seen twice keeps the body whole. */
static void
see(struct notification *n, unsigned *seen, enum name name)
{
	if (*seen & 1u << name)
		n->whole = true;
	*seen |= 1u << name;
}

static void
repeat(struct notification *n, size_t bytes)
{
	n->repeated += bytes;
	if (n->repeated > NOTIFICATION_REPEATED_MAX)
		n->whole = true;
}

/* ---- containers that begin ---- */

static bool
open_entry(struct notification *n, const struct json_value *value)
{
	struct entry *entry;

	if (value->kind != JSON_OBJECT ||
	    n->entry_count == NOTIFICATION_UPDATES_MAX)
		n->whole = true;
	if (n->whole)
		return false;
	entry = &n->entries[n->entry_count++];
	memset(entry, 0, sizeof *entry);
	entry->first_update = n->item_count;
	entry->first_member = n->member_count;
	return true;
}

static bool
open_member(struct notification *n, const struct json_value *value)
{
	n->array = name_of(value->key);
	n->array_items = 0;
	return value->kind == JSON_ARRAY && is_array(n->array);
}

static bool
on_open(void *context, const struct json_value *value)
{
	struct notification *n = context;

	if (value->depth == LEVEL_BODY)
		return value->kind == JSON_OBJECT;
	if (n->whole)
		return false;	/* what is left is to be passed fast */
	switch (value->depth) {
	case LEVEL_TOP:
		return value->kind == JSON_ARRAY &&
		    name_of(value->key) == NAME_ENTRY;
	case LEVEL_ENTRY:
		return open_entry(n, value);
	case LEVEL_MEMBER:
		return open_member(n, value);
	case LEVEL_ITEM:
		return n->array == NAME_CHANGES && value->kind == JSON_OBJECT;
	default:
		return false;
	}
}

/* ---- values that have ended ---- */

static void
top_member(struct notification *n, const struct json_value *value)
{
	enum name name = name_of(value->key);

	if (name == NAME_OBJECT) {
		n->object = value->bytes;
		if (value->kind != JSON_STRING) {
			n->object = (struct span){ NULL, 0 };
			n->whole = true;
		}
	} else if (name != NAME_ENTRY) {
		n->whole = true;
	}
	see(n, &n->seen, name);
}

static void
other_member(struct notification *n, const struct json_value *value)
{
	struct entry *entry = last_entry(n);
	struct span *member = &n->members[n->member_count];

	if (n->member_count == NOTIFICATION_MEMBERS_MAX) {
		n->whole = true;
		return;
	}
	member->bytes = value->key.bytes;
	member->length = (size_t)(value->bytes.bytes - value->key.bytes) +
	    value->bytes.length;
	n->member_count++;
	entry->member_count++;
	entry->member_bytes += member->length + 1;
}

static void
entry_id(struct notification *n, const struct json_value *value)
{
	struct entry *entry = last_entry(n);

	entry->id = value->bytes;
	if (value->kind == JSON_STRING)
		entry->id = json_string_inside(value->bytes);
	else if (value->kind != JSON_NUMBER)
		n->whole = true;
}

static void
add_update(struct notification *n, enum name array, struct span field,
    struct span bytes)
{
	struct item *item = &n->items[n->item_count];

	if (n->item_count == NOTIFICATION_UPDATES_MAX) {
		n->whole = true;
		return;
	}
	n->item_count++;
	item->array = array;
	item->entry = (uint32_t)(n->entry_count - 1);
	item->field = field;
	item->bytes = bytes;
	repeat(n, LINE_OVERHEAD + field.length);
}

static void
entry_member(struct notification *n, const struct json_value *value)
{
	const struct span none = { NULL, 0 };
	enum name name = name_of(value->key);
	struct entry *entry = last_entry(n);

	if (name == NAME_ID) {
		entry_id(n, value);
	} else if (name == NAME_TIME) {
		entry->time = value->bytes;
		if (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT)
			n->whole = true;
	} else if (is_array(name)) {
		if (value->kind != JSON_ARRAY || n->array_items == 0)
			n->whole = true;
		else if (name == NAME_CHANGED_FIELDS)
			add_update(n, name, none, value->bytes);
	} else {
		other_member(n, value);
		return;
	}
	see(n, &entry->seen, name);
}

static void
array_item(struct notification *n, const struct json_value *value)
{
	static const struct span messaging = { "\"messaging\"", 11 };
	static const struct span standby = { "\"standby\"", 9 };

	n->array_items++;
	if (n->array == NAME_CHANGES)
		add_update(n, n->array, n->field, value->bytes);
	else if (n->array == NAME_MESSAGING)
		add_update(n, n->array, messaging, value->bytes);
	else if (n->array == NAME_STANDBY)
		add_update(n, n->array, standby, value->bytes);
	n->field = (struct span){ NULL, 0 };
}

static void
change_member(struct notification *n, const struct json_value *value)
{
	if (name_of(value->key) != NAME_FIELD)
		return;
	n->field = (struct span){ NULL, 0 };
	if (value->kind == JSON_STRING)
		n->field = value->bytes;
}

static void
close_entry(struct notification *n, const struct json_value *value)
{
	const struct entry *entry;
	size_t updates;

	if (value->kind != JSON_OBJECT) {
		n->whole = true;
		return;
	}
	entry = last_entry(n);
	updates = n->item_count - entry->first_update;
	if (updates == 0 || !(entry->seen & 1u << NAME_ID))
		n->whole = true;
	repeat(n, updates * (entry->id.length + entry->time.length +
	    entry->member_bytes));
}

static void
on_value(void *context, const struct json_value *value)
{
	struct notification *n = context;

	if (value->depth == LEVEL_TOP)
		top_member(n, value);
	if (n->whole)
		return;
	if (value->depth == LEVEL_ENTRY)
		close_entry(n, value);
	else if (value->depth == LEVEL_MEMBER)
		entry_member(n, value);
	else if (value->depth == LEVEL_ITEM)
		array_item(n, value);
	else if (value->depth == LEVEL_FIELD)
		change_member(n, value);
}

/* ---- what the header offers ---- */

enum error
notification_parse(struct notification *n, const char *body, size_t length,
    bool updates)
{
	const struct json_visitor visitor = { on_open, on_value, n, false };

	/* The arrays behind `entries` stay as they are; the counts rule. */
	memset(n, 0, offsetof(struct notification, entries));
	n->whole = !updates;
	if (!json_scan(body, length, &visitor, &n->newline))
		return ERR_INPUT;
	repeat(n, n->item_count * n->object.length);
	if (n->whole)
		n->item_count = 0;
	return ERR_NONE;
}

struct span
notification_object(const struct notification *n)
{
	return n->object;
}

bool
notification_has_newline(const struct notification *n)
{
	return n->newline;
}

size_t
notification_update_count(const struct notification *n)
{
	return n->item_count;
}

void
notification_update(const struct notification *n, size_t index,
    struct update *update)
{
	const struct item *item = &n->items[index];
	const struct entry *entry = &n->entries[item->entry];

	update->array = array_of(item->array);
	update->entry_id = entry->id;
	update->entry_time = entry->time;
	update->field = item->field;
	update->members = &n->members[entry->first_member];
	update->member_count = entry->member_count;
	update->bytes = item->bytes;
}
