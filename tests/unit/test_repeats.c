/*
 * Which record repeats which, as time passes. The tests move time, so they are
 * built with the seam (HOOKLINE_FAULTS).
 */
#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/layout.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char clock_path[64], boot_path[64];

static void
write_offset(const char *path, long seconds)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "%ld\n", seconds);
	assert_int_equal(fclose(file), 0);
}

/* Moves time to this many seconds after the test began. */
static void
at(long seconds)
{
	write_offset(clock_path, seconds);
	write_offset(boot_path, seconds);
}

/* Changes the wall clock, as an administrator may do. */
static void
set_clock(long seconds)
{
	write_offset(clock_path, seconds);
}

static int
setup(void **state)
{
	at(0);
	return fixture_setup(state);
}

static int
setup_clocks(void **state)
{
	(void)state;
	snprintf(clock_path, sizeof clock_path, "/tmp/hookline-clock.%d",
	    (int)getpid());
	snprintf(boot_path, sizeof boot_path, "/tmp/hookline-boot.%d",
	    (int)getpid());
	return setenv("HOOKLINE_CLOCK", clock_path, 1) |
	    setenv("HOOKLINE_BOOT_CLOCK", boot_path, 1);
}

static int
remove_clocks(void **state)
{
	(void)state;
	return unlink(clock_path) | unlink(boot_path);
}

static void
expect(struct fixture *f, unsigned number, enum journal_repeat repeat,
    bool duplicate, uint64_t seq)
{
	struct journal_record record;

	assert_int_equal(fixture_send(f, &record, number, 0, repeat),
	    ERR_NONE);
	assert_int_equal(record.duplicate, duplicate);
	assert_int_equal(record.seq, seq);
}

static void
is_new(struct fixture *f, unsigned number, enum journal_repeat repeat,
    uint64_t seq)
{
	expect(f, number, repeat, false, seq);
}

static void
repeats(struct fixture *f, unsigned number, enum journal_repeat repeat,
    uint64_t seq)
{
	expect(f, number, repeat, true, seq);
}

static void
lose_state(struct fixture *f)
{
	fixture_remove(f, SEGMENT_STATE);
	fixture_reopen(f);
}

/* Appends a line as a process does that is killed before it updates the index.
 * The line's stamp is this many seconds from now. */
static void
killed(struct fixture *f, uint64_t seq, long seconds, unsigned number,
    enum journal_repeat repeat)
{
	char line[160], time[CLOCK_RFC3339_LENGTH + 1];

	clock_format(clock_now() + seconds * CLOCK_SECOND, time);
	snprintf(line, sizeof line, "{\"seq\":%u,\"received_at\":\"%s\","
	    "\"r\":%d,\"n\":%u}\n", (unsigned)seq, time, (int)repeat, number);
	fixture_append_text(f, SEGMENT_LIVE, line);
}

static void
in_window_for_the_whole_window(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_IN_WINDOW, 1);
	at(6 * DAY);
	repeats(f, 1, JOURNAL_IN_WINDOW, 1);
	/* The repeat did not renew it. */
	at(7 * DAY + 2);
	is_new(f, 1, JOURNAL_IN_WINDOW, 2);
	at(13 * DAY);
	repeats(f, 1, JOURNAL_IN_WINDOW, 2);
}

static void
soon_for_less_than_15_minutes(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_SOON, 1);
	at(15 * MINUTE - 2);
	repeats(f, 1, JOURNAL_SOON, 1);
	at(15 * MINUTE);
	is_new(f, 1, JOURNAL_SOON, 2);
	/* The new record has taken over the entry. */
	at(29 * MINUTE);
	repeats(f, 1, JOURNAL_SOON, 2);
	at(30 * MINUTE);
	is_new(f, 1, JOURNAL_SOON, 3);
}

static void
soon_within_a_shorter_window(void **state)
{
	struct fixture *f = *state;

	f->options.window = 60;
	fixture_reopen(f);
	is_new(f, 1, JOURNAL_SOON, 1);
	at(58);
	repeats(f, 1, JOURNAL_SOON, 1);
	at(2 * MINUTE);
	is_new(f, 1, JOURNAL_SOON, 2);
	f->options.window = 0;
	f->options.settings_time = 1;
	fixture_reopen(f);
	is_new(f, 1, JOURNAL_SOON, 3);
}

static void
never_a_repeat_and_never_repeated(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_NEVER, 1);
	is_new(f, 1, JOURNAL_NEVER, 2);
	lose_state(f);
	is_new(f, 1, JOURNAL_NEVER, 3);
	/* It does not hide other records with the same key. */
	is_new(f, 1, JOURNAL_IN_WINDOW, 4);
	is_new(f, 1, JOURNAL_NEVER, 5);
	repeats(f, 1, JOURNAL_IN_WINDOW, 4);
	lose_state(f);
	repeats(f, 1, JOURNAL_IN_WINDOW, 4);
}

/* A batch may hold both kinds; an older key is looked up but not stored. */
static void
keys_of_a_batch_and_older_keys(void **state)
{
	struct fixture *f = *state;
	struct journal_record record, batch[3];
	size_t i;

	memset(batch, 0, sizeof batch);
	for (i = 0; i < 3; i++) {
		memset(batch[i].key, 'k', sizeof batch[i].key);
		batch[i].repeat = i == 1 ? JOURNAL_SOON : JOURNAL_NEVER;
		batch[i].tail = (struct span){ "\"b\":1}\n", 7 };
	}
	assert_int_equal(journal_append(f->journal, batch, 3), ERR_NONE);
	assert_int_equal(journal_append(f->journal, batch, 3), ERR_NONE);
	assert_true(!batch[0].duplicate && !batch[2].duplicate);
	assert_true(batch[1].duplicate);
	assert_int_equal(batch[1].seq, 2);
	assert_int_equal(batch[2].seq, 5);
	is_new(f, 1, JOURNAL_IN_WINDOW, 6);
	assert_int_equal(fixture_send(f, &record, 2, 1, JOURNAL_IN_WINDOW),
	    ERR_NONE);
	assert_true(record.duplicate);
	assert_int_equal(record.seq, 6);
	is_new(f, 2, JOURNAL_IN_WINDOW, 7);
	/* If both keys are found, the highest seq counts. */
	assert_int_equal(fixture_send(f, &record, 2, 1, JOURNAL_IN_WINDOW),
	    ERR_NONE);
	assert_int_equal(record.seq, 7);
	assert_int_equal(fixture_send(f, &record, 1, 2, JOURNAL_IN_WINDOW),
	    ERR_NONE);
	assert_int_equal(record.seq, 7);
}

/* As long as the state exists, setting the clock makes no difference. */
static void
setting_the_clock_ages_nothing(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_SOON, 1);
	set_clock(-2 * HOUR);
	repeats(f, 1, JOURNAL_SOON, 1);
	set_clock(2 * DAY);
	repeats(f, 1, JOURNAL_SOON, 1);
}

static void
a_rebuild_knows_the_age_of_records(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_SOON, 1);
	at(10 * MINUTE);
	lose_state(f);
	repeats(f, 1, JOURNAL_SOON, 1);
	at(16 * MINUTE);
	is_new(f, 1, JOURNAL_SOON, 2);
	lose_state(f);
	/* Of these two, the highest seq counts. */
	repeats(f, 1, JOURNAL_SOON, 2);
	at(32 * MINUTE);
	lose_state(f);
	is_new(f, 1, JOURNAL_SOON, 3);
}

/* In the same process, whose second rebuild reads the clocks again. */
static void
after_a_change_of_the_clock_a_rebuild_sees_it(void **state)
{
	struct fixture *f = *state;

	f->options.window = 100;
	fixture_reopen(f);
	is_new(f, 1, JOURNAL_IN_WINDOW, 1);
	fixture_remove(f, SEGMENT_STATE);
	repeats(f, 1, JOURNAL_IN_WINDOW, 1);
	set_clock(40);
	fixture_remove(f, SEGMENT_STATE);
	repeats(f, 1, JOURNAL_IN_WINDOW, 1);
	/* It is now 40 + 70 seconds old. */
	at(70);
	is_new(f, 1, JOURNAL_IN_WINDOW, 2);
}

/* No record has come for days. Records within the window still count, since the
 * clock may be wrong. For records that count only for a while, that would lose
 * an event. */
static void
a_rebuild_after_days_loses_no_soon_event(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_IN_WINDOW, 1);
	is_new(f, 2, JOURNAL_SOON, 2);
	at(30 * DAY);
	lose_state(f);
	repeats(f, 1, JOURNAL_IN_WINDOW, 1);
	is_new(f, 2, JOURNAL_SOON, 3);
}

static void
in_a_rebuild_future_records_are_older(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_SOON, 1);
	is_new(f, 2, JOURNAL_IN_WINDOW, 2);
	set_clock(-2 * HOUR);
	lose_state(f);
	is_new(f, 1, JOURNAL_SOON, 3);
	repeats(f, 2, JOURNAL_IN_WINDOW, 2);
	/* The new record's stamp is from the clock as it is set now. */
	lose_state(f);
	repeats(f, 1, JOURNAL_SOON, 3);
}

/* It hides a record that is young enough: the highest seq counts. */
static void
in_a_rebuild_the_highest_seq_counts(void **state)
{
	struct fixture *f = *state;

	is_new(f, 1, JOURNAL_SOON, 1);
	killed(f, 2, 2 * HOUR, 1, JOURNAL_SOON);
	lose_state(f);
	is_new(f, 1, JOURNAL_SOON, 3);
	repeats(f, 1, JOURNAL_SOON, 3);
}

static void
a_tail_is_read_by_the_same_rule(void **state)
{
	struct fixture *f = *state;

	is_new(f, 9, JOURNAL_IN_WINDOW, 1);
	killed(f, 2, 0, 1, JOURNAL_SOON);
	killed(f, 3, 0, 2, JOURNAL_NEVER);
	killed(f, 4, -HOUR, 3, JOURNAL_SOON);
	killed(f, 5, 0, 3, JOURNAL_SOON);
	killed(f, 6, -HOUR, 4, JOURNAL_SOON);
	repeats(f, 1, JOURNAL_SOON, 2);
	is_new(f, 2, JOURNAL_NEVER, 7);
	repeats(f, 3, JOURNAL_SOON, 5);
	is_new(f, 4, JOURNAL_SOON, 8);
	/* The clock was set back afterwards, which does not make a repeat
	 * older. */
	killed(f, 9, HOUR / 2, 5, JOURNAL_SOON);
	repeats(f, 5, JOURNAL_SOON, 9);
}

/* A record that is not in the index does not make the state look stale. */
static void
a_sample_at_the_end_costs_no_rebuild(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char path[96];
	int state_fd;

	is_new(f, 1, JOURNAL_NEVER, 1);
	snprintf(path, sizeof path, "%s/" SHARED_NAME, f->directory);
	state_fd = open(path, O_RDONLY);
	assert_true(state_fd >= 0);
	fixture_reopen(f);
	is_new(f, 1, JOURNAL_NEVER, 2);
	fixture_reopen(f);
	is_new(f, 2, JOURNAL_SOON, 3);
	at(20 * MINUTE);
	fixture_reopen(f);
	is_new(f, 2, JOURNAL_SOON, 4);
	/* The state was not removed. */
	assert_int_equal(fstat(state_fd, &status), 0);
	assert_int_equal(status.st_nlink, 1);
	close(state_fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_window_for_the_whole_window),
		TEST(soon_for_less_than_15_minutes),
		TEST(soon_within_a_shorter_window),
		TEST(never_a_repeat_and_never_repeated),
		TEST(keys_of_a_batch_and_older_keys),
		TEST(setting_the_clock_ages_nothing),
		TEST(a_rebuild_knows_the_age_of_records),
		TEST(after_a_change_of_the_clock_a_rebuild_sees_it),
		TEST(a_rebuild_after_days_loses_no_soon_event),
		TEST(in_a_rebuild_future_records_are_older),
		TEST(in_a_rebuild_the_highest_seq_counts),
		TEST(a_tail_is_read_by_the_same_rule),
		TEST(a_sample_at_the_end_costs_no_rebuild),
	};

	return cmocka_run_group_tests_name("repeats", tests, setup_clocks,
	    remove_clocks);
}
