#include "payload/record.h"

#include "base/clock.h"
#include "base/digits.h"
#include "payload/json.h"
#include "payload/json_string.h"

#include <string.h>

#define SEQ_MOST UINT64_C(9999999999999999999)	/* 19 digits */
#define INDEX_MOST 999999999

bool
record_id_ok(struct span id)
{
	return id.length == RECORD_ID_LENGTH &&
	    hex_is_lower(id.bytes, id.length);
}

enum member {
	MEMBER_SEQ,
	MEMBER_RECEIVED_AT,
	MEMBER_ID,
	MEMBER_ENDPOINT,
	MEMBER_OBJECT,
	MEMBER_DISTINCT,
	MEMBER_RELAYED,
	MEMBER_REFORMATTED,
	MEMBER_SIGNATURE,
	MEMBER_REPEAT_KEY,
	MEMBER_PAYLOAD,
	MEMBER_DELIVERY_ID,
	MEMBER_UPDATE_INDEX,
	MEMBER_UPDATE_COUNT,
	MEMBER_ENTRY_ID,
	MEMBER_ENTRY_TIME,
	MEMBER_ARRAY,
	MEMBER_FIELD,
	MEMBER_META_ID,
	MEMBER_ENVELOPE,
	MEMBER_ENTRY,
	MEMBER_VALUE,
	MEMBER_UPDATE,
	MEMBER_COUNT
};

#define BIT(member) (1u << (member))
#define COMMON (BIT(MEMBER_SEQ) | BIT(MEMBER_RECEIVED_AT) | BIT(MEMBER_ID) | \
	BIT(MEMBER_ENDPOINT) | BIT(MEMBER_OBJECT))
#define NOTIFICATION (COMMON | BIT(MEMBER_SIGNATURE) | BIT(MEMBER_PAYLOAD))
#define UPDATE (COMMON | BIT(MEMBER_DELIVERY_ID) | BIT(MEMBER_UPDATE_INDEX) | \
	BIT(MEMBER_UPDATE_COUNT) | BIT(MEMBER_ENTRY_ID) | \
	BIT(MEMBER_ENTRY_TIME) | BIT(MEMBER_ARRAY) | BIT(MEMBER_FIELD) | \
	BIT(MEMBER_UPDATE))
/* Optional members: those of both kinds of line, and those of one kind. */
#define MARKS (BIT(MEMBER_COUNT) | BIT(MEMBER_DISTINCT) | \
	BIT(MEMBER_RELAYED) | BIT(MEMBER_REFORMATTED))
#define NOTIFICATION_MAY BIT(MEMBER_REPEAT_KEY)
#define UPDATE_MAY (BIT(MEMBER_META_ID) | BIT(MEMBER_ENVELOPE) | \
	BIT(MEMBER_ENTRY) | BIT(MEMBER_VALUE))

struct decoder {
	struct record *record;
	const char *end;	/* of the line: its closing brace */
	unsigned seen;		/* BIT(member) */
	bool closed;		/* payload or update has been read */
	bool wrong;
};

static const char *const member_names[MEMBER_COUNT] = {
	[MEMBER_SEQ] = "seq",
	[MEMBER_RECEIVED_AT] = "received_at",
	[MEMBER_ID] = "id",
	[MEMBER_ENDPOINT] = "endpoint",
	[MEMBER_OBJECT] = "object",
	[MEMBER_DISTINCT] = "distinct",
	[MEMBER_RELAYED] = "relayed",
	[MEMBER_REFORMATTED] = "reformatted",
	[MEMBER_SIGNATURE] = "signature",
	[MEMBER_REPEAT_KEY] = "repeat_key",
	[MEMBER_PAYLOAD] = "payload",
	[MEMBER_DELIVERY_ID] = "delivery_id",
	[MEMBER_UPDATE_INDEX] = "update_index",
	[MEMBER_UPDATE_COUNT] = "update_count",
	[MEMBER_ENTRY_ID] = "entry_id",
	[MEMBER_ENTRY_TIME] = "entry_time",
	[MEMBER_ARRAY] = "array",
	[MEMBER_FIELD] = "field",
	[MEMBER_META_ID] = "meta_id",
	[MEMBER_ENVELOPE] = "envelope",
	[MEMBER_ENTRY] = "entry",
	[MEMBER_VALUE] = "value",
	[MEMBER_UPDATE] = "update"
};

/* ---- values: false if the member may not have this one ---- */

/* Reads a whole number without sign, fraction or exponent. */
static bool
read_number(const struct json_value *value, uint64_t most, uint64_t *number)
{
	return value->kind == JSON_NUMBER && decimal_read(value->bytes.bytes,
	    value->bytes.length, most, number);
}

static bool
read_index(const struct json_value *value, size_t *index)
{
	uint64_t number;

	if (!read_number(value, INDEX_MOST, &number))
		return false;
	*index = (size_t)number;
	return true;
}

static bool
read_inside(const struct json_value *value, struct span *inside)
{
	if (value->kind != JSON_STRING)
		return false;
	*inside = json_string_inside(value->bytes);
	return true;
}

/* Reads a string's token, or null, which leaves `token` absent. */
static bool
read_string_or_null(const struct json_value *value, struct span *token)
{
	if (value->kind == JSON_STRING)
		*token = value->bytes;
	return value->kind == JSON_STRING || value->kind == JSON_NULL;
}

/* Reads a string's inside, or null, which leaves `inside` absent. */
static bool
read_inside_or_null(const struct json_value *value, struct span *inside)
{
	return value->kind == JSON_NULL || read_inside(value, inside);
}

static bool
read_object(const struct json_value *value, struct span *object)
{
	*object = value->bytes;
	return value->kind == JSON_OBJECT;
}

static bool
read_array(const struct json_value *value, enum update_array *array)
{
	if (value->kind != JSON_STRING)
		return false;
	for (*array = UPDATE_CHANGES; *array < UPDATE_ARRAYS; ++*array)
		if (json_string_is(value->bytes, update_array_name(*array)))
			return true;
	return false;
}

static bool
read_time(const struct json_value *value, int64_t *time)
{
	struct span text;

	return read_inside(value, &text) &&
	    text.length == CLOCK_RFC3339_LENGTH &&
	    clock_parse(text.bytes, time);
}

static bool
read_digest(const struct json_value *value, struct span *digits)
{
	return read_inside(value, digits) && record_id_ok(*digits);
}

/* Everything between the colon and the line's closing brace. */
static struct span
rest_of_line(const struct decoder *decoder, const struct json_value *value)
{
	struct span rest = { NULL, 0 };
	const char *colon = value->key.bytes + value->key.length;

	if (*colon == ':') {
		rest.bytes = colon + 1;
		rest.length = (size_t)(decoder->end - rest.bytes);
	}
	return rest;
}

static bool
read_payload(struct decoder *decoder, const struct json_value *value)
{
	decoder->closed = true;
	decoder->record->payload = rest_of_line(decoder, value);
	return decoder->record->payload.bytes != NULL;
}

static bool
read_update(struct decoder *decoder, const struct json_value *value)
{
	struct span rest = rest_of_line(decoder, value);

	decoder->closed = true;
	decoder->record->update = value->bytes;
	return rest.length == value->bytes.length;
}

static bool
read_entry_time(const struct json_value *value, struct span *token)
{
	if (value->kind != JSON_NULL)
		*token = value->bytes;
	return value->kind != JSON_ARRAY && value->kind != JSON_OBJECT;
}

/* ---- members ---- */

static bool
read_member(struct decoder *decoder, enum member member,
    const struct json_value *value)
{
	struct record *record = decoder->record;

	switch (member) {
	case MEMBER_SEQ:
		return read_number(value, SEQ_MOST, &record->seq) &&
		    record->seq > 0;
	case MEMBER_RECEIVED_AT:
		return read_time(value, &record->received_at);
	case MEMBER_ID:
		return read_digest(value, &record->id);
	case MEMBER_ENDPOINT:
		return read_inside(value, &record->endpoint);
	case MEMBER_OBJECT:
		return read_string_or_null(value, &record->object);
	case MEMBER_DISTINCT:
		record->indistinct = true;
		return value->kind == JSON_FALSE;
	case MEMBER_RELAYED:
		return read_inside(value, &record->relayed);
	case MEMBER_REFORMATTED:
		record->reformatted = true;
		return value->kind == JSON_TRUE;
	case MEMBER_SIGNATURE:
		return read_inside_or_null(value, &record->signature);
	case MEMBER_REPEAT_KEY:
		return read_digest(value, &record->repeat_key);
	case MEMBER_PAYLOAD:
		return read_payload(decoder, value);
	case MEMBER_DELIVERY_ID:
		return read_digest(value, &record->delivery_id);
	case MEMBER_UPDATE_INDEX:
		return read_index(value, &record->update_index);
	case MEMBER_UPDATE_COUNT:
		return read_index(value, &record->update_count);
	case MEMBER_ENTRY_ID:
		return read_inside(value, &record->entry_id);
	case MEMBER_ENTRY_TIME:
		return read_entry_time(value, &record->entry_time);
	case MEMBER_ARRAY:
		return read_array(value, &record->array);
	case MEMBER_FIELD:
		return read_string_or_null(value, &record->field);
	case MEMBER_META_ID:
		return read_inside(value, &record->meta_id);
	case MEMBER_ENVELOPE:
		return read_object(value, &record->envelope);
	case MEMBER_ENTRY:
		return read_object(value, &record->entry);
	case MEMBER_VALUE:
		return read_object(value, &record->value);
	case MEMBER_UPDATE:
		return read_update(decoder, value);
	case MEMBER_COUNT:
	default:
		return true;	/* one that a later version may write */
	}
}

static enum member
member_of(struct span key)
{
	enum member member;

	for (member = MEMBER_SEQ; member < MEMBER_COUNT; member++)
		if (json_string_is(key, member_names[member]))
			break;
	return member;
}

static bool
on_open(void *context, const struct json_value *value)
{
	(void)context;
	return value->depth == 0 && value->kind == JSON_OBJECT;
}

static void
on_value(void *context, const struct json_value *value)
{
	struct decoder *decoder = context;
	enum member member;

	if (value->depth == 0 || decoder->wrong)
		return;
	member = member_of(value->key);
	decoder->wrong = decoder->closed ||
	    (member != MEMBER_COUNT && decoder->seen & BIT(member)) ||
	    !read_member(decoder, member, value);
	decoder->seen |= BIT(member);
}

/* Whether exactly the members of one of the two kinds are there. */
static bool
is_complete(const struct decoder *decoder)
{
	unsigned known = decoder->seen & ~MARKS;

	return (known & ~NOTIFICATION_MAY) == NOTIFICATION ||
	    ((known & ~UPDATE_MAY) == UPDATE &&
	    decoder->record->update_index < decoder->record->update_count);
}

enum error
record_decode(const char *line, size_t length, struct record *record)
{
	struct decoder decoder = { .record = record };
	const struct json_visitor visitor = { on_open, on_value, &decoder,
	    true };
	bool newline;

	if (length > 0 && line[length - 1] == '\n')
		length--;
	if (length < 2 || line[0] != '{' || line[length - 1] != '}')
		return ERR_INPUT;
	memset(record, 0, sizeof *record);
	decoder.end = line + length - 1;
	if (!json_scan(line, length, &visitor, &newline) || newline ||
	    decoder.wrong || !is_complete(&decoder))
		return ERR_INPUT;
	return ERR_NONE;
}
