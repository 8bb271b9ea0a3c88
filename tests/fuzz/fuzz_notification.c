/*
 * fuzz_notification: a body, its updates, and the records made from it. The
 * input is the body.
 *
 *  - A body is refused exactly if it is not one JSON text.
 *  - Spans lie in the body, are JSON by themselves, and follow one another; no
 *    limit of notification.h is exceeded. The field is the one that json-c
 *    finds.
 *  - In both line modes, each tail with a head before it decodes into the very
 *    parts that it was made from, its id is correct, and record_identify()
 *    agrees. Its only line break is its last byte; its other bytes are the
 *    sender's.
 *  - The ids of one body differ, and are the same if the body comes again.
 */
#include "fuzz.h"
#include "tails.h"

#include "payload/json.h"

#include <json-c/json.h>

#include <stdlib.h>
#include <string.h>

#define SIGNATURE "sha256=" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define ORIGIN "0123456789abcdef0123456789abcdef/17"

static struct notification *notification;

static void
must_be_json(struct span text)
{
	MUST(json_scan(text.bytes, text.length, NULL, NULL));
}

/* Each member is `"key":value`; braces around it make an object. */
static void
check_members(const struct members *members, struct span body)
{
	size_t i;

	MUST(members->count <= NOTIFICATION_MEMBERS_MAX);
	for (i = 0; i < members->count; i++) {
		struct span member = members->list[i];
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

/* For json-c, an escaped NUL ends a key, which makes it a different key. */
static bool
has_escaped_nul(struct span text)
{
	return memmem(text.bytes, text.length, "\\u0000", 6) != NULL;
}

/* No change has a second `field`. */
static void
check_field(const struct update *update)
{
	struct json_object *change, *field, *given;

	if (update->array == UPDATE_MESSAGING)
		MUST(fuzz_same(update->field, (struct span){
		    "\"messaging\"", 11 }));
	if (update->array == UPDATE_STANDBY)
		MUST(fuzz_same(update->field, (struct span){
		    "\"standby\"", 9 }));
	if (update->array == UPDATE_CHANGED_FIELDS)
		MUST(update->field.bytes == NULL);
	if (update->array != UPDATE_CHANGES || has_escaped_nul(update->bytes))
		return;
	change = parse(update->bytes);
	if (update->field.bytes == NULL) {
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
		MUST(!update_array_is_whatsapp(update.array) ||
		    *update.bytes.bytes == '{');
		must_be_json(update.bytes);
		MUST(fuzz_inside(update.entry_id, body));
		if (update.entry_time.bytes != NULL)
			must_be_json(update.entry_time);
		if (update.field.bytes != NULL)
			must_be_json(update.field);
		check_field(&update);
		if (i > 0 && i < count - 1)
			continue;
		check_members(&update.envelope, body);
		check_members(&update.entry, body);
		check_members(&update.value, body);
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

/* The sum is that of all updates that were examined; and the pieces are the
 * body without its times. */
static void
check_sum(struct span body)
{
	static struct span pieces[NOTIFICATION_UPDATES_MAX + 1];
	size_t count = notification_update_count(notification), i;
	struct repeat_sum sum = { 0 }, other;
	struct update update;
	const char *p = body.bytes;

	for (i = 0; i < count; i++) {
		notification_update(notification, i, &update);
		repeat_sum_up(&sum, &update);
	}
	MUST(notification_parse(notification, body.bytes, body.length,
	    false) == ERR_NONE);
	other = *notification_sum(notification);
	if (body.length > 4096)
		return;
	MUST(sum.updates == other.updates &&
	    sum.no_own_id == other.no_own_id &&
	    sum.distinct == other.distinct &&
	    sum.no_sample == other.no_sample);
	if (!repeat_sum_has_key(&other))
		return;
	count = notification_pieces(notification, pieces);
	for (i = 0; i < count; i++) {
		MUST(fuzz_inside(pieces[i], body) && pieces[i].bytes >= p);
		if (i > 0)
			must_be_json((struct span){ p,
			    (size_t)(pieces[i].bytes - p) });
		p = pieces[i].bytes + pieces[i].length;
	}
	MUST(p == body.bytes + body.length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const endpoints[] = { "/webhook",
	    "/a'b{c}[d]" };
	const char *endpoint = endpoints[size % 2];
	struct record_source source = {
		.endpoint = { endpoint, strlen(endpoint) },
		.signature = { SIGNATURE, sizeof SIGNATURE - 1 },
		.body = { (const char *)data, size } };
	bool valid = json_scan(source.body.bytes, size, NULL, NULL);

	if (notification == NULL)
		notification = notification_new();
	MUST(notification != NULL);
	check_mode(&source, valid, false);
	MUST(!valid || notification_update_count(notification) == 0);
	if (size % 3 == 0) {
		source.signature.bytes = NULL;
		source.signature.length = 0;
		source.relayed = (struct span){ ORIGIN, sizeof ORIGIN - 1 };
	}
	check_mode(&source, valid, true);
	if (valid)
		check_sum(source.body);
	return 0;
}
