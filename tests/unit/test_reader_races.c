/*
 * What happens to the files just while a reader looks for the next one. The
 * seam (HOOKLINE_FAULTS) makes it happen then.
 */
#include "journal_fixture.h"

#include "journal/backward.h"
#include "journal/reader.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* tests/faults/seam.h, where it is linked. */
extern void seam_arm(const char *rules, unsigned seed)
    __attribute__((weak));

static void
fill(struct fixture *f, unsigned from, unsigned to)
{
	while (from <= to)
		fixture_add(f, from++);
}

static struct reader *
open_reader(const struct fixture *f, uint64_t from_seq)
{
	const struct reader_options options = { .directory = f->directory,
	    .from_seq = from_seq };
	struct reader *reader;

	assert_int_equal(reader_open(&options, &reader), ERR_NONE);
	return reader;
}

/* Reads from `seq` on until there is no more, and looks again `again` times.
 * Returns the last seq; 0 if one was left out. */
static uint64_t
read_all(struct reader *reader, uint64_t seq, unsigned again)
{
	struct reader_line line;

	do
		while (reader_next(reader, &line))
			if (line.seq != seq++)
				return 0;
	while (again-- > 0);
	return seq - 1;
}

/* A file that cannot be opened is tried again, and one that is gone is looked
 * for under its new name. */
static void
no_file_is_passed_over(void **state)
{
	static const char *const numbers[] = { "ENOENT", "EMFILE", "EIO" };
	struct fixture *f = *state;
	struct reader *reader;
	char rule[64];
	size_t i;
	unsigned call;

	if (seam_arm == NULL)
		skip();
	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 5);
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		for (call = 1; call <= 12; call++) {
			reader = open_reader(f, 1);
			snprintf(rule, sizeof rule, "openat/%u:%s", call,
			    numbers[i]);
			seam_arm(rule, 1);
			assert_int_equal(read_all(reader, 1, 1), 5);
			seam_arm(NULL, 1);
			reader_close(reader);
		}
}

/* Reads the newest record, which must be `count` or a later one, and the two
 * before it. */
static bool
read_backward(const struct fixture *f, uint64_t count)
{
	const struct backward_options options = { .directory = f->directory,
	    .from = INT64_MIN, .to = INT64_MAX, .most = 1 };
	struct backward *backward;
	struct reader_line line;
	uint64_t seq = 0;
	int i;

	if (backward_open(&options, &backward) != ERR_NONE)
		return false;
	for (i = 0; i < 3 && seq != 1; i++) {
		if (!backward_next(backward, &line) || (i == 0 ?
		    line.seq < count : line.seq != seq - 1))
			return false;
		seq = line.seq;
	}
	backward_close(backward);
	return true;
}

/* Reads all records from `count` on, of which there is one or more. */
static bool
read_forward(const struct fixture *f, uint64_t count)
{
	return read_all(open_reader(f, count), count, 0) >= count;
}

/* The child stops before each of its calls in turn, and meanwhile the live file
 * is rotated, twice. It begins at the newest record, so its calls are few. */
static void
check_rotation(struct fixture *f, bool (*read)(const struct fixture *f,
    uint64_t count))
{
	unsigned call, count = 1;
	bool stopped = true;

	if (seam_arm == NULL)
		skip();
	f->options.rotate_size = 100;
	fixture_reopen(f);
	fill(f, 1, 1);
	for (call = 1; stopped && call < 100; call++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			char rule[32];

			snprintf(rule, sizeof rule, "openat/%u:stop", call);
			seam_arm(rule, 1);
			_exit(read(f, count) ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, WUNTRACED), child);
		stopped = WIFSTOPPED(status);
		if (stopped) {
			fill(f, count + 1, count + 2);
			kill(child, SIGCONT);
			count += 2;
			assert_int_equal(waitpid(child, &status, 0), child);
		}
		assert_int_equal(status, 0);
	}
	assert_false(stopped);
	assert_true(call > 5);
}

static void
a_rotation_meanwhile_hides_no_file(void **state)
{
	check_rotation(*state, read_forward);
}

static void
a_rotation_meanwhile_hides_no_file_backwards(void **state)
{
	check_rotation(*state, read_backward);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_file_is_passed_over),
		TEST(a_rotation_meanwhile_hides_no_file),
		TEST(a_rotation_meanwhile_hides_no_file_backwards),
	};

	return cmocka_run_group_tests_name("reader_races", tests, NULL, NULL);
}
