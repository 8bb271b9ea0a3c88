/*
 * fuzz_record: a line of the journal, of any origin.
 *
 *  - A line that decodes is one strict JSON object without line breaks, and
 *    json-c finds the same seq, id, endpoint and object in it.
 *  - Spans lie in the line, and have the contents that record.h says.
 *  - record_identify() agrees with the decoded record. If it finds an identity
 *    in a line that does not decode, the identity has the right form.
 *  - The journal's own reading of the line's head never contradicts that.
 */
#include "fuzz.h"

#include "journal/stamp.h"
#include "payload/json.h"
#include "payload/record.h"

#include <json-c/json.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct json_object *
parse(struct span line)
{
	/* json-c also counts the innermost value, and the line's object adds
	 * one level. */
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 3);
	char *copy = fuzz_text(line);
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, copy, (int)line.length + 1);
	json_tokener_free(tokener);
	free(copy);
	return object;
}

static bool
member_is(struct json_object *object, const char *name, struct span text)
{
	struct json_object *member = json_object_object_get(object, name);

	return json_object_is_type(member, json_type_string) &&
	    fuzz_same(text, (struct span){ json_object_get_string(member),
	    (size_t)json_object_get_string_len(member) });
}

static void
check_members(struct span line, const struct record *record)
{
	struct json_object *object = parse(line);
	struct json_object *seq;

	MUST(json_object_is_type(object, json_type_object));
	seq = json_object_object_get(object, "seq");
	if (record->seq <= INT64_MAX)
		MUST(json_object_get_int64(seq) == (int64_t)record->seq);
	MUST(member_is(object, "id", record->id));
	if (memchr(record->endpoint.bytes, '\\', record->endpoint.length) ==
	    NULL)
		MUST(member_is(object, "endpoint", record->endpoint));
	MUST(json_object_is_type(json_object_object_get(object, "object"),
	    record->object.bytes != NULL ? json_type_string :
	    json_type_null));
	json_object_put(object);
}

static void
must_be_in(struct span line, struct span part)
{
	MUST(part.bytes == NULL || fuzz_inside(part, line));
}

static void
check_record(struct span line, const struct record *record)
{
	bool update = record->update.bytes != NULL;

	MUST(record->seq > 0 && record->received_at >= 0);
	MUST(record->id.length == RECORD_ID_LENGTH);
	must_be_in(line, record->endpoint);
	MUST(update != (record->payload.bytes != NULL));
	must_be_in(line, record->id);
	must_be_in(line, record->object);
	must_be_in(line, record->signature);
	must_be_in(line, record->payload);
	must_be_in(line, record->update);
	must_be_in(line, record->delivery_id);
	must_be_in(line, record->entry_id);
	must_be_in(line, record->entry_time);
	must_be_in(line, record->field);
	must_be_in(line, record->entry);
	must_be_in(line, record->envelope);
	must_be_in(line, record->value);
	must_be_in(line, record->meta_id);
	must_be_in(line, record->relayed);
	must_be_in(line, record->repeat_key);
	MUST(json_scan(update ? record->update.bytes : record->payload.bytes,
	    update ? record->update.length : record->payload.length, NULL,
	    NULL));
	if (update)
		MUST(record->update_index < record->update_count);
	(void)record_verify(record);
}

static void
check_identity(struct span line, const struct record *record)
{
	struct record_identity identity, other;
	bool found = record_identify(line.bytes, line.length, &identity);

	if (record != NULL) {
		record_identity_of(record, &other);
		MUST(found && fuzz_same(identity.id, other.id) &&
		    fuzz_same(identity.key, other.key) &&
		    fuzz_same(identity.endpoint, other.endpoint) &&
		    fuzz_same(identity.origin, other.origin) &&
		    identity.repeat == other.repeat);
	}
	if (!found)
		return;
	MUST(record_id_ok(identity.id) && fuzz_inside(identity.id, line));
	MUST(record_id_ok(identity.key) && fuzz_inside(identity.key, line));
	must_be_in(line, identity.endpoint);
	must_be_in(line, identity.origin);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = { (const char *)data, size };
	struct record record;
	bool decodes;
	int64_t time;
	uint64_t seq;

	decodes = record_decode(line.bytes, line.length, &record) == ERR_NONE;
	if (line.length > 0 && line.bytes[line.length - 1] == '\n')
		line.length--;
	check_identity(line, decodes ? &record : NULL);
	if (!decodes)
		return 0;
	MUST(memchr(line.bytes, '\n', line.length) == NULL);
	MUST(memchr(line.bytes, '\r', line.length) == NULL);
	check_record(line, &record);
	check_members(line, &record);
	if (stamp_read(line.bytes, line.length, &seq, &time))
		MUST(seq == record.seq && time == record.received_at);
	return 0;
}
