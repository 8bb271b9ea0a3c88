#include "payload/notification_parts.h"

#include <string.h>

static struct body *
last_body(struct notification *n)
{
	return &n->bodies[n->body_count - 1];
}

/* ---- `values` of Threads, whose object counts as an entry ---- */

bool
begin_pair(struct notification *n)
{
	reset_pair(&n->pair);
	return n->item_count > last_body(n)->first_update || begin_entry(n);
}

void
pair_member(struct notification *n, const struct json_value *value)
{
	struct pair *pair = &n->pair;
	enum name name = name_of(value->key);

	if (name == NAME_FIELD)
		pair->field = *value;
	else if (name == NAME_VALUE)
		pair->value = *value;
	else
		n->whole = true;
	see(n, &pair->seen, name);
}

void
end_pair(struct notification *n, const struct json_value *value)
{
	const struct pair *pair = &n->pair;

	if (value->kind != JSON_OBJECT || pair->value.key.bytes == NULL ||
	    (pair->field.key.bytes != NULL &&
	    pair->field.kind != JSON_STRING)) {
		n->whole = true;
		return;
	}
	add_line(n, UPDATE_VALUES, pair->field.bytes, pair->value.bytes);
}

static void
end_values(struct notification *n, struct body *body, size_t updates)
{
	struct entry *entry = last_entry(n);

	n->whole |= body->seen & BIT(NAME_ENTRY) ||
	    n->target_id.key.bytes == NULL ||
	    !read_id(&entry->id, &n->target_id);
	if (n->whole)
		return;
	take_out(&n->envelopes, &body->envelope, &n->target_id);
	if (n->time.key.bytes != NULL) {
		entry->time = n->time.bytes;
		take_out(&n->envelopes, &body->envelope, &n->time);
	}
	repeat(n, updates * (entry->id.length + entry->time.length));
}

/* ---- the body's object ---- */

bool
begin_body(struct notification *n)
{
	struct body *body = &n->bodies[n->body_count];

	if (n->body_count == NOTIFICATION_UPDATES_MAX) {
		n->whole = true;
		return false;
	}
	n->body_count++;
	memset(body, 0, sizeof *body);
	n->target_id.key.bytes = n->time.key.bytes = NULL;
	body->first_update = n->item_count;
	return true;
}

void
body_member(struct notification *n, const struct json_value *value)
{
	struct body *body = last_body(n);
	enum name name = member_name(n, value);

	see(n, &body->seen, name);
	if (name == NAME_OBJECT) {
		body->object = value->bytes;
		n->whole |= value->kind != JSON_STRING;
	} else if (name == NAME_ENTRY) {
		n->whole |= value->kind != JSON_ARRAY;
	} else if (name == NAME_VALUES) {
		if (value->kind == JSON_OBJECT)
			end_pair(n, value);
		n->whole |= !is_container(value);
	} else if (is_container(value)) {
		n->whole = true;
	} else {
		add_other(n, &n->envelopes, &body->envelope, value);
		if (name == NAME_TARGET_ID)
			n->target_id = *value;
		else if (name == NAME_TIME)
			n->time = *value;
	}
}

void
end_body(struct notification *n, const struct json_value *value)
{
	struct body *body;
	size_t updates;

	if (value->kind != JSON_OBJECT) {
		n->whole = true;
		return;
	}
	body = last_body(n);
	updates = n->item_count - body->first_update;
	if (updates == 0)
		n->whole = true;
	else if (body->seen & BIT(NAME_VALUES))
		end_values(n, body, updates);
	repeat(n, updates * (body->object.length + body->envelope.bytes));
}
