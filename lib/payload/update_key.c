#include "payload/update_key.h"

#include "base/digits.h"
#include "payload/json.h"
#include "payload/json_string.h"

#include <string.h>

#define PARTS 6
#define NUMBER_MAX (DECIMAL_SIZE + 1)	/* a size_t in decimal and ':' */

/* The levels of a change, as json_value's depth counts them. */
enum level {
	LEVEL_CHANGE,
	LEVEL_MEMBER,		/* field, value */
	LEVEL_VALUE,		/* members of value */
	LEVEL_INSIDE,		/* of value.message, items of value.messages */
	LEVEL_DEEP		/* members of an item of value.messages */
};

/* What is known of a change so far. */
struct look {
	struct span parent;	/* the container that is open at LEVEL_VALUE */
	bool comments;		/* `field` makes value.id a comment's */
	bool id;		/* value.id is there */
	bool post;		/* comment_id or post_id is there */
	bool recurs;		/* `verb` or `item` speaks against these two */
	bool own;		/* one of the others is there */
};

/* Objects in `value`, and the members that count in them. */
static const struct {
	const char *parent;
	const char *key;
} inside_ids[] = {
	{ "message", "mid" },
	{ "postback", "mid" },
	{ "reaction", "mid" },
	{ "read", "mid" },
	{ "read", "watermark" },
	{ "delivery", "watermark" }
};

static bool
is_id(const struct json_value *value)
{
	return value->kind == JSON_NUMBER ||
	    (value->kind == JSON_STRING && value->bytes.length > 2);
}

/* A string that is one of the two. */
static bool
is_either(const struct json_value *value, const char *one, const char *other)
{
	return value->kind == JSON_STRING &&
	    (json_string_is(value->bytes, one) ||
	    json_string_is(value->bytes, other));
}

static bool
is_list(struct span key)
{
	return json_string_is(key, "messages") ||
	    json_string_is(key, "statuses");
}

static bool
on_open(void *context, const struct json_value *value)
{
	struct look *look = context;
	bool object = value->kind == JSON_OBJECT;

	switch (value->depth) {
	case LEVEL_CHANGE:
		return object;
	case LEVEL_MEMBER:
		return object && json_string_is(value->key, "value");
	case LEVEL_VALUE:
		look->parent = value->key;
		return object || is_list(value->key);
	case LEVEL_INSIDE:
		return object && value->key.bytes == NULL;
	default:
		return false;
	}
}

static void
value_member(struct look *look, const struct json_value *value)
{
	struct span key = value->key;

	if (json_string_is(key, "verb"))
		look->recurs |= !is_either(value, "add", "remove");
	else if (json_string_is(key, "item"))
		look->recurs |= is_either(value, "like", "reaction");
	if (!is_id(value))
		return;
	if (json_string_is(key, "leadgen_id"))
		look->own = true;
	else if (json_string_is(key, "comment_id") ||
	    json_string_is(key, "post_id"))
		look->post = true;
	else if (json_string_is(key, "id"))
		look->id = true;
}

static bool
inside_counts(struct span parent, struct span key)
{
	size_t i;

	for (i = 0; i < sizeof inside_ids / sizeof inside_ids[0]; i++)
		if (json_string_is(parent, inside_ids[i].parent) &&
		    json_string_is(key, inside_ids[i].key))
			return true;
	return false;
}

static void
on_value(void *context, const struct json_value *value)
{
	struct look *look = context;

	switch (value->depth) {
	case LEVEL_MEMBER:
		if (json_string_is(value->key, "field"))
			look->comments |= is_either(value, "comments",
			    "live_comments");
		break;
	case LEVEL_VALUE:
		value_member(look, value);
		break;
	case LEVEL_INSIDE:
		if (value->key.bytes != NULL && is_id(value))
			look->own |= inside_counts(look->parent, value->key);
		break;
	case LEVEL_DEEP:
		if (is_id(value))
			look->own |= json_string_is(value->key, "id");
		break;
	default:
		break;
	}
}

bool
update_has_own_id(enum update_array array, struct span bytes)
{
	struct look look = { 0 };
	const struct json_visitor visitor = { on_open, on_value, &look,
	    false };

	if (array != UPDATE_CHANGES)
		return array != UPDATE_CHANGED_FIELDS;
	if (!json_scan(bytes.bytes, bytes.length, &visitor, NULL))
		return false;
	return look.own || (look.post && !look.recurs) ||
	    (look.id && look.comments);
}

const char *
update_array_name(enum update_array array)
{
	static const char *const array_names[] = {
		[UPDATE_CHANGES] = "changes",
		[UPDATE_MESSAGING] = "messaging",
		[UPDATE_STANDBY] = "standby",
		[UPDATE_CHANGED_FIELDS] = "changed_fields"
	};

	return array_names[array];
}

/* Writes the number into `out` and returns it. */
static struct span
decimal(size_t number, char out[NUMBER_MAX], bool colon)
{
	size_t length = decimal_write(number, out);

	if (colon)
		out[length++] = ':';
	return (struct span){ out, length };
}

void
update_key_first(const struct update_key *key, record_hash *hash,
    uint8_t id[RECORD_HASH_SIZE])
{
	const struct span null = { "null", 4 }, nothing = { "", 0 };
	const char *array = update_array_name(key->array);
	struct span values[PARTS], parts[2 * PARTS];
	char numbers[PARTS][NUMBER_MAX];
	size_t i;

	values[0] = key->endpoint;
	values[1] = key->object.bytes != NULL ? key->object : null;
	values[2] = key->entry_id;
	values[3] = (struct span){ array, strlen(array) };
	values[4] = key->entry_time.bytes != NULL ? key->entry_time : null;
	if (update_has_own_id(key->array, key->bytes))
		values[4] = nothing;
	values[5] = key->bytes;
	for (i = 0; i < PARTS; i++) {
		parts[2 * i] = decimal(values[i].length, numbers[i], true);
		parts[2 * i + 1] = values[i];
	}
	hash(parts, 2 * PARTS, id);
}

void
update_key_next(const uint8_t first[RECORD_HASH_SIZE], size_t ordinal,
    record_hash *hash, uint8_t id[RECORD_HASH_SIZE])
{
	char number[NUMBER_MAX];
	struct span parts[2];

	parts[0].bytes = (const char *)first;
	parts[0].length = RECORD_HASH_SIZE;
	parts[1] = decimal(ordinal, number, false);
	hash(parts, 2, id);
}
