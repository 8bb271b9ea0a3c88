#include "payload/record.h"

#include "base/digits.h"
#include "payload/json_run.h"

#include <string.h>

static bool
id_is(struct span id, const uint8_t digest[DIGEST_SHA256_SIZE])
{
	char text[RECORD_ID_LENGTH + 1];

	hex_write(digest, DIGEST_SHA256_SIZE, text);
	return memcmp(id.bytes, text, RECORD_ID_LENGTH) == 0;
}

/* The ordinal is not in the line, but it is never above the index. */
static bool
is_key(const struct record *record, const struct repeat_key *key, bool own_id,
    size_t *ordinal)
{
	uint8_t first[DIGEST_SHA256_SIZE], id[DIGEST_SHA256_SIZE];

	*ordinal = 0;
	repeat_key_first(key, own_id, first);
	if (id_is(record->id, first))
		return true;
	for (*ordinal = 1; *ordinal <= record->update_index &&
	    *ordinal < NOTIFICATION_UPDATES_MAX; (*ordinal)++) {
		repeat_key_next(first, *ordinal, id);
		if (id_is(record->id, id))
			return true;
	}
	return false;
}

/* Tries the key as if the update carried Meta's own id, as if not, and then
 * with the time's token even if that does not count as a time. */
bool
record_ordinal(const struct record *record, size_t *ordinal)
{
	struct repeat_key key = {
		.endpoint = record->endpoint,
		.object = record->object,
		.entry_id = record->entry_id,
		.array = record->array,
		.bytes = record->update,
		.field = record->field,
		.value = record->value
	};
	bool holds;

	key.time = repeat_time(true, record->entry_time);
	holds = is_key(record, &key, true, ordinal);
	if (!holds) {
		key.time = repeat_time(false, record->entry_time);
		holds = is_key(record, &key, false, ordinal);
	}
	if (!holds && record->entry_time.bytes != NULL) {
		key.time = record->entry_time;
		holds = is_key(record, &key, false, ordinal);
	}
	return holds;
}

enum record_check
record_verify(const struct record *record)
{
	uint8_t digest[DIGEST_SHA256_SIZE];
	size_t ordinal;

	if (record->update.bytes != NULL)
		return record_ordinal(record, &ordinal) ? RECORD_HOLDS :
		    RECORD_UPDATE_DIFFERS;
	if (record->reformatted)
		return RECORD_UNCHECKED;
	digest_sha256(&record->payload, 1, digest);
	return id_is(record->id, digest) ? RECORD_HOLDS :
	    RECORD_PAYLOAD_DIFFERS;
}

/* ---- what a line is known by, without reading it all ---- */

void
record_identity_of(const struct record *record,
    struct record_identity *identity)
{
	static const struct span none;

	identity->endpoint = record->endpoint;
	identity->id = record->id;
	identity->key = record->repeat_key.bytes != NULL ?
	    record->repeat_key : record->id;
	identity->origin = record->indistinct ? record->relayed : none;
	identity->repeat = REPEAT_IN_WINDOW;
	if (!record->indistinct || record->relayed.bytes != NULL)
		return;
	identity->repeat = REPEAT_SOON;
	if (record->update.bytes == NULL)
		identity->repeat = repeat_of_indistinct_body(record->payload);
	else if (span_is(record->entry_id, "0"))
		identity->repeat = REPEAT_NEVER;
}

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

/* Takes what is between a string's quotes, with its escapes. */
static bool
take_string(struct cursor *cursor, struct span *inside)
{
	const char *p;

	if (!take(cursor, '"'))
		return false;
	for (p = cursor->p; ; p++) {
		p = json_plain_end(p, cursor->end);
		if (p == cursor->end)
			return false;
		if (*p == '"')
			break;
		if (*p == '\\' && ++p == cursor->end)
			return false;
	}
	inside->bytes = cursor->p;
	inside->length = (size_t)(p - cursor->p);
	cursor->p = p + 1;
	return true;
}

/* Takes an object of record_encode()'s, up to its closing brace. */
static bool
take_object(struct cursor *cursor)
{
	struct span inside;
	int depth = 0;

	do {
		if (cursor->p == cursor->end)
			return false;
		if (*cursor->p == '"') {
			if (!take_string(cursor, &inside))
				return false;
			continue;
		}
		if (*cursor->p == '{')
			depth++;
		else if (*cursor->p == '}')
			depth--;
		cursor->p++;
	} while (depth > 0);
	return true;
}

/* Takes a string's inside, an object, or a token of letters, digits and
 * signs. */
static bool
take_value(struct cursor *cursor, struct span *inside)
{
	if (cursor->p < cursor->end && *cursor->p == '"')
		return take_string(cursor, inside);
	inside->bytes = cursor->p;
	if (cursor->p < cursor->end && *cursor->p == '{')
		return take_object(cursor);
	while (cursor->p < cursor->end && (*cursor->p == '-' ||
	    *cursor->p == '+' || *cursor->p == '.' ||
	    (*cursor->p >= '0' && *cursor->p <= '9') ||
	    (*cursor->p >= 'a' && *cursor->p <= 'z')))
		cursor->p++;
	inside->length = (size_t)(cursor->p - inside->bytes);
	return inside->length > 0;
}

/* Keeps a member if it is part of an identity. */
static void
keep_member(struct record *record, struct span key, struct span value)
{
	if (span_is(key, "id"))
		record->id = value;
	else if (span_is(key, "endpoint"))
		record->endpoint = value;
	else if (span_is(key, "repeat_key"))
		record->repeat_key = value;
	else if (span_is(key, "relayed"))
		record->relayed = value;
	else if (span_is(key, "entry_id"))
		record->entry_id = value;
	else if (span_is(key, "distinct"))
		record->indistinct = true;
}

/* False for anything that record_encode() would not have written like this. */
static bool
read_head(struct cursor cursor, struct record *record)
{
	struct span key, value;
	char before = '{';

	memset(record, 0, sizeof *record);
	for (;;) {
		if (!take(&cursor, before) || !take_string(&cursor, &key) ||
		    memchr(key.bytes, '\\', key.length) != NULL ||
		    !take(&cursor, ':'))
			return false;
		if (span_is(key, "payload") || span_is(key, "update"))
			break;
		if (!take_value(&cursor, &value))
			return false;
		keep_member(record, key, value);
		before = ',';
	}
	value.bytes = cursor.p;
	value.length = (size_t)(cursor.end - cursor.p);
	if (key.bytes[0] == 'u')
		record->update = value;
	else if (value.length > 0)
		record->payload = (struct span){ value.bytes,
		    value.length - 1 };
	return record_id_ok(record->id) && record->endpoint.bytes != NULL &&
	    (record->repeat_key.bytes == NULL ||
	    record_id_ok(record->repeat_key));
}

bool
record_identify(const char *line, size_t length,
    struct record_identity *identity)
{
	struct cursor cursor = { line, line + length };
	struct record record;

	if (length > 0 && line[length - 1] == '\n')
		cursor.end--;
	if (!read_head(cursor, &record) &&
	    record_decode(line, length, &record) != ERR_NONE)
		return false;
	record_identity_of(&record, identity);
	return true;
}
