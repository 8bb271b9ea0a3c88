#include "relay/sql_row.h"

#include "relay/sql_text.h"
#include "relay/sql_wire.h"

#include <string.h>

/* More than all values but the spans need: their lengths, numbers, names. */
#define BASE 512

struct span
sql_row_key(const struct record *record)
{
	return record->repeat_key.bytes != NULL ? record->repeat_key :
	    record->id;
}

/* What is between the quotes of a string; any other token as it is. */
static struct span
inside(struct span token)
{
	if (token.length < 2 || *token.bytes != '"')
		return token;
	return (struct span){ token.bytes + 1, token.length - 2 };
}

static void
put_text(struct buffer *out, const char *text)
{
	sql_wire_value(out, (struct span){ text, strlen(text) });
}

static void
put_number(struct buffer *out, uint64_t number)
{
	char bytes[8];

	sql_wire_64(number, bytes);
	sql_wire_value(out, (struct span){ bytes, sizeof bytes });
}

static void
put_bool(struct buffer *out, bool value)
{
	sql_wire_value(out, (struct span){ value ? "\1" : "\0", 1 });
}

static void
put_null(struct buffer *out)
{
	sql_wire_value(out, (struct span){ NULL, 0 });
}

/* The order is that of the columns in sql_text.c. */
static void
put_common(struct buffer *out, const struct record *record,
    const char *journal)
{
	put_text(out, journal);
	put_number(out, record->seq);
	put_number(out, (uint64_t)sql_wire_stamp(record->received_at));
	sql_wire_value(out, record->id);
	sql_wire_value(out, sql_row_key(record));
	sql_wire_value(out, record->endpoint);
	sql_wire_value(out, inside(record->object));
	sql_wire_value(out, record->signature);
	sql_wire_value(out, record->repeat_key);
	put_bool(out, !record->indistinct);
	sql_wire_value(out, record->relayed);
	put_bool(out, record->reformatted);
	sql_wire_value(out, record->payload);
}

static void
put_update(struct buffer *out, const struct record *record)
{
	bool update = record->update.bytes != NULL;

	sql_wire_value(out, record->delivery_id);
	if (update) {
		put_number(out, record->update_index);
		put_number(out, record->update_count);
	} else {
		put_null(out);
		put_null(out);
	}
	sql_wire_value(out, record->entry_id);
	sql_wire_value(out, inside(record->entry_time));
	if (update)
		put_text(out, update_array_name(record->array));
	else
		put_null(out);
	sql_wire_value(out, inside(record->field));
	sql_wire_value(out, record->meta_id);
	sql_wire_value(out, record->envelope);
	sql_wire_value(out, record->entry);
	sql_wire_value(out, record->value);
	sql_wire_value(out, record->update);
}

/* The bytes of all spans. */
static size_t
sum(const struct record *record)
{
	return record->id.length + sql_row_key(record).length +
	    record->endpoint.length + record->object.length +
	    record->signature.length + record->repeat_key.length +
	    record->relayed.length + record->payload.length +
	    record->delivery_id.length + record->entry_id.length +
	    record->entry_time.length + record->field.length +
	    record->meta_id.length + record->envelope.length +
	    record->entry.length + record->value.length +
	    record->update.length;
}

enum error
sql_row_append(struct buffer *out, const struct record *record,
    const char *journal)
{
	enum error error = buffer_reserve(out, BASE + sum(record));

	if (error != ERR_NONE)
		return error;
	sql_wire_16(SQL_COLUMNS, out->bytes + out->length);
	out->length += 2;
	put_common(out, record, journal);
	put_update(out, record);
	return ERR_NONE;
}
