/*
 * The cursor's file, and how it fits a journal. The kill points need the seam
 * (HOOKLINE_FAULTS); without it they are skipped.
 */
#include "journal_fixture.h"

#include "journal/cursor.h"
#include "journal/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOURNAL_ID "0123456789abcdef0123456789abcdef"
#define OTHER_ID "ffffffffffffffff0123456789abcdef"
#define ID8 "8c5f0a71"
#define LINE "{\"cursor\":1,\"journal\":\"" JOURNAL_ID "\",\"seq\":41288," \
	"\"id\":\"" ID8 ID8 ID8 ID8 ID8 ID8 ID8 ID8 "\",\"received_at\":" \
	"\"2026-11-21T06:00:00.123456Z\"}\n"

/* tests/faults/seam.h, where it is linked. */
extern void seam_arm(const char *rules, unsigned seed)
    __attribute__((weak));

static const struct cursor_place place = { .journal = JOURNAL_ID,
	.seq = 41288, .id = ID8 ID8 ID8 ID8 ID8 ID8 ID8 ID8,
	.received_at = INT64_C(1795240800123456) };

/* The cursor is beside the journal's files, which is nobody's concern here. */
static void
path_of(const struct fixture *f, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", f->directory, name);
}

static struct cursor *
open_cursor(const struct fixture *f)
{
	struct cursor *cursor;
	char path[128];

	path_of(f, "c", path);
	assert_int_equal(cursor_open(path, &cursor), ERR_NONE);
	return cursor;
}

static void
assert_place(const struct cursor_place *a, const struct cursor_place *b)
{
	assert_string_equal(a->journal, b->journal);
	assert_string_equal(a->id, b->id);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->received_at, b->received_at);
}

static void
it_is_one_line_of_mode_0600(void **state)
{
	struct fixture *f = *state;
	struct cursor *cursor = open_cursor(f);
	struct cursor_place read;
	struct stat status;
	char path[128], *text;

	assert_int_equal(cursor_write(cursor, &place), ERR_NONE);
	text = fixture_read(f, "c");
	assert_string_equal(text, LINE);
	free(text);
	path_of(f, "c", path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(cursor_read(cursor, &read), ERR_NONE);
	assert_place(&read, &place);
	cursor_close(cursor);
}

static void
without_a_file_it_is_missing(void **state)
{
	struct cursor *cursor = open_cursor(*state);
	struct cursor_place read;

	assert_int_equal(cursor_read(cursor, &read), ERR_MISSING);
	cursor_close(cursor);
}

static void
without_a_folder_it_cannot_be_opened(void **state)
{
	const struct fixture *f = *state;
	struct cursor *cursor;
	char path[128];

	path_of(f, "no/c", path);
	assert_int_equal(cursor_open(path, &cursor), ERR_MISSING);
	assert_null(cursor);
	assert_int_equal(errno, ENOENT);
}

static void
a_malformed_one_is_damaged(void **state)
{
	struct fixture *f = *state;
	struct cursor *cursor = open_cursor(f);
	struct cursor_place read;
	char text[sizeof LINE + 200];
	size_t i;

	/* Each beginning, from the empty file on, is none; the newline alone
	 * may be missing. */
	for (i = 0; i < sizeof LINE - 2; i++) {
		snprintf(text, sizeof text, "%.*s", (int)i, LINE);
		fixture_write(f, "c", text);
		assert_int_equal(cursor_read(cursor, &read), ERR_DAMAGED);
	}
	snprintf(text, sizeof text, "%.*s", (int)sizeof LINE - 2, LINE);
	fixture_write(f, "c", text);
	assert_int_equal(cursor_read(cursor, &read), ERR_NONE);
	/* Neither is one with a byte changed to what belongs nowhere. */
	for (i = 0; i < sizeof LINE - 1; i++) {
		snprintf(text, sizeof text, "%s", LINE);
		text[i] = '~';
		fixture_write(f, "c", text);
		assert_int_equal(cursor_read(cursor, &read), ERR_DAMAGED);
	}
	/* Nor one with more after it, a little or a lot. */
	for (i = 1; i < 100; i += 49) {
		snprintf(text, sizeof text, "%s%0*d", LINE, (int)i, 0);
		fixture_write(f, "c", text);
		assert_int_equal(cursor_read(cursor, &read), ERR_DAMAGED);
	}
	cursor_close(cursor);
}

static void
a_folder_in_its_place_is_damaged(void **state)
{
	struct fixture *f = *state;
	struct cursor *cursor = open_cursor(f);
	struct cursor_place read;
	char path[128];

	path_of(f, "c", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(cursor_read(cursor, &read), ERR_DAMAGED);
	cursor_close(cursor);
}

static void
one_process_at_a_time(void **state)
{
	const struct fixture *f = *state;
	struct cursor *cursor = open_cursor(f), *second;
	char path[128];

	path_of(f, "c", path);
	assert_int_equal(cursor_open(path, &second), ERR_BUSY);
	assert_null(second);
	cursor_close(cursor);
	assert_int_equal(cursor_open(path, &second), ERR_NONE);
	cursor_close(second);
	path_of(f, "c.lock", path);
	assert_int_equal(access(path, F_OK), 0);
}

/* Killed before any of its calls, it leaves the old cursor or the new one. */
static void
a_kill_leaves_the_old_or_the_new_one(void **state)
{
	struct fixture *f = *state;
	struct cursor_place newer = place, read;
	unsigned call, old = 0, killed = 1;

	if (seam_arm == NULL)
		skip();
	newer.seq++;
	for (call = 1; killed && call < 50; call++) {
		struct cursor *cursor = open_cursor(f);
		char rule[32];
		int status;
		pid_t child;

		assert_int_equal(cursor_write(cursor, &place), ERR_NONE);
		child = fork();
		if (child == 0) {
			snprintf(rule, sizeof rule, "%u:kill", call);
			seam_arm(rule, 1);
			_exit(cursor_write(cursor, &newer) == ERR_NONE ? 0 :
			    1);
		}
		waitpid(child, &status, 0);
		killed = WIFSIGNALED(status);
		assert_int_equal(cursor_read(cursor, &read), ERR_NONE);
		old += read.seq == place.seq;
		assert_place(&read, read.seq == place.seq ? &place : &newer);
		cursor_close(cursor);
	}
	assert_int_equal(killed, 0);
	assert_int_equal(read.seq, newer.seq);
	/* Unlink, open, write, fsync and rename. */
	assert_int_equal(old, 5);
}

/* A call that fails is reported, and leaves the same. */
static void
a_failure_is_reported(void **state)
{
	static const char *const rules[] = { "openat/1:EACCES",
	    "write/1:ENOSPC", "write/1:short", "fsync/1:EIO",
	    "renameat/1:EIO", "fsync/2:EIO" };
	static const int numbers[] = { EACCES, ENOSPC, ENOSPC, EIO, EIO,
	    EIO };
	struct fixture *f = *state;
	struct cursor_place newer = place, read;
	size_t i;

	if (seam_arm == NULL)
		skip();
	newer.seq++;
	for (i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		struct cursor *cursor = open_cursor(f);
		enum error error;

		assert_int_equal(cursor_write(cursor, &place), ERR_NONE);
		seam_arm(rules[i], 1);
		error = cursor_write(cursor, &newer);
		seam_arm(NULL, 1);
		assert_int_not_equal(error, ERR_NONE);
		assert_int_equal(errno, numbers[i]);
		assert_int_equal(cursor_read(cursor, &read), ERR_NONE);
		assert_int_equal(read.seq, i == 5 ? newer.seq : place.seq);
		cursor_close(cursor);
	}
}

/*
 * Beside a journal
 */

static void
add(struct fixture *f, unsigned number)
{
	struct journal_record record = { 0 };
	char tail[128];

	memcpy(record.key, &number, sizeof number);
	record.tail.length = (size_t)snprintf(tail, sizeof tail,
	    "\"id\":\"%064x\",\"n\":%u}\n", number, number);
	record.tail.bytes = tail;
	assert_int_equal(journal_append(f->journal, &record, 1), ERR_NONE);
}

/* The place of a record in the journal. */
static struct cursor_place
place_at(const struct fixture *f, uint64_t seq)
{
	const struct reader_options options = { .directory = f->directory,
	    .from_seq = seq };
	struct cursor_place found;
	struct reader_line line;
	struct reader *reader;

	assert_int_equal(reader_open(&options, &reader), ERR_NONE);
	assert_true(reader_next(reader, &line));
	assert_int_equal(line.seq, seq);
	assert_true(cursor_place_of(&line, &found));
	assert_int_equal(cursor_journal(f->directory, found.journal),
	    ERR_NONE);
	reader_close(reader);
	return found;
}

static enum cursor_fit
fit_of(const struct fixture *f, const struct cursor_place *cursor)
{
	enum cursor_fit fit;

	assert_int_equal(cursor_compare(f->directory, cursor, &fit),
	    ERR_NONE);
	return fit;
}

static void
fill(struct fixture *f, unsigned count)
{
	f->options.rotate_size = 400;
	fixture_reopen(f);
	while (count > 0)
		add(f, count--);
}

static void
it_fits_its_own_journal(void **state)
{
	struct fixture *f = *state;
	struct cursor_place cursor;
	uint64_t seq;

	fill(f, 9);
	assert_true(fixture_archived(f) > 1);
	for (seq = 1; seq <= 9; seq++) {
		cursor = place_at(f, seq);
		assert_int_equal(fit_of(f, &cursor), CURSOR_FITS);
	}
}

static void
another_journal_is_told(void **state)
{
	struct fixture *f = *state;
	struct cursor_place cursor;

	fill(f, 3);
	cursor = place_at(f, 2);
	fixture_write(f, RELAY_ID, OTHER_ID "\n");
	assert_int_equal(fit_of(f, &cursor), CURSOR_OTHER_JOURNAL);
}

static void
another_record_is_told(void **state)
{
	struct fixture *f = *state;
	struct cursor_place cursor;

	fill(f, 3);
	cursor = place_at(f, 2);
	cursor.received_at++;
	assert_int_equal(fit_of(f, &cursor), CURSOR_OTHER_RECORD);
	cursor = place_at(f, 2);
	cursor.id[0] = 'f';
	assert_int_equal(fit_of(f, &cursor), CURSOR_OTHER_RECORD);
}

static void
a_record_that_is_not_there_is_told(void **state)
{
	struct fixture *f = *state;
	struct cursor_place cursor;

	fill(f, 9);
	cursor = place_at(f, 9);
	cursor.seq = 10;
	assert_int_equal(fit_of(f, &cursor), CURSOR_NO_RECORD);
	/* In a gap between two files that are there, too. */
	cursor = place_at(f, 3);
	fixture_remove(f, fixture_archive_name(f, 1));
	assert_int_equal(fit_of(f, &cursor), CURSOR_NO_RECORD);
}

static void
a_removed_record_is_told(void **state)
{
	struct fixture *f = *state;
	struct cursor_place cursor;

	fill(f, 9);
	cursor = place_at(f, 1);
	fixture_remove(f, fixture_archive_name(f, 0));
	assert_int_equal(fit_of(f, &cursor), CURSOR_REMOVED);
}

static void
a_journal_without_an_id_is_told(void **state)
{
	static const char *const texts[] = { "", "0123\n",
	    JOURNAL_ID "\n\n", "0123456789ABCDEF0123456789abcdef\n" };
	struct fixture *f = *state;
	char id[CURSOR_JOURNAL_LENGTH + 1];
	size_t i;

	assert_int_equal(cursor_journal(f->directory, id), ERR_MISSING);
	fill(f, 1);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		fixture_write(f, RELAY_ID, texts[i]);
		assert_int_equal(cursor_journal(f->directory, id),
		    ERR_DAMAGED);
	}
	fixture_write(f, RELAY_ID, JOURNAL_ID);
	assert_int_equal(cursor_journal(f->directory, id), ERR_NONE);
	assert_string_equal(id, JOURNAL_ID);
}

/* Such lines cannot be named, and nothing beyond them is read. */
static void
a_line_without_an_id_has_no_place(void **state)
{
	static const char *const tails[] = { "", "\"id\":\"", "\"id\":\"" ID8,
	    "\"n\":1}", "\"id\":\"" ID8 ID8 ID8 ID8 ID8 ID8 ID8 "8c5f0a7G\"}" };
	struct cursor_place found;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		struct reader_line line = { .seq = 7, .received_at =
		    place.received_at };
		char *bytes;

		line.length = (size_t)snprintf(text, sizeof text,
		    "{\"seq\":7,\"received_at\":\"2026-11-21T06:00:00.123456Z"
		    "\",%s", tails[i]);
		/* So that a sanitizer sees a look beyond the end. */
		bytes = malloc(line.length);
		assert_non_null(bytes);
		line.bytes = memcpy(bytes, text, line.length);
		assert_false(cursor_place_of(&line, &found));
		free(bytes);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_one_line_of_mode_0600),
		TEST(without_a_file_it_is_missing),
		TEST(without_a_folder_it_cannot_be_opened),
		TEST(a_malformed_one_is_damaged),
		TEST(a_folder_in_its_place_is_damaged),
		TEST(one_process_at_a_time),
		TEST(a_kill_leaves_the_old_or_the_new_one),
		TEST(a_failure_is_reported),
		TEST(it_fits_its_own_journal),
		TEST(another_journal_is_told),
		TEST(another_record_is_told),
		TEST(a_record_that_is_not_there_is_told),
		TEST(a_removed_record_is_told),
		TEST(a_journal_without_an_id_is_told),
		TEST(a_line_without_an_id_has_no_place),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
