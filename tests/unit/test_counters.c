#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/guard.h"
#include "journal/boot_stamp.h"
#include "journal/counters.h"
#include "journal/counters_view.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[256];
static struct counters *counters;
static uint64_t left_out;

/* The path of a file in the journal's folder. */
static const char *
in(const struct fixture *f, const char *name)
{
	snprintf(path, sizeof path, "%s/%s", f->directory, name);
	return path;
}

static int
setup(void **state)
{
	const struct fixture *f;

	if (fixture_setup(state) != 0)
		return -1;
	f = *state;
	counters = counters_open(-1, f->directory, 0640);
	return counters == NULL;
}

static int
teardown(void **state)
{
	counters_close(counters);
	return fixture_teardown(state);
}

/* Waits for the beginning of a second, so that what follows happens within
 * it. */
static void
begin_a_second(void)
{
	while (clock_now() % CLOCK_SECOND > CLOCK_SECOND / 4)
		usleep(10000);
}

static void
wait_for_another_second(void)
{
	int64_t second = clock_now() / CLOCK_SECOND;

	while (clock_now() / CLOCK_SECOND == second)
		usleep(10000);
}

/* Waits until this process will look at the file's name again. */
static void
wait_for_a_look(void)
{
	usleep(1050000);
}

static void
refuse(struct counters *by, enum refusal refusal)
{
	const struct counters_event event = { .refusal = refusal,
	    .took_us = -1 };

	counters_add(by, &event);
}

static struct counters_numbers
totals(const struct fixture *f, size_t slot)
{
	struct counters_view *view;
	struct counters_numbers numbers;

	assert_int_equal(counters_view_open(-1, f->directory, &view),
	    ERR_NONE);
	assert_true(counters_view_totals(view, slot, &numbers));
	counters_view_close(view);
	return numbers;
}

static uint64_t
refused(const struct fixture *f, enum refusal refusal)
{
	return totals(f, 0).counts[COUNTER_REFUSED + (size_t)refusal];
}

static ino_t
inode(const struct fixture *f)
{
	struct stat status;

	assert_int_equal(lstat(in(f, COUNTERS_NAME), &status), 0);
	assert_true(S_ISREG(status.st_mode));
	assert_int_equal(status.st_size, COUNTERS_SIZE);
	return status.st_ino;
}

/*
 * Lines in the log
 */

static void
ten_lines_a_second_then_a_count(void **state)
{
	struct fixture *f = *state;
	int lines = 0;

	left_out = 99;
	assert_true(counters_shared(counters));
	begin_a_second();
	for (int i = 0; i < 50; i++) {
		refuse(counters, REFUSAL_HUB_PARAMETERS);
		lines += counters_line(counters, ABOUT_REFUSALS,
		    &left_out);
	}
	assert_int_equal(lines, COUNTERS_LINES_MAX);
	assert_int_equal(left_out, 0);
	wait_for_another_second();
	refuse(counters, REFUSAL_HUB_PARAMETERS);
	assert_true(counters_line(counters, ABOUT_REFUSALS, &left_out));
	assert_int_equal(left_out, 40);
	assert_int_equal(refused(f, REFUSAL_HUB_PARAMETERS), 51);
	assert_int_equal(refused(f, REFUSAL_VERIFY_TOKEN), 0);
}

/* One process notices it at once; the other keeps using the old file. */
static void
a_file_that_is_removed_adds_no_lines(void **state)
{
	struct fixture *f = *state;
	struct counters *other = counters_open(-1, f->directory, 0640);
	int refusals = 0, repeats = 0, hints = 0;

	assert_true(counters_shared(counters));
	assert_true(counters_shared(other));
	wait_for_a_look();
	begin_a_second();
	for (int i = 0; i < 4; i++) {
		refusals += counters_line(counters, ABOUT_REFUSALS, &left_out);
		repeats += counters_line(counters, ABOUT_REPEATS, &left_out);
		hints += counters_line(counters, ABOUT_HINTS, &left_out);
	}
	assert_int_equal(unlink(in(f, COUNTERS_NAME)), 0);
	for (int i = 0; i < 40; i++) {
		struct counters *one = i % 2 ? counters : other;

		refusals += counters_line(one, ABOUT_REFUSALS, &left_out);
		repeats += counters_line(one, ABOUT_REPEATS, &left_out);
		hints += counters_line(one, ABOUT_HINTS, &left_out);
	}
	assert_int_equal(refusals, COUNTERS_LINES_MAX);
	assert_int_equal(repeats, COUNTERS_LINES_MAX);
	assert_int_equal(hints, COUNTERS_HINTS_MAX);
	counters_close(other);
}

static void
a_file_that_is_cut_short_adds_no_lines(void **state)
{
	struct fixture *f = *state;
	int lines = 0;

	guard_install();
	assert_true(counters_shared(counters));
	begin_a_second();
	for (int i = 0; i < 40; i++) {
		if (i == 12)
			assert_int_equal(truncate(in(f, COUNTERS_NAME), 0), 0);
		lines += counters_line(counters, ABOUT_REFUSALS, &left_out);
	}
	assert_int_equal(lines, COUNTERS_LINES_MAX);
}

/* Four processes count a hundred refusals each. How many lines they may log. */
static int
four_count(const struct fixture *f)
{
	int lines = 0, status;

	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			struct counters *own = counters_open(-1, f->directory,
			    0640);

			for (int n = 0; n < 100; n++) {
				refuse(own, REFUSAL_PATH);
				lines += counters_line(own,
				    ABOUT_REFUSALS, &left_out);
			}
			_exit(lines);
		}
	for (int i = 0; i < 4; i++) {
		wait(&status);
		lines += WEXITSTATUS(status);
	}
	return lines;
}

static void
processes_count_together(void **state)
{
	struct fixture *f = *state;
	unsigned rounds = 0;
	int64_t second;
	int lines;

	assert_true(counters_shared(counters));
	/* Again, if a slow machine needs more than one second for it. */
	do {
		wait_for_another_second();
		second = clock_now() / CLOCK_SECOND;
		lines = four_count(f);
		rounds++;
	} while (clock_now() / CLOCK_SECOND != second && rounds < 20);
	assert_int_equal(lines, COUNTERS_LINES_MAX);
	assert_int_equal(refused(f, REFUSAL_PATH), 400 * rounds);
}

/* Each has its own limit, which the others do not use up. */
static void
refusals_repeats_and_hints_have_limits(void **state)
{
	int refusals = 0, repeats = 0, hints = 0;

	(void)state;
	assert_true(counters_shared(counters));
	begin_a_second();
	for (int i = 0; i < 20; i++) {
		repeats += counters_line(counters, ABOUT_REPEATS, &left_out);
		hints += counters_line(counters, ABOUT_HINTS, &left_out);
	}
	for (int i = 0; i < 30; i++)
		refusals += counters_line(counters, ABOUT_REFUSALS, &left_out);
	assert_int_equal(refusals, COUNTERS_LINES_MAX);
	assert_int_equal(repeats, COUNTERS_LINES_MAX);
	assert_int_equal(hints, COUNTERS_HINTS_MAX);
	wait_for_another_second();
	assert_true(counters_line(counters, ABOUT_REPEATS, &left_out));
	assert_int_equal(left_out, 10);
	assert_true(counters_line(counters, ABOUT_HINTS, &left_out));
	assert_true(counters_line(counters, ABOUT_REFUSALS, &left_out));
	assert_int_equal(left_out, 20);
}

/* However many processes begin at once, only one file is made, and everything
 * is counted in it. */
static void
one_of_many_makes_the_file(void **state)
{
	struct fixture *f = *state;
	int start[2];

	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			struct counters *own = counters_open(-1, f->directory,
			    0640);
			char byte;

			close(start[1]);
			(void)!read(start[0], &byte, 1);
			for (int n = 0; n < 50; n++)
				refuse(own, REFUSAL_PATH);
			_exit(counters_shared(own) ? 0 : 1);
		}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < 8; i++) {
		int status;

		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(refused(f, REFUSAL_PATH), 400);
	assert_int_equal(access(in(f, COUNTERS_NAME ".new"), F_OK), -1);
}

static void
without_a_folder_it_counts_for_itself(void **state)
{
	struct counters *alone = counters_open(-1, "/tmp/hookline-no-such",
	    0640);
	int lines = 0;

	(void)state;
	assert_false(counters_shared(alone));
	begin_a_second();
	for (int i = 0; i < 1000; i++) {
		refuse(alone, REFUSAL_PATH);
		lines += counters_line(alone, ABOUT_REFUSALS,
		    &left_out);
	}
	assert_int_equal(lines, COUNTERS_LINES_ALONE);
	wait_for_another_second();
	assert_true(counters_line(alone, ABOUT_REFUSALS, &left_out));
	assert_int_equal(left_out, 1000 - COUNTERS_LINES_ALONE);
	counters_close(alone);
}

static void
hourly_facts_are_logged_once(void **state)
{
	struct fixture *f = *state;
	struct counters *other = counters_open(-1, f->directory, 0640);
	/* The hour may end once in between. */
	int said = 0;

	for (int i = 0; i < 10; i++)
		said += counters_hourly(i % 2 == 0 ? counters : other, 3);
	assert_in_range(said, 1, 2);
	assert_true(counters_hourly(other, 4));
	counters_close(other);
}

/*
 * The file
 */

static void
nothing_is_made_before_the_first_count(void **state)
{
	struct fixture *f = *state;

	assert_false(counters_failing(counters));
	assert_int_equal(access(in(f, ".state"), F_OK), -1);
	refuse(counters, REFUSAL_PATH);
	inode(f);
}

static void
all_of_the_file_is_allocated(void **state)
{
	struct fixture *f = *state;
	struct stat status;

	refuse(counters, REFUSAL_PATH);
	assert_int_equal(stat(in(f, COUNTERS_NAME), &status), 0);
	assert_true(status.st_blocks * 512 >= (blkcnt_t)COUNTERS_SIZE);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void
it_belongs_to_the_owner_of_the_folder(void **state)
{
	struct fixture *f = *state;
	struct stat status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(f->directory, 12345, 23456), 0);
	refuse(counters, REFUSAL_PATH);
	assert_int_equal(stat(in(f, COUNTERS_NAME), &status), 0);
	assert_int_equal(status.st_uid, 12345);
	assert_int_equal(status.st_gid, 23456);
	assert_int_equal(stat(in(f, ".state"), &status), 0);
	assert_int_equal(status.st_uid, 12345);
	assert_int_equal(status.st_gid, 23456);
}

static void
a_descriptor_may_replace_a_path(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->directory, O_RDONLY | O_DIRECTORY);
	struct counters *by_fd = counters_open(fd, NULL, 0640);
	struct counters_view *view;
	struct counters_numbers numbers;

	refuse(by_fd, REFUSAL_PATH);
	refuse(counters, REFUSAL_PATH);
	assert_int_equal(counters_view_open(fd, NULL, &view), ERR_NONE);
	assert_true(counters_view_totals(view, 0, &numbers));
	assert_int_equal(numbers.counts[COUNTER_REFUSED + REFUSAL_PATH], 2);
	counters_view_close(view);
	assert_int_equal(unlink(in(f, COUNTERS_NAME)), 0);
	wait_for_a_look();
	refuse(by_fd, REFUSAL_PATH);
	assert_int_equal(refused(f, REFUSAL_PATH), 1);
	counters_close(by_fd);
	close(fd);
}

static void
a_file_cut_short_does_no_harm(void **state)
{
	struct fixture *f = *state;

	/* cmocka has installed its own handler before this test. */
	guard_install();
	assert_true(counters_shared(counters));
	assert_int_equal(truncate(in(f, COUNTERS_NAME), 0), 0);
	refuse(counters, REFUSAL_METHOD);
	assert_true(counters_line(counters, ABOUT_REFUSALS, &left_out));
	assert_false(counters_shared(counters));
	assert_false(counters_failing(counters));
	wait_for_a_look();
	refuse(counters, REFUSAL_METHOD);
	assert_true(counters_shared(counters));
	assert_int_equal(refused(f, REFUSAL_METHOD), 1);
}

static void
a_file_that_is_gone_is_followed_by_all(void **state)
{
	struct fixture *f = *state;
	struct counters *other = counters_open(-1, f->directory, 0640);

	refuse(counters, REFUSAL_PATH);
	refuse(other, REFUSAL_PATH);
	assert_int_equal(refused(f, REFUSAL_PATH), 2);
	assert_int_equal(unlink(in(f, COUNTERS_NAME)), 0);
	assert_int_equal(rmdir(in(f, ".state")), 0);
	wait_for_a_look();
	refuse(counters, REFUSAL_PATH);
	refuse(other, REFUSAL_PATH);
	assert_int_equal(refused(f, REFUSAL_PATH), 2);
	counters_close(other);
}

/* The file is made anew; the map of the old one stays valid. */
static void
made_anew(struct fixture *f)
{
	struct counters *fresh = counters_open(-1, f->directory, 0640);

	assert_true(counters_shared(fresh));
	refuse(fresh, REFUSAL_PATH);
	assert_int_equal(refused(f, REFUSAL_PATH), 1);
	inode(f);
	assert_int_equal(access(in(f, COUNTERS_NAME ".new"), F_OK), -1);
	counters_close(fresh);
}

/* Renames the file, so that another process makes a new one. */
static void
a_file_that_is_replaced_is_followed(void **state)
{
	struct fixture *f = *state;
	char from[256];

	refuse(counters, REFUSAL_PATH);
	(void)strcpy(from, in(f, COUNTERS_NAME));
	assert_int_equal(rename(from, in(f, "first")), 0);
	made_anew(f);
	wait_for_a_look();
	refuse(counters, REFUSAL_PATH);
	assert_int_equal(refused(f, REFUSAL_PATH), 2);
}

static void
overwrite(const struct fixture *f, off_t at, char byte)
{
	int fd = open(in(f, COUNTERS_NAME), O_RDWR);

	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void
a_file_of_another_layout_is_replaced(void **state)
{
	struct fixture *f = *state;

	/* Each byte of magic, layout and size. */
	for (off_t at = 0; at < 16; at++) {
		struct counters *old = counters_open(-1, f->directory, 0640);
		ino_t before;

		refuse(old, REFUSAL_PATH);
		before = inode(f);
		overwrite(f, at, 2);
		made_anew(f);
		assert_int_not_equal(inode(f), before);
		/* A process that has the old file keeps counting, and switches
		 * to the new one. */
		refuse(old, REFUSAL_PATH);
		counters_close(old);
	}
}

static void
a_file_of_another_size_is_replaced(void **state)
{
	struct fixture *f = *state;

	refuse(counters, REFUSAL_PATH);
	assert_int_equal(truncate(in(f, COUNTERS_NAME), COUNTERS_SIZE + 1), 0);
	made_anew(f);
	assert_int_equal(truncate(in(f, COUNTERS_NAME), COUNTERS_SIZE - 1), 0);
	made_anew(f);
}

static void
anything_at_the_names_is_replaced(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { COUNTERS_NAME,
	    COUNTERS_NAME ".new" };

	assert_int_equal(mkdir(in(f, ".state"), 0750), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(symlink("/etc/passwd", in(f, names[i])), 0);
		made_anew(f);
		unlink(in(f, COUNTERS_NAME));
		assert_int_equal(mkfifo(in(f, names[i]), 0640), 0);
		made_anew(f);
		unlink(in(f, COUNTERS_NAME));
		assert_int_equal(mkdir(in(f, names[i]), 0750), 0);
		made_anew(f);
		unlink(in(f, COUNTERS_NAME));
		assert_int_equal(rmdir(in(f, COUNTERS_NAME ".aside")), 0);
	}
}

static void
files_that_others_may_write_are_replaced(void **state)
{
	struct fixture *f = *state;
	ino_t before;

	refuse(counters, REFUSAL_PATH);
	before = inode(f);
	assert_int_equal(chmod(in(f, COUNTERS_NAME), 0666), 0);
	made_anew(f);
	assert_int_not_equal(inode(f), before);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(in(f, COUNTERS_NAME), 12345, 12345), 0);
	made_anew(f);
	assert_int_equal(chmod(in(f, ".state"), 0777), 0);
	wait_for_a_look();
	counters_close(counters);
	counters = counters_open(-1, f->directory, 0640);
	assert_false(counters_shared(counters));
}

/* Root would write wherever the link leads. */
static void
a_link_in_place_of_the_folder_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char target[256];

	(void)strcpy(target, in(f, "elsewhere"));
	assert_int_equal(mkdir(target, 0750), 0);
	assert_int_equal(symlink(target, in(f, ".state")), 0);
	assert_false(counters_shared(counters));
	assert_int_equal(rmdir(target), 0);
	assert_int_equal(unlink(in(f, ".state")), 0);
}

static void
a_file_in_place_of_the_folder_does_no_harm(void **state)
{
	struct fixture *f = *state;
	int lines = 0;

	fixture_write(f, ".state", "");
	assert_false(counters_shared(counters));
	begin_a_second();
	for (int i = 0; i < 1000; i++)
		lines += counters_line(counters, ABOUT_REFUSALS,
		    &left_out);
	assert_int_equal(lines, COUNTERS_LINES_ALONE);
}

static void
without_room_for_its_size_none_is_made(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, limit;
	int status;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	if (fork() == 0) {
		limit = before;
		limit.rlim_cur = COUNTERS_SIZE - 1;
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		refuse(counters, REFUSAL_PATH);
		_exit(counters_shared(counters) ? 1 : 0);
	}
	wait(&status);
	assert_int_equal(status, 0);
	assert_int_equal(access(in(f, COUNTERS_NAME), F_OK), -1);
	assert_int_equal(access(in(f, COUNTERS_NAME ".new"), F_OK), -1);
}

/* A process that hangs while it makes the file does not hold up others, and one
 * that was killed leaves nothing that stops them. */
static void
a_maker_that_hangs_holds_up_nobody(void **state)
{
	struct fixture *f = *state;
	int64_t before;
	int fd;

	assert_int_equal(mkdir(in(f, ".state"), 0750), 0);
	fd = open(in(f, COUNTERS_NAME ".new"), O_RDWR | O_CREAT, 0640);
	assert_int_equal(ftruncate(fd, 100), 0);
	close(fd);
	fd = open(in(f, ".state"), O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	before = clock_monotonic_ms();
	assert_false(counters_shared(counters));
	assert_true(clock_monotonic_ms() - before < 10000);
	close(fd);
	made_anew(f);
}

/*
 * Counting
 */

static struct counters_view *
view_of(const struct fixture *f)
{
	struct counters_view *view;

	assert_int_equal(counters_view_open(-1, f->directory, &view),
	    ERR_NONE);
	return view;
}

static void
each_event_has_its_number(void **state)
{
	struct fixture *f = *state;
	const struct counters_event accepted = { .endpoint = "/a",
	    .accepted = true, .secret = 7, .bytes = 5000000000,
	    .took_us = 1000 };
	const struct counters_event later = { .endpoint = "/a",
	    .accepted = true, .secret = 8, .bytes = 1, .took_us = 1001 };
	const struct counters_event repeat = { .endpoint = "/a",
	    .repeat = true, .secret = 0, .bytes = 9, .took_us = 5000001 };
	const struct counters_event failed = { .endpoint = "/a",
	    .refusal = REFUSAL_STORAGE, .unavailable = true,
	    .took_us = 5000000 };
	struct counters_numbers n;
	uint64_t sum = 0;

	counters_add(counters, &accepted);
	counters_add(counters, &later);
	counters_add(counters, &repeat);
	counters_add(counters, &failed);
	n = totals(f, 1);
	assert_int_equal(n.counts[COUNTER_ACCEPTED], 2);
	assert_int_equal(n.counts[COUNTER_REPEATS], 1);
	assert_int_equal(n.counts[COUNTER_UNAVAILABLE], 1);
	assert_int_equal(n.counts[COUNTER_REFUSED + REFUSAL_STORAGE], 1);
	assert_int_equal(n.counts[COUNTER_SECRETS + 7], 1);
	assert_int_equal(n.counts[COUNTER_TIMES], 1);
	assert_int_equal(n.counts[COUNTER_TIMES + 1], 1);
	assert_int_equal(n.counts[COUNTER_TIMES + 11], 1);
	assert_int_equal(n.counts[COUNTER_TIMES + 12], 1);
	assert_int_equal(n.bytes, 5000000001);
	assert_int_equal(n.took_us, 10002002);
	assert_int_equal(totals(f, 0).took_us, 0);
	for (size_t i = 0; i < COUNTERS; i++)
		sum += n.counts[i];
	assert_int_equal(sum, 10);
}

static void
an_hour_has_what_was_counted_in_it(void **state)
{
	struct fixture *f = *state;
	const struct counters_event event = { .endpoint = "/a",
	    .accepted = true, .bytes = 10, .took_us = 0 };
	struct counters_numbers n;
	struct counters_view *view;
	uint64_t accepted = 0, bytes = 0;
	uint32_t hour = (uint32_t)(clock_now() / CLOCK_HOUR);

	for (int i = 0; i < 3; i++)
		counters_add(counters, &event);
	view = view_of(f);
	/* The hour may end in between. */
	for (uint32_t at = hour; at <= hour + 1; at++) {
		assert_true(counters_view_hour(view, 1, at, &n));
		accepted += n.counts[COUNTER_ACCEPTED];
		bytes += n.bytes;
	}
	assert_int_equal(accepted, 3);
	assert_int_equal(bytes, 30);
	assert_true(counters_view_hour(view, 1, hour - 1, &n));
	assert_int_equal(n.counts[COUNTER_ACCEPTED], 0);
	assert_true(counters_view_hour(view, 1, hour - COUNTERS_HOURS, &n));
	assert_int_equal(n.counts[COUNTER_ACCEPTED], 0);
	assert_false(counters_view_hour(view, COUNTERS_SLOTS, hour, &n));
	assert_in_range(counters_view_since(view),
	    clock_now() - 60 * CLOCK_SECOND, clock_now());
	counters_view_close(view);
}

/* Puts numbers of another hour into the places of this hour and the next
 * one. */
static void
spoil_places(struct counters_file *file, uint32_t hour, uint32_t other)
{
	for (uint32_t at = hour; at <= hour + 1; at++) {
		struct counters_hour *place =
		    &file->hours[0][at % COUNTERS_HOURS];

		place->hour = at + other;
		place->counts[COUNTER_REFUSED + REFUSAL_PATH] = 77;
		place->counts[COUNTER_ACCEPTED] = 88;
		place->bytes = 99;
	}
}

static void
check_places(const struct fixture *f, uint32_t hour)
{
	struct counters_view *view = view_of(f);
	uint64_t sum = 0;

	for (uint32_t at = hour; at <= hour + 1; at++) {
		struct counters_numbers n;

		assert_true(counters_view_hour(view, 0, at, &n));
		sum += n.counts[COUNTER_REFUSED + REFUSAL_PATH];
		assert_int_equal(n.counts[COUNTER_ACCEPTED], 0);
		assert_int_equal(n.bytes, 0);
	}
	assert_int_equal(sum, 5);
	counters_view_close(view);
}

static struct counters_file *
map_of(const struct fixture *f)
{
	int fd = open(in(f, COUNTERS_NAME), O_RDWR);
	void *map = mmap(NULL, COUNTERS_SIZE, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	close(fd);
	assert_true(map != MAP_FAILED);
	return map;
}

/* The numbers of an hour of last week, or of a wrong clock, are replaced. */
static void
the_ring_begins_each_hour_with_zeros(void **state)
{
	static const uint32_t others[] = { 0u - COUNTERS_HOURS, 1920 };
	struct fixture *f = *state;
	struct counters_file *file;
	uint32_t hour = (uint32_t)(clock_now() / CLOCK_HOUR);

	refuse(counters, REFUSAL_PATH);
	file = map_of(f);
	for (size_t round = 0; round < 2; round++) {
		spoil_places(file, hour, others[round]);
		for (int i = 0; i < 5; i++)
			refuse(counters, REFUSAL_PATH);
		check_places(f, hour);
	}
	assert_int_equal(refused(f, REFUSAL_PATH), 11);
	munmap(file, COUNTERS_SIZE);
}

static void
endpoints_have_slots_and_names(void **state)
{
	struct fixture *f = *state;
	char longest[300], other[300], name[COUNTERS_NAME_SIZE];
	struct counters_event event = { .accepted = true, .took_us = -1 };
	struct counters_view *view;

	memset(longest, 'x', sizeof longest);
	longest[299] = '\0';
	(void)strcpy(other, longest);
	other[298] = 'y';
	event.endpoint = "/webhook";
	counters_add(counters, &event);
	event.endpoint = longest;
	counters_add(counters, &event);
	counters_add(counters, &event);
	event.endpoint = other;
	counters_add(counters, &event);
	view = view_of(f);
	assert_true(counters_view_name(view, 0, name));
	assert_string_equal(name, "");
	assert_true(counters_view_name(view, 1, name));
	assert_string_equal(name, "/webhook");
	assert_true(counters_view_name(view, 2, name));
	assert_int_equal(strlen(name), COUNTERS_NAME_SIZE - 1);
	assert_true(counters_view_name(view, 3, name));
	assert_false(counters_view_name(view, 4, name));
	assert_false(counters_view_name(view, COUNTERS_SLOTS, name));
	counters_view_close(view);
	assert_int_equal(totals(f, 2).counts[COUNTER_ACCEPTED], 2);
	assert_int_equal(totals(f, 3).counts[COUNTER_ACCEPTED], 1);
}

static void
the_64th_endpoint_is_one_of_the_others(void **state)
{
	struct fixture *f = *state;
	struct counters_event event = { .accepted = true, .took_us = -1 };
	char name[16];

	event.endpoint = name;
	for (int round = 0; round < 2; round++)
		for (int i = 1; i <= 70; i++) {
			(void)sprintf(name, "/%d", i);
			counters_add(counters, &event);
		}
	assert_int_equal(totals(f, 63).counts[COUNTER_ACCEPTED], 2);
	assert_int_equal(totals(f, 0).counts[COUNTER_ACCEPTED], 14);
}

static void
a_reader_finds_nothing_before_the_first_count(void **state)
{
	struct fixture *f = *state;
	struct counters_view *view;

	assert_int_equal(counters_view_open(-1, f->directory, &view),
	    ERR_MISSING);
	assert_null(view);
	refuse(counters, REFUSAL_PATH);
	overwrite(f, 0, 'X');
	assert_int_equal(counters_view_open(-1, f->directory, &view),
	    ERR_MISSING);
	assert_int_equal(counters_view_open(-1, "/tmp/hookline-no-such",
	    &view), ERR_MISSING);
}

static void
a_reader_survives_a_file_cut_short(void **state)
{
	struct fixture *f = *state;
	struct counters_view *view;
	struct counters_numbers n;
	char name[COUNTERS_NAME_SIZE];

	refuse(counters, REFUSAL_PATH);
	view = view_of(f);
	assert_int_equal(truncate(in(f, COUNTERS_NAME), 0), 0);
	assert_false(counters_view_totals(view, 0, &n));
	assert_false(counters_view_hour(view, 0, 1, &n));
	assert_false(counters_view_name(view, 1, name));
	counters_view_close(view);
}

/*
 * Failing
 */

static void
failing_ends_when_any_process_succeeds(void **state)
{
	struct fixture *f = *state;
	struct counters *other = counters_open(-1, f->directory, 0640);

	assert_false(counters_failing(counters));
	counters_failed(counters);
	assert_true(counters_failing(counters));
	assert_true(counters_failing(other));
	counters_stored(other);
	assert_false(counters_failing(counters));
	assert_false(counters_failing(other));
	counters_failed(other);
	assert_true(counters_failing(counters));
	counters_close(other);
}

static void
failing_outlives_the_file(void **state)
{
	struct fixture *f = *state;

	counters_failed(counters);
	assert_int_equal(unlink(in(f, COUNTERS_NAME)), 0);
	wait_for_a_look();
	refuse(counters, REFUSAL_PATH);
	assert_true(counters_failing(counters));
	counters_stored(counters);
	assert_false(counters_failing(counters));
}

/* Processes that share a file that is gone go on with it, whether the whole
 * folder is gone or .state cannot be used. */
static void
without_a_new_file_the_old_stays_shared(void **state)
{
	struct fixture *f = *state;
	struct counters *other = counters_open(-1, f->directory, 0640);
	char from[256], away[256];

	assert_true(counters_shared(counters) && counters_shared(other));
	(void)snprintf(away, sizeof away, "%s.away", f->directory);
	assert_int_equal(rename(f->directory, away), 0);
	wait_for_a_look();
	counters_failed(counters);
	assert_true(counters_failing(other));
	assert_int_equal(rename(away, f->directory), 0);
	(void)strcpy(from, in(f, ".state"));
	assert_int_equal(rename(from, in(f, "moved")), 0);
	fixture_write(f, ".state", "");
	wait_for_a_look();
	counters_stored(other);
	assert_false(counters_failing(counters));
	counters_close(other);
}

static void
without_a_folder_failing_is_per_process(void **state)
{
	struct counters *alone = counters_open(-1, "/tmp/hookline-no-such",
	    0640);

	(void)state;
	assert_false(counters_failing(alone));
	counters_failed(alone);
	assert_true(counters_failing(alone));
	counters_stored(alone);
	assert_false(counters_failing(alone));
	counters_close(alone);
}

static void
a_failure_counts_for_a_minute_of_this_boot(void **state)
{
	struct fixture *f = *state;
	struct counters_file *file;
	uint64_t now;

	assert_true(counters_shared(counters));
	file = map_of(f);
	now = boot_stamp();
	/* If the machine was started less than a minute ago, there are no such
	 * stamps. */
	if ((now & UINT64_C(0xffffffffffff)) > 61000000) {
		file->failed = now - 50000000;
		assert_true(counters_failing(counters));
		file->failed = now - 60000001;
		assert_false(counters_failing(counters));
	}
	file->failed = now ^ UINT64_C(1) << 48;
	assert_false(counters_failing(counters));
	file->failed = now + 100000000;
	assert_false(counters_failing(counters));
	/* A success from another boot does not count. */
	file->failed = now;
	file->stored = now + (UINT64_C(1) << 48);
	assert_true(counters_failing(counters));
	munmap(file, COUNTERS_SIZE);
}

static void
without_counters_nothing_is_counted(void **state)
{
	(void)state;
	refuse(NULL, REFUSAL_PATH);
	left_out = 9;
	assert_true(counters_line(NULL, ABOUT_REFUSALS, &left_out));
	assert_int_equal(left_out, 0);
	assert_true(counters_hourly(NULL, 0));
	assert_false(counters_shared(NULL));
	counters_failed(NULL);
	counters_stored(NULL);
	assert_false(counters_failing(NULL));
	counters_close(NULL);
	counters_view_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ten_lines_a_second_then_a_count),
		TEST(a_file_that_is_removed_adds_no_lines),
		TEST(a_file_that_is_cut_short_adds_no_lines),
		TEST(processes_count_together),
		TEST(refusals_repeats_and_hints_have_limits),
		TEST(one_of_many_makes_the_file),
		TEST(without_a_folder_it_counts_for_itself),
		TEST(hourly_facts_are_logged_once),
		TEST(nothing_is_made_before_the_first_count),
		TEST(all_of_the_file_is_allocated),
		TEST(it_belongs_to_the_owner_of_the_folder),
		TEST(a_descriptor_may_replace_a_path),
		TEST(a_file_cut_short_does_no_harm),
		TEST(a_file_that_is_gone_is_followed_by_all),
		TEST(a_file_that_is_replaced_is_followed),
		TEST(a_file_of_another_layout_is_replaced),
		TEST(a_file_of_another_size_is_replaced),
		TEST(anything_at_the_names_is_replaced),
		TEST(files_that_others_may_write_are_replaced),
		TEST(a_link_in_place_of_the_folder_is_not_followed),
		TEST(a_file_in_place_of_the_folder_does_no_harm),
		TEST(without_room_for_its_size_none_is_made),
		TEST(a_maker_that_hangs_holds_up_nobody),
		TEST(each_event_has_its_number),
		TEST(an_hour_has_what_was_counted_in_it),
		TEST(the_ring_begins_each_hour_with_zeros),
		TEST(endpoints_have_slots_and_names),
		TEST(the_64th_endpoint_is_one_of_the_others),
		TEST(a_reader_finds_nothing_before_the_first_count),
		TEST(a_reader_survives_a_file_cut_short),
		TEST(failing_ends_when_any_process_succeeds),
		TEST(failing_outlives_the_file),
		TEST(without_a_new_file_the_old_stays_shared),
		TEST(without_a_folder_failing_is_per_process),
		TEST(a_failure_counts_for_a_minute_of_this_boot),
		TEST(without_counters_nothing_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
