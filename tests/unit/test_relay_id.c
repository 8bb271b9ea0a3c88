#include "journal_fixture.h"

#include "base/digits.h"
#include "base/log.h"
#include "journal/layout.h"
#include "journal/trouble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
path_of(const struct fixture *f, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", f->directory, name);
}

static mode_t
mode_of(const struct fixture *f, const char *name)
{
	struct stat status;
	char path[128];

	path_of(f, name, path);
	assert_int_equal(stat(path, &status), 0);
	return status.st_mode & 07777;
}

static void
the_first_append_makes_it(void **state)
{
	struct fixture *f = *state;
	char *id = fixture_read(f, RELAY_ID), *again;

	assert_string_equal(id, "");
	free(id);
	fixture_add(f, 1);
	id = fixture_read(f, RELAY_ID);
	assert_int_equal(strlen(id), 33);
	assert_true(hex_is_lower(id, 32));
	assert_int_equal(id[32], '\n');
	assert_int_equal(mode_of(f, RELAY_ID), 0640);
	assert_int_equal(mode_of(f, RELAY_FOLDER), 0750);
	fixture_remove(f, SEGMENT_STATE);
	fixture_reopen(f);
	fixture_add(f, 2);
	again = fixture_read(f, RELAY_ID);
	assert_string_equal(again, id);
	free(id);
	free(again);
}

static void
two_journals_have_different_ids(void **state)
{
	struct fixture *f = *state;
	char *id, *other;

	fixture_add(f, 1);
	id = fixture_read(f, RELAY_ID);
	fixture_remove(f, RELAY_FOLDER);
	fixture_reopen(f);
	fixture_add(f, 2);
	other = fixture_read(f, RELAY_ID);
	assert_int_equal(strlen(other), 33);
	assert_string_not_equal(id, other);
	free(id);
	free(other);
}

/* A file left by a process that was killed does no harm. */
static void
a_half_made_id_is_made_anew(void **state)
{
	struct fixture *f = *state;
	char path[128], *id;

	path_of(f, RELAY_FOLDER, path);
	assert_int_equal(mkdir(path, 0750), 0);
	fixture_write(f, RELAY_ID_NEW, "0123");
	fixture_add(f, 1);
	id = fixture_read(f, RELAY_ID);
	assert_int_equal(strlen(id), 33);
	free(id);
	path_of(f, RELAY_ID_NEW, path);
	assert_int_equal(access(path, F_OK), -1);
}

/* How many lines of the program's log, which is a file here, name the event. */
static unsigned
logged(FILE *log)
{
	char line[512];
	unsigned count = 0;

	rewind(log);
	while (fgets(line, sizeof line, log) != NULL)
		count += strstr(line, "event=relay-id-malformed") != NULL;
	return count;
}

static void
a_malformed_id_is_kept_and_logged_once(void **state)
{
	static const char *const texts[] = { "", "0123\n",
	    "0123456789ABCDEF0123456789abcdef\n",
	    "0123456789abcdef0123456789abcdef\n\n" };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		FILE *log = tmpfile();
		int saved = dup(STDERR_FILENO);
		char *id;

		fixture_add(f, (unsigned)i * 3 + 1);
		fixture_remove(f, SEGMENT_STATE);
		fixture_write(f, RELAY_ID, texts[i]);
		assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
		fixture_reopen(f);
		fixture_add(f, (unsigned)i * 3 + 2);
		fixture_reopen(f);
		fixture_add(f, (unsigned)i * 3 + 3);
		assert_true(dup2(saved, STDERR_FILENO) >= 0);
		close(saved);
		assert_int_equal(logged(log), 1);
		fclose(log);
		id = fixture_read(f, RELAY_ID);
		assert_string_equal(id, texts[i]);
		free(id);
	}
}

/* A link is not followed, and its target is not changed. */
static void
a_link_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct stat status;

	path_of(f, RELAY_FOLDER, path);
	assert_int_equal(mkdir(path, 0750), 0);
	path_of(f, RELAY_ID, path);
	assert_int_equal(symlink("nowhere", path), 0);
	fixture_add(f, 1);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat(path, &status), -1);
}

/* This id was written by a person. */
static void
an_id_without_a_newline_is_accepted(void **state)
{
	struct fixture *f = *state;
	FILE *log = tmpfile();
	int saved = dup(STDERR_FILENO);

	fixture_add(f, 1);
	fixture_remove(f, SEGMENT_STATE);
	fixture_write(f, RELAY_ID, "0123456789abcdef0123456789abcdef");
	assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
	fixture_reopen(f);
	fixture_add(f, 2);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	assert_int_equal(logged(log), 0);
	fclose(log);
}

static void
nothing_is_stored_if_it_cannot_be_made(void **state)
{
	struct fixture *f = *state;
	struct trouble trouble = { 0 };
	char path[128];

	f->options.trouble = &trouble;
	fixture_reopen(f);
	fixture_write(f, RELAY_FOLDER, "");
	assert_int_not_equal(fixture_append(f, 1, NULL), ERR_NONE);
	path_of(f, RELAY_FOLDER, path);
	assert_string_equal(trouble.path, path);
	assert_int_not_equal(journal_check(&f->options, 4096), ERR_NONE);
	assert_string_equal(trouble.path, path);
	fixture_remove(f, RELAY_FOLDER);
	fixture_add(f, 1);
	fixture_check_seq(f, 1);
	assert_int_equal(journal_check(&f->options, 4096), ERR_NONE);
}

static void
a_folder_that_all_may_write_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[128];

	path_of(f, RELAY_FOLDER, path);
	assert_int_equal(mkdir(path, 0750), 0);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(fixture_append(f, 1, NULL), ERR_UNSAFE);
	assert_int_equal(chmod(path, 0750), 0);
	fixture_add(f, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_append_makes_it),
		TEST(two_journals_have_different_ids),
		TEST(a_half_made_id_is_made_anew),
		TEST(a_malformed_id_is_kept_and_logged_once),
		TEST(a_link_is_left_alone),
		TEST(an_id_without_a_newline_is_accepted),
		TEST(nothing_is_stored_if_it_cannot_be_made),
		TEST(a_folder_that_all_may_write_is_refused),
	};

	return cmocka_run_group_tests_name("relay_id", tests, NULL, NULL);
}
