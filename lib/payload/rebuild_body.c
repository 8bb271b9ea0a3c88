#include "payload/rebuild_body.h"

#include "payload/json_look.h"
#include "payload/record_writer.h"

#include <string.h>

#define KEEP ((size_t)1 << 20)	/* bytes kept from body to body */

/* The members of an object, each with a comma after it. */
static void
put_members(struct writer *writer, struct span object)
{
	struct span inside;

	if (object.bytes == NULL)
		return;
	inside = json_trim((struct span){ object.bytes + 1,
	    object.length - 2 });
	if (inside.length == 0)
		return;
	put_span(writer, inside);
	PUT(writer, ",");
}

static void
put_array_name(struct writer *writer, const struct record *record)
{
	const char *name = update_array_name(record->array);

	PUT(writer, "\"");
	put(writer, name, strlen(name));
	PUT(writer, "\":");
}

/* The field and the value, without brackets around them. */
static void
put_pair(struct writer *writer, const struct record *record)
{
	if (record->field.bytes != NULL) {
		PUT(writer, "\"field\":");
		put_span(writer, record->field);
		PUT(writer, ",");
	}
	PUT(writer, "\"value\":");
	put_span(writer, record->update);
}

/* A change of WhatsApp, with one item in it. */
static void
put_item(struct writer *writer, const struct record *record)
{
	PUT(writer, "\"changes\":[{\"value\":{");
	put_members(writer, record->value);
	put_array_name(writer, record);
	PUT(writer, "[");
	put_span(writer, record->update);
	PUT(writer, "]},\"field\":");
	put_token(writer, record->field);
	PUT(writer, "}]");
}

/* The members of an entry that hold the update. */
static void
put_update(struct writer *writer, const struct record *record)
{
	if (update_array_is_whatsapp(record->array)) {
		put_item(writer, record);
	} else if (record->array == UPDATE_FIELD) {
		put_pair(writer, record);
	} else if (record->array == UPDATE_CHANGED_FIELDS) {
		put_array_name(writer, record);
		put_span(writer, record->update);
	} else {
		put_array_name(writer, record);
		PUT(writer, "[");
		put_span(writer, record->update);
		PUT(writer, "]");
	}
}

/* An id and a time, each with a comma after it. */
static void
put_id(struct writer *writer, const char *name, const struct record *record)
{
	put(writer, name, strlen(name));
	put_string(writer, record->entry_id);
	PUT(writer, ",");
	if (record->entry_time.bytes == NULL)
		return;
	PUT(writer, "\"time\":");
	put_span(writer, record->entry_time);
	PUT(writer, ",");
}

static void
put_entries(struct writer *writer, const struct record *record, size_t count)
{
	PUT(writer, "\"entry\":[");
	while (count-- > 0) {
		PUT(writer, "{");
		put_id(writer, "\"id\":", record);
		put_members(writer, record->entry);
		put_update(writer, record);
		PUT(writer, "}");
		if (count > 0)
			PUT(writer, ",");
	}
	PUT(writer, "]");
}

/* The shape of Threads, where a single value has no array around it. */
static void
put_values(struct writer *writer, const struct record *record, size_t count)
{
	bool one = count == 1;

	put_id(writer, "\"target_id\":", record);
	PUT(writer, "\"values\":");
	if (!one)
		PUT(writer, "[");
	while (count-- > 0) {
		PUT(writer, "{");
		put_pair(writer, record);
		PUT(writer, "}");
		if (count > 0)
			PUT(writer, ",");
	}
	if (!one)
		PUT(writer, "]");
}

enum error
rebuild_body(const struct record *record, bool alone, struct buffer *body)
{
	struct writer writer = { body, ERR_NONE };
	size_t ordinal, count;

	buffer_reset(body, KEEP);
	if (!record_ordinal(record, &ordinal))
		return ERR_INPUT;
	count = alone ? 1 : ordinal + 1;
	PUT(&writer, "{");
	if (record->object.bytes != NULL) {
		PUT(&writer, "\"object\":");
		put_span(&writer, record->object);
		PUT(&writer, ",");
	}
	put_members(&writer, record->envelope);
	if (record->array == UPDATE_VALUES)
		put_values(&writer, record, count);
	else
		put_entries(&writer, record, count);
	PUT(&writer, "}");
	return writer.error;
}
