#include "payload/notification.h"

#include "payload/json_run.h"
#include "payload/notification_parts.h"

#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 4096		/* bytes always looked at in a whole body */

struct notification *
notification_new(void)
{
	struct notification *n = calloc(1, sizeof *n);

	if (n == NULL)
		return NULL;
	n->envelopes.members = n->envelope_members;
	n->others.members = n->other_members;
	n->values.members = n->value_members;
	return n;
}

void
notification_free(struct notification *notification)
{
	free(notification);
}

static enum update_array
array_of(enum name name)
{
	if (name == NAME_CHANGES)
		return UPDATE_CHANGES;
	if (name == NAME_MESSAGING)
		return UPDATE_MESSAGING;
	if (name == NAME_STANDBY)
		return UPDATE_STANDBY;
	if (name == NAME_MESSAGES)
		return UPDATE_MESSAGES;
	if (name == NAME_STATUSES)
		return UPDATE_STATUSES;
	if (name == NAME_MESSAGE_ECHOES)
		return UPDATE_MESSAGE_ECHOES;
	return name == NAME_CALLS ? UPDATE_CALLS : UPDATE_ARRAYS;
}

/* ---- containers that begin ---- */

/* Whether the value of a change may be one that is split into parts. Its first
 * member is then one of a few; most values need no closer look. */
static bool
may_have_parts(const struct notification *n, const struct json_value *value)
{
	const char *p = value->bytes.bytes + 1, *quote;
	bool newline = false;

	p = json_space_end(p, n->end, &newline);
	if (p == n->end || *p != '"')
		return false;
	quote = memchr(p + 1, '"', (size_t)(n->end - p) - 1);
	return quote != NULL &&
	    (memchr(p, '\\', (size_t)(quote - p)) != NULL ||
	    is_beside_parts((struct span){ p, (size_t)(quote - p) + 1 }));
}

/* The place of a member's array or object, given the place around it. */
static enum place
member_place(struct notification *n, enum place around,
    const struct json_value *value)
{
	enum name name = name_of(value->key);
	bool array = value->kind == JSON_ARRAY;

	n->names[value->depth] = name;
	if (around == PLACE_CHANGE)
		return name == NAME_VALUE && !array &&
		    may_have_parts(n, value) ? PLACE_VALUE : PLACE_NONE;
	if (around == PLACE_BODY && name == NAME_VALUES)
		return array ? PLACE_PAIRS : PLACE_PAIR;
	if (!array)
		return PLACE_NONE;
	if (around == PLACE_BODY)
		return name == NAME_ENTRY ? PLACE_ENTRIES : PLACE_NONE;
	n->array = array_of(name);
	if (around == PLACE_VALUE)
		return update_array_is_whatsapp(n->array) &&
		    !n->change.odd ? PLACE_PARTS : PLACE_NONE;
	if (n->array == UPDATE_CHANGES)
		return PLACE_CHANGES;
	return n->array == UPDATE_MESSAGING || n->array == UPDATE_STANDBY ?
	    PLACE_ITEMS : PLACE_NONE;
}

/* The same for any array or object. */
static enum place
place_of(struct notification *n, const struct json_value *value)
{
	enum place around = value->depth == 0 ? PLACE_NONE :
	    n->places[value->depth - 1];
	bool object = value->kind == JSON_OBJECT;

	switch (around) {
	case PLACE_NONE:
		return object ? PLACE_BODY : PLACE_BODIES;
	case PLACE_BODIES:
		return object ? PLACE_BODY : PLACE_NONE;
	case PLACE_ENTRIES:
		return object ? PLACE_ENTRY : PLACE_NONE;
	case PLACE_CHANGES:
		return object ? PLACE_CHANGE : PLACE_NONE;
	case PLACE_PAIRS:
		return object ? PLACE_PAIR : PLACE_NONE;
	case PLACE_BODY:
	case PLACE_ENTRY:
	case PLACE_CHANGE:
	case PLACE_VALUE:
		return member_place(n, around, value);
	case PLACE_ITEMS:
	case PLACE_PARTS:
	case PLACE_PAIR:
	default:
		return PLACE_NONE;
	}
}

static bool
on_open(void *context, const struct json_value *value)
{
	struct notification *n = context;
	enum place place;

	if (n->whole || n->settled)
		return false;	/* skip the rest quickly */
	place = place_of(n, value);
	if (place == PLACE_BODY)
		(void)begin_body(n);
	else if (place == PLACE_ENTRY)
		(void)begin_entry(n);
	else if (place == PLACE_CHANGE)
		begin_change(n);
	else if (place == PLACE_PAIR)
		(void)begin_pair(n);
	if (n->whole || place == PLACE_NONE)
		return false;
	n->places[value->depth] = place;
	return true;
}

/* ---- values that have ended ---- */

/* Notes the top-level object: the line of a whole body names it, too. */
static void
top_object(struct notification *n, const struct json_value *value)
{
	const struct span none = { NULL, 0 };

	if (name_of(value->key) == NAME_OBJECT)
		n->object = value->kind == JSON_STRING ? value->bytes : none;
}

/* Adds to the sum the updates that are complete by now. The first one decides
 * most bodies; up to LOOKED_AT, stopping there would gain nothing. */
static void
sum_up(struct notification *n, const struct json_value *value)
{
	struct update update;

	if (n->whole)
		return;
	for (; n->summed < n->item_count; n->summed++) {
		notification_update(n, n->summed, &update);
		repeat_sum_up(&n->sum, &update);
	}
	n->settled = repeat_sum_is_final(&n->sum) &&
	    value->bytes.bytes - n->begin > LOOKED_AT;
}

static void
end_text(struct notification *n, const struct json_value *value)
{
	if (value->kind != JSON_ARRAY)
		end_body(n, value);
}

/* Whether nothing that follows can add to the updates so far. */
static bool
is_complete(const struct notification *n, enum place around)
{
	if (around == PLACE_CHANGES || around == PLACE_ITEMS)
		return entry_is_known(n);
	return around == PLACE_ENTRIES || around == PLACE_BODIES ||
	    around == PLACE_NONE;
}

static void
on_value(void *context, const struct json_value *value)
{
	/* Indexed by the place around the value. */
	static void (*const ends[])(struct notification *n,
	    const struct json_value *value) = {
		[PLACE_NONE] = end_text,
		[PLACE_BODIES] = end_body,
		[PLACE_BODY] = body_member,
		[PLACE_ENTRIES] = end_entry,
		[PLACE_ENTRY] = entry_member,
		[PLACE_CHANGES] = end_change,
		[PLACE_ITEMS] = add_item,
		[PLACE_CHANGE] = change_member,
		[PLACE_VALUE] = value_member,
		[PLACE_PARTS] = add_part,
		[PLACE_PAIRS] = end_pair,
		[PLACE_PAIR] = pair_member
	};
	struct notification *n = context;
	enum place around = value->depth == 0 ? PLACE_NONE :
	    n->places[value->depth - 1];

	if (value->depth == 1 && around == PLACE_BODY)
		top_object(n, value);
	if (n->whole || n->settled)
		return;
	ends[around](n, value);
	if (!n->updates && is_complete(n, around))
		sum_up(n, value);
}

/* ---- what the header offers ---- */

enum error
notification_parse(struct notification *n, const char *body, size_t length,
    bool updates)
{
	const struct json_visitor visitor = { on_open, on_value, n, false };

	/* The lists need no clearing: their counts say what is used. */
	memset(n, 0, offsetof(struct notification, envelopes));
	n->envelopes.count = n->others.count = n->values.count = 0;
	n->begin = body;
	n->end = body + length;
	n->updates = updates;
	if (!json_scan(body, length, &visitor, &n->newline))
		return ERR_INPUT;
	if (n->whole) {
		n->item_count = 0;
		n->sum = (struct repeat_sum){ 0 };
	}
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
	return n->updates ? n->item_count : 0;
}

const struct repeat_sum *
notification_sum(const struct notification *n)
{
	return &n->sum;
}

size_t
notification_pieces(const struct notification *n, struct span *pieces)
{
	const char *from = n->begin;
	size_t count = 0, i;

	for (i = 0; i < n->entry_count; i++) {
		const struct span *time = &n->entries[i].time;

		if (time->bytes == NULL)
			continue;
		pieces[count].bytes = from;
		pieces[count++].length = (size_t)(time->bytes - from);
		from = time->bytes + time->length;
	}
	pieces[count].bytes = from;
	pieces[count++].length = (size_t)(n->end - from);
	return count;
}

static struct members
members_of(const struct list *list, const struct run *run)
{
	return (struct members){ list->members + run->first, run->count };
}

void
notification_update(const struct notification *n, size_t index,
    struct update *update)
{
	const struct item *item = &n->items[index];
	const struct entry *entry = &n->entries[item->entry];
	const struct body *body = &n->bodies[entry->body];

	update->array = item->array;
	update->object = body->object;
	update->entry_id = entry->id;
	update->entry_time = entry->time;
	update->field = item->field;
	update->envelope = members_of(&n->envelopes, &body->envelope);
	update->entry = members_of(&n->others, &entry->others);
	update->value = members_of(&n->values, &item->value);
	update->bytes = item->bytes;
}
