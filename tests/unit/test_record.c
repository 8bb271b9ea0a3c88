#include "payload/record.h"

#include "base/digest.h"
#include "base/digits.h"
#include "payload/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "payload_fixture.h"
#include "span_fixture.h"

#define HEAD "{\"seq\":42,\"received_at\":\"2026-11-21T06:00:00.123456Z\","
#define TIME INT64_C(1795240800123456)
#define ZEROS16 "0000000000000000"
#define ZEROS ZEROS16 ZEROS16 ZEROS16 ZEROS16
#define LINE_MAX 8192

static struct notification *n;
static struct record_batch batch;
static struct record record;
static char line[LINE_MAX];
static size_t line_length;

static int
setup(void **state)
{
	(void)state;
	n = notification_new();
	return n == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	notification_free(n);
	record_batch_free(&batch);
	return 0;
}

static enum error
try_encode(struct span body, const char *endpoint, bool by_update)
{
	const struct record_source source = {
		.endpoint = span_of(endpoint),
		.signature = span_of("sha256=00"),
		.body = body };

	assert_int_equal(notification_parse(n, body.bytes, body.length,
	    by_update), ERR_NONE);
	record_batch_clear(&batch);
	return record_encode(&batch, &source, n);
}

static void
encode(const char *body, bool by_update)
{
	assert_int_equal(try_encode(span_of(body), "/webhook", by_update),
	    ERR_NONE);
}

/* Puts a head in front of a tail of the batch. */
static void
make_line(size_t index)
{
	const struct record_tail *tail = &batch.tails[index];

	assert_true(index < batch.count);
	assert_true(sizeof HEAD + tail->length < sizeof line);
	memcpy(line, HEAD, sizeof HEAD - 1);
	memcpy(line + sizeof HEAD - 1, batch.text.bytes + tail->offset,
	    tail->length);
	line_length = sizeof HEAD - 1 + tail->length;
	line[line_length] = '\0';
}

/* Makes a line from a body and takes it apart again. */
static void
round_trip(const char *body, bool by_update, size_t index)
{
	encode(body, by_update);
	make_line(index);
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
}

static enum record_check
check(void)
{
	return record_verify(&record);
}

/* ---- writing lines ---- */

static void
writes_a_notification(void **state)
{
	(void)state;
	encode("{\"object\":\"user\"}", false);
	make_line(0);
	assert_string_equal(line, HEAD "\"id\":\"681b6b4a0d82121991c301628b523a"
	    "5e2b2378b22d284bedc82ad86d7d23d84d\",\"signature\":\"sha256=00\","
	    "\"endpoint\":\"/webhook\",\"object\":\"user\",\"distinct\":false,"
	    "\"payload\":{\"object\":\"user\"}}\n");
}

static void
writes_an_update(void **state)
{
	(void)state;
	encode("{\"object\":\"page\",\"entry\":[{\"id\":\"123\",\"uid\":\"7\","
	    "\"time\":1520383571,\"x\": [],\"changes\":[{\"field\":\"feed\","
	    "\"value\":1},{}]}]}", true);
	assert_int_equal(batch.count, 2);
	make_line(0);
	assert_string_equal(line, HEAD "\"id\":\"6820eec4e4a4a472a12ca82b7f876b"
	    "49d78870a6ab38eac5e7f86e24d32b360d\",\"delivery_id\":\""
	    "5151df8564fc56e224a067491f81ccd67d2aca04fd71e205a57314ca53246fda\","
	    "\"update_index\":0,\"update_count\":2,\"endpoint\":\"/webhook\","
	    "\"object\":\"page\",\"entry_id\":\"123\",\"entry_time\":1520383571,"
	    "\"array\":\"changes\",\"field\":\"feed\","
	    "\"entry\":{\"uid\":\"7\",\"x\": []},"
	    "\"update\":{\"field\":\"feed\",\"value\":1}}\n");
}

static void
writes_an_update_with_little_in_it(void **state)
{
	static const char rest[] = "\"update_index\":0,\"update_count\":1,"
	    "\"endpoint\":\"/webhook\",\"object\":null,\"entry_id\":\"5\","
	    "\"entry_time\":null,\"array\":\"changed_fields\",\"field\":null,"
	    "\"distinct\":false,\"update\":[\"a\"]}\n";

	(void)state;
	encode("{\"entry\":[{\"id\":5,\"changed_fields\":[\"a\"]}]}", true);
	make_line(0);
	assert_string_equal(line + line_length - strlen(rest), rest);
}

static void
writes_a_notification_if_there_are_no_updates(void **state)
{
	(void)state;
	round_trip("{\"object\":\"x\",\"entry\":[]}", true, 0);
	assert_int_equal(batch.count, 1);
	assert_span(record.payload, "{\"object\":\"x\",\"entry\":[]}");
	assert_span(record.update, NULL);
}

static void
keeps_white_space_around_the_body(void **state)
{
	(void)state;
	round_trip("  {\"object\":\"x\"} \t", false, 0);
	assert_span(record.payload, "  {\"object\":\"x\"} \t");
	assert_false(record.reformatted);
	assert_int_equal(check(), RECORD_HOLDS);
}

static void
turns_newlines_into_blanks(void **state)
{
	(void)state;
	round_trip("{\"object\":\r\n\"x\"}\n", false, 0);
	assert_non_null(strstr(line, ",\"reformatted\":true,\"payload\":"));
	assert_span(record.payload, "{\"object\":  \"x\"} ");
	assert_true(record.reformatted);
	assert_int_equal(check(), RECORD_UNCHECKED);
}

static void
marks_only_updates_that_held_a_newline(void **state)
{
	static const char body[] = "{\n\"entry\":[{\"id\":1,\"changes\":\n["
	    "{\"a\":\n1},{\"a\": 1},\n{\"a\":\r1}]}]}";

	(void)state;
	round_trip(body, true, 0);
	assert_true(record.reformatted);
	assert_span(record.update, "{\"a\": 1}");
	assert_int_equal(check(), RECORD_HOLDS);
	round_trip(body, true, 1);
	assert_false(record.reformatted);
	assert_int_equal(check(), RECORD_HOLDS);
	round_trip(body, true, 2);
	assert_true(record.reformatted);
	assert_int_equal(check(), RECORD_HOLDS);
}

static void
marks_updates_whose_entry_held_a_newline(void **state)
{
	(void)state;
	round_trip("{\"entry\":[{\"id\":1,\"u\":[\n],\"messaging\":[2]}]}",
	    true, 0);
	assert_non_null(strstr(line,
	    "\"entry\":{\"u\":[ ]},\"distinct\":false,\"reformatted\":true,"
	    "\"update\":2}\n"));
	assert_span(record.entry, "{\"u\":[ ]}");
	assert_int_equal(check(), RECORD_HOLDS);
}

/* The configuration does not allow other bytes (config_endpoint_path_ok()). */
static void
writes_endpoints_unchanged(void **state)
{
	char name[] = "/!'()*+,-./:;<=>@[]^_`{|}~\x01";
	static const char *const endpoints[] = { "*", "/A/b_9.c", NULL };
	size_t i;

	(void)state;
	name[sizeof name - 2] = '\0';
	for (i = 0; i < 3; i++) {
		const char *endpoint = i < 2 ? endpoints[i] : name;

		assert_int_equal(try_encode(span_of("{}"), endpoint, false),
		    ERR_NONE);
		make_line(0);
		assert_int_equal(record_decode(line, line_length, &record),
		    ERR_NONE);
		assert_span(record.endpoint, endpoint);
	}
}

static void
try_source(const char *body, bool by_update, const char *signature,
    const char *relayed)
{
	struct record_source source = { .endpoint = span_of("/webhook"),
		.body = span_of(body) };

	if (signature != NULL)
		source.signature = span_of(signature);
	if (relayed != NULL)
		source.relayed = span_of(relayed);
	assert_int_equal(notification_parse(n, body, strlen(body), by_update),
	    ERR_NONE);
	record_batch_clear(&batch);
	assert_int_equal(record_encode(&batch, &source, n), ERR_NONE);
	make_line(0);
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
	assert_int_equal(check(), record.reformatted &&
	    record.update.bytes == NULL ? RECORD_UNCHECKED : RECORD_HOLDS);
}

#define MID "{\"message\":{\"mid\":\"m\"}}"
#define SENT(id, time) "{\"entry\":[{\"id\":" id ",\"time\":" time "," \
	"\"messaging\":[" MID "]}]}"
#define ORIGIN "00112233445566778899aabbccddeeff/42"

static void
writes_no_signature_if_there_is_none(void **state)
{
	(void)state;
	try_source("{\"timestamp\":1}", false, NULL, NULL);
	assert_non_null(strstr(line, ",\"signature\":null,\"endpoint\":"));
	assert_span(record.signature, NULL);
}

static void
writes_marks_in_their_order(void **state)
{
	char expected[256];

	(void)state;
	try_source(SENT("\"0\"", "\n5"), false, "s", ORIGIN);
	(void)sprintf(expected, ",\"object\":null,\"repeat_key\":\"%s\","
	    "\"distinct\":false,\"relayed\":\"" ORIGIN "\","
	    "\"reformatted\":true,\"payload\":", batch.tails[0].key);
	assert_non_null(strstr(line, expected));
	assert_string_not_equal(batch.tails[0].key, batch.tails[0].id);
	assert_span(record.repeat_key, batch.tails[0].key);
	assert_true(record.indistinct);
	assert_span(record.relayed, ORIGIN);
	try_source("{\"entry\":[{\"id\":1,\"u\":\n1,\"changes\":[{}]}]}", true,
	    "s", ORIGIN);
	assert_non_null(strstr(line, "\"entry\":{\"u\": 1},\"distinct\":false,"
	    "\"relayed\":\"" ORIGIN "\",\"reformatted\":true,\"update\":{}}"));
	try_source("{\"timestamp\":1}", false, "s", ORIGIN);
	assert_non_null(strstr(line, ",\"object\":null,\"relayed\":\"" ORIGIN
	    "\",\"payload\":"));
}

static void
leaves_out_marks_that_do_not_apply(void **state)
{
	(void)state;
	try_source("{\"timestamp\":1}", false, "s", NULL);
	assert_non_null(strstr(line, ",\"object\":null,\"payload\":"));
	assert_false(record.indistinct);
	assert_span(record.relayed, NULL);
	assert_span(record.repeat_key, NULL);
}

/* The order of the members around an update. */
static void
writes_what_is_around_an_update(void **state)
{
	(void)state;
	try_source("{\"object\":\"w\",\"sent\":\"x\",\"entry\":[{\"id\":\"1\","
	    "\"uid\":2,\"changes\":[{\"field\":\"f\",\"value\":{\"messages\":["
	    "{\"id\":\"w.1\"}],\"metadata\":{\"p\":\n3}}}]}]}", true, "s",
	    NULL);
	assert_non_null(strstr(line,
	    ",\"endpoint\":\"/webhook\",\"object\":\"w\","
	    "\"entry_id\":\"1\",\"entry_time\":null,\"array\":\"messages\","
	    "\"field\":\"f\",\"meta_id\":\"w.1\",\"envelope\":{\"sent\":\"x\"},"
	    "\"entry\":{\"uid\":2},\"value\":{\"metadata\":{\"p\": 3}},"
	    "\"reformatted\":true,\"update\":{\"id\":\"w.1\"}}\n"));
	assert_span(record.meta_id, "w.1");
	assert_span(record.envelope, "{\"sent\":\"x\"}");
	assert_span(record.value, "{\"metadata\":{\"p\": 3}}");
}

/* ---- records with a repeat_key, and how long they count ---- */

static const char *
key_of(const char *body)
{
	static char keys[2][RECORD_ID_LENGTH + 1];
	static size_t turn;
	char *key = keys[turn++ % 2];

	try_source(body, false, "s", NULL);
	memcpy(key, batch.tails[0].key, RECORD_ID_LENGTH + 1);
	return key;
}

static void
knows_notifications_at_another_time(void **state)
{
	(void)state;
	assert_string_equal(key_of(SENT("1", "5")), key_of(SENT("1", "\"7\"")));
	assert_string_not_equal(key_of(SENT("1", "5")), key_of(SENT("2", "5")));
	assert_string_not_equal(key_of(SENT("1", "5")),
	    key_of(SENT("1", " 5")));
	/* This does not apply if one of the updates is identified by its
	 * time. */
	assert_string_not_equal(
	    key_of("{\"entry\":[{\"id\":1,\"time\":1,\"changes\":[1]}]}"),
	    key_of("{\"entry\":[{\"id\":1,\"time\":2,\"changes\":[1]}]}"));
	assert_string_not_equal(key_of("{\"entry\":[{\"id\":1,\"time\":1,"
	    "\"time\":1,\"messaging\":[" MID "]}]}"),
	    key_of("{\"entry\":[{\"id\":1,\"time\":1,\"time\":2,"
	    "\"messaging\":[" MID "]}]}"));
}

static void
knows_indistinct_records_by_origin(void **state)
{
	struct record_identity identity;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		try_source(SENT("0", "5"), i % 2, "s", i < 2 ? ORIGIN : NULL);
		assert_int_equal(batch.tails[0].by_origin, i < 2);
		assert_int_equal(batch.tails[0].repeat, i < 2 ?
		    REPEAT_IN_WINDOW : REPEAT_NEVER);
		record_identity_of(&record, &identity);
		assert_int_equal(identity.repeat, batch.tails[0].repeat);
		assert_span(identity.origin, i < 2 ? ORIGIN : NULL);
	}
	try_source(SENT("1", "5"), false, "s", ORIGIN);
	assert_false(batch.tails[0].by_origin);
	record_identity_of(&record, &identity);
	assert_span(identity.origin, NULL);
	assert_span(identity.id, batch.tails[0].id);
	assert_span(identity.key, batch.tails[0].key);
}

/* ---- lines of version 0.1.0 ---- */

static const char *const old_journals[] = {
    "tests/fixtures/journal-0.1.0/notification.jsonl",
    "tests/fixtures/journal-0.1.0/update.jsonl" };

/* Each line holds, and is identified by its own id. */
static void
reads_an_old_journal(void **state)
{
	struct record_identity identity;
	char id[RECORD_ID_LENGTH + 1];
	size_t i, lines = 0;
	FILE *file;

	(void)state;
	for (i = 0; i < 2; i++) {
		file = fopen(old_journals[i], "r");
		assert_non_null(file);
		while (fgets(line, sizeof line, file) != NULL) {
			line_length = strlen(line);
			lines++;
			assert_int_equal(record_decode(line, line_length,
			    &record), ERR_NONE);
			assert_int_equal(record.seq, i == 0 ? lines :
			    lines - 31);
			if (check() != (record.reformatted &&
			    record.update.bytes == NULL ? RECORD_UNCHECKED :
			    RECORD_HOLDS))
				fail_msg("%s", line);
			assert_int_equal(sscanf(strstr(line, "\"id\":\"") + 6,
			    "%64[0-9a-f]", id), 1);
			assert_true(record_identify(line, line_length - 1,
			    &identity));
			assert_span(identity.key, id);
			assert_span(identity.id, id);
			assert_span(identity.endpoint, "/webhook");
			assert_span(identity.origin, NULL);
			assert_int_equal(identity.repeat, REPEAT_IN_WINDOW);
		}
		(void)fclose(file);
	}
	assert_int_equal(lines, 31 + 49);
}

/* ---- ids ---- */

/* The id of an update of a body, in one of a few buffers that are used in
 * turn. */
static const char *
id_of(const char *body, size_t index)
{
	static char ids[4][RECORD_ID_LENGTH + 1];
	static size_t turn;
	char *id = ids[turn++ % 4];

	encode(body, true);
	assert_true(index < batch.count);
	memcpy(id, batch.tails[index].id, RECORD_ID_LENGTH + 1);
	return id;
}

#define ENTRY(id, time, rest) \
	"{\"id\":" id ",\"time\":" time "," rest "}"
#define PAGE(entries) "{\"object\":\"page\",\"entry\":[" entries "]}"
#define PHOTO "{\"field\":\"photos\",\"value\":{\"object_id\":\"7\"}}"
#define LEAD "{\"field\":\"leadgen\",\"value\":{\"leadgen_id\":\"7\"}}"

static void
puts_the_id_into_the_line(void **state)
{
	(void)state;
	round_trip(PAGE(ENTRY("1", "2", "\"changes\":[1,2,2]")), true, 2);
	assert_span(record.id, batch.tails[2].id);
	round_trip("{}", false, 0);
	assert_span(record.id, batch.tails[0].id);
}

static void
gives_equal_updates_of_a_body_different_ids(void **state)
{
	static const char body[] = PAGE(ENTRY("1", "2",
	    "\"messaging\":[{\"a\":1},{\"a\":1},{\"a\":2},{\"a\":1}]"));
	size_t i;

	(void)state;
	assert_string_not_equal(id_of(body, 0), id_of(body, 1));
	assert_string_not_equal(id_of(body, 1), id_of(body, 3));
	assert_string_not_equal(id_of(body, 0), id_of(body, 3));
	for (i = 0; i < 4; i++) {
		round_trip(body, true, i);
		assert_int_equal(check(), RECORD_HOLDS);
	}
}

static void
gives_the_same_ids_in_another_batch(void **state)
{
	static const char both[] = PAGE(
	    ENTRY("\"1\"", "2", "\"changes\":[" PHOTO "," PHOTO "]") ","
	    ENTRY("\"3\"", "2", "\"changes\":[" PHOTO "]"));

	(void)state;
	assert_string_equal(id_of(both, 0), id_of(PAGE(ENTRY("\"1\"", "2",
	    "\"changes\":[" PHOTO "]")), 0));
	assert_string_equal(id_of(both, 1), id_of(PAGE(
	    ENTRY("\"1\"", "2", "\"changes\":[" PHOTO "]") ","
	    ENTRY("\"1\"", "2", "\"uid\":0,\"changes\":[" PHOTO "]")), 1));
	assert_string_equal(id_of(both, 2), id_of(PAGE(ENTRY("\"3\"", "2",
	    "\"changes\":[" PHOTO "]")), 0));
}

static void
counts_only_equal_keys_as_equal(void **state)
{
	static const char body[] = PAGE(
	    ENTRY("1", "2", "\"changes\":[" PHOTO "]") ","
	    ENTRY("1", "3", "\"changes\":[" PHOTO "]"));

	(void)state;
	assert_string_equal(id_of(body, 1), id_of(PAGE(ENTRY("1", "3",
	    "\"changes\":[" PHOTO "]")), 0));
}

static void
tells_events_without_an_id_apart_by_time(void **state)
{
	(void)state;
	assert_string_not_equal(
	    id_of(PAGE(ENTRY("1", "2", "\"changes\":[" PHOTO "]")), 0),
	    id_of(PAGE(ENTRY("1", "3", "\"changes\":[" PHOTO "]")), 0));
	assert_string_not_equal(
	    id_of(PAGE(ENTRY("1", "2", "\"changed_fields\":[\"a\"]")), 0),
	    id_of(PAGE(ENTRY("1", "3", "\"changed_fields\":[\"a\"]")), 0));
}

static void
knows_events_with_an_id_at_another_time(void **state)
{
	(void)state;
	assert_string_equal(
	    id_of(PAGE(ENTRY("1", "2", "\"changes\":[" LEAD "]")), 0),
	    id_of(PAGE(ENTRY("1", "3", "\"changes\":[" LEAD "]")), 0));
	assert_string_equal(
	    id_of(PAGE(ENTRY("1", "2", "\"messaging\":[" MID "]")), 0),
	    id_of(PAGE(ENTRY("1", "3", "\"messaging\":[" MID "]")), 0));
	assert_string_not_equal(
	    id_of(PAGE(ENTRY("1", "2", "\"messaging\":[{\"a\":1}]")), 0),
	    id_of(PAGE(ENTRY("1", "3", "\"messaging\":[{\"a\":1}]")), 0));
	assert_string_equal(
	    id_of(PAGE(ENTRY("1", "0", "\"messaging\":[{\"a\":1}]")), 0),
	    id_of(PAGE(ENTRY("1", "\"\"", "\"messaging\":[{\"a\":1}]")), 0));
}

static void
tells_updates_apart_by_each_part_of_the_key(void **state)
{
	static const char *const bodies[] = {
	    PAGE(ENTRY("1", "2", "\"messaging\":[1]")),
	    PAGE(ENTRY("2", "2", "\"messaging\":[1]")),
	    PAGE(ENTRY("1", "2", "\"standby\":[1]")),
	    PAGE(ENTRY("1", "2", "\"messaging\":[2]")),
	    "{\"object\":\"user\",\"entry\":[{\"id\":1,\"messaging\":[1]}]}",
	    "{\"entry\":[{\"id\":1,\"messaging\":[1]}]}" };
	size_t i, j;

	(void)state;
	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(id_of(bodies[i], 0),
			    id_of(bodies[j], 0));
}

static void
tells_endpoints_apart(void **state)
{
	char id[RECORD_ID_LENGTH + 1];
	struct span body = span_of(PAGE(ENTRY("1", "2", "\"messaging\":[1]")));

	(void)state;
	assert_int_equal(try_encode(body, "/a", true), ERR_NONE);
	memcpy(id, batch.tails[0].id, sizeof id);
	assert_int_equal(try_encode(body, "/b", true), ERR_NONE);
	assert_string_not_equal(id, batch.tails[0].id);
}

static void
equates_an_id_as_string_and_as_number(void **state)
{
	(void)state;
	assert_string_equal(
	    id_of(PAGE(ENTRY("12", "2", "\"messaging\":[1]")), 0),
	    id_of(PAGE(ENTRY("\"12\"", "2", "\"messaging\":[1]")), 0));
}

/* ---- the documented shapes ---- */

static void
assert_whole_line(size_t index)
{
	assert_int_equal(line[line_length - 1], '\n');
	assert_null(memchr(line, '\n', line_length - 1));
	assert_null(memchr(line, '\r', line_length));
	assert_true(json_scan(line, line_length, NULL, NULL));
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
	assert_int_equal(record_decode(line, line_length - 1, &record),
	    ERR_NONE);
	assert_int_equal(record.seq, 42);
	assert_true(record.received_at == TIME);
	assert_span(record.endpoint, "/webhook");
	assert_span(record.id, batch.tails[index].id);
}

static void
assert_same_but_newlines(struct span stored, struct span sent)
{
	size_t i;

	assert_int_equal(stored.length, sent.length);
	for (i = 0; i < sent.length; i++)
		assert_int_equal(stored.bytes[i], sent.bytes[i] == '\n' ||
		    sent.bytes[i] == '\r' ? ' ' : sent.bytes[i]);
}

static void
keeps_every_shape_as_a_notification(void **state)
{
	char body[FIXTURE_MAX];
	struct span sent = { body, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		sent.length = fixture_read(fixtures[i].name, body);
		assert_int_equal(try_encode(sent, "/webhook", false), ERR_NONE);
		assert_int_equal(batch.count, 1);
		make_line(0);
		assert_whole_line(0);
		assert_span(record.object, fixtures[i].object);
		assert_span(record.signature, "sha256=00");
		assert_int_equal(record.reformatted, fixtures[i].newline);
		assert_same_but_newlines(record.payload, sent);
		assert_int_equal(check(), fixtures[i].newline ?
		    RECORD_UNCHECKED : RECORD_HOLDS);
	}
}

static void
assert_update(size_t index, const char *delivery_id)
{
	struct update update;

	notification_update(n, index, &update);
	assert_span(record.delivery_id, delivery_id);
	assert_int_equal(record.update_index, index);
	assert_int_equal(record.update_count, batch.count);
	assert_int_equal(record.array, update.array);
	assert_same_but_newlines(record.update, update.bytes);
	assert_same_but_newlines(record.entry_id, update.entry_id);
	assert_int_equal(record.entry.bytes != NULL, update.entry.count > 0);
	assert_int_equal(record.envelope.bytes != NULL,
	    update.envelope.count > 0);
	assert_int_equal(record.value.bytes != NULL, update.value.count > 0);
	assert_span(record.payload, NULL);
	assert_int_equal(check(), RECORD_HOLDS);
}

static void
keeps_every_shape_as_updates(void **state)
{
	char body[FIXTURE_MAX], delivery_id[RECORD_ID_LENGTH + 1];
	struct span sent = { body, 0 };
	uint8_t digest[DIGEST_SHA256_SIZE];
	size_t i, index;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		sent.length = fixture_read(fixtures[i].name, body);
		assert_int_equal(try_encode(sent, "/webhook", true), ERR_NONE);
		assert_int_equal(batch.count,
		    fixtures[i].updates > 0 ? fixtures[i].updates : 1);
		digest_sha256(&sent, 1, digest);
		hex_write(digest, sizeof digest, delivery_id);
		for (index = 0; index < fixtures[i].updates; index++) {
			make_line(index);
			assert_whole_line(index);
			assert_span(record.object, fixtures[i].object);
			assert_update(index, delivery_id);
		}
	}
}

static void
keeps_the_deepest_body(void **state)
{
	char body[2 * JSON_DEPTH_MAX + 1];

	(void)state;
	memset(body, '[', JSON_DEPTH_MAX);
	memset(body + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	body[2 * JSON_DEPTH_MAX] = '\0';
	round_trip(body, false, 0);
	assert_span(record.payload, body);
	assert_int_equal(check(), RECORD_HOLDS);
}

/* Sends the same updates again in parts, as the endpoint's journal would see
 * them. */
static void
finds_new_updates_in_a_redelivery_in_parts(void **state)
{
	static char stored[1050][RECORD_ID_LENGTH + 1];
	char body[16384];
	size_t count = 0, part, i, j, length;

	(void)state;
	for (part = 0; part < 11; part++) {
		/* One batch of 1000 updates, then 10 of 105, each with 5 new
		 * ones. */
		size_t per = part == 0 ? 1000 : 105;

		length = (size_t)sprintf(body,
		    "{\"object\":\"p\",\"entry\":[{\"id\":1,\"time\":9,"
		    "\"changes\":[");
		for (i = 0; i < per; i++)
			length += (size_t)sprintf(body + length, "%s%zu",
			    i > 0 ? "," : "", part == 0 ? i : i < 100 ?
			    (part - 1) * 100 + i : 995 + part * 5 + i - 100);
		(void)strcpy(body + length, "]}]}");
		encode(body, true);
		assert_int_equal(batch.count, per);
		for (i = 0; i < per; i++) {
			for (j = 0; j < count; j++)
				if (strcmp(stored[j], batch.tails[i].id) == 0)
					break;
			if (j < count)
				continue;
			assert_true(count < 1050);
			(void)strcpy(stored[count++], batch.tails[i].id);
		}
	}
	assert_int_equal(count, 1050);
}

/* ---- taking lines apart ---- */

#define COMMON HEAD "\"id\":\"" ZEROS "\",\"endpoint\":\"/w\",\"object\":null,"
#define NOTE COMMON "\"signature\":\"s\","
#define UPDATE COMMON "\"delivery_id\":\"" ZEROS "\",\"update_index\":0," \
	"\"update_count\":1,\"entry_id\":\"1\",\"entry_time\":null," \
	"\"array\":\"changes\",\"field\":null,"

static enum error
decode(const char *text)
{
	size_t length = strlen(text);
	char *copy = malloc(length > 0 ? length : 1);
	enum error error;

	assert_non_null(copy);
	memcpy(copy, text, length);
	error = record_decode(copy, length, &record);
	free(copy);
	return error;
}

static void
all_decode(const char *const *texts, enum error expected)
{
	for (; *texts != NULL; texts++)
		if (decode(*texts) != expected)
			fail_msg("%s", *texts);
}

static void
takes_both_kinds_of_lines(void **state)
{
	static const char *const texts[] = { NOTE "\"payload\":{}}",
	    NOTE "\"payload\":{}}\n", NOTE "\"payload\":null}",
	    NOTE "\"payload\": 1 }", NOTE "\"reformatted\":true,\"payload\":1}",
	    UPDATE "\"update\":{}}", UPDATE "\"update\":{}}\n",
	    UPDATE "\"entry\":{\"a\":1},\"update\":1}",
	    UPDATE "\"entry\":{},\"reformatted\":true,\"update\":[]}",
	    NOTE "\"repeat_key\":\"" ZEROS "\",\"distinct\":false,"
	    "\"relayed\":\"x\","
	    "\"reformatted\":true,\"payload\":1}",
	    UPDATE "\"meta_id\":\"m\",\"envelope\":{},\"value\":{\"a\":1},"
	    "\"distinct\":false,\"relayed\":\"x\",\"update\":1}",
	    COMMON "\"signature\":null,\"payload\":1}", NULL };

	(void)state;
	all_decode(texts, ERR_NONE);
}

static void
ignores_unknown_members(void **state)
{
	static const char *const texts[] = {
	    "{\"version\":3,\"more\":{\"id\":[1]}," /* before the head */
	    "\"seq\":1,\"received_at\":\"2026-11-21T06:00:00.123456Z\","
	    "\"id\":\"" ZEROS "\",\"endpoint\":\"/w\",\"object\":null,"
	    "\"signature\":\"s\",\"payload\":{}}",
	    NOTE "\"new\":[{\"payload\":1}],\"new\":null,\"payload\":{}}",
	    UPDATE "\"new\":\"x\",\"update\":{}}", NULL };

	(void)state;
	all_decode(texts, ERR_NONE);
}

static void
refuses_lines_that_are_not_records(void **state)
{
	static const char *const texts[] = { "", "\n", "{}", "{}\n", "[]", "1",
	    NOTE "\"payload\":{}", NOTE "\"payload\":{}}\n\n",
	    NOTE "\"payload\":{}} ", " " NOTE "\"payload\":{}}",
	    NOTE "\"payload\":\n{}}", NOTE "\"payload\":{\r}}",
	    NOTE "\"payload\":{}}\r\n", NOTE "\"payload\":{}}}",
	    NOTE "\"payload\":{},}", NOTE "\"payload\":}",
	    NOTE "\"payload\" :{}}", NOTE "\"payload\":{},\"new\":1}",
	    NOTE "\"payload\":{},\"payload\":{}}", NOTE "\"x\":1}",
	    UPDATE "\"update\": {}}", UPDATE "\"update\":{} }",
	    UPDATE "\"update\":{},\"new\":1}", UPDATE "\"new\":{}}",
	    NOTE "\"update\":{}}", UPDATE "\"payload\":{}}",
	    NOTE "\"entry\":{},\"payload\":{}}",
	    NOTE "\"field\":null,\"payload\":{}}",
	    UPDATE "\"signature\":\"s\",\"update\":{}}",
	    NOTE "\"reformatted\":false,\"payload\":{}}",
	    NOTE "\"reformatted\":1,\"payload\":{}}",
	    NOTE "\"reformatted\":true,\"reformatted\":true,\"payload\":{}}",
	    NOTE "\"seq\":1,\"payload\":{}}",
	    NOTE "\"i\\u0064\":1,\"payload\":1}",
	    UPDATE "\"entry\":[],\"update\":1}",
	    UPDATE "\"envelope\":[],\"update\":1}",
	    UPDATE "\"value\":1,\"update\":1}",
	    UPDATE "\"meta_id\":1,\"update\":1}",
	    UPDATE "\"repeat_key\":\"" ZEROS "\",\"update\":1}",
	    NOTE "\"repeat_key\":\"0\",\"payload\":1}",
	    NOTE "\"meta_id\":\"m\",\"payload\":1}",
	    NOTE "\"envelope\":{},\"payload\":1}",
	    NOTE "\"value\":{},\"payload\":1}",
	    NOTE "\"distinct\":true,\"payload\":1}",
	    NOTE "\"distinct\":false,\"distinct\":false,\"payload\":1}",
	    NOTE "\"relayed\":7,\"payload\":1}", NULL };

	(void)state;
	all_decode(texts, ERR_INPUT);
}

/* Gives each member of a good line, in turn, a value that is not allowed. */
static void
refuses_members_of_a_wrong_type(void **state)
{
	static const char *const swaps[][2] = {
	    { "\"seq\":42", "\"seq\":0" }, { "\"seq\":42", "\"seq\":-1" },
	    { "\"seq\":42", "\"seq\":1.0" }, { "\"seq\":42", "\"seq\":1e1" },
	    { "\"seq\":42", "\"seq\":\"1\"" },
	    { "\"seq\":42", "\"seq\":12345678901234567890" },
	    { "2026-11-21T06", "2026-13-21T06" }, { ".123456Z", ".12345Z" },
	    { ".123456Z", ".123456Z0" },
	    { "\"id\":\"0", "\"id\":\"" }, { "\"id\":\"0", "\"id\":\"00" },
	    { "\"id\":\"0", "\"id\":\"A" }, { "\"id\":\"0", "\"id\":\"g" },
	    { "\"endpoint\":\"/w\"", "\"endpoint\":null" },
	    { "\"endpoint\":\"/w\",", "" }, { "\"object\":null,", "" },
	    { "\"object\":null", "\"object\":1" },
	    { "\"delivery_id\":\"0", "\"delivery_id\":\"" },
	    { "\"update_index\":0", "\"update_index\":1" },
	    { "\"update_index\":0", "\"update_index\":-0" },
	    { "\"update_index\":0", "\"update_index\":null" },
	    { "\"update_count\":1", "\"update_count\":0" },
	    { "\"update_count\":1", "\"update_count\":12345678901" },
	    { "\"entry_id\":\"1\"", "\"entry_id\":1" },
	    { "\"entry_time\":null", "\"entry_time\":[]" },
	    { "\"entry_time\":null", "\"entry_time\":{}" },
	    { "\"array\":\"changes\"", "\"array\":\"change\"" },
	    { "\"array\":\"changes\"", "\"array\":null" },
	    { "\"field\":null", "\"field\":[]" }, { "\"field\":null,", "" } };
	static const char good[] = UPDATE "\"update\":{}}";
	char text[1024];
	const char *at;
	size_t i;

	(void)state;
	assert_int_equal(decode(good), ERR_NONE);
	for (i = 0; i < sizeof swaps / sizeof swaps[0]; i++) {
		at = strstr(good, swaps[i][0]);
		assert_non_null(at);
		(void)sprintf(text, "%.*s%s%s", (int)(at - good), good,
		    swaps[i][1], at + strlen(swaps[i][0]));
		if (decode(text) != ERR_INPUT)
			fail_msg("%s", text);
	}
}

static void
refuses_every_truncation_of_a_line(void **state)
{
	char body[FIXTURE_MAX], *copy;
	struct record_identity identity;
	struct span sent = { body, 0 };
	size_t i, cut;

	(void)state;
	for (i = 0; i < 2 * FIXTURE_COUNT; i++) {
		sent.length = fixture_read(fixtures[i / 2].name, body);
		assert_int_equal(try_encode(sent, "/webhook", i % 2), ERR_NONE);
		make_line(batch.count - 1);
		for (cut = 0; cut < line_length - 1; cut++) {
			copy = malloc(cut > 0 ? cut : 1);
			assert_non_null(copy);
			memcpy(copy, line, cut);
			assert_int_equal(record_decode(copy, cut, &record),
			    ERR_INPUT);
			(void)record_identify(copy, cut, &identity);
			free(copy);
		}
	}
}

/* ---- digests ---- */

static void
sees_a_changed_payload(void **state)
{
	(void)state;
	round_trip("{\"object\":\"user\",\"a\":1}", false, 0);
	*strstr(line, "\"a\":1") = '\'';
	assert_int_equal(record_decode(line, line_length, &record), ERR_INPUT);
	*strchr(line, '\'') = '"';
	strstr(line, "\"a\":1")[4] = '2';
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
	assert_int_equal(check(), RECORD_PAYLOAD_DIFFERS);
}

static void
sees_a_changed_id(void **state)
{
	char *digit;

	(void)state;
	round_trip("{}", false, 0);
	digit = strstr(line, "\"id\":\"") + 6 + 63;
	*digit = *digit == '0' ? '1' : '0';
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
	assert_int_equal(check(), RECORD_PAYLOAD_DIFFERS);
}

static void
sees_each_changed_part_of_an_update(void **state)
{
	static const char *const swaps[][2] = { { "/webhook", "/wxbhook" },
	    { "\"page\"", "\"pago\"" }, { "\"entry_id\":\"1", "\"entry_id\":\"2" },
	    { "\"entry_time\":5", "\"entry_time\":6" },
	    { "\"update\":7", "\"update\":8" } };
	char *at;
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		round_trip(PAGE(ENTRY("1", "5", "\"changes\":[7]")), true, 0);
		assert_int_equal(check(), RECORD_HOLDS);
		at = strstr(line, swaps[i][0]);
		assert_non_null(at);
		memcpy(at, swaps[i][1], strlen(swaps[i][1]));
		assert_int_equal(record_decode(line, line_length, &record),
		    ERR_NONE);
		assert_int_equal(check(), RECORD_UPDATE_DIFFERS);
	}
}

static void
tries_no_ordinal_above_the_index(void **state)
{
	char *index;

	(void)state;
	round_trip(PAGE(ENTRY("1", "5", "\"changes\":[7,7]")), true, 1);
	assert_int_equal(check(), RECORD_HOLDS);
	index = strstr(line, "\"update_index\":1");
	assert_non_null(index);
	index[15] = '0';
	assert_int_equal(record_decode(line, line_length, &record), ERR_NONE);
	assert_int_equal(check(), RECORD_UPDATE_DIFFERS);
}

/* ---- identities ---- */

static bool
identity(const char *text, const char *endpoint, const char *id)
{
	size_t length = strlen(text);
	char *copy = malloc(length > 0 ? length : 1);
	struct record_identity identity;
	bool found;

	assert_non_null(copy);
	memcpy(copy, text, length);
	found = record_identify(copy, length, &identity);
	if (found) {
		assert_span(identity.endpoint, endpoint);
		assert_span(identity.id, id);
	}
	free(copy);
	return found;
}

static void
identifies_every_shape(void **state)
{
	char body[FIXTURE_MAX];
	struct span sent = { body, 0 };
	size_t i, index;

	(void)state;
	for (i = 0; i < 2 * FIXTURE_COUNT; i++) {
		sent.length = fixture_read(fixtures[i / 2].name, body);
		assert_int_equal(try_encode(sent, "/webhook", i % 2), ERR_NONE);
		for (index = 0; index < batch.count; index++) {
			make_line(index);
			assert_true(identity(line, "/webhook",
			    batch.tails[index].id));
		}
	}
}

static void
identifies_lines_with_other_members(void **state)
{
	(void)state;
	assert_true(identity(NOTE "\"payload\":{}}", "/w", ZEROS));
	assert_true(identity("{\"a\":[{}],\"b\":{\"id\":\"x\"},\"c\":\"\\\"\","
	    "\"seq\":1,\"received_at\":\"2026-11-21T06:00:00.123456Z\","
	    "\"signature\":\"s\",\"endpoint\":\"/w\",\"object\":null,"
	    "\"id\":\"" ZEROS "\",\"payload\":{}}\n", "/w", ZEROS));
	assert_true(identity("{\"a\":true,\"b\":-1.5e+7,\"c\":\"\\\"}\","
	    "\"endpoint\":\"/w\",\"d\":{\"id\":\"}\",\"e\":{}},\"id\":\"" ZEROS
	    "\",\"update\":garbage", "/w", ZEROS));
}

static void
does_not_identify_garbage(void **state)
{
	static const char *const texts[] = { "", "{", "{}", "\"", "{\"id\"",
	    "{\"id\":", "{\"id\":\"", "{\"id\":\"" ZEROS "\"",
	    "{\"id\":\"" ZEROS "\",", "{\"endpoint\":\"/w\",\"id\":\"00\"}",
	    "{\"endpoint\":null,\"id\":\"" ZEROS "\"}",
	    "{\"id\":\"" ZEROS "\"}{\"endpoint\":\"/w\"",
	    "{\"id\":\"" ZEROS "\" ,\"endpoint\":\"/w\"",
	    "{\"x\":,\"id\":\"" ZEROS "\",\"endpoint\":\"/w\"",
	    "{\"id\":\"" ZEROS "\",\"endpoint\":\"/w\"}",
	    "{\"id\":\"" ZEROS "\",\"endpoint\":\"/w\",\"d\":{\"payload\":1}}",
	    "{\"id\":\"" ZEROS "\",\"endpoint\":\"/w\",\"repeat_key\":\"0\","
	    "\"payload\":1}",
	    "{\"payload\":{\"id\":\"" ZEROS "\",\"endpoint\":\"/w\"}}",
	    "\xff\xfe", NULL };
	size_t i;

	(void)state;
	for (i = 0; texts[i] != NULL; i++)
		if (identity(texts[i], "", ""))
			fail_msg("%s", texts[i]);
}

static bool
holds(struct span span, const char *at)
{
	return span.bytes != NULL && at >= span.bytes &&
	    at < span.bytes + span.length;
}

/* Changes bytes at random. Nothing may crash, and if the result is still a
 * record, it must not hold if its payload or update has changed. */
static void
sees_damage(void **state)
{
	char body[FIXTURE_MAX], *copy, *at;
	struct record_identity identity;
	struct span sent = { body, 0 };
	uint64_t seed = 1;
	size_t i, round, seen = 0;

	(void)state;
	for (i = 0; i < 2 * FIXTURE_COUNT; i++) {
		sent.length = fixture_read(fixtures[i / 2].name, body);
		assert_int_equal(try_encode(sent, "/webhook", i % 2), ERR_NONE);
		make_line(0);
		copy = malloc(line_length);
		assert_non_null(copy);
		for (round = 0; round < 500; round++) {
			memcpy(copy, line, line_length);
			seed = seed * UINT64_C(6364136223846793005) + 1;
			at = copy + (seed >> 33) % line_length;
			*at ^= (char)(1 + (seed >> 20) % 255);
			(void)record_identify(copy, line_length, &identity);
			if (record_decode(copy, line_length, &record) !=
			    ERR_NONE || (!holds(record.payload, at) &&
			    !holds(record.update, at)))
				continue;
			assert_int_not_equal(check(), RECORD_HOLDS);
			seen++;
		}
		free(copy);
	}
	assert_true(seen > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_notification),
		cmocka_unit_test(writes_an_update),
		cmocka_unit_test(writes_an_update_with_little_in_it),
		cmocka_unit_test(
		    writes_a_notification_if_there_are_no_updates),
		cmocka_unit_test(keeps_white_space_around_the_body),
		cmocka_unit_test(turns_newlines_into_blanks),
		cmocka_unit_test(marks_only_updates_that_held_a_newline),
		cmocka_unit_test(marks_updates_whose_entry_held_a_newline),
		cmocka_unit_test(writes_endpoints_unchanged),
		cmocka_unit_test(writes_no_signature_if_there_is_none),
		cmocka_unit_test(writes_marks_in_their_order),
		cmocka_unit_test(leaves_out_marks_that_do_not_apply),
		cmocka_unit_test(writes_what_is_around_an_update),
		cmocka_unit_test(knows_notifications_at_another_time),
		cmocka_unit_test(knows_indistinct_records_by_origin),
		cmocka_unit_test(reads_an_old_journal),
		cmocka_unit_test(puts_the_id_into_the_line),
		cmocka_unit_test(gives_equal_updates_of_a_body_different_ids),
		cmocka_unit_test(gives_the_same_ids_in_another_batch),
		cmocka_unit_test(counts_only_equal_keys_as_equal),
		cmocka_unit_test(tells_events_without_an_id_apart_by_time),
		cmocka_unit_test(knows_events_with_an_id_at_another_time),
		cmocka_unit_test(tells_updates_apart_by_each_part_of_the_key),
		cmocka_unit_test(tells_endpoints_apart),
		cmocka_unit_test(equates_an_id_as_string_and_as_number),
		cmocka_unit_test(keeps_every_shape_as_a_notification),
		cmocka_unit_test(keeps_every_shape_as_updates),
		cmocka_unit_test(keeps_the_deepest_body),
		cmocka_unit_test(finds_new_updates_in_a_redelivery_in_parts),
		cmocka_unit_test(takes_both_kinds_of_lines),
		cmocka_unit_test(ignores_unknown_members),
		cmocka_unit_test(refuses_lines_that_are_not_records),
		cmocka_unit_test(refuses_members_of_a_wrong_type),
		cmocka_unit_test(refuses_every_truncation_of_a_line),
		cmocka_unit_test(sees_a_changed_payload),
		cmocka_unit_test(sees_a_changed_id),
		cmocka_unit_test(sees_each_changed_part_of_an_update),
		cmocka_unit_test(tries_no_ordinal_above_the_index),
		cmocka_unit_test(identifies_every_shape),
		cmocka_unit_test(identifies_lines_with_other_members),
		cmocka_unit_test(does_not_identify_garbage),
		cmocka_unit_test(sees_damage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
