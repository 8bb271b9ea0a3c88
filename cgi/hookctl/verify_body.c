#include "hookctl/verify_body.h"

#include <string.h>

/* A body that is being written. */
struct writer {
	struct buffer *out;
	enum error error;
};

static void
put(struct writer *writer, struct span span)
{
	if (writer->error == ERR_NONE)
		writer->error = buffer_append(writer->out, span.bytes,
		    span.length);
}

static void
text(struct writer *writer, const char *text)
{
	put(writer, (struct span){ text, strlen(text) });
}

/* Writes `before` and the value; nothing if the value is absent. */
static void
member(struct writer *writer, const char *before, struct span value)
{
	if (value.bytes == NULL)
		return;
	text(writer, before);
	put(writer, value);
}

/* Writes the members of an object, and a comma. */
static void
members(struct writer *writer, struct span object)
{
	if (object.bytes == NULL)
		return;
	put(writer, (struct span){ object.bytes + 1, object.length - 2 });
	text(writer, ",");
}

/* An update of Threads. */
static void
values_body(struct writer *writer, const struct head *head)
{
	member(writer, "\"target_id\":", head->values[HEAD_ENTRY_ID]);
	member(writer, ",\"time\":", head_token(head, HEAD_ENTRY_TIME));
	text(writer, ",\"values\":{");
	member(writer, "\"field\":", head_token(head, HEAD_FIELD));
	if (head_token(head, HEAD_FIELD).bytes != NULL)
		text(writer, ",");
	member(writer, "\"value\":", head->values[HEAD_UPDATE]);
	text(writer, "}}");
}

/* An entry's array, or its field and value. */
static void
entry_content(struct writer *writer, const struct head *head)
{
	const struct span *values = head->values;
	struct span array = values[HEAD_ARRAY];
	const bool whole = span_is(array, "\"changed_fields\"");

	if (span_is(array, "\"field\"")) {
		member(writer, ",\"field\":", values[HEAD_FIELD]);
		member(writer, ",\"value\":", values[HEAD_UPDATE]);
		return;
	}
	if (span_is(array, "\"changes\"") || span_is(array, "\"messaging\"") ||
	    span_is(array, "\"standby\"") || whole) {
		text(writer, ",");
		put(writer, array);
		member(writer, whole ? ":" : ":[", values[HEAD_UPDATE]);
		text(writer, whole ? "" : "]");
		return;
	}
	member(writer, ",\"changes\":[{\"field\":", values[HEAD_FIELD]);
	text(writer, ",\"value\":{");
	members(writer, values[HEAD_VALUE]);
	put(writer, array);
	member(writer, ":[", values[HEAD_UPDATE]);
	text(writer, "]}}]");
}

enum error
body_of_update(const struct head *head, struct buffer *body)
{
	struct writer writer = { body, ERR_NONE };
	struct span object = head_token(head, HEAD_OBJECT);

	body->length = 0;
	text(&writer, "{");
	member(&writer, "\"object\":", object);
	if (object.bytes != NULL)
		text(&writer, ",");
	members(&writer, head->values[HEAD_ENVELOPE]);
	if (span_is(head->values[HEAD_ARRAY], "\"values\"")) {
		values_body(&writer, head);
		return writer.error;
	}
	text(&writer, "\"entry\":[{");
	members(&writer, head->values[HEAD_ENTRY]);
	member(&writer, "\"id\":", head->values[HEAD_ENTRY_ID]);
	member(&writer, ",\"time\":", head_token(head, HEAD_ENTRY_TIME));
	entry_content(&writer, head);
	text(&writer, "}]}");
	return writer.error;
}
