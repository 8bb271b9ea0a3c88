#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/reader.h"
#include "journal/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct reader *
open_reader(const struct fixture *f, uint64_t from_seq, bool durable)
{
	const struct reader_options options = { .directory = f->directory,
	    .from_seq = from_seq, .durable = durable };
	struct reader *reader;

	assert_int_equal(reader_open(&options, &reader), ERR_NONE);
	return reader;
}

static void
expect(struct reader *reader, uint64_t seq)
{
	struct reader_line line;

	assert_true(reader_next(reader, &line));
	assert_int_equal(line.seq, seq);
	assert_int_equal(line.bytes[line.length - 1], '}');
}

static void
expect_none(struct reader *reader)
{
	struct reader_line line;

	assert_false(reader_next(reader, &line));
	assert_int_equal(reader_error(reader), ERR_NONE);
}

static void
expect_all(struct reader *reader, uint64_t from, uint64_t to)
{
	for (uint64_t seq = from; seq <= to; seq++)
		expect(reader, seq);
	expect_none(reader);
}

static void
fill(struct fixture *f, unsigned from, unsigned to)
{
	for (unsigned i = from; i <= to; i++)
		fixture_add(f, i);
}

static void
a_missing_folder_is_missing(void **state)
{
	const struct reader_options options = {
	    .directory = "/tmp/hookline-no-such-folder" };
	struct reader *reader;

	(void)state;
	assert_int_equal(reader_open(&options, &reader), ERR_MISSING);
	assert_null(reader);
}

static void
an_empty_journal_has_no_records(void **state)
{
	struct reader *reader = open_reader(*state, 0, true);

	expect_none(reader);
	expect_none(reader);
	reader_close(reader);
}

static void
reads_across_rotated_files(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	f->options.rotate_size = 300;
	fixture_reopen(f);
	fill(f, 1, 40);
	reader = open_reader(f, 0, true);
	expect_all(reader, 1, 40);
	reader_close(reader);
	reader = open_reader(f, 17, false);
	expect_all(reader, 17, 40);
	reader_close(reader);
}

static void
follows_across_rotation(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	f->options.rotate_size = 300;
	fixture_reopen(f);
	reader = open_reader(f, 0, true);
	for (unsigned i = 1; i <= 60; i += 3) {
		fill(f, i, i + 2);
		expect_all(reader, i, i + 2);
	}
	reader_close(reader);
}

static void
follows_if_many_files_came_between(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 1);
	reader = open_reader(f, 0, true);
	expect(reader, 1);
	fill(f, 2, 12);
	expect_all(reader, 2, 12);
	reader_close(reader);
}

static void
skips_what_retention_removed(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	f->options.rotate_size = 10;
	f->options.keep_files = 2;
	fixture_reopen(f);
	fill(f, 1, 8);
	reader = open_reader(f, 0, true);
	expect_all(reader, 6, 8);
	reader_close(reader);
}

static void
from_time_leaves_out_older_records(void **state)
{
	struct fixture *f = *state;
	struct reader_options options = { .directory = f->directory };
	struct reader *reader;

	fixture_write(f, SEGMENT_LIVE, "{\"seq\":1,\"received_at\":"
	    "\"2020-01-01T00:00:00.000000Z\",\"n\":1}\n");
	fixture_reopen(f);
	fill(f, 2, 3);
	options.from_time = clock_now() - CLOCK_HOUR;
	assert_int_equal(reader_open(&options, &reader), ERR_NONE);
	expect_all(reader, 2, 3);
	reader_close(reader);
}

static void
a_line_that_is_not_durable_is_held_back(void **state)
{
	struct fixture *f = *state;
	struct reader *reader, *hasty;

	fill(f, 1, 2);
	/* Leaves the file as a process does that is killed before its sync. */
	fixture_append_text(f, SEGMENT_LIVE, "{\"seq\":3,\"received_at\":"
	    "\"2026-11-21T06:00:00.123456Z\",\"n\":3}\n");
	reader = open_reader(f, 0, true);
	hasty = open_reader(f, 0, false);
	expect_all(reader, 1, 2);
	expect_all(hasty, 1, 3);
	fill(f, 4, 4);
	expect_all(reader, 3, 4);
	expect_all(hasty, 4, 4);
	reader_close(reader);
	reader_close(hasty);
}

static void
a_torn_tail_is_not_a_line(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	fill(f, 1, 1);
	fixture_append_text(f, SEGMENT_LIVE, "{\"seq\":2,\"rec");
	reader = open_reader(f, 0, false);
	expect_all(reader, 1, 1);
	fill(f, 2, 2);
	expect_all(reader, 2, 2);
	reader_close(reader);
}

static void
without_a_state_only_rotated_files_count(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;

	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 5);
	fixture_remove(f, ".state");
	reader = open_reader(f, 0, true);
	expect_all(reader, 1, 4);
	fill(f, 6, 6);
	expect_all(reader, 5, 6);
	reader_close(reader);
}

/* Waits until the compressing process has finished, up to a limit. */
static void
wait_for_compression(const struct fixture *f, size_t plain)
{
	for (int tries = 0; tries < 500; tries++) {
		struct reader_file *files;
		size_t count, left = 0;

		assert_int_equal(reader_files(f->directory, &files, &count),
		    ERR_NONE);
		for (size_t i = 0; i < count; i++)
			left += !files[i].compressed && !files[i].live;
		free(files);
		if (left == plain)
			return;
		usleep(10000);
	}
	fail_msg("compression did not finish");
}

static void
reads_compressed_files(void **state)
{
	struct fixture *f = *state;
	struct reader *reader, *before;

	f->options.rotate_size = 300;
	f->options.compress = true;
	fixture_reopen(f);
	fill(f, 1, 3);
	before = open_reader(f, 0, true);
	expect(before, 1);
	fill(f, 4, 40);
	wait_for_compression(f, 1);
	reader = open_reader(f, 0, true);
	expect_all(reader, 1, 40);
	expect_all(before, 2, 40);
	reader_close(reader);
	reader_close(before);
}

static void
compressed_files_rebuild_the_index(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	f->options.rotate_size = 300;
	f->options.compress = true;
	fixture_reopen(f);
	fill(f, 1, 20);
	wait_for_compression(f, 1);
	fixture_remove(f, ".state");
	for (unsigned i = 1; i <= 20; i++) {
		assert_int_equal(fixture_append(f, i, &duplicate), ERR_NONE);
		assert_true(duplicate);
	}
}

static void
lists_files_with_the_live_one_last(void **state)
{
	struct fixture *f = *state;
	struct reader_file *files;
	size_t count;

	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 3);
	assert_int_equal(reader_files(f->directory, &files, &count),
	    ERR_NONE);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(files[i].first_seq, i + 1);
		assert_true(files[i].size > 50);
		assert_int_equal(files[i].live, i == 2);
	}
	assert_string_equal(files[2].name, "notifications.jsonl");
	free(files);
}

static void
waiting_ends_when_a_record_comes(void **state)
{
	struct fixture *f = *state;
	struct reader *reader;
	struct reader_line line;
	int64_t deadline = clock_monotonic_ms() + 5000;
	pid_t child;
	bool got;

	fill(f, 1, 1);
	reader = open_reader(f, 0, true);
	expect_all(reader, 1, 1);
	child = fork();
	if (child == 0) {
		fixture_reopen(f);
		_exit(fixture_append(f, 2, NULL) == ERR_NONE ? 0 : 1);
	}
	while (!(got = reader_next(reader, &line)) &&
	    reader_error(reader) == ERR_NONE &&
	    clock_monotonic_ms() < deadline)
		reader_wait(reader, 1000);
	assert_true(got);
	assert_int_equal(line.seq, 2);
	waitpid(child, NULL, 0);
	reader_close(reader);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_missing_folder_is_missing),
		TEST(an_empty_journal_has_no_records),
		TEST(reads_across_rotated_files),
		TEST(follows_across_rotation),
		TEST(follows_if_many_files_came_between),
		TEST(skips_what_retention_removed),
		TEST(from_time_leaves_out_older_records),
		TEST(a_line_that_is_not_durable_is_held_back),
		TEST(a_torn_tail_is_not_a_line),
		TEST(without_a_state_only_rotated_files_count),
		TEST(reads_compressed_files),
		TEST(compressed_files_rebuild_the_index),
		TEST(lists_files_with_the_live_one_last),
		TEST(waiting_ends_when_a_record_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
