#include "payload/notification_parts.h"

#include "payload/json_string.h"

#include <string.h>

/* What a line adds to the body's bytes: keys, digests, head, numbers. */
#define LINE_OVERHEAD 512

static const struct span absent;

struct entry *
last_entry(struct notification *n)
{
	return &n->entries[n->entry_count - 1];
}

/* Whether an array is empty; its text is known to be valid. */
static bool
is_empty(struct span array)
{
	size_t i = 1;

	while (array.bytes[i] == ' ' || array.bytes[i] == '\t' ||
	    array.bytes[i] == '\n' || array.bytes[i] == '\r')
		i++;
	return array.bytes[i] == ']';
}

/* ---- runs of members ---- */

static void
add_member(struct list *list, struct run *run, const struct json_value *value)
{
	struct span *member = &list->members[list->count];

	member->bytes = value->key.bytes;
	member->length = (size_t)(value->bytes.bytes - value->key.bytes) +
	    value->bytes.length;
	if (run->count == 0)
		run->first = list->count;
	list->count++;
	run->count++;
	run->bytes += member->length + 1;
}

void
add_other(struct notification *n, struct list *list, struct run *run,
    const struct json_value *value)
{
	if (n->envelopes.count + n->others.count == NOTIFICATION_MEMBERS_MAX)
		n->whole = true;
	else
		add_member(list, run, value);
}

void
take_out(struct list *list, struct run *run, const struct json_value *value)
{
	struct span *member = &list->members[run->first];

	while (member->bytes != value->key.bytes)
		member++;
	run->bytes -= member->length + 1;
	list->count--;
	run->count--;
	memmove(member, member + 1, (size_t)(list->members + list->count -
	    member) * sizeof *member);
}

/* ---- updates ---- */

static bool
add_update(struct notification *n, enum update_array array, struct span field,
    struct span bytes)
{
	struct item *item = &n->items[n->item_count];

	if (n->item_count == NOTIFICATION_UPDATES_MAX)
		return false;
	n->item_count++;
	item->array = array;
	item->entry = (uint32_t)(n->entry_count - 1);
	item->field = field;
	item->bytes = bytes;
	item->value.count = 0;
	return true;
}

void
add_line(struct notification *n, enum update_array array, struct span field,
    struct span bytes)
{
	if (!add_update(n, array, field, bytes))
		n->whole = true;
	repeat(n, LINE_OVERHEAD + field.length);
}

void
add_item(struct notification *n, const struct json_value *value)
{
	static const struct span messaging = { "\"messaging\"", 11 };
	static const struct span standby = { "\"standby\"", 9 };

	add_line(n, n->array, n->array == UPDATE_STANDBY ? standby : messaging,
	    value->bytes);
}

/* ---- a change, and what WhatsApp puts into it ---- */

bool
is_beside_parts(struct span key)
{
	return BIT(name_of(key)) & (PARTS | BESIDE_PARTS);
}

void
begin_change(struct notification *n)
{
	struct change *change = &n->change;

	memset(change, 0, sizeof *change);
	change->first_item = n->item_count;
}

void
change_member(struct notification *n, const struct json_value *value)
{
	struct change *change = &n->change;
	enum name name = member_name(n, value);

	if (name == NAME_FIELD && value->kind == JSON_STRING)
		change->field = value->bytes;
	else if (name != NAME_VALUE || value->kind != JSON_OBJECT)
		change->odd = true;
	see(n, &change->seen, name);
}

void
value_member(struct notification *n, const struct json_value *value)
{
	struct change *change = &n->change;
	enum name name = member_name(n, value);

	if (change->value_seen == 0)
		change->other = !(BIT(name) & (PARTS | BESIDE_PARTS));
	change->odd |= change->other;
	if (change->other)
		return;
	see(n, &change->value_seen, name);
	if (BIT(name) & PARTS) {
		if (value->kind != JSON_ARRAY || is_empty(value->bytes))
			change->odd = true;
	} else if (!(BIT(name) & BESIDE_PARTS)) {
		change->odd = true;
	} else if (!n->whole) {
		add_member(&n->values, &change->value, value);
	}
}

void
add_part(struct notification *n, const struct json_value *value)
{
	if (value->kind != JSON_OBJECT)
		n->change.odd = true;
	else if (!add_update(n, n->array, absent, value->bytes))
		n->change.over = true;
}

/* Whether the change can be split into its parts. */
static bool
has_parts_alone(const struct change *change)
{
	return !change->odd && change->seen & BIT(NAME_FIELD) &&
	    change->value_seen & PARTS;
}

void
end_change(struct notification *n, const struct json_value *value)
{
	struct change *change = &n->change;
	size_t i;

	if (value->kind != JSON_OBJECT) {
		add_line(n, UPDATE_CHANGES, absent, value->bytes);
		return;
	}
	if (!has_parts_alone(change)) {
		n->item_count = change->first_item;
		n->values.count -= change->value.count;
		add_line(n, UPDATE_CHANGES, change->field, value->bytes);
		return;
	}
	if (change->over)
		n->whole = true;
	for (i = change->first_item; i < n->item_count; i++) {
		n->items[i].field = change->field;
		n->items[i].value = change->value;
		repeat(n, LINE_OVERHEAD + change->field.length +
		    change->value.bytes);
	}
}

/* ---- an entry ---- */

bool
read_id(struct span *id, const struct json_value *value)
{
	*id = value->bytes;
	if (value->kind == JSON_STRING)
		*id = json_string_inside(value->bytes);
	return value->kind == JSON_STRING || value->kind == JSON_NUMBER;
}

bool
begin_entry(struct notification *n)
{
	struct entry *entry = &n->entries[n->entry_count];

	if (n->entry_count == NOTIFICATION_UPDATES_MAX) {
		n->whole = true;
		return false;
	}
	n->entry_count++;
	memset(entry, 0, sizeof *entry);
	reset_pair(&n->pair);
	entry->body = n->body_count - 1;
	entry->first_update = n->item_count;
	return true;
}

bool
entry_is_known(const struct notification *n)
{
	const uint64_t known = BIT(NAME_ID) | BIT(NAME_TIME);

	return (n->entries[n->entry_count - 1].seen & known) == known;
}

static void
end_array(struct notification *n, enum name name,
    const struct json_value *value)
{
	if (value->kind != JSON_ARRAY || is_empty(value->bytes))
		n->whole = true;
	else if (name == NAME_CHANGED_FIELDS)
		add_line(n, UPDATE_CHANGED_FIELDS, absent, value->bytes);
}

void
entry_member(struct notification *n, const struct json_value *value)
{
	struct entry *entry = last_entry(n);
	enum name name = member_name(n, value);

	see(n, &entry->seen, name);
	if (name == NAME_ID) {
		n->whole |= !read_id(&entry->id, value);
	} else if (name == NAME_TIME) {
		entry->time = value->bytes;
		n->whole |= is_container(value);
	} else if (BIT(name) & ARRAYS) {
		end_array(n, name, value);
	} else {
		add_other(n, &n->others, &entry->others, value);
		if (name == NAME_FIELD)
			n->pair.field = *value;
		else if (name == NAME_VALUE)
			n->pair.value = *value;
	}
}

/* An entry without any of the arrays may have field and value instead. */
static void
take_pair(struct notification *n, struct entry *entry)
{
	const struct pair *pair = &n->pair;

	if (entry->seen & ARRAYS || pair->field.kind != JSON_STRING ||
	    pair->value.key.bytes == NULL)
		return;
	take_out(&n->others, &entry->others, &pair->field);
	take_out(&n->others, &entry->others, &pair->value);
	add_line(n, UPDATE_FIELD, pair->field.bytes, pair->value.bytes);
}

void
end_entry(struct notification *n, const struct json_value *value)
{
	struct entry *entry;
	size_t updates;

	if (value->kind != JSON_OBJECT) {
		n->whole = true;
		return;
	}
	entry = last_entry(n);
	take_pair(n, entry);
	updates = n->item_count - entry->first_update;
	if (updates == 0 || !(entry->seen & BIT(NAME_ID)))
		n->whole = true;
	repeat(n, updates * (entry->id.length + entry->time.length +
	    entry->others.bytes));
}
