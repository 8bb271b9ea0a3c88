/*
 * fuzz_notification: a body, its updates, and the lines made of it. The input
 * is the body.
 *
 *  - What is not one JSON text is refused, and nothing else.
 *  - Spans lie in the body, are JSON by themselves, and follow one another;
 *    no limit of notification.h is exceeded. The field is what json-c finds.
 *  - In both line modes each tail, with a head before it, decodes to the very
 *    parts it was made of, its id holds, and record_identity() agrees. It has
 *    no line break but the last byte, and bytes of the sender's but for those.
 *  - The ids of a body differ, and are the same when it comes again.
 */
#include "fuzz.h"
#include "tails.h"

#include "payload/json.h"

#include <json-c/json.h>

#include <stdlib.h>
#include <string.h>

#define SIGNATURE "sha256=" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct notification *notification;

static void
must_be_json(struct span text)
{
	MUST(json_scan(text.bytes, text.length, NULL, NULL));
}

/* Each `"key":value`, so that it is an object with braces around it. */
static void
check_members(const struct update *update, struct span body)
{
	size_t i;

	for (i = 0; i < update->member_count; i++) {
		struct span member = update->members[i];
		char *text = malloc(member.length + 2);

		MUST(fuzz_inside(member, body));
		text[0] = '{';
		memcpy(text + 1, member.bytes, member.length);
		text[member.length + 1] = '}';
		must_be_json((struct span){ text, member.length + 2 });
		free(text);
	}
}

static struct json_object *
parse(struct span text)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	char *copy = fuzz_text(text);
	struct json_object *object = json_tokener_parse_ex(tokener, copy,
	    (int)text.length + 1);

	json_tokener_free(tokener);
	free(copy);
	return object;
}

/* To json-c a key ends at an escaped NUL, and is another key then. */
static bool
has_escaped_nul(struct span text)
{
	return memmem(text.bytes, text.length, "\\u0000", 6) != NULL;
}

/* Of several `field` json-c too has the last one. */
static void
check_field(const struct update *update)
{
	static const char *const names[] = { "", "\"messaging\"",
	    "\"standby\"", "" };
	struct json_object *change = parse(update->bytes), *field, *given;
	const char *name = names[update->array];

	if (update->array != UPDATE_CHANGES) {
		MUST(fuzz_same(update->field, (struct span){ name,
		    strlen(name) }));
	} else if (has_escaped_nul(update->bytes)) {
		MUST(change != NULL);
	} else if (update->field.bytes == NULL) {
		MUST(!json_object_is_type(change, json_type_object) ||
		    !json_object_is_type(json_object_object_get(change,
		    "field"), json_type_string));
	} else {
		field = json_object_object_get(change, "field");
		given = parse(update->field);
		MUST(json_object_equal(field, given));
		json_object_put(given);
	}
	json_object_put(change);
}

static void
check_spans(struct span body)
{
	size_t count = notification_update_count(notification), i;
	struct update update;
	const char *last = body.bytes;

	MUST(count <= NOTIFICATION_UPDATES_MAX);
	for (i = 0; i < count; i++) {
		notification_update(notification, i, &update);
		MUST(fuzz_inside(update.bytes, body) &&
		    update.bytes.bytes >= last);
		last = update.bytes.bytes + update.bytes.length;
		must_be_json(update.bytes);
		MUST(fuzz_inside(update.entry_id, body));
		if (update.entry_time.bytes != NULL)
			must_be_json(update.entry_time);
		if (update.field.bytes != NULL)
			must_be_json(update.field);
		check_field(&update);
		MUST(update.member_count <= NOTIFICATION_MEMBERS_MAX);
		if (i == 0 || i == count - 1)
			check_members(&update, body);
	}
}

static void
check_mode(const struct record_source *source, bool valid, bool updates)
{
	MUST(notification_parse(notification, source->body.bytes,
	    source->body.length, updates) == (valid ? ERR_NONE : ERR_INPUT));
	if (!valid)
		return;
	check_spans(source->body);
	tails_check(source, notification);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const endpoints[] = { "/webhook",
	    "/a \"quoted\"\\path\x01/\xc3\xa9" };
	const char *endpoint = endpoints[size % 2];
	const struct record_source source = {
		.endpoint = { endpoint, strlen(endpoint) },
		.signature = { SIGNATURE, sizeof SIGNATURE - 1 },
		.body = { (const char *)data, size } };
	bool valid = json_scan(source.body.bytes, size, NULL, NULL);

	if (notification == NULL)
		notification = notification_new();
	MUST(notification != NULL);
	check_mode(&source, valid, false);
	MUST(!valid || notification_update_count(notification) == 0);
	check_mode(&source, valid, true);
	return 0;
}
