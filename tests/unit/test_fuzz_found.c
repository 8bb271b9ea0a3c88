/*
 * Bugs that the fuzz targets found, with one test each. The first test fails
 * only with clang's sanitizers (make CC=clang), as it did when it was found.
 */
#include "journal_fixture.h"

#include "journal/line_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAME(seq, time) "archive/notifications-0000000000" seq "-" time

/* A search in a buffer that had no memory yet computed NULL + 0. */
static void
reading_begins_with_an_empty_buffer(void **state)
{
	static const char text[] = "one\n\ntwo";
	int fd = memfd_create("lines", MFD_CLOEXEC);
	struct line_reader *lines = line_reader_open(fd, false, 0);
	const char *line;
	size_t length;

	(void)state;
	assert_non_null(lines);
	assert_false(line_reader_next(lines, &line, &length));
	assert_int_equal(line_reader_error(lines), ERR_NONE);
	assert_int_equal(line_reader_torn(lines), 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_true(line_reader_next(lines, &line, &length));
	assert_int_equal(length, 3);
	assert_true(line_reader_next(lines, &line, &length));
	assert_int_equal(length, 0);
	assert_false(line_reader_next(lines, &line, &length));
	assert_int_equal(line_reader_error(lines), ERR_NONE);
	assert_int_equal(line_reader_offset(lines), 5);
	assert_int_equal(line_reader_torn(lines), 3);
	line_reader_close(lines);
	close(fd);
}

/* Makes three rotated files and a live one, with twelve records of a recent day
 * in all. */
static void
fill_archive(struct fixture *fixture)
{
	unsigned number;

	fixture->options.rotate_size = 250;
	fixture_reopen(fixture);
	for (number = 1; number <= 12; number++)
		fixture_add(fixture, number);
	assert_int_equal(fixture_archived(fixture), 3);
}

/* Rebuilds the state, and checks that all twelve records are still known. */
static void
rebuild(struct fixture *fixture)
{
	unsigned number;
	bool duplicate;

	fixture_remove(fixture, ".state");
	fixture_reopen(fixture);
	for (number = 1; number <= 12; number++) {
		assert_int_equal(fixture_append(fixture, number, &duplicate),
		    ERR_NONE);
		assert_true(duplicate);
		assert_int_equal(fixture_count(fixture, number), 1);
	}
}

/* The successor's name alone decided where a file was cut. */
static void
a_junk_file_between_others_cuts_nothing(void **state)
{
	struct fixture *fixture = *state;

	fill_archive(fixture);
	fixture_write(fixture, NAME("02", "20990101T000000Z") ".jsonl",
	    "junk\n");
	rebuild(fixture);
}

/* If two files had the same first seq, only one of them was read. */
static void
a_junk_file_of_the_same_seq_hides_nothing(void **state)
{
	struct fixture *fixture = *state;

	fill_archive(fixture);
	fixture_write(fixture, NAME("01", "19700101T000000Z") ".jsonl",
	    "junk\n");
	rebuild(fixture);
}

/* Every request was answered 503 until the file was too old to be read. */
static void
a_damaged_compressed_file_is_passed_over(void **state)
{
	/* A header, and a block of a type that does not exist. */
	static const char damaged[] = "\x1f\x8b\x08\x01\x01\x01\x01\x01\x01"
	    "\x03\x07\x07\x07";
	struct fixture *fixture = *state;

	fill_archive(fixture);
	fixture_write(fixture, NAME("01", "20990101T000000Z") ".jsonl.gz",
	    damaged);
	rebuild(fixture);
}

/* If the files of two journals are mixed, nothing tells which record belongs to
 * which journal; none may be destroyed. */
static void
records_cut_off_by_another_journal_are_kept(void **state)
{
	struct fixture *fixture = *state;
	char *kept, name[128];

	fill_archive(fixture);
	snprintf(name, sizeof name, "%s.cut",
	    fixture_archive_name(fixture, 0));
	fixture_write(fixture, NAME("02", "20990101T000000Z") ".jsonl",
	    "{\"seq\":2,\"received_at\":\"2099-01-01T00:00:00.000000Z\","
	    "\"n\":99}\n");
	fixture_remove(fixture, ".state");
	fixture_reopen(fixture);
	fixture_add(fixture, 50);
	kept = fixture_read(fixture, name);
	assert_int_equal(fixture_count(fixture, 2), 0);
	assert_non_null(strstr(kept, "\"n\":2}\n"));
	assert_non_null(strstr(kept, "\"n\":3}\n"));
	free(kept);
}

#define WITH_JOURNAL(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_begins_with_an_empty_buffer),
		WITH_JOURNAL(a_junk_file_between_others_cuts_nothing),
		WITH_JOURNAL(a_junk_file_of_the_same_seq_hides_nothing),
		WITH_JOURNAL(a_damaged_compressed_file_is_passed_over),
		WITH_JOURNAL(records_cut_off_by_another_journal_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
