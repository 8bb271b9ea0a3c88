#include "payload/survey.h"

#include "payload/json_look.h"
#include "payload/json_string.h"

static const struct span absent;

/* The way from the top to the next update. */
struct way {
	void (*found)(void *context, const struct survey_update *update);
	void *context;
	struct survey_update update;	/* what is known of it so far */
	size_t count;			/* of updates found */
	size_t looks;			/* at containers: bounds the work */
};

static void
report(struct way *way, enum update_array array, struct span field,
    struct span item)
{
	if (way->count == SURVEY_UPDATES_MAX)
		return;
	way->count++;
	way->update.array = array;
	way->update.field = field;
	way->update.item = item;
	way->found(way->context, &way->update);
}

/* Lists an object's members; false if it is none, or enough was looked at. */
static bool
look_into(struct way *way, struct span value, struct json_members *members)
{
	if (!json_begins(value, '{') ||
	    way->looks++ >= 3 * SURVEY_UPDATES_MAX)
		return false;
	json_members(value, members);
	return true;
}

static struct span
string_of(struct span value)
{
	return json_begins(value, '"') ? value : absent;
}

/* An id: the inside of a string, or a number. */
static struct span
id_of(struct span value)
{
	if (json_begins(value, '"'))
		return json_string_inside(value);
	if (value.bytes == NULL || (*value.bytes != '-' &&
	    (*value.bytes < '0' || *value.bytes > '9')))
		return absent;
	return value;
}

/* ---- changes ---- */

static void
found_part(void *context, struct span item)
{
	struct way *way = context;

	report(way, way->update.array, way->update.field, item);
}

/* The items of WhatsApp's arrays in a value; false if there are none. */
static bool
survey_parts(struct way *way, struct span field, struct span value)
{
	struct json_members members;
	size_t items = 0, i;

	if (!look_into(way, value, &members))
		return false;
	way->update.around = value;
	for (i = 0; i < members.count; i++) {
		enum update_array array = UPDATE_MESSAGES;

		while (array <= UPDATE_CALLS &&
		    !json_string_is(members.list[i].key,
		    update_array_name(array)))
			array++;
		way->update.array = array;
		way->update.field = field;
		if (update_array_is_whatsapp(array))
			items += json_each(members.list[i].bytes, found_part,
			    way);
	}
	way->update.around = absent;
	return items > 0;
}

/* An object with field and value. */
static bool
survey_pair(struct way *way, enum update_array array,
    const struct json_members *members)
{
	struct span field = string_of(json_find(members, "field"));
	struct span value = json_find(members, "value");

	if (value.bytes == NULL)
		return false;
	if (!survey_parts(way, field, value))
		report(way, array, field, value);
	return true;
}

static void
found_change(void *context, struct span change)
{
	struct way *way = context;
	struct json_members members;

	if (!look_into(way, change, &members))
		report(way, UPDATE_CHANGES, absent, change);
	else if (!survey_pair(way, UPDATE_CHANGES, &members))
		report(way, UPDATE_CHANGES,
		    string_of(json_find(&members, "field")), change);
}

/* ---- entries ---- */

static void
found_messaging(void *context, struct span item)
{
	static const struct span name = { "\"messaging\"", 11 };

	report(context, UPDATE_MESSAGING, name, item);
}

static void
found_standby(void *context, struct span item)
{
	static const struct span name = { "\"standby\"", 9 };

	report(context, UPDATE_STANDBY, name, item);
}

static void
survey_array(struct way *way, const struct json_value *member)
{
	if (json_string_is(member->key, "changes"))
		(void)json_each(member->bytes, found_change, way);
	else if (json_string_is(member->key, "messaging"))
		(void)json_each(member->bytes, found_messaging, way);
	else if (json_string_is(member->key, "standby"))
		(void)json_each(member->bytes, found_standby, way);
	else if (json_string_is(member->key, "changed_fields"))
		report(way, UPDATE_CHANGED_FIELDS, absent, member->bytes);
}

static void
found_entry(void *context, struct span entry)
{
	struct way *way = context;
	struct json_members members;
	size_t before = way->count, i;

	way->update.entry_id = absent;
	if (look_into(way, entry, &members)) {
		way->update.entry_id = id_of(json_find(&members, "id"));
		for (i = 0; i < members.count; i++)
			survey_array(way, &members.list[i]);
		if (way->count > before || survey_pair(way, UPDATE_FIELD,
		    &members))
			return;
	}
	report(way, UPDATE_ARRAYS, absent, entry);
}

/* ---- the outermost objects ---- */

/* Threads: field and value, without a change around them. */
static void
found_values(void *context, struct span pair)
{
	struct way *way = context;
	struct json_members members;

	if (!look_into(way, pair, &members) ||
	    !survey_pair(way, UPDATE_VALUES, &members))
		report(way, UPDATE_VALUES, absent, pair);
}

/* Calls `found` for the items of an array, or for the value itself. */
static void
each_or_self(struct way *way, struct span value, void (*found)(void *context,
    struct span value))
{
	if (json_begins(value, '['))
		(void)json_each(value, found, way);
	else if (value.bytes != NULL)
		found(way, value);
}

static void
found_body(void *context, struct span body)
{
	struct way *way = context;
	struct json_members members;
	size_t before = way->count;
	struct span entry, values;

	way->update.object = way->update.entry_id = absent;
	if (look_into(way, body, &members)) {
		way->update.object = string_of(json_find(&members, "object"));
		entry = json_find(&members, "entry");
		values = json_find(&members, "values");
		each_or_self(way, entry, found_entry);
		if (entry.bytes == NULL)
			way->update.entry_id = id_of(json_find(&members,
			    "target_id"));
		each_or_self(way, values, found_values);
		if (way->count > before || survey_pair(way, UPDATE_FIELD,
		    &members))
			return;
	}
	report(way, UPDATE_ARRAYS, absent, body);
}

/* ---- an update's line ---- */

static void
survey_line(struct way *way, const struct record *record)
{
	way->update.object = record->object;
	way->update.entry_id = record->entry_id;
	if (record->array == UPDATE_CHANGES) {
		found_change(way, record->update);
		return;
	}
	way->update.around = record->value;
	report(way, record->array, record->field, record->update);
}

size_t
survey(const struct record *record, void (*found)(void *context,
    const struct survey_update *update), void *context)
{
	struct way way = { .found = found, .context = context };
	struct span payload = json_trim(record->payload);

	if (record->update.bytes != NULL) {
		survey_line(&way, record);
		return way.count;
	}
	each_or_self(&way, payload, found_body);
	if (way.count == 0)		/* an empty array */
		report(&way, UPDATE_ARRAYS, absent, payload);
	return way.count;
}
