#include "payload/record.h"

#include "payload/record_id.h"

#include <string.h>

/* ---- does a record's id hold? ---- */

/* The ordinal is not in the line, but it is never above the index. */
static enum record_check
check_update(const struct record *record, record_hash *hash)
{
	const struct update_key key = {
		.endpoint = record->endpoint,
		.object = record->object,
		.entry_id = record->entry_id,
		.entry_time = record->entry_time,
		.array = record->array,
		.bytes = record->update
	};
	uint8_t first[RECORD_HASH_SIZE], id[RECORD_HASH_SIZE];
	size_t ordinal;

	update_key_first(&key, hash, first);
	if (record_id_is(record->id, first))
		return RECORD_HOLDS;
	for (ordinal = 1; ordinal <= record->update_index &&
	    ordinal < NOTIFICATION_UPDATES_MAX; ordinal++) {
		update_key_next(first, ordinal, hash, id);
		if (record_id_is(record->id, id))
			return RECORD_HOLDS;
	}
	return RECORD_UPDATE_DIFFERS;
}

enum record_check
record_verify(const struct record *record, record_hash *hash)
{
	uint8_t digest[RECORD_HASH_SIZE];

	if (record->update.bytes != NULL)
		return check_update(record, hash);
	if (record->reformatted)
		return RECORD_UNCHECKED;
	hash(&record->payload, 1, digest);
	return record_id_is(record->id, digest) ? RECORD_HOLDS :
	    RECORD_PAYLOAD_DIFFERS;
}

/* ---- endpoint and id of a line, without reading it all ---- */

struct cursor {
	const char *p;
	const char *end;
};

static bool
take(struct cursor *cursor, char byte)
{
	if (cursor->p == cursor->end || *cursor->p != byte)
		return false;
	cursor->p++;
	return true;
}

/* A string without escapes; `inside` is what the quotes hold. */
static bool
take_string(struct cursor *cursor, struct span *inside)
{
	const char *quote;

	if (!take(cursor, '"'))
		return false;
	quote = memchr(cursor->p, '"', (size_t)(cursor->end - cursor->p));
	if (quote == NULL)
		return false;
	inside->bytes = cursor->p;
	inside->length = (size_t)(quote - cursor->p);
	cursor->p = quote + 1;
	return memchr(inside->bytes, '\\', inside->length) == NULL;
}

/* A string without escapes, or a token of letters, digits and signs. */
static bool
take_value(struct cursor *cursor, struct span *inside)
{
	if (cursor->p < cursor->end && *cursor->p == '"')
		return take_string(cursor, inside);
	inside->bytes = cursor->p;
	while (cursor->p < cursor->end && (*cursor->p == '-' ||
	    *cursor->p == '+' || *cursor->p == '.' ||
	    (*cursor->p >= '0' && *cursor->p <= '9') ||
	    (*cursor->p >= 'a' && *cursor->p <= 'z')))
		cursor->p++;
	inside->length = (size_t)(cursor->p - inside->bytes);
	return inside->length > 0;
}

static bool
span_is(struct span span, const char *text)
{
	return span.length == strlen(text) &&
	    memcmp(span.bytes, text, span.length) == 0;
}

/* False for whatever does not look as record_encode() writes it. */
static bool
read_head(struct cursor cursor, struct span *endpoint, struct span *id)
{
	struct span key, other;
	char before = '{';
	bool found;

	endpoint->bytes = id->bytes = NULL;
	while (endpoint->bytes == NULL || id->bytes == NULL) {
		if (!take(&cursor, before) || !take_string(&cursor, &key) ||
		    !take(&cursor, ':'))
			return false;
		if (span_is(key, "id"))
			found = take_string(&cursor, id);
		else if (span_is(key, "endpoint"))
			found = take_string(&cursor, endpoint);
		else
			found = take_value(&cursor, &other);
		if (!found)
			return false;
		before = ',';
	}
	return record_id_ok(*id) && endpoint->length <= RECORD_ENDPOINT_MAX;
}

bool
record_identity(const char *line, size_t length,
    char text[RECORD_ENDPOINT_MAX], struct span *endpoint, struct span *id)
{
	struct cursor cursor = { line, line + length };
	struct record record;

	if (read_head(cursor, endpoint, id))
		return true;
	if (record_decode(line, length, &record) != ERR_NONE)
		return false;
	*id = record.id;
	*endpoint = record.endpoint;
	if (endpoint->bytes == record.endpoint_text) {
		memcpy(text, record.endpoint_text, endpoint->length);
		endpoint->bytes = text;
	}
	return true;
}
