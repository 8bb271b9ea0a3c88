#include "base/tally.c"

#include "journal_fixture.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Waits for a second to begin, so that what follows falls into one. */
static void
begin_a_second(void)
{
	while (clock_now() % CLOCK_SECOND > CLOCK_SECOND / 4)
		usleep(10000);
}

static void
ten_lines_a_second_then_a_count(void **state)
{
	struct fixture *f = *state;
	struct tally *tally = tally_open(f->directory, 0640);
	uint64_t left_out = 99;
	int lines = 0;

	assert_true(tally_shared(tally));
	begin_a_second();
	for (int i = 0; i < 50; i++)
		lines += tally_add(tally, 3, &left_out);
	assert_int_equal(lines, TALLY_LINES_MAX);
	assert_int_equal(left_out, 0);
	usleep(1000000);
	assert_true(tally_add(tally, 3, &left_out));
	assert_int_equal(left_out, 40);
	assert_int_equal(tally_count(tally, 3), 51);
	assert_int_equal(tally_count(tally, 4), 0);
	tally_close(tally);
}

static void
processes_count_together(void **state)
{
	struct fixture *f = *state;
	struct tally *tally = tally_open(f->directory, 0640);
	uint64_t left_out;
	int lines = 0, status;

	begin_a_second();
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			struct tally *own = tally_open(f->directory, 0640);

			for (int n = 0; n < 100; n++)
				lines += tally_add(own, 1, &left_out);
			_exit(lines);
		}
	for (int i = 0; i < 4; i++) {
		wait(&status);
		lines += WEXITSTATUS(status);
	}
	assert_int_equal(lines, TALLY_LINES_MAX);
	assert_int_equal(tally_count(tally, 1), 400);
	tally_close(tally);
}

static void
without_a_folder_it_counts_for_itself(void **state)
{
	struct tally *tally = tally_open("/tmp/hookline-no-such", 0640);
	uint64_t left_out;

	(void)state;
	assert_false(tally_shared(tally));
	assert_true(tally_add(tally, 0, &left_out));
	assert_int_equal(tally_count(tally, 0), 1);
	tally_close(tally);
}

static void
a_file_cut_short_does_no_harm(void **state)
{
	struct fixture *f = *state;
	struct tally *tally;
	uint64_t left_out;
	char path[128];

	snprintf(path, sizeof path, "%s/" TALLY_NAME, f->directory);
	tally = tally_open(f->directory, 0640);
	assert_int_equal(truncate(path, 0), 0);
	assert_true(tally_add(tally, 2, &left_out));
	assert_false(tally_shared(tally));
	tally_close(tally);
	tally = tally_open(f->directory, 0640);
	assert_int_equal(truncate(path, 0), 0);
	assert_true(tally_hourly(tally, 2));
	assert_false(tally_hourly(tally, 2));
	tally_close(tally);
}

static void
once_an_hour_for_each_kind(void **state)
{
	struct fixture *f = *state;
	struct tally *tally = tally_open(f->directory, 0640);
	struct tally *other = tally_open(f->directory, 0640);

	assert_true(tally_hourly(tally, 1));
	assert_false(tally_hourly(tally, 1));
	assert_false(tally_hourly(other, 1));
	assert_true(tally_hourly(other, 0));
	tally_close(tally);
	tally = tally_open(f->directory, 0640);
	assert_false(tally_hourly(tally, 1));
	/* Counting refusals is another matter. */
	assert_int_equal(tally_count(tally, 1), 0);
	tally_close(tally);
	tally_close(other);
}

static void
after_an_hour_again(void **state)
{
	struct fixture *f = *state;
	struct tally *tally = tally_open(f->directory, 0640);
	_Atomic uint32_t *told = &tally->counts->told[TALLY_HOURLY - 1];

	assert_true(tally_hourly(tally, TALLY_HOURLY - 1));
	*told -= HOUR - 30;
	assert_false(tally_hourly(tally, TALLY_HOURLY - 1));
	*told -= 30;
	assert_true(tally_hourly(tally, TALLY_HOURLY - 1));
	/* Another process looked at its clock a little later than we do. */
	*told += 5;
	assert_false(tally_hourly(tally, TALLY_HOURLY - 1));
	/* The clock was set back. */
	*told += HOUR + 30;
	assert_true(tally_hourly(tally, TALLY_HOURLY - 1));
	assert_false(tally_hourly(tally, TALLY_HOURLY - 1));
	tally_close(tally);
}

static void
of_many_processes_one_is_told(void **state)
{
	struct fixture *f = *state;
	int count = 0, status;

	for (int i = 0; i < 16; i++)
		if (fork() == 0) {
			struct tally *own = tally_open(f->directory, 0640);

			_exit(tally_hourly(own, 2));
		}
	while (wait(&status) != -1)
		count += WEXITSTATUS(status);
	assert_int_equal(count, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ten_lines_a_second_then_a_count),
		TEST(processes_count_together),
		TEST(without_a_folder_it_counts_for_itself),
		TEST(a_file_cut_short_does_no_harm),
		TEST(once_an_hour_for_each_kind),
		TEST(after_an_hour_again),
		TEST(of_many_processes_one_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
