/* Unit tests for hookctl/verify_order.h, verify_names.h: what is out of order,
 * and which names are damaged. */
#include "hookctl/verify_names.h"
#include "hookctl/verify_order.h"

#include "base/clock.h"

#include "span_fixture.h"

#include <json-c/json.h>

static struct findings findings;
static struct order order;
static struct names names;
static uint64_t line;

static int
begin(void **state)
{
	(void)state;
	order = (struct order){ .findings = &findings };
	line = 0;
	return findings_begin(&findings, true, NULL) ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	findings_free(&findings);
	names_free(&names);
	return 0;
}

static int64_t
time_of(const char *text)
{
	char whole[] = "2026-11-21T06:00:00.000000Z";
	int64_t time;

	memcpy(whole + 11, text, strlen(text));
	assert_true(clock_parse(whole, &time));
	return time;
}

static void
take(uint64_t seq, const char *text)
{
	struct place place = { .file = "f", .seq = seq };

	place.line = ++line;
	order_take(&order, seq, time_of(text), &place, &place);
}

/* Takes seqs at one time; 0 is a line without one. */
static void
seqs(const uint64_t *list)
{
	for (; *list != UINT64_MAX; list++)
		if (*list == 0)
			order_pass(&order);
		else
			take(*list, "06");
	order_end(&order, INT64_MAX);
}

#define SEQS(...) seqs((const uint64_t[]){ __VA_ARGS__, UINT64_MAX })

static const char *
text_at(struct json_object *list, size_t i)
{
	struct json_object *row = json_object_array_get_idx(list, i);

	return json_object_is_type(row, json_type_string) ?
	    json_object_get_string(row) : json_object_get_string(
	    json_object_object_get(row, "text"));
}

/* All that was found, by the numbers of the lines and the texts. */
static void
found(size_t count, const uint64_t *lines, const char *const *texts)
{
	size_t i;

	assert_int_equal(findings.count, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(json_object_get_int64(json_object_object_get(
		    json_object_array_get_idx(findings.list, i), "line")),
		    lines[i]);
		if (strstr(text_at(findings.list, i), texts[i]) == NULL)
			fail_msg("\"%s\", not \"%s\"",
			    text_at(findings.list, i), texts[i]);
	}
}

#define FOUND(line, text) found(1, (const uint64_t[]){ line },		\
	(const char *const[]){ text })
#define FOUND_2(line1, text1, line2, text2)				\
	found(2, (const uint64_t[]){ line1, line2 },			\
	(const char *const[]){ text1, text2 })
#define FOUND_NONE() assert_int_equal(findings.count, 0)

static void
begins_anywhere(void **state)
{
	(void)state;
	SEQS(7, 8, 9);
	FOUND_NONE();
}

static void
names_what_is_missing(void **state)
{
	(void)state;
	SEQS(1, 2, 5, 6);
	FOUND(3, "records 3 to 4 are missing before this one");
}

static void
names_what_comes_again(void **state)
{
	(void)state;
	SEQS(1, 2, 3, 2, 3, 4);
	FOUND(4, "seq 2 comes again, where 4 was due");
}

static void
tells_a_damaged_seq_from_a_gap(void **state)
{
	(void)state;
	SEQS(1, 2, 7, 4, 5);
	FOUND(3, "seq is 7, where 3 was due; the records around it");
}

static void
finds_two_damaged_seqs_in_a_row(void **state)
{
	(void)state;
	SEQS(1, 2, 23, 14, 5, 6);
	FOUND_2(3, "seq is 23, where 3 was due", 4,
	    "seq is 14, where 4 was due; the records around it");
}

static void
finds_the_last_one(void **state)
{
	(void)state;
	SEQS(1, 2, 7);
	FOUND(3, "seq is 7, where 3 was due");
}

static void
does_not_take_a_gap_at_the_end_for_damage(void **state)
{
	(void)state;
	SEQS(1, 2, 8);
	FOUND(3, "records 3 to 7 are missing");
}

static void
passes_lines_without_a_seq(void **state)
{
	(void)state;
	SEQS(1, 0, 3, 0, 0, 6, 0, 7);
	FOUND_NONE();
}

static void
finds_a_gap_beside_them(void **state)
{
	(void)state;
	SEQS(1, 0, 4, 5);
	FOUND(2, "records 2 to 3 are missing");
}

/* Takes records at these times. */
static void
times(const char *const *list)
{
	uint64_t seq = 1;

	for (; *list != NULL; list++)
		take(seq++, *list);
	order_end(&order, time_of("23"));
}

#define TIMES(...) times((const char *const[]){ __VA_ARGS__, NULL })

static void
allows_equal_times(void **state)
{
	(void)state;
	TIMES("06:00", "06:00", "06:01");
	FOUND_NONE();
}

static void
finds_a_small_step_back(void **state)
{
	(void)state;
	TIMES("06:31:00", "06:44:00", "06:31:01", "06:44:01");
	FOUND(3, "it is before that of the record before, 2026-11-21T06:44");
}

/* One bit makes 06:04 of 06:06. */
static void
blames_the_record_that_one_bit_puts_in_order(void **state)
{
	(void)state;
	TIMES("06:01", "06:03", "06:06", "06:05", "06:07");
	FOUND(3, "it is after that of the next record, 2026-11-21T06:05");
}

static void
notes_a_clock_that_was_set_back(void **state)
{
	(void)state;
	TIMES("16:00:00", "16:00:01", "09:15:00", "09:15:01");
	FOUND_NONE();
	assert_string_equal(text_at(findings.notes, 0), "the clock was set "
	    "back before record 3: from 2026-11-21T16:00:01.000000Z to "
	    "2026-11-21T09:15:00.000000Z");
}

static void
finds_a_damaged_hour(void **state)
{
	(void)state;
	TIMES("16:00:00", "16:00:01", "06:00:02", "16:00:03");
	FOUND(3, "it is before that of the record before");
}

static void
finds_a_damaged_hour_at_the_end(void **state)
{
	(void)state;
	TIMES("16:00:00", "16:00:01", "06:00:02");
	FOUND(3, "it is before that of the record before");
}

static void
finds_a_time_to_come_at_the_end(void **state)
{
	(void)state;
	take(1, "06:00");
	take(2, "16:01");
	order_end(&order, time_of("07:00"));
	FOUND(2, "received_at is in the future");
}

/* Counts a name's records. */
static void
count(const char *text, size_t records)
{
	struct place place = { .file = "f", .line = 1, .seq = 1 };

	while (records-- > 0)
		assert_non_null(names_count(&names, span_of(text), &place));
}

static void
finds_a_name_with_a_flipped_bit(void **state)
{
	(void)state;
	count("/webhook", 20);
	count("/webhooj", 1);
	names_judge(&names, &findings);
	FOUND(1, "the endpoint is \"/webhooj\", one bit away from \"/webhook\"");
	assert_int_equal(json_object_get_int64(json_object_object_get(
	    json_object_array_get_idx(findings.list, 0), "byte")), 7);
}

static void
believes_other_names(void **state)
{
	(void)state;
	assert_true(names_add_known(&names, "/webhooj"));
	count("/webhook", 100);
	count("/webhooj", 1);	/* it is known */
	count("/webhooi", 6);	/* it has too many records */
	count("/webhoon", 1);	/* one bit from /webhooj, which has few, too */
	count("/webhools", 1);
	count("/webhoot", 1);
	names_judge(&names, &findings);
	FOUND_NONE();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_anywhere), TEST(names_what_is_missing),
		TEST(names_what_comes_again),
		TEST(tells_a_damaged_seq_from_a_gap),
		TEST(finds_two_damaged_seqs_in_a_row),
		TEST(finds_the_last_one),
		TEST(does_not_take_a_gap_at_the_end_for_damage),
		TEST(passes_lines_without_a_seq), TEST(finds_a_gap_beside_them),
		TEST(allows_equal_times), TEST(finds_a_small_step_back),
		TEST(blames_the_record_that_one_bit_puts_in_order),
		TEST(notes_a_clock_that_was_set_back),
		TEST(finds_a_damaged_hour),
		TEST(finds_a_damaged_hour_at_the_end),
		TEST(finds_a_time_to_come_at_the_end),
		TEST(finds_a_name_with_a_flipped_bit),
		TEST(believes_other_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
