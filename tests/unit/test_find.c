#include "journal_fixture.h"

#include "base/clock.h"
#include "inbox/find.h"
#include "journal/segment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Far more than any test needs. */
static const struct find_limits plenty = { .hits = 50, .kept = 1 << 24,
    .ms = 600000, .bytes = UINT64_C(1) << 40 };

static struct ask
ask_for(enum ask_text text, const char *value)
{
	struct ask ask = { .from = INT64_MIN, .to = INT64_MAX };

	strcpy(ask.texts[text], value);
	return ask;
}

static struct ask
ask_before(uint64_t before)
{
	struct ask ask = ask_for(ASK_Q, "");

	ask.before = before;
	return ask;
}

/* Appends a notification to an endpoint. */
static void
add(struct fixture *f, const char *endpoint, const char *payload)
{
	static unsigned number;
	struct journal_record record = { .key = { 0 } };
	char tail[2000];

	number++;
	memcpy(record.key, &number, sizeof number);
	record.tail.length = (size_t)snprintf(tail, sizeof tail, "\"id\":\""
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	    "\",\"signature\":null,\"endpoint\":\"%s\",\"object\":\"page\","
	    "\"payload\":%s}\n", endpoint, payload);
	record.tail.bytes = tail;
	assert_int_equal(journal_append(f->journal, &record, 1), ERR_NONE);
}

/* Records of one Page's entry and one text each, in small files. */
static void
fill(struct fixture *f, unsigned count)
{
	char payload[200];
	unsigned i;

	f->options.rotate_size = 1500;
	f->options.sync = false;
	fixture_reopen(f);
	for (i = 1; i <= count; i++) {
		snprintf(payload, sizeof payload, "{\"object\":\"page\","
		    "\"entry\":[{\"id\":\"%u\",\"time\":1,\"changes\":[{"
		    "\"field\":\"%s\",\"value\":{\"text\":\"number %u\"}}]}]}",
		    i % 3, i % 4 == 0 ? "ratings" : "feed", i);
		add(f, i % 10 == 0 ? "/other" : "/webhook", payload);
	}
}

static void
compress(const struct fixture *f)
{
	char command[200];

	snprintf(command, sizeof command, "cd '%s/archive' && "
	    "ls *.jsonl | head -n -1 | xargs gzip -n", f->directory);
	assert_int_equal(system(command), 0);
}

static struct find_result
find(const struct fixture *f, const struct ask *ask,
    const struct find_limits *limits)
{
	struct find_result result;

	assert_int_equal(find_within(f->directory, ask, limits, &result),
	    ERR_NONE);
	return result;
}

/* Looks for it, page by page, and expects seqs that `step` divides. */
static void
expect_steps(const struct fixture *f, struct ask ask,
    const struct find_limits *limits, uint64_t first, uint64_t step)
{
	unsigned pages = 0;
	bool older = true;

	while (older) {
		struct find_result result = find(f, &ask, limits);
		size_t i;

		assert_true(pages++ < 100);
		for (i = 0; i < result.count; i++) {
			const struct find_record *it = &result.records[i];

			assert_int_equal(it->record.seq, first);
			assert_int_equal(it->line[it->length - 1], '}');
			first -= step;
		}
		assert_true(result.back_to_seq < ask.before ||
		    ask.before == 0);
		assert_true(result.back_to > 0);
		assert_string_equal(result.left_out.file, "");
		ask.before = result.back_to_seq;
		older = result.older;
		find_free(&result);
	}
	assert_int_equal(first, 0);
}

/* ---- pages ---- */

static void
a_missing_folder_is_missing(void **state)
{
	const struct ask ask = ask_before(0);
	struct find_result result;
	struct find_record record;
	struct left_out left_out;
	uint64_t count, latest;

	(void)state;
	assert_int_equal(find_list("/tmp/hookline-no-such-folder", &ask,
	    &result), ERR_MISSING);
	assert_int_equal(errno, ENOENT);
	find_free(&result);
	assert_int_equal(find_one("/tmp/hookline-no-such-folder", 1,
	    &record, &left_out), ERR_MISSING);
	find_record_free(&record);
	assert_int_equal(find_news("/tmp/hookline-no-such-folder", 1, &count,
	    &latest), ERR_MISSING);
}

static void
a_folder_that_may_not_be_read_says_so(void **state)
{
	struct fixture *f = *state;
	const struct ask ask = ask_before(0);
	struct find_result result;

	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	assert_int_equal(find_list("/root", &ask, &result), ERR_UNSAFE);
	assert_int_equal(errno, EACCES);
	find_free(&result);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(find_list(f->directory, &ask, &result), ERR_NONE);
	find_free(&result);
}

static void
an_empty_journal_has_an_empty_page(void **state)
{
	const struct ask ask = ask_before(0);
	struct find_result result = find(*state, &ask, &plenty);

	assert_int_equal(result.count, 0);
	assert_false(result.older);
	assert_int_equal(result.back_to_seq, 0);
	assert_int_equal(result.latest, 0);
	find_free(&result);
}

static void
pages_lead_to_the_oldest_record(void **state)
{
	struct fixture *f = *state;
	const struct ask ask = ask_before(0);
	struct find_limits few = plenty;
	struct find_result result;

	fill(f, 120);
	result = find(f, &ask, &plenty);
	assert_int_equal(result.count, 50);
	assert_int_equal(result.records[0].record.seq, 120);
	assert_int_equal(result.records[49].record.seq, 71);
	assert_true(result.older);
	assert_int_equal(result.back_to_seq, 71);
	assert_int_equal(result.latest, 120);
	assert_true(result.latest_at == result.records[0].record.received_at);
	find_free(&result);
	expect_steps(f, ask, &plenty, 120, 1);
	few.hits = 7;
	expect_steps(f, ask_before(100), &few, 99, 1);
	compress(f);
	expect_steps(f, ask_before(100), &few, 99, 1);
	few = plenty;
	few.kept = 2000;
	expect_steps(f, ask, &few, 120, 1);
}

static void
the_newest_record_is_known_on_every_page(void **state)
{
	struct fixture *f = *state;
	struct ask ask = ask_for(ASK_Q, "none of them");
	struct find_result result;

	fill(f, 30);
	ask.before = 5;
	result = find(f, &ask, &plenty);
	assert_int_equal(result.count, 0);
	assert_false(result.older);
	assert_int_equal(result.back_to_seq, 1);
	assert_int_equal(result.latest, 30);
	assert_true(clock_now() - result.latest_at < CLOCK_HOUR);
	find_free(&result);
}

/* ---- searches ---- */

static void
each_choice_is_searched_for(void **state)
{
	struct fixture *f = *state;
	struct ask ask;
	int round;

	fill(f, 120);
	for (round = 0; round < 2; round++) {
		expect_steps(f, ask_for(ASK_OBJECT, "page"), &plenty, 120, 1);
		expect_steps(f, ask_for(ASK_OBJECT, "user"), &plenty, 0, 1);
		expect_steps(f, ask_for(ASK_FIELD, "ratings"), &plenty, 120,
		    4);
		expect_steps(f, ask_for(ASK_ENTRY, "0"), &plenty, 120, 3);
		expect_steps(f, ask_for(ASK_ENDPOINT, "/other"), &plenty, 120,
		    10);
		expect_steps(f, ask_for(ASK_Q, "RATINGS"), &plenty, 120, 4);
		/* It is in every line, but not in what was sent. */
		expect_steps(f, ask_for(ASK_Q, "webhook"), &plenty, 0, 1);
		ask = ask_for(ASK_FIELD, "ratings");
		strcpy(ask.texts[ASK_ENTRY], "0");
		expect_steps(f, ask, &plenty, 120, 12);
		compress(f);
	}
}

/* The quick look at a line must not miss what the filter would find. */
static void
a_text_is_found_however_it_is_spelled(void **state)
{
	static const char *const texts[] = { "{\"t\":\"M\\u00fcLLER/x\"}",
	    "{\"t\":\"m\xc3\xbcller\\/X\"}", "{\"M\\u00FC\\u006c\\u004Cer\\/"
	    "\\u0078\":1}" };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 3; i++)
		add(f, "/webhook", texts[i]);
	expect_steps(f, ask_for(ASK_Q, "m\xc3\xbcller/x"), &plenty, 3, 1);
	add(f, "/webhook", "{\"t\":true,\"n\":[4711]}");
	expect_steps(f, ask_for(ASK_Q, "true"), &plenty, 0, 1);
	add(f, "/webhook", "{\"t\":\"it is true\",\"n\":4}");
	{
		const struct ask ask = ask_for(ASK_Q, "true");
		struct find_result result = find(f, &ask, &plenty);

		assert_int_equal(result.count, 1);
		assert_int_equal(result.records[0].record.seq, 5);
		find_free(&result);
	}
}

static void
times_are_exact(void **state)
{
	struct fixture *f = *state;
	struct ask ask = ask_before(0);
	struct find_result result;
	int64_t from, to;

	fill(f, 60);
	result = find(f, &ask, &plenty);
	to = result.records[10].record.received_at;
	from = result.records[20].record.received_at;
	find_free(&result);
	ask.from = from;
	ask.to = to;
	result = find(f, &ask, &plenty);
	assert_in_range(result.count, 1, 10);
	assert_true(result.records[0].record.received_at < to);
	assert_true(result.records[result.count - 1].record.received_at ==
	    from);
	find_free(&result);
	ask.to = from;
	result = find(f, &ask, &plenty);
	assert_int_equal(result.count, 0);
	assert_false(result.older);
	find_free(&result);
}

static void
a_search_that_takes_long_goes_on_later(void **state)
{
	struct fixture *f = *state;
	struct find_limits little = plenty;

	fill(f, 60);
	little.bytes = 1000;
	expect_steps(f, ask_for(ASK_ENTRY, "0"), &little, 60, 3);
	little.bytes = 1;
	expect_steps(f, ask_for(ASK_ENTRY, "0"), &little, 60, 3);
	/* One record is always looked at, and then the clock. */
	little = plenty;
	little.ms = -1;
	expect_steps(f, ask_for(ASK_ENTRY, "0"), &little, 60, 3);
	compress(f);
	little = plenty;
	little.bytes = 8000;
	expect_steps(f, ask_for(ASK_ENTRY, "0"), &little, 60, 3);
}

static void
damaged_files_are_named(void **state)
{
	struct fixture *f = *state;
	const struct ask ask = ask_before(0);
	struct ask search = ask_for(ASK_Q, "number");
	struct find_result result;
	const char *name;
	char *text;

	fill(f, 20);
	name = fixture_archive_name(f, 1);
	text = fixture_read(f, name);
	/* Its stamp is right, but the rest is not a record. */
	memcpy(strstr(text, "signature"), "signed by", 9);
	fixture_write(f, name, text);
	free(text);
	result = find(f, &ask, &plenty);
	assert_int_equal(result.count, 19);
	assert_string_equal(result.left_out.file, name);
	assert_int_equal(result.left_out.number, 0);
	assert_int_equal(result.left_out.lines, 1);
	assert_false(result.left_out.damaged);
	find_free(&result);
	result = find(f, &search, &plenty);
	assert_int_equal(result.count, 19);
	assert_string_equal(result.left_out.file, name);
	find_free(&result);
}

/* ---- one record, and news ---- */

static void
one_record_is_found(void **state)
{
	struct fixture *f = *state;
	struct find_record record;
	struct left_out left_out;
	uint64_t seq;
	int round;

	fill(f, 60);
	for (round = 0; round < 2; round++) {
		for (seq = 1; seq <= 60; seq += 7) {
			assert_int_equal(find_one(f->directory, seq, &record,
			    &left_out), ERR_NONE);
			assert_int_equal(record.record.seq, seq);
			find_record_free(&record);
		}
		assert_int_equal(find_one(f->directory, 61, &record,
		    &left_out), ERR_MISSING);
		assert_string_equal(left_out.file, "");
		find_record_free(&record);
		assert_int_equal(find_one(f->directory,
		    UINT64_C(9999999999999999999), &record, &left_out),
		    ERR_MISSING);
		compress(f);
	}
	fixture_remove(f, fixture_archive_name(f, 1));
	assert_int_equal(find_one(f->directory, 7, &record, &left_out),
	    ERR_MISSING);
	find_record_free(&record);
}

static void
news_are_counted_by_seq(void **state)
{
	struct fixture *f = *state;
	uint64_t count, latest;

	assert_int_equal(find_news(f->directory, 0, &count, &latest),
	    ERR_NONE);
	assert_true(count == 0 && latest == 0);
	fill(f, 20);
	assert_int_equal(find_news(f->directory, 0, &count, &latest),
	    ERR_NONE);
	assert_true(count == 20 && latest == 20);
	assert_int_equal(find_news(f->directory, 17, &count, &latest),
	    ERR_NONE);
	assert_true(count == 3 && latest == 20);
	assert_int_equal(find_news(f->directory, 20, &count, &latest),
	    ERR_NONE);
	assert_true(count == 0 && latest == 20);
	assert_int_equal(find_news(f->directory, UINT64_MAX, &count, &latest),
	    ERR_NONE);
	assert_int_equal(count, 0);
	fixture_remove(f, fixture_archive_name(f, 0));
	assert_int_equal(find_news(f->directory, 0, &count, &latest),
	    ERR_NONE);
	assert_in_range(count, 14, 17);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_folder_is_missing),
		TEST(a_folder_that_may_not_be_read_says_so),
		TEST(an_empty_journal_has_an_empty_page),
		TEST(pages_lead_to_the_oldest_record),
		TEST(the_newest_record_is_known_on_every_page),
		TEST(each_choice_is_searched_for),
		TEST(a_text_is_found_however_it_is_spelled),
		TEST(times_are_exact),
		TEST(a_search_that_takes_long_goes_on_later),
		TEST(damaged_files_are_named),
		TEST(one_record_is_found),
		TEST(news_are_counted_by_seq),
	};

	return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
