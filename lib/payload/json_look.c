#include "payload/json_look.h"

#include "base/digits.h"
#include "payload/json_run.h"
#include "payload/json_string.h"

#include <stdint.h>
#include <string.h>

#define STEP_SIZE 40		/* of a path, with a NUL */

static const struct span absent;

static bool
open_outermost(void *context, const struct json_value *value)
{
	(void)context;
	return value->depth == 0;
}

/* Reports what is directly in a container. */
static void
scan_inside(struct span value, void (*inside)(void *context,
    const struct json_value *value), void *context)
{
	const struct json_visitor visitor = { open_outermost, inside, context,
	    true };

	if (json_begins(value, '{') || json_begins(value, '['))
		(void)json_scan(value.bytes, value.length, &visitor, NULL);
}

/* ---- members ---- */

static void
on_member(void *context, const struct json_value *value)
{
	struct json_members *members = context;

	if (value->depth == 1 && value->key.bytes != NULL &&
	    members->count < JSON_MEMBERS_MAX)
		members->list[members->count++] = *value;
}

void
json_members(struct span value, struct json_members *members)
{
	members->count = 0;
	scan_inside(value, on_member, members);
}

struct span
json_find(const struct json_members *members, const char *name)
{
	size_t i;

	for (i = members->count; i > 0; i--)
		if (json_string_is(members->list[i - 1].key, name))
			return members->list[i - 1].bytes;
	return absent;
}

/* ---- paths ---- */

struct step {
	char name[STEP_SIZE];
	uint64_t index;		/* the same as a number */
	bool is_index;
	uint64_t passed;	/* items */
	struct span found;
};

static void
on_step(void *context, const struct json_value *value)
{
	struct step *step = context;

	if (value->depth != 1)
		return;
	if (value->key.bytes != NULL) {
		if (json_string_is(value->key, step->name))
			step->found = value->bytes;
	} else if (step->passed++ == step->index && step->is_index) {
		step->found = value->bytes;
	}
}

/* Takes the first step off a path; false if it is too long. */
static bool
take_step(const char **path, struct step *step)
{
	size_t length = strcspn(*path, ".");

	memset(step, 0, sizeof *step);
	if (length >= STEP_SIZE)
		return false;
	memcpy(step->name, *path, length);
	step->is_index = decimal_read(step->name, length, UINT32_MAX,
	    &step->index);
	*path += length + ((*path)[length] == '.');
	return true;
}

struct span
json_at(struct span value, const char *path)
{
	struct step step;

	while (*path != '\0' && value.bytes != NULL) {
		if (!take_step(&path, &step))
			return absent;
		scan_inside(value, on_step, &step);
		value = step.found;
	}
	return value;
}

/* ---- items ---- */

struct each {
	void (*item)(void *context, struct span value);
	void *context;
	size_t count;
};

static void
on_item(void *context, const struct json_value *value)
{
	struct each *each = context;

	if (value->depth != 1)
		return;
	each->count++;
	if (each->item != NULL)
		each->item(each->context, value->bytes);
}

size_t
json_each(struct span value, void (*item)(void *context, struct span value),
    void *context)
{
	struct each each = { item, context, 0 };

	if (json_begins(value, '['))
		scan_inside(value, on_item, &each);
	return each.count;
}

struct span
json_trim(struct span text)
{
	while (text.length > 0 && json_is_space(*text.bytes)) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 && json_is_space(text.bytes[text.length - 1]))
		text.length--;
	return text;
}
