#include "payload/repeat.h"

#include "payload/json.h"
#include "payload/json_string.h"
#include "payload/name.h"

#include <string.h>

/* A string's inside, or a number; absent if it is not an id. */
static struct span
id_of(const struct json_value *value)
{
	struct span id = { NULL, 0 };

	if (value->kind == JSON_NUMBER)
		id = value->bytes;
	else if (value->kind == JSON_STRING && value->bytes.length > 2)
		id = json_string_inside(value->bytes);
	return id;
}

bool
repeat_is_time(struct span token)
{
	return token.bytes != NULL && !span_is(token, "null") &&
	    !span_is(token, "0") && !span_is(token, "\"\"");
}

/* ---- the ids of an update ---- */

/* In the order in which meta_id prefers them. */
enum id {
	ID_MESSAGE,
	ID_POSTBACK,
	ID_REACTION,
	ID_READ,
	ID_LEADGEN,
	ID_COMMENT,
	ID_POST,
	ID_ITSELF,
	ID_READ_MARK,		/* the last two are never a meta_id */
	ID_DELIVERY_MARK,
	ID_COUNT
};

#define BIT(id) (1u << (id))

/* Where they are: in an object in the item or value, or directly in it. */
static const struct {
	enum name parent;
	enum name key;
} places[ID_COUNT] = {
	[ID_MESSAGE] = { NAME_MESSAGE, NAME_MID },
	[ID_POSTBACK] = { NAME_POSTBACK, NAME_MID },
	[ID_REACTION] = { NAME_REACTION, NAME_MID },
	[ID_READ] = { NAME_READ, NAME_MID },
	[ID_LEADGEN] = { NAME_OTHER, NAME_LEADGEN_ID },
	[ID_COMMENT] = { NAME_OTHER, NAME_COMMENT_ID },
	[ID_POST] = { NAME_OTHER, NAME_POST_ID },
	[ID_ITSELF] = { NAME_OTHER, NAME_ID },
	[ID_READ_MARK] = { NAME_READ, NAME_WATERMARK },
	[ID_DELIVERY_MARK] = { NAME_DELIVERY, NAME_WATERMARK }
};

struct finding {
	unsigned depth;		/* of the item or value */
	enum name parent;	/* its member that is open */
	unsigned ids;		/* BIT(enum id) */
	struct span texts[ID_COUNT];
	bool stamp;		/* `timestamp` is there, */
	bool reaction_stamp;	/* and in the reaction */
	bool recurs;		/* its verb or item rules out the ids of (e) */
};

static bool
open_ids(void *context, const struct json_value *value)
{
	struct finding *finding = context;

	if (value->kind != JSON_OBJECT)
		return false;
	if (value->depth < finding->depth)
		return true;	/* the change around the value */
	if (value->depth == finding->depth)
		return value->depth == 0 ||
		    name_of(value->key) == NAME_VALUE;
	finding->parent = name_of(value->key);
	return value->depth == finding->depth + 1 &&
	    (finding->parent == NAME_MESSAGE ||
	    finding->parent == NAME_POSTBACK ||
	    finding->parent == NAME_REACTION ||
	    finding->parent == NAME_READ || finding->parent == NAME_DELIVERY);
}

static void
find_id(struct finding *finding, enum name parent, enum name key,
    const struct json_value *value)
{
	struct span text = id_of(value);
	enum id id;

	if (text.bytes == NULL)
		return;
	if (key == NAME_WATERMARK && !repeat_is_time(value->bytes))
		return;
	for (id = ID_MESSAGE; id < ID_COUNT; id++)
		if (places[id].parent == parent && places[id].key == key) {
			finding->ids |= BIT(id);
			finding->texts[id] = text;
		}
}

static bool
is_stamp(enum name name, const struct json_value *value)
{
	return name == NAME_TIMESTAMP && id_of(value).bytes != NULL &&
	    repeat_is_time(value->bytes);
}

static void
find_member(struct finding *finding, const struct json_value *value)
{
	enum name name = name_of(value->key);
	struct span text = id_of(value);

	finding->stamp |= is_stamp(name, value);
	if (name == NAME_VERB)
		finding->recurs |= value->kind != JSON_STRING ||
		    (!json_string_is(value->bytes, "add") &&
		    !json_string_is(value->bytes, "remove"));
	else if (name == NAME_ITEM)
		finding->recurs |= value->kind == JSON_STRING &&
		    (json_string_is(value->bytes, "like") ||
		    json_string_is(value->bytes, "reaction"));
	else if (text.bytes != NULL)
		find_id(finding, NAME_OTHER, name, value);
}

static void
value_ids(void *context, const struct json_value *value)
{
	struct finding *finding = context;
	enum name name;

	if (value->depth == finding->depth + 1) {
		find_member(finding, value);
	} else if (value->depth == finding->depth + 2) {
		name = name_of(value->key);
		find_id(finding, finding->parent, name, value);
		finding->reaction_stamp |= finding->parent == NAME_REACTION &&
		    is_stamp(name, value);
	}
}

static bool
field_is(struct span field, const char *text)
{
	return field.bytes != NULL && json_string_is(field, text);
}

/* Rules (a) to (e) of the header. */
static bool
has_own_id(const struct update *update, const struct finding *finding)
{
	const unsigned certain = BIT(ID_MESSAGE) | BIT(ID_POSTBACK) |
	    BIT(ID_READ) | BIT(ID_READ_MARK) | BIT(ID_DELIVERY_MARK);
	unsigned ids = finding->ids;

	if (update_array_is_whatsapp(update->array))
		return ids & BIT(ID_ITSELF);
	if (ids & certain)
		return true;
	if (ids & BIT(ID_REACTION) &&
	    (finding->stamp || finding->reaction_stamp))
		return true;
	if (update->array == UPDATE_MESSAGING ||
	    update->array == UPDATE_STANDBY)
		return finding->stamp;
	if (field_is(update->field, "leadgen"))
		return ids & BIT(ID_LEADGEN);
	if (field_is(update->field, "comments") ||
	    field_is(update->field, "live_comments"))
		return ids & BIT(ID_ITSELF);
	return field_is(update->field, "feed") && !finding->recurs &&
	    ids & (BIT(ID_COMMENT) | BIT(ID_POST));
}

/* Chooses meta_id. A WhatsApp item has only its id, and an item of messaging
 * has none of the ids that a value has. */
static struct span
first_id(const struct update *update, const struct finding *finding)
{
	const struct span none = { NULL, 0 };
	enum id id = ID_MESSAGE, last = ID_ITSELF;

	if (update_array_is_whatsapp(update->array))
		id = ID_ITSELF;
	else if (update->array == UPDATE_MESSAGING ||
	    update->array == UPDATE_STANDBY)
		last = ID_READ;
	for (; id <= last; id++)
		if (finding->ids & BIT(id))
			return finding->texts[id];
	return none;
}

/* ---- indistinct, and samples ---- */

static bool
open_until_true(void *context, const struct json_value *value)
{
	const bool *found = context;

	(void)value;
	return !*found;
}

/* Whether it is empty: [], {} or "", with or without blanks in it. */
static bool
is_empty(const struct json_value *value)
{
	size_t i;

	if (value->kind == JSON_STRING)
		return value->bytes.length == 2;
	if (value->kind != JSON_ARRAY && value->kind != JSON_OBJECT)
		return false;
	for (i = 1; i + 1 < value->bytes.length; i++)
		if (strchr(" \t\r\n", value->bytes.bytes[i]) == NULL)
			return false;
	return true;
}

static void
value_stamp(void *context, const struct json_value *value)
{
	bool *found = context;
	enum name name;

	if (*found || value->key.bytes == NULL)
		return;
	name = name_of(value->key);
	*found = (name == NAME_TIMESTAMP || name == NAME_CREATED_TIME) &&
	    value->kind != JSON_NULL && !is_empty(value);
}

/* Whether a text has a member that says when it happened, at any depth. */
static bool
has_stamp(struct span text)
{
	bool found = false;
	const struct json_visitor visitor = { open_until_true, value_stamp,
	    &found, false };

	(void)json_scan(text.bytes, text.length, &visitor, NULL);
	return found;
}

/* The entries of a body, or of each object in an array of them. */
struct samples {
	unsigned depth;		/* of the object that has `entry` */
	bool any;		/* an entry's id is "0", */
	bool other;		/* and another's is not */
	bool id;		/* the open entry has an id */
	bool entries;		/* the open object has `entry`, */
	struct json_value target; /* and target_id */
};

static void
count_id(struct samples *samples, const struct json_value *value)
{
	if (span_is(id_of(value), "0"))
		samples->any = true;
	else
		samples->other = true;
}

static bool
open_samples(void *context, const struct json_value *value)
{
	struct samples *samples = context;
	unsigned level;

	if (value->depth == 0 && value->kind == JSON_ARRAY)
		samples->depth = 1;
	if (value->depth < samples->depth)
		return true;
	level = value->depth - samples->depth;
	if (level == 1)
		return value->kind == JSON_ARRAY &&
		    name_of(value->key) == NAME_ENTRY;
	return level < 3 && value->kind == JSON_OBJECT;
}

static void
value_samples(void *context, const struct json_value *value)
{
	struct samples *samples = context;
	unsigned level = value->depth - samples->depth;
	enum name name = value->key.bytes == NULL ? NAME_OTHER :
	    name_of(value->key);

	if (value->depth < samples->depth)
		return;
	if (level == 3 && name == NAME_ID) {
		samples->id = true;
		count_id(samples, value);
	} else if (level == 2) {
		samples->other |= !samples->id;
		samples->id = false;
	} else if (level == 1) {
		samples->entries |= name == NAME_ENTRY;
		if (name == NAME_TARGET_ID)
			samples->target = *value;
	} else if (level == 0) {
		/* An object of Threads counts as an entry. */
		if (!samples->entries && samples->target.key.bytes != NULL)
			count_id(samples, &samples->target);
		samples->entries = false;
		samples->target.key.bytes = NULL;
	}
}

enum repeat
repeat_of_indistinct_body(struct span body)
{
	struct samples samples = { 0 };
	const struct json_visitor visitor = { open_samples, value_samples,
	    &samples, false };

	(void)json_scan(body.bytes, body.length, &visitor, NULL);
	return samples.any && !samples.other ? REPEAT_NEVER : REPEAT_SOON;
}

/* ---- what the header offers ---- */

void
repeat_look_at(const struct update *update, struct repeat_look *look)
{
	struct finding finding = { .depth = update->array == UPDATE_CHANGES };
	const struct json_visitor visitor = { open_ids, value_ids, &finding,
	    false };

	if (update->array != UPDATE_CHANGED_FIELDS)
		(void)json_scan(update->bytes.bytes, update->bytes.length,
		    &visitor, NULL);
	look->own_id = has_own_id(update, &finding);
	look->meta_id = first_id(update, &finding);
	look->distinct = look->own_id || repeat_is_time(update->entry_time) ||
	    has_stamp(update->bytes);
	if (span_is(update->entry_id, "0"))
		look->repeat = REPEAT_NEVER;
	else
		look->repeat = look->distinct ? REPEAT_IN_WINDOW : REPEAT_SOON;
}

void
repeat_sum_up(struct repeat_sum *sum, const struct update *update)
{
	struct repeat_look look;

	sum->updates++;
	sum->no_sample |= !span_is(update->entry_id, "0");
	if (sum->no_own_id && sum->distinct)
		return;
	repeat_look_at(update, &look);
	sum->no_own_id |= !look.own_id;
	sum->distinct |= look.distinct;
}

enum repeat
repeat_of_body(const struct repeat_sum *sum, struct span body)
{
	if (sum->updates > 0 && sum->no_sample)
		return sum->distinct ? REPEAT_IN_WINDOW : REPEAT_SOON;
	if (sum->updates > 0 ||
	    repeat_of_indistinct_body(body) == REPEAT_NEVER)
		return REPEAT_NEVER;
	return has_stamp(body) ? REPEAT_IN_WINDOW : REPEAT_SOON;
}
