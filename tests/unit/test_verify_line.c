/* Unit tests for hookctl/verify_line.h: every changed bit of a line is found
 * that anything in it depends on, and what hookline writes holds. */
#include "hookctl/verify_line.h"

#include <stdio.h>
#include <stdlib.h>

#include "record_fixture.h"
#include "span_fixture.h"

#define RELAY "0123456789abcdef0123456789abcdef/7"
#define PHOTO "{\"object\":\"user\",\"entry\":[{\"id\":\"1\",\"uid\":\"2\"," \
	"\"time\":1520383571,\"changes\":[{\"field\":\"photos\"," \
	"\"value\":{\"verb\":\"add\",\"object_id\":\"7\"}}]}]}"
#define MESSAGE "{\"object\":\"whatsapp_business_account\",\"entry\":[{" \
	"\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{" \
	"\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.1\"," \
	"\"text\":{\"body\":\"caf\\u00e9 \xc3\xbc\"}}]}}]}]}"
#define SAMPLE "{\"object\":\"user\",\"entry\":[{\"id\":\"0\"," \
	"\"changed_fields\":[\"photos\"]}]}"
#define THREADS "{\"target_id\":\"7\",\"time\":1,\"app\":2,\"values\":{" \
	"\"field\":\"replies\",\"value\":{\"id\":\"8\",\"text\":\"hi\"}}}"

static struct line_checker *checker;
static struct line_check check;
static char line[8192];
static size_t length;

static int
begin(void **state)
{
	(void)state;
	checker = line_checker_new();
	return checker != NULL ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	line_checker_free(checker);
	record_fixture_free();
	return 0;
}

static enum line_kind
judge(void)
{
	assert_int_equal(line_check(checker, line, length, &check), ERR_NONE);
	return check.kind;
}

/* Makes the line of a body, or of its update `index`. */
static void
make(const char *body, bool updates, size_t index, const char *relayed)
{
	static const char signature[] =
	    "sha256=00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff";
	const struct record_source source = { .endpoint = span_of("/webhook"),
	    .signature = span_of(signature), .relayed = span_of(relayed),
	    .body = span_of(body) };
	const struct record_tail *tail;

	if (made.notification == NULL)
		made.notification = notification_new();
	assert_int_equal(notification_parse(made.notification, body,
	    strlen(body), updates), ERR_NONE);
	record_batch_clear(&made.batch);
	assert_int_equal(record_encode(&made.batch, &source,
	    made.notification), ERR_NONE);
	assert_true(index < made.batch.count);
	tail = &made.batch.tails[index];
	length = (size_t)snprintf(line, sizeof line, HEAD "%.*s",
	    (int)tail->length - 1, made.batch.text.bytes + tail->offset);
	assert_true(length < sizeof line);
}

/* Whether a byte is in the value of this member. */
static bool
is_in(size_t at, const char *member)
{
	const char *value = strstr(line, member), *rest;

	if (value == NULL)
		return false;
	value += strlen(member);
	rest = strstr(value, ",\"");
	return at >= (size_t)(value - line) && rest != NULL &&
	    at < (size_t)(rest - line);
}

/* Whether it may go unnoticed that this byte of a member was changed. */
static bool
may_hide(const char *member, size_t at)
{
	if (member == NULL)
		return false;
	return strcmp(member, "\"received_at\":") != 0 ||
	    (line[at] >= '0' && line[at] <= '9');
}

/* Flips each bit of the line. Those of the members in the list may go
 * unnoticed; all others must be found. */
static void
flip_all(const char *const *copied)
{
	size_t at, i;
	int bit;

	assert_int_equal(judge(), LINE_HOLDS);
	for (at = 0; at < length; at++)
		for (bit = 0; bit < 8; bit++) {
			line[at] = (char)(line[at] ^ (1 << bit));
			/* The text around it is read from the line itself. */
			for (i = 0; copied[i] != NULL &&
			    !is_in(at, copied[i]); i++)
				;
			if (line[at] != '\n' && judge() == LINE_HOLDS &&
			    !may_hide(copied[i], at))
				fail_msg("bit %d of byte %zu of %s", bit, at,
				    line);
			line[at] = (char)(line[at] ^ (1 << bit));
		}
}

#define FLIP_ALL(...) flip_all((const char *const[]){ __VA_ARGS__,	\
	"\"seq\":", "\"received_at\":", "\"signature\":", NULL })

static void
finds_each_flip_in_a_plain_line(void **state)
{
	(void)state;
	make(PHOTO, false, 0, NULL);
	FLIP_ALL("\"endpoint\":");
}

static void
finds_each_flip_in_a_line_with_a_repeat_key(void **state)
{
	(void)state;
	make(MESSAGE, false, 0, NULL);
	assert_non_null(strstr(line, "\"repeat_key\""));
	FLIP_ALL("\"none\":");
}

static void
finds_each_flip_in_an_indistinct_line(void **state)
{
	(void)state;
	make(SAMPLE, false, 0, RELAY);
	assert_non_null(strstr(line, "\"distinct\":false,\"relayed\""));
	FLIP_ALL("\"endpoint\":", "\"relayed\":");
}

static void
finds_each_flip_in_a_reformatted_line_but_in_its_payload(void **state)
{
	(void)state;
	make("{\"object\":\"a\",\n\"b\":[1]}", false, 0, NULL);
	assert_non_null(strstr(line, "\"reformatted\":true,\"payload\""));
	/* id and payload end the list of what may go unnoticed. */
	assert_int_equal(judge(), LINE_HOLDS);
	strstr(line, "reformatted")[0] = 'R';
	assert_int_equal(judge(), LINE_MALFORMED);
}

#define UPDATES_COPY "\"delivery_id\":", "\"update_index\":",		\
	"\"update_count\":", "\"entry_time\":", "\"envelope\":",	\
	"\"entry\":", "\"value\":{\"messaging_product\":"

static void
finds_each_flip_in_update_lines(void **state)
{
	(void)state;
	make(PHOTO, true, 0, NULL);
	FLIP_ALL(UPDATES_COPY);
	make(MESSAGE, true, 0, NULL);
	FLIP_ALL(UPDATES_COPY);
	make(SAMPLE, true, 0, NULL);
	FLIP_ALL(UPDATES_COPY);
	make(THREADS, true, 0, NULL);
	FLIP_ALL(UPDATES_COPY);
}

/* ---- where the damage is ---- */

/* Puts `to` in place of `from`, which is as long, and expects the finding. */
static void
damage(const char *from, const char *to, enum line_kind kind, const char *at,
    const char *text)
{
	char *place = strstr(line, from);

	assert_non_null(place);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(place, to, strlen(to));
	assert_int_equal(judge(), kind);
	assert_string_equal(line + check.at, strstr(line, at));
	if (strstr(check.text, text) == NULL)
		fail_msg("\"%s\", not \"%s\"", check.text, text);
}

static void
names_the_first_bad_byte(void **state)
{
	(void)state;
	make(PHOTO, false, 0, NULL);
	damage("\"endpoint\":", "\"endpoimt\":", LINE_MALFORMED, "mt\":",
	    "here there is \"m\", where ,\"endpoint\": belongs");
	make(PHOTO, false, 0, NULL);
	damage("T06:00", "T26:00", LINE_MALFORMED, "2026-11-21T26",
	    "a time that exists");
	make(PHOTO, false, 0, NULL);
	damage("sha256=0", "sha256=G", LINE_MALFORMED, "G0112",
	    "a signature or null");
	make(PHOTO, false, 0, NULL);
	damage("\"object\":\"user\",\"payload", "\"object\":\"usdr\",\"payload",
	    LINE_MEMBER, "dr\",\"payload", "object does not match the payload");
	make(PHOTO, false, 0, NULL);
	damage("\"add\"", "\"adc\"", LINE_DIGEST, "{\"object\"",
	    "the payload that begins here does not match its digest");
	make(PHOTO, false, 0, NULL);
	damage("\"add\"", "\"ad\1\"", LINE_MALFORMED, "\1\"", "0x01");
	make(MESSAGE, false, 0, NULL);
	damage("\"/webhook", "\"/webhooj", LINE_MEMBER, "\"/webhooj",
	    "the endpoint that begins here is damaged");
	make(MESSAGE, false, 0, NULL);
	damage("\\u00e9", "\\u00g9", LINE_MALFORMED, "g9", "\"g\"");
	make(MESSAGE, true, 0, NULL);
	damage("wamid.1\"", "wamid.3\"", LINE_MEMBER, "3\"", "meta_id");
}

static void
names_a_damaged_digit_of_an_id(void **state)
{
	char *digit;

	(void)state;
	make(PHOTO, false, 0, NULL);
	digit = strstr(line, "\"id\":\"") + 6 + 40;
	*digit = *digit == '0' ? '1' : '0';
	assert_int_equal(judge(), LINE_MEMBER);
	assert_int_equal(check.at, digit - line);
	assert_non_null(strstr(check.text, "id is damaged"));
}

/* ---- what holds ---- */

static void
accepts_what_version_0_1_0_wrote(void **state)
{
	static const char *const names[] = {
	    "tests/fixtures/journal-0.1.0/notification.jsonl",
	    "tests/fixtures/journal-0.1.0/update.jsonl" };
	size_t i, lines = 0;
	FILE *file;

	(void)state;
	for (i = 0; i < 2; i++) {
		file = fopen(names[i], "r");
		assert_non_null(file);
		while (fgets(line, sizeof line, file) != NULL) {
			length = strlen(line) - 1;
			lines++;
			if (judge() != LINE_HOLDS)
				fail_msg("%s: %s", check.text, line);
		}
		(void)fclose(file);
	}
	assert_int_equal(lines, 31 + 49);
}

static void
accepts_equal_updates_of_one_body(void **state)
{
	static const char body[] = "{\"object\":\"page\",\"entry\":[{\"id\":1,"
	    "\"changes\":[{\"field\":\"a\",\"value\":1},{\"field\":\"a\","
	    "\"value\":1},{\"field\":\"a\",\"value\":1}]}]}";
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		make(body, true, i, NULL);
		assert_int_equal(judge(), LINE_HOLDS);
	}
	damage("\"update_index\":2", "\"update_index\":0", LINE_DIGEST,
	    "{\"field\"", "update that begins here");
}

static void
tells_digests_that_are_alike(void **state)
{
	size_t at;

	(void)state;
	assert_true(digits_alike("0123", "0124", 4, &at));
	assert_int_equal(at, 3);
	assert_true(digits_alike("0123", "9923", 4, &at));
	assert_int_equal(at, 0);
	assert_false(digits_alike("0123", "4563", 4, &at));
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_each_flip_in_a_plain_line),
		TEST(finds_each_flip_in_a_line_with_a_repeat_key),
		TEST(finds_each_flip_in_an_indistinct_line),
		TEST(finds_each_flip_in_a_reformatted_line_but_in_its_payload),
		TEST(finds_each_flip_in_update_lines),
		TEST(names_the_first_bad_byte),
		TEST(names_a_damaged_digit_of_an_id),
		TEST(accepts_what_version_0_1_0_wrote),
		TEST(accepts_equal_updates_of_one_body),
		TEST(tells_digests_that_are_alike),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
