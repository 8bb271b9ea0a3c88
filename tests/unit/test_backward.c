#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/backward.h"
#include "journal/segment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST 300000	/* of a line: more than is read at once */

static struct backward *
open_with(const struct fixture *f, struct backward_options options)
{
	struct backward *backward;

	options.directory = f->directory;
	if (options.from == 0 && options.to == 0) {
		options.from = INT64_MIN;
		options.to = INT64_MAX;
	}
	if (options.most == 0)
		options.most = options.most_bytes = 1000000;
	assert_int_equal(backward_open(&options, &backward), ERR_NONE);
	return backward;
}

static struct backward *
open_before(const struct fixture *f, uint64_t before)
{
	return open_with(f, (struct backward_options){ .before = before });
}

static void
expect(struct backward *backward, uint64_t seq)
{
	struct reader_line line;

	assert_true(backward_next(backward, &line));
	assert_int_equal(line.seq, seq);
	assert_int_equal(line.bytes[0], '{');
	assert_int_equal(line.bytes[line.length - 1], '}');
}

static void
expect_none(struct backward *backward)
{
	struct reader_line line;

	assert_false(backward_next(backward, &line));
	assert_false(backward_next(backward, &line));
	assert_int_equal(backward_error(backward), ERR_NONE);
}

static void
expect_trouble(const struct backward *backward, const char *file, int number)
{
	assert_string_equal(backward_left_out(backward)->file, file);
	assert_int_equal(backward_left_out(backward)->number, number);
}

/* Expects the seqs from `first` down to `last`, no more, and no trouble. */
static void
expect_all(struct backward *backward, uint64_t first, uint64_t last)
{
	uint64_t seq;

	for (seq = first; seq >= last && seq > 0; seq--)
		expect(backward, seq);
	expect_none(backward);
	assert_false(backward_goes_on(backward));
	expect_trouble(backward, "", 0);
	backward_close(backward);
}

static void
fill(struct fixture *f, unsigned from, unsigned to)
{
	while (from <= to)
		fixture_add(f, from++);
}

/* Files of four records. */
static void
fill_small_files(struct fixture *f, unsigned to)
{
	f->options.rotate_size = 300;
	f->options.sync = false;
	fixture_reopen(f);
	fill(f, 1, to);
}

/* Compresses the rotated file `n` as the journal does, or cuts off the last
 * bytes of what comes out. */
static void
compress_cut(const struct fixture *f, size_t n, unsigned cut)
{
	char command[512];

	snprintf(command, sizeof command, "cd '%s' && gzip -n '%s' && "
	    "truncate -s -%u '%s.gz'", f->directory,
	    fixture_archive_name(f, n), cut, fixture_archive_name(f, n));
	assert_int_equal(system(command), 0);
}

static void
compress(const struct fixture *f, size_t n)
{
	compress_cut(f, n, 0);
}

static void
compress_all_but_one(const struct fixture *f)
{
	size_t i;

	for (i = 0; i + 1 < fixture_archived(f); i++)
		if (strstr(fixture_archive_name(f, i), ".gz") == NULL)
			compress(f, i);
}

/* ---- what comes ---- */

static void
a_missing_folder_is_missing(void **state)
{
	const struct backward_options options = {
	    .directory = "/tmp/hookline-no-such-folder", .most = 1 };
	struct backward *backward;

	(void)state;
	assert_int_equal(backward_open(&options, &backward), ERR_MISSING);
	assert_int_equal(errno, ENOENT);
	assert_null(backward);
	backward_close(backward);
}

static void
an_empty_journal_has_no_records(void **state)
{
	struct backward *backward = open_before(*state, 0);
	uint64_t seq;
	int64_t time;

	expect_none(backward);
	assert_false(backward_reached(backward, &seq, &time));
	assert_int_equal(backward_oldest(backward), 0);
	expect_all(backward, 0, 1);
}

static void
all_records_come_across_rotated_files(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	fill_small_files(f, 40);
	assert_true(fixture_archived(f) > 4);
	expect_all(open_before(f, 0), 40, 1);
	for (before = 1; before <= 42; before++)
		expect_all(open_before(f, before),
		    before > 40 ? 40 : before - 1, 1);
}

static void
all_records_come_across_compressed_files(void **state)
{
	struct fixture *f = *state;
	struct backward_options few = { .most = 2, .most_bytes = 1000 };
	uint64_t before;

	fill_small_files(f, 40);
	compress_all_but_one(f);
	expect_all(open_before(f, 0), 40, 1);
	for (before = 1; before <= 42; before += 3) {
		expect_all(open_before(f, before),
		    before > 40 ? 40 : before - 1, 1);
		few.before = before;
		expect_all(open_with(f, few), before > 40 ? 40 : before - 1,
		    1);
	}
	few = (struct backward_options){ .most = 50, .most_bytes = 1 };
	expect_all(open_with(f, few), 40, 1);
}

static void
only_durable_records_come(void **state)
{
	struct fixture *f = *state;

	fill(f, 1, 2);
	/* Leaves the file as a process does that is killed before its sync. */
	fixture_append_text(f, SEGMENT_LIVE, "{\"seq\":3,\"received_at\":"
	    "\"2026-11-21T06:00:00.123456Z\",\"n\":3}\n");
	expect_all(open_before(f, 0), 2, 1);
	fill(f, 4, 4);
	expect_all(open_before(f, 0), 4, 1);
}

static void
without_a_state_only_rotated_files_count(void **state)
{
	const struct backward_options stateless = { .stateless = true };
	struct fixture *f = *state;

	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 5);
	expect_all(open_with(f, stateless), 5, 1);
	fixture_remove(f, ".state/shared");
	expect_all(open_before(f, 0), 4, 1);
	expect_all(open_before(f, 3), 2, 1);
	expect_all(open_with(f, stateless), 5, 1);
	/* If there is one that cannot be read, nobody knows. */
	fixture_write(f, ".state/shared", "");
	expect_all(open_with(f, stateless), 4, 1);
}

/* Its successor begins with the same seq, which was given away again. */
static void
what_a_failed_sync_left_does_not_come(void **state)
{
	struct fixture *f = *state;

	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 3);
	fixture_append_text(f, fixture_archive_name(f, 0), "{\"seq\":2,"
	    "\"received_at\":\"2026-11-21T06:00:00.123456Z\",\"bad\":1\n");
	fixture_append_text(f, fixture_archive_name(f, 1), "{\"seq\":3,"
	    "\"received_at\":\"2026-11-21T06:00:00.123456Z\",\"bad\":1\n");
	expect_all(open_before(f, 0), 3, 1);
	compress(f, 0);
	expect_all(open_before(f, 0), 3, 1);
}

/* Writes a live file of records, each of another length. */
static size_t
write_lengths(struct fixture *f, unsigned count, size_t longest)
{
	char *text = malloc(count * (longest + 100)), *p = text;
	size_t length = 1;
	unsigned i;

	for (i = 1; i <= count; i++) {
		p += sprintf(p, "{\"seq\":%u,\"received_at\":"
		    "\"2026-11-21T06:00:00.123456Z\",\"x\":\"", i);
		memset(p, 'x', length);
		p += length;
		p += sprintf(p, "\"}\n");
		length = length * 31 % longest + 1;
	}
	fixture_write(f, SEGMENT_LIVE, text);
	length = (size_t)(p - text);
	free(text);
	fixture_reopen(f);
	fill(f, count + 1, count + 1);
	return length;
}

static void
lines_of_any_length_come(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	assert_true(write_lengths(f, 30, LONGEST) > 3 << 20);
	for (before = 2; before <= 32; before++)
		expect_all(open_before(f, before), before - 1, 1);
}

static void
a_place_in_a_large_file_is_found(void **state)
{
	struct fixture *f = *state;
	uint64_t before;

	assert_true(write_lengths(f, 6000, 700) > 2 << 20);
	for (before = 1; before < 6002; before += 117) {
		struct backward *backward = open_before(f, before);

		if (before > 1)
			expect(backward, before - 1);
		if (before > 2)
			expect(backward, before - 2);
		backward_close(backward);
	}
	expect_all(open_before(f, 6001), 6000, 1);
}

static void
files_of_other_times_are_passed_over(void **state)
{
	static const char line[] = "{\"seq\":%u,\"received_at\":"
	    "\"2026-11-%02uT06:00:00.000000Z\",\"n\":1}\n";
	struct fixture *f = *state;
	struct backward_options options = { 0 };
	char name[80], text[100];
	unsigned i;

	fill_small_files(f, 6);
	assert_int_equal(mkdir(f->directory, 0700), -1);
	for (i = 0; i < fixture_archived(f); i++)
		fixture_remove(f, fixture_archive_name(f, i));
	/* One file for each day; the clock goes back on the last one. */
	for (i = 1; i <= 9; i++) {
		unsigned day = i == 9 ? 4 : i;

		snprintf(name, sizeof name, "archive/notifications-%012u-"
		    "202611%02uT060000Z.jsonl", i, day);
		snprintf(text, sizeof text, line, i, day);
		fixture_write(f, name, text);
	}
	fixture_remove(f, SEGMENT_LIVE);
	assert_true(clock_parse("2026-11-03T07:00:00.000000Z", &options.from));
	assert_true(clock_parse("2026-11-05T05:00:00.000000Z", &options.to));
	{
		static const uint64_t seqs[] = { 9, 8, 4, 3 };
		struct backward *backward = open_with(f, options);

		for (i = 0; i < sizeof seqs / sizeof seqs[0]; i++)
			expect(backward, seqs[i]);
		assert_false(backward_goes_on(backward));
		expect_none(backward);
		backward_close(backward);
	}
}

/* ---- damage ---- */

static void
a_torn_tail_is_not_a_line(void **state)
{
	struct fixture *f = *state;
	char *half = malloc(LONGEST + 1);

	fill(f, 1, 3);
	memset(half, 'x', LONGEST);
	half[LONGEST] = '\0';
	fixture_append_text(f, SEGMENT_LIVE, half);
	free(half);
	expect_all(open_before(f, 0), 3, 1);
	expect_all(open_before(f, 3), 2, 1);
}

static void
a_line_that_is_no_record_is_left_out_and_named(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;
	const char *name;
	char *text, *more;

	fill_small_files(f, 20);
	name = fixture_archive_name(f, 0);
	text = fixture_read(f, name);
	more = malloc(strlen(text) + 100);
	sprintf(more, "{\"seq\":\n\n%snone\n", text);
	fixture_write(f, name, more);
	free(text);
	free(more);
	backward = open_before(f, 0);
	for (uint64_t seq = 20; seq > 0; seq--)
		expect(backward, seq);
	expect_none(backward);
	expect_trouble(backward, name, 0);
	backward_close(backward);
}

static void
a_damaged_compressed_file_gives_what_it_can(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;
	struct reader_line line;
	uint64_t last = 41;
	unsigned count = 0;

	fill_small_files(f, 40);
	compress(f, 0);
	compress_cut(f, 1, 40);
	compress(f, 2);
	backward = open_before(f, 0);
	while (backward_next(backward, &line)) {
		assert_true(line.seq < last);
		last = line.seq;
		count++;
	}
	assert_int_equal(last, 1);
	assert_in_range(count, 36, 39);
	expect_trouble(backward, fixture_archive_name(f, 1), 0);
	backward_close(backward);
}

static void
a_file_that_cannot_be_opened_is_named(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;
	char name[80], path[512];

	fill_small_files(f, 11);
	strcpy(name, fixture_archive_name(f, 0));
	snprintf(path, sizeof path, "%s/%s", f->directory, name);
	backward = open_before(f, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	for (uint64_t seq = 11; seq > 4; seq--)
		expect(backward, seq);
	expect_none(backward);
	expect_trouble(backward, name, ENXIO);
	backward_close(backward);
}

/* ---- what others do meanwhile ---- */

static void
rotation_and_compression_change_nothing(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;

	fill_small_files(f, 23);
	backward = open_before(f, 0);
	expect(backward, 23);
	fill(f, 24, 40);
	expect(backward, 22);
	compress_all_but_one(f);
	expect_all(backward, 21, 1);
}

static void
what_retention_removes_is_left_out(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;

	fill_small_files(f, 23);
	backward = open_before(f, 0);
	expect(backward, 23);
	fixture_remove(f, fixture_archive_name(f, 0));
	for (uint64_t seq = 22; seq > 4; seq--)
		expect(backward, seq);
	expect_none(backward);
	expect_trouble(backward, "", 0);
	backward_close(backward);
}

/* As copytruncate does, or an operator. The rest was not read yet. */
static void
a_file_that_is_cut_short_gives_what_is_left(void **state)
{
	struct fixture *f = *state;
	struct backward *backward;
	struct reader_line line;
	char path[512];
	uint64_t last = 6001;

	write_lengths(f, 6000, 700);
	snprintf(path, sizeof path, "%s/%s", f->directory, SEGMENT_LIVE);
	backward = open_before(f, 0);
	expect(backward, 6001);
	assert_int_equal(truncate(path, 500000), 0);
	while (backward_next(backward, &line)) {
		assert_true(line.seq == last - 1 ||
		    (last > 2000 && line.seq < 2000));
		assert_int_equal(line.bytes[line.length - 1], '}');
		last = line.seq;
	}
	assert_int_equal(last, 1);
	expect_trouble(backward, "", 0);
	backward_close(backward);
}

/* ---- the judge ---- */

struct court {
	uint64_t every;		/* seqs that it divides are wanted */
	unsigned most;		/* records that are looked at */
	unsigned looks;
};

static enum backward_verdict
judge(void *context, const struct reader_line *line)
{
	struct court *court = context;

	if (court->looks == court->most)
		return BACKWARD_STOP;
	court->looks++;
	return line->seq % court->every == 0 ? BACKWARD_GIVE : BACKWARD_SKIP;
}

static struct backward *
open_judged(const struct fixture *f, struct court *court, uint64_t before)
{
	return open_with(f, (struct backward_options){ .before = before,
	    .judge = judge, .context = court, .most = 2,
	    .most_bytes = 100000 });
}

static void
only_wanted_records_come(void **state)
{
	struct fixture *f = *state;
	struct court court = { .every = 7, .most = 1000 };
	int round;

	fill_small_files(f, 40);
	for (round = 0; round < 2; round++) {
		struct backward *backward = open_judged(f, &court, 0);

		for (uint64_t seq = 35; seq > 0; seq -= 7)
			expect(backward, seq);
		expect_none(backward);
		backward_close(backward);
		compress_all_but_one(f);
	}
}

/* Goes on and on as the pages of a search do. Each record is looked at. */
static void
go_through(const struct fixture *f, unsigned most, uint64_t first)
{
	struct court court = { .every = 3, .most = most };
	uint64_t before = 0, wanted = first;
	bool on = true;
	unsigned pages = 0;

	while (on && pages++ < 100) {
		struct backward *backward = open_judged(f, &court, before);
		struct reader_line line;
		int64_t time;

		court.looks = 0;
		while (backward_next(backward, &line)) {
			assert_int_equal(line.seq, wanted);
			wanted -= 3;
		}
		assert_true(backward_reached(backward, &before, &time));
		on = backward_goes_on(backward);
		expect_trouble(backward, "", 0);
		backward_close(backward);
	}
	assert_false(on);
	assert_int_equal(wanted, 0);
}

static void
stopping_loses_no_record(void **state)
{
	struct fixture *f = *state;
	unsigned most;

	fill_small_files(f, 40);
	for (most = 1; most <= 41; most += 4)
		go_through(f, most, 39);
	compress_all_but_one(f);
	for (most = 8; most <= 41; most++)
		go_through(f, most, 39);
}

static void
a_compressed_file_that_takes_too_long_is_passed_over(void **state)
{
	struct fixture *f = *state;
	struct court court = { .every = 1, .most = 3 };
	struct backward *backward;
	struct reader_line line;
	uint64_t seq, second;
	int64_t time;

	fill_small_files(f, 40);
	compress_all_but_one(f);
	/* Each has four records. */
	backward = open_judged(f, &court, 13);
	assert_false(backward_next(backward, &line));
	expect_trouble(backward, fixture_archive_name(f, 2), EFBIG);
	assert_true(backward_reached(backward, &seq, &time));
	assert_int_equal(seq, 9);
	assert_true(backward_goes_on(backward));
	backward_close(backward);
	/* In the next one it stops as well. */
	for (second = seq; backward_goes_on(backward = open_judged(f, &court,
	    second)); backward_close(backward)) {
		court.looks = 0;
		assert_false(backward_next(backward, &line));
		assert_true(backward_reached(backward, &seq, &time));
		assert_true(seq < second);
		second = seq;
	}
	backward_close(backward);
	assert_int_equal(seq, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_folder_is_missing),
		TEST(an_empty_journal_has_no_records),
		TEST(all_records_come_across_rotated_files),
		TEST(all_records_come_across_compressed_files),
		TEST(only_durable_records_come),
		TEST(without_a_state_only_rotated_files_count),
		TEST(what_a_failed_sync_left_does_not_come),
		TEST(lines_of_any_length_come),
		TEST(a_place_in_a_large_file_is_found),
		TEST(files_of_other_times_are_passed_over),
		TEST(a_torn_tail_is_not_a_line),
		TEST(a_line_that_is_no_record_is_left_out_and_named),
		TEST(a_damaged_compressed_file_gives_what_it_can),
		TEST(a_file_that_cannot_be_opened_is_named),
		TEST(rotation_and_compression_change_nothing),
		TEST(what_retention_removes_is_left_out),
		TEST(a_file_that_is_cut_short_gives_what_is_left),
		TEST(only_wanted_records_come),
		TEST(stopping_loses_no_record),
		TEST(a_compressed_file_that_takes_too_long_is_passed_over),
	};

	return cmocka_run_group_tests_name("backward", tests, NULL, NULL);
}
