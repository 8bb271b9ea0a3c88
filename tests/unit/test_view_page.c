/* The whole page, of records with an attack wherever the sender or the reader
 * can put one. */
#include "inbox/view.h"

#include "base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record_fixture.h"

#define EVIL "\\\"'><script>x</script><img src=x onerror=x>\xe2\x80\xae"
#define NOW (INT64_C(1763704800) * CLOCK_SECOND)

static struct buffer out;
static struct ask ask;
static struct strip strip;
static struct find_record records[1];
static struct find_result found;
static struct view view;

static int
setup(void **state)
{
	(void)state;
	ask = (struct ask){ .from = INT64_MIN, .to = INT64_MAX };
	strip = (struct strip){ .last_received = NOW };
	found = (struct find_result){ 0 };
	view = (struct view){ .ask = &ask, .found = &found, .strip = &strip,
	    .now = NOW, .style = "s.css", .script = "s.js", .icon = "i.svg" };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buffer_free(&out);
	record_fixture_free();
	return 0;
}

static void
make_page(void)
{
	out.length = 0;
	assert_int_equal(view_page(&view, &out), ERR_NONE);
	assert_int_equal(buffer_append(&out, "", 1), ERR_NONE);
}

static void
has(const char *part)
{
	if (strstr(out.bytes, part) == NULL)
		fail_msg("the page lacks %s", part);
}

static void
lacks(const char *part)
{
	if (strstr(out.bytes, part) != NULL)
		fail_msg("the page has %s", part);
}

static void
precede(const char *one, const char *other)
{
	has(one);
	has(other);
	assert_true(strstr(out.bytes, one) < strstr(out.bytes, other));
}

/* Lists a record, and shows it. */
static void
choose(const struct record *record)
{
	records[0] = (struct find_record){ made.line.bytes, made.line.length,
	    *record };
	found = (struct find_result){ .records = records, .count = 1,
	    .latest = record->seq };
	ask.seq = record->seq;
	view.chosen = &records[0];
}

/* Every tag that begins ends. */
static void
is_balanced(const char *name)
{
	char open[16], close[16];
	const char *at;
	size_t opened = 0, closed = 0;

	(void)snprintf(open, sizeof open, "<%s", name);
	(void)snprintf(close, sizeof close, "</%s>", name);
	for (at = out.bytes; (at = strstr(at, open)) != NULL; at++)
		opened += strchr(" >", at[strlen(open)]) != NULL;
	for (at = out.bytes; (at = strstr(at, close)) != NULL; at++)
		closed++;
	if (opened != closed)
		fail_msg("%zu <%s>, %zu </%s>", opened, name, closed, name);
}

static void
is_harmless(void)
{
	static const char *const names[] = { "a", "article", "bdi", "button",
		"dd", "details", "div", "dl", "form", "h2", "header", "li",
		"ol", "p", "section", "span", "summary", "time" };
	size_t i;

	lacks("<script>");
	lacks("<img");
	lacks("\xe2\x80\xae");
	lacks("style=");
	has("U+202E");
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		is_balanced(names[i]);
}

static void
shows_attacks_as_text(void **state)
{
	static const char *const bodies[] = {
		"{\"object\":\"" EVIL "\",\"entry\":[{\"id\":\"" EVIL "\","
		"\"time\":1,\"changes\":[{\"field\":\"" EVIL "\",\"value\":{\""
		EVIL "\":\"" EVIL "\"}}]}]}",
		"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":"
		"\"" EVIL "\",\"changes\":[{\"field\":\"messages\",\"value\":"
		"{\"contacts\":[{\"profile\":{\"name\":\"" EVIL "\"}}],"
		"\"messages\":[{\"from\":\"" EVIL "\",\"id\":\"" EVIL "\","
		"\"type\":\"text\",\"text\":{\"body\":\"" EVIL "\"}}]}}]}]}",
		"\"" EVIL "\"" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		choose(record_of(bodies[i]));
		make_page();
		is_harmless();
	}
	choose(update_of(bodies[0], 0));
	make_page();
	is_harmless();
	choose(update_of(bodies[1], 0));
	make_page();
	is_harmless();
}

static void
shows_a_search_as_text(void **state)
{
	static const char evil[] = "\"'><script>x</script><img>\xe2\x80\xae";
	size_t i;

	(void)state;
	for (i = 0; i < ASK_TEXTS; i++)
		(void)strcpy(ask.texts[i], evil);
	make_page();
	is_harmless();
	has("No match in all records for");
	found.older = true;
	found.back_to = NOW - CLOCK_DAY;
	make_page();
	has("No match back to <time");
	has("Search further");
	has("Clear");
}

static void
says_that_nothing_has_arrived(void **state)
{
	(void)state;
	make_page();
	has("Nothing has arrived yet");
	has("no counts yet");
	lacks("refused today");
	lacks("id=\"plain-http\"");
	strip.counted = true;
	strip.refused[REFUSAL_SIGNATURE] = 30;
	strip.refused[REFUSAL_PATH] = strip.refused[REFUSAL_NOT_JSON] = 6;
	strip.refused_total = 42;
	view.plain_http = true;
	make_page();
	has("42 requests were refused today");
	precede("<code>signature</code>", "<code>path</code>");
	precede("<code>path</code>", "<code>not-json</code>");
	has("the app secret is another app&#39;s?");
	has("id=\"plain-http\"");
}

static void
deny(const struct view *refused)
{
	out.length = 0;
	assert_int_equal(view_page(refused, &out), ERR_NONE);
	assert_int_equal(buffer_append(&out, "", 1), ERR_NONE);
}

static void
says_why_it_cannot_read(void **state)
{
	struct denied denied = { .path = "/var/lib/<hookline>",
		.directory = denied.path, .number = 13, .user = "nobody",
		.examined = true, .folder = true, .owner = "hook",
		.group = "www-data", .mode = 0750, .named = true };
	const struct view refused = { .denied = &denied, .style = "s.css",
		.script = "s.js", .icon = "i.svg" };

	(void)state;
	deny(&refused);
	has("/var/lib/&lt;hookline&gt;");
	has("Permission denied");
	has("nobody");
	has("0750");
	has("adduser nobody www-data");
	/* A number is no name, and the file must be for the group, too. */
	denied.named = false;
	deny(&refused);
	lacks("adduser");
	denied.named = true;
	denied.mode = 0700;
	deny(&refused);
	lacks("adduser");
	has("Run the inbox as");
	strcat(denied.path, "/notifications.jsonl");
	denied.directory = "/var/lib/<hookline>";
	denied.folder = false;
	denied.mode = 0640;
	denied.foreign = true;
	deny(&refused);
	lacks("adduser");
	has("chown --reference=/var/lib/&lt;hookline&gt; /var/lib/&lt;hookline"
	    "&gt;/notifications.jsonl");
	denied.number = ELOOP;
	deny(&refused);
	has("It is a symbolic link");
	lacks("chown");
}

static void
says_what_is_left_out(void **state)
{
	static const struct { struct left_out left_out; const char *words; }
	    rows[] = {
		{ { "a.gz", 0, 1, false }, "1 line of a.gz is not a record." },
		{ { "a.gz", 0, 2, false }, "Some lines of a.gz are not" },
		{ { "a.gz", 0, 2, true }, "a.gz is damaged, and not all" },
		{ { "archive", EACCES, 0, false }, "archive is left out here: "
		    "Permission denied." } };
	size_t i;

	(void)state;
	ask.seq = 7;
	view.chosen_error = ERR_MISSING;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		found.left_out = view.chosen_left_out = rows[i].left_out;
		make_page();
		precede("id=\"unreadable\"", rows[i].words);
		lacks("There is no record");
		lacks("Nothing has arrived");
		has("Record 7 cannot be found");
	}
	found.left_out.file[0] = '\0';
	view.chosen_error = ERR_DAMAGED;
	make_page();
	has("Its line in the journal is not a record.");
	lacks("There is no record");
}

static void
offers_a_command_only_if_it_works(void **state)
{
	static const char body[] = "{\"object\":\"page\",\"entry\":[{\"id\":"
	    "\"1\",\"time\":1,\"changes\":[{\"field\":\"feed\",\"value\":1}]}]}";

	(void)state;
	choose(record_of(body));
	make_page();
	has("data-signature=\"sha256=00\"");
	has("id=\"copy-curl\"");
	records[0].record.signature.bytes = NULL;
	make_page();
	lacks("id=\"copy-curl\"");
	lacks("data-signature");
	has("it is not signed");
	choose(record_of("{\"a\":\n1}"));
	make_page();
	lacks("id=\"copy-curl\"");
	has("line breaks");
	choose(update_of(body, 0));
	make_page();
	lacks("id=\"copy-curl\"");
	has("one update of a body");
}

static void
names_the_chosen_row(void **state)
{
	(void)state;
	choose(record_of("{\"a\":1}"));
	make_page();
	has("id=\"r42\" href=\"?seq=42#r42\" aria-current=\"true\"");
	has("<title>#42 ");
	has("id=\"back\" href=\"?#r42\"");
	view.chosen = NULL;
	view.chosen_error = ERR_MISSING;
	ask.seq = 7;
	make_page();
	lacks("aria-current");
	has("There is no record 7");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shows_attacks_as_text, setup),
		cmocka_unit_test_setup(shows_a_search_as_text, setup),
		cmocka_unit_test_setup(says_that_nothing_has_arrived, setup),
		cmocka_unit_test_setup(says_why_it_cannot_read, setup),
		cmocka_unit_test_setup(says_what_is_left_out, setup),
		cmocka_unit_test_setup(offers_a_command_only_if_it_works,
		    setup),
		cmocka_unit_test_setup(names_the_chosen_row, setup),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
