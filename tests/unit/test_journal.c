#include "journal_fixture.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
first_record_has_seq_1(void **state)
{
	struct fixture *f = *state;
	char *text;

	fixture_add(f, 7);
	text = fixture_read(f, SEGMENT_LIVE);
	assert_memory_equal(text, "{\"seq\":1,\"received_at\":\"20", 26);
	assert_string_equal(strchr(text, 'Z'), "Z\",\"n\":7}\n");
	free(text);
}

static void
seq_counts_without_gaps(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	for (i = 0; i < 50; i++)
		fixture_add(f, i);
	fixture_check_seq(f, 50);
}

static void
a_repeat_is_not_written_again(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	fixture_add(f, 1);
	fixture_add(f, 2);
	assert_int_equal(fixture_append(f, 1, &duplicate), ERR_NONE);
	assert_true(duplicate);
	fixture_check_seq(f, 2);
}

static void
a_repeat_is_known_after_reopening(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	fixture_add(f, 1);
	fixture_reopen(f);
	assert_int_equal(fixture_append(f, 1, &duplicate), ERR_NONE);
	assert_true(duplicate);
	fixture_add(f, 2);
	fixture_check_seq(f, 2);
}

static void
with_window_0_repeats_are_kept(void **state)
{
	struct fixture *f = *state;

	f->options.window = 0;
	fixture_reopen(f);
	fixture_add(f, 1);
	fixture_add(f, 1);
	assert_int_equal(fixture_count(f, 1), 2);
}

static void
window_switched_on_later_knows_old_records(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	f->options.window = 0;
	fixture_reopen(f);
	fixture_add(f, 1);
	f->options.window = 36 * 3600;
	fixture_reopen(f);
	assert_int_equal(fixture_append(f, 1, &duplicate), ERR_NONE);
	assert_true(duplicate);
}

static void
lost_state_is_rebuilt(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	f->options.rotate_size = 200;
	fixture_reopen(f);
	for (unsigned i = 0; i < 20; i++)
		fixture_add(f, i);
	assert_true(fixture_archived(f) > 2);
	fixture_remove(f, ".state");
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(fixture_append(f, i, &duplicate), ERR_NONE);
		assert_true(duplicate);
	}
	fixture_add(f, 20);
	fixture_check_seq(f, 21);
}

static void
garbage_state_is_rebuilt(void **state)
{
	static const char *const names[] = { ".state/shared",
	    ".state/index-00000001" };
	struct fixture *f = *state;
	bool duplicate = false;
	size_t i;

	fixture_add(f, 1);
	for (i = 0; i < 2; i++) {
		fixture_write(f, names[i], "garbage\n");
		fixture_reopen(f);
		assert_int_equal(fixture_append(f, 1, &duplicate), ERR_NONE);
		assert_true(duplicate);
	}
	fixture_add(f, 2);
	fixture_check_seq(f, 2);
}

static void
state_truncated_under_us_loses_nothing(void **state)
{
	static const char *const names[] = { ".state/shared",
	    ".state/index-00000001" };
	struct fixture *f = *state;
	char path[512];
	bool duplicate = false;
	size_t i;

	fixture_reopen(f);	/* cmocka has installed its own SIGBUS
				 * handler */
	fixture_add(f, 1);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", f->directory, names[i]);
		assert_int_equal(truncate(path, 0), 0);
		/* The first append may be refused; the next one finds
		 * everything rebuilt. */
		if (fixture_append(f, 1, &duplicate) != ERR_NONE)
			assert_int_equal(fixture_append(f, 1, &duplicate),
			    ERR_NONE);
		assert_true(duplicate);
	}
	fixture_add(f, 2);
	fixture_check_seq(f, 2);
}

static void
torn_tail_is_cut_off(void **state)
{
	struct fixture *f = *state;

	fixture_add(f, 1);
	fixture_append_text(f, SEGMENT_LIVE, "{\"seq\":2,\"received_at\":\"20");
	fixture_add(f, 2);
	fixture_check_seq(f, 2);
}

static void
a_line_of_a_killed_process_is_counted(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	fixture_add(f, 1);
	fixture_append_text(f, SEGMENT_LIVE, "{\"seq\":2,\"received_at\":"
	    "\"2026-11-21T06:00:00.123456Z\",\"n\":2}\n");
	assert_int_equal(fixture_append(f, 3, &duplicate), ERR_NONE);
	assert_false(duplicate);
	fixture_check_seq(f, 3);
}

static void
rotates_by_size(void **state)
{
	struct fixture *f = *state;
	char *text;

	f->options.rotate_size = 300;
	fixture_reopen(f);
	for (unsigned i = 0; i < 30; i++)
		fixture_add(f, i);
	assert_true(fixture_archived(f) >= 5);
	for (size_t i = 0; i < fixture_archived(f); i++) {
		text = fixture_read(f, fixture_archive_name(f, i));
		assert_true(strlen(text) <= 300 && strlen(text) > 0);
		free(text);
	}
	assert_memory_equal(fixture_archive_name(f, 0),
	    "archive/notifications-000000000001-20", 37);
	fixture_check_seq(f, 30);
}

static void
a_record_above_rotate_size_gets_its_own_file(void **state)
{
	struct fixture *f = *state;

	f->options.rotate_size = 10;
	fixture_reopen(f);
	for (unsigned i = 0; i < 4; i++)
		fixture_add(f, i);
	assert_int_equal(fixture_archived(f), 3);
	fixture_check_seq(f, 4);
}

static void
rotates_when_the_first_record_is_of_another_day(void **state)
{
	static const char line[] = "{\"seq\":1,\"received_at\":"
	    "\"2026-01-01T23:59:59.999999Z\",\"n\":1}\n";
	struct fixture *f = *state;

	fixture_write(f, SEGMENT_LIVE, line);
	f->options.rotate_every = PERIOD_DAY;
	fixture_reopen(f);
	fixture_add(f, 2);
	fixture_add(f, 3);
	assert_int_equal(fixture_archived(f), 1);
	assert_string_equal(fixture_archive_name(f, 0), "archive/"
	    "notifications-000000000001-20260101T235959Z.jsonl");
	fixture_check_seq(f, 3);
}

static void
keep_files_removes_the_oldest(void **state)
{
	struct fixture *f = *state;

	f->options.rotate_size = 10;
	f->options.keep_files = 2;
	fixture_reopen(f);
	for (unsigned i = 0; i < 10; i++)
		fixture_add(f, i);
	assert_int_equal(fixture_archived(f), 2);
	assert_int_equal(fixture_count(f, 6), 0);
	assert_int_equal(fixture_count(f, 7), 1);
}

static void
keep_size_removes_the_oldest(void **state)
{
	struct fixture *f = *state;

	f->options.rotate_size = 10;
	f->options.keep_size = 200;
	fixture_reopen(f);
	for (unsigned i = 0; i < 10; i++)
		fixture_add(f, i);
	assert_in_range(fixture_archived(f), 2, 4);
	assert_int_equal(fixture_count(f, 9), 1);
}

/* Writes the cursor of a relay that is done with this record of the journal
 * that has this id; NULL: of this one. */
static void
write_cursor_of(const struct fixture *f, const char *relay, unsigned seq,
    int64_t received_at, const char *journal)
{
	char *id = fixture_read(f, "relay/id"), text[300], name[64];
	char time[CLOCK_RFC3339_LENGTH + 1];

	clock_format(received_at, time);
	snprintf(name, sizeof name, "relay/%s.cursor", relay);
	snprintf(text, sizeof text, "{\"cursor\":1,\"journal\":\"%.32s\","
	    "\"seq\":%u,\"id\":\"%064u\",\"received_at\":\"%s\"}\n",
	    journal ? journal : id, seq, seq, time);
	fixture_write(f, name, text);
	free(id);
}

static void
write_cursor(const struct fixture *f, const char *relay, unsigned seq)
{
	write_cursor_of(f, relay, seq, clock_now(), NULL);
}

static const char *const relays[] = { "one", "two", "three" };

/* Begins a journal with ten files, of one record each. */
static void
make_files(struct fixture *f, size_t relay_count)
{
	f->options.rotate_size = 10;
	f->options.keep_files = 2;
	f->options.relays = relays;
	f->options.relay_count = relay_count;
	fixture_reopen(f);
	for (unsigned i = 0; i < 10; i++)
		fixture_add(f, i);
	assert_int_equal(fixture_archived(f), 9);
}

/* What the relay that is the farthest behind has yet to send is kept. */
static void
keep_files_waits_for_relays(void **state)
{
	struct fixture *f = *state;

	make_files(f, 2);
	write_cursor(f, "one", 8);
	fixture_add(f, 10);
	assert_int_equal(fixture_archived(f), 10);	/* "two" has none */
	write_cursor(f, "two", 3);
	fixture_add(f, 11);
	fixture_add(f, 12);	/* two files at most each time */
	assert_int_equal(fixture_count(f, 2), 0);	/* seq 3 */
	assert_int_equal(fixture_count(f, 3), 1);
	assert_int_equal(fixture_archived(f), 9);
	/* A malformed cursor, or another journal's: all is yet to be sent. */
	fixture_write(f, "relay/two.cursor", "nonsense\n");
	fixture_add(f, 13);
	assert_int_equal(fixture_archived(f), 10);
	write_cursor_of(f, "two", 9, clock_now(),
	    "0123456789abcdef0123456789abcdef");
	fixture_add(f, 14);
	assert_int_equal(fixture_archived(f), 11);
	write_cursor(f, "two", 9);
	fixture_add(f, 15);
	assert_int_equal(fixture_archived(f), 10);
	assert_int_equal(fixture_count(f, 15), 1);
}

/* A journal that was restored at an older seq has such a cursor. */
static void
a_cursor_of_other_records_counts_for_nothing(void **state)
{
	struct fixture *f = *state;

	make_files(f, 1);
	write_cursor(f, "one", 11);	/* the next record's */
	fixture_add(f, 10);
	assert_int_equal(fixture_archived(f), 10);
	write_cursor_of(f, "one", 11, clock_now() - CLOCK_HOUR, NULL);
	fixture_add(f, 11);
	assert_int_equal(fixture_archived(f), 11);
	write_cursor(f, "one", 12);
	fixture_add(f, 12);
	assert_int_equal(fixture_archived(f), 10);
}

/* A disk that must not become full comes first. */
static void
keep_size_does_not_wait_for_relays(void **state)
{
	struct fixture *f = *state;

	f->options.rotate_size = 10;
	f->options.keep_size = 200;
	f->options.relays = relays;
	f->options.relay_count = 1;
	fixture_reopen(f);
	for (unsigned i = 0; i < 10; i++)
		fixture_add(f, i);
	assert_in_range(fixture_archived(f), 2, 4);
	assert_int_equal(fixture_count(f, 9), 1);
}

/* Each relay that is behind is named. */
static void
what_keep_size_removes_unsent_is_logged(void **state)
{
	struct fixture *f = *state;
	char name[80], *said;

	f->options.rotate_size = 400;
	f->options.relays = relays;
	f->options.relay_count = 3;
	fixture_reopen(f);
	for (unsigned i = 0; i < 6; i++)
		fixture_add(f, i);
	f->options.rotate_size = f->options.keep_size = 10;
	fixture_reopen(f);
	write_cursor(f, "one", 3);
	write_cursor(f, "two", 6);
	write_cursor(f, "three", 5);
	fixture_add(f, 6);	/* the newest rotated file stays */
	assert_int_equal(fixture_archived(f), 1);
	snprintf(name, sizeof name, "%s/said", f->directory);
	assert_true(log_to(name));
	fixture_add(f, 7);
	log_to(NULL);
	assert_int_equal(fixture_archived(f), 1);
	said = fixture_read(f, "said");
	assert_non_null(strstr(said, "event=removed-unsent relay=one first=4 "
	    "last=6 "));
	assert_non_null(strstr(said, "event=removed-unsent relay=three first=6 "
	    "last=6 "));
	assert_null(strstr(said, "relay=two"));
	free(said);
}

/* Six rotated files of 2020, with the seqs 1 to 6. */
static void
make_old_files(const struct fixture *f)
{
	char name[80], line[128];

	snprintf(name, sizeof name, "%s/archive", f->directory);
	mkdir(name, 0750);
	for (int i = 1; i <= 6; i++) {
		snprintf(name, sizeof name, "archive/notifications-%012d-"
		    "2020010%dT000000Z.jsonl", i, i);
		snprintf(line, sizeof line, "{\"seq\":%d,\"received_at\":"
		    "\"2020-01-0%dT00:00:00.000000Z\",\"n\":%d}\n", i, i, i);
		fixture_write(f, name, line);
	}
}

static void
keep_days_removes_at_most_two_at_once(void **state)
{
	struct fixture *f = *state;

	make_old_files(f);
	f->options.rotate_size = 10;
	f->options.keep_days = 30;
	fixture_reopen(f);
	fixture_add(f, 7);	/* seq 7: the first in an empty file */
	assert_int_equal(fixture_archived(f), 6);
	fixture_add(f, 8);	/* rotates */
	assert_int_equal(fixture_archived(f), 5);
	fixture_add(f, 9);
	assert_int_equal(fixture_archived(f), 4);
}

static void
keep_days_waits_for_relays(void **state)
{
	struct fixture *f = *state;

	make_old_files(f);
	f->options.rotate_size = 10;
	f->options.keep_days = 30;
	f->options.relays = relays;
	f->options.relay_count = 2;
	fixture_reopen(f);
	fixture_add(f, 7);
	write_cursor(f, "one", 7);
	write_cursor(f, "two", 1);
	fixture_add(f, 8);
	assert_int_equal(fixture_archived(f), 6);	/* 2 to 7 */
	fixture_add(f, 9);
	assert_int_equal(fixture_archived(f), 7);
	write_cursor(f, "two", 3);
	fixture_add(f, 10);
	assert_int_equal(fixture_archived(f), 6);	/* 4 to 9 */
}

static void
removed_live_file_is_made_again(void **state)
{
	struct fixture *f = *state;

	fixture_add(f, 1);
	fixture_remove(f, SEGMENT_LIVE);
	fixture_add(f, 2);
	assert_int_equal(fixture_count(f, 2), 1);
}

static void
moved_live_file_keeps_its_ids(void **state)
{
	struct fixture *f = *state;
	char from[512], to[512];
	bool duplicate = false;

	fixture_add(f, 1);
	snprintf(from, sizeof from, "%s/" SEGMENT_LIVE, f->directory);
	snprintf(to, sizeof to, "%s/mine", f->directory);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(fixture_append(f, 1, &duplicate), ERR_NONE);
	assert_true(duplicate);
	fixture_add(f, 2);
}

static void
truncated_live_file_goes_on(void **state)
{
	struct fixture *f = *state;
	char path[512];

	fixture_add(f, 1);
	fixture_add(f, 2);
	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, f->directory);
	assert_int_equal(truncate(path, 0), 0);
	fixture_add(f, 3);
	assert_int_equal(fixture_count(f, 3), 1);
	assert_int_equal(fixture_count(f, 1), 0);
}

static void
a_link_in_place_of_the_live_file_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[512];

	fixture_add(f, 1);
	fixture_remove(f, SEGMENT_LIVE);
	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, f->directory);
	assert_int_equal(symlink("/tmp/hookline-elsewhere", path), 0);
	assert_int_equal(fixture_append(f, 2, NULL), ERR_UNSAFE);
	assert_int_equal(access("/tmp/hookline-elsewhere", F_OK), -1);
}

static void
a_link_in_place_of_a_folder_is_refused(void **state)
{
	static const char *const names[] = { SEGMENT_STATE, SEGMENT_ARCHIVE };
	struct fixture *f = *state;
	struct journal *journal;
	char path[512];
	size_t i;

	for (i = 0; i < 2; i++) {
		fixture_remove(f, names[i]);
		snprintf(path, sizeof path, "%s/%s", f->directory, names[i]);
		assert_int_equal(symlink("/tmp", path), 0);
		assert_int_equal(journal_open(&f->options, &journal),
		    ERR_UNSAFE);
		assert_int_equal(journal_check(&f->options, 4096), ERR_UNSAFE);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(journal_check(&f->options, 4096), ERR_NONE);
}

static void
a_file_that_all_may_write_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[512];

	fixture_add(f, 1);
	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, f->directory);
	chmod(path, 0666);
	assert_int_equal(fixture_append(f, 2, NULL), ERR_UNSAFE);
	assert_int_equal(journal_check(&f->options, 4096), ERR_UNSAFE);
	chmod(path, 0640);
	fixture_add(f, 2);
}

static void
a_folder_that_all_may_write_is_refused(void **state)
{
	struct fixture *f = *state;
	struct journal *journal;

	chmod(f->directory, 0777);
	assert_int_equal(journal_open(&f->options, &journal), ERR_UNSAFE);
	assert_int_equal(journal_check(&f->options, 4096), ERR_UNSAFE);
	chmod(f->directory, 0750);
	assert_int_equal(journal_check(&f->options, 4096), ERR_NONE);
}

static void
files_have_their_mode(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char path[512];

	f->options.rotate_size = 10;
	fixture_reopen(f);
	fixture_add(f, 1);
	fixture_add(f, 2);
	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, f->directory);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	snprintf(path, sizeof path, "%s/archive", f->directory);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0750);
}

static void
a_batch_is_consecutive_and_keeps_new_ones(void **state)
{
	struct fixture *f = *state;
	struct journal_record entries[3];
	char key;
	size_t i;

	memset(entries, 0, sizeof entries);
	for (i = 0; i < 3; i++) {
		key = (char)('a' + i);
		memset(entries[i].key, key, sizeof entries[i].key);
		entries[i].tail = (struct span){ "\"b\":1}\n", 7 };
	}
	assert_int_equal(journal_append(f->journal, entries, 2), ERR_NONE);
	assert_int_equal(journal_append(f->journal, entries, 3), ERR_NONE);
	assert_true(entries[0].duplicate && entries[1].duplicate);
	assert_false(entries[2].duplicate);
	fixture_check_seq(f, 3);
}

static void
nfs_mode_does_the_same(void **state)
{
	struct fixture *f = *state;
	bool duplicate = false;

	f->options.nfs = true;
	f->options.rotate_size = 400;
	fixture_reopen(f);
	for (unsigned i = 0; i < 30; i++) {
		fixture_add(f, i);
		if (i % 10 == 0)
			fixture_reopen(f);
	}
	for (unsigned i = 0; i < 30; i++) {
		assert_int_equal(fixture_append(f, i, &duplicate), ERR_NONE);
		assert_true(duplicate);
	}
	fixture_check_seq(f, 30);
}

static void
many_processes_at_once(void **state)
{
	enum { PROCESSES = 8, EACH = 60 };
	struct fixture *f = *state;
	int i, status;

	f->options.rotate_size = 3000;
	for (i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		fixture_reopen(f);
		for (unsigned n = 0; n < EACH; n++)
			if (fixture_append(f, n * PROCESSES + (unsigned)i,
			    NULL) != ERR_NONE)
				_exit(1);
		/* Each process also sends what the others sent. */
		for (unsigned n = 0; n < EACH; n++)
			if (fixture_append(f, n, NULL) != ERR_NONE)
				_exit(1);
		_exit(0);
	}
	for (i = 0; i < PROCESSES; i++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	fixture_check_seq(f, PROCESSES * EACH);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_record_has_seq_1),
		TEST(seq_counts_without_gaps),
		TEST(a_repeat_is_not_written_again),
		TEST(a_repeat_is_known_after_reopening),
		TEST(with_window_0_repeats_are_kept),
		TEST(window_switched_on_later_knows_old_records),
		TEST(lost_state_is_rebuilt),
		TEST(garbage_state_is_rebuilt),
		TEST(state_truncated_under_us_loses_nothing),
		TEST(torn_tail_is_cut_off),
		TEST(a_line_of_a_killed_process_is_counted),
		TEST(rotates_by_size),
		TEST(a_record_above_rotate_size_gets_its_own_file),
		TEST(rotates_when_the_first_record_is_of_another_day),
		TEST(keep_files_removes_the_oldest),
		TEST(keep_size_removes_the_oldest),
		TEST(keep_files_waits_for_relays),
		TEST(a_cursor_of_other_records_counts_for_nothing),
		TEST(keep_size_does_not_wait_for_relays),
		TEST(what_keep_size_removes_unsent_is_logged),
		TEST(keep_days_removes_at_most_two_at_once),
		TEST(keep_days_waits_for_relays),
		TEST(removed_live_file_is_made_again),
		TEST(moved_live_file_keeps_its_ids),
		TEST(truncated_live_file_goes_on),
		TEST(a_link_in_place_of_the_live_file_is_refused),
		TEST(a_link_in_place_of_a_folder_is_refused),
		TEST(a_file_that_all_may_write_is_refused),
		TEST(a_folder_that_all_may_write_is_refused),
		TEST(files_have_their_mode),
		TEST(a_batch_is_consecutive_and_keeps_new_ones),
		TEST(nfs_mode_does_the_same),
		TEST(many_processes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
