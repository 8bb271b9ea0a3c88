#include "journal_fixture.h"

#include "journal/dead.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD "{\"seq\":1,\"payload\":{\"a\":\"\\u00fc \\/\"}}"
#define LETTER "{\"dead_at\":\"2026-11-21T06:04:11.000000Z\",\"by\":" \
	"\"relay second-host\",\"tries\":5,\"error\":\"http 422\"," \
	"\"answer\":\"no\",\"record\":" RECORD "}\n"

static const struct dead_letter letter = {
	.dead_at = INT64_C(1795241051000000), .by = "relay second-host",
	.tries = 5, .error = "http 422", .answer = { "no", 2 },
	.record = { RECORD, sizeof RECORD - 1 } };

static struct dead *
open_dead(const struct fixture *f)
{
	struct dead *dead;
	char path[128];

	snprintf(path, sizeof path, "%s/d", f->directory);
	assert_int_equal(dead_open(path, &dead), ERR_NONE);
	return dead;
}

static void
append(const struct fixture *f, const struct dead_letter *one)
{
	struct dead *dead = open_dead(f);

	assert_int_equal(dead_append(dead, one), ERR_NONE);
	dead_close(dead);
}

static void
expect(const struct fixture *f, const char *text)
{
	char *found = fixture_read(f, "d");

	assert_string_equal(found, text);
	free(found);
}

static void
letters_are_lines_of_mode_0600(void **state)
{
	const struct fixture *f = *state;
	struct stat status;
	char path[128];

	append(f, &letter);
	append(f, &letter);
	expect(f, LETTER LETTER);
	snprintf(path, sizeof path, "%s/d", f->directory);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

/* What a kill has left. */
static void
half_a_line_is_removed(void **state)
{
	const struct fixture *f = *state;
	char text[10000];

	fixture_write(f, "d", "half");
	append(f, &letter);
	expect(f, LETTER);
	fixture_append_text(f, "d", "half");
	append(f, &letter);
	expect(f, LETTER LETTER);
	snprintf(text, sizeof text, "%09999d", 0);
	fixture_append_text(f, "d", text);
	dead_close(open_dead(f));
	expect(f, LETTER LETTER);
}

static void
an_answer_is_cut_and_escaped(void **state)
{
	const struct fixture *f = *state;
	struct dead_letter other = letter;
	char answer[300], wanted[1000];

	memset(answer, 'x', sizeof answer);
	other.answer = (struct span){ answer, sizeof answer };
	append(f, &other);
	snprintf(wanted, sizeof wanted, "\"answer\":\"%.200s\",\"record\"",
	    answer);
	char *found = fixture_read(f, "d");
	assert_non_null(strstr(found, wanted));
	free(found);
	other.answer = (struct span){ "\"\\\n\t\177\303\274\343\202\242"
	    "\360\237\230\200", 14 };
	append(f, &other);
	found = fixture_read(f, "d");
	assert_non_null(strstr(found, "\"answer\":\"\\u0022\\u005c\\u000a"
	    "\\u0009\\u007f\303\274\343\202\242\360\237\230\200\","));
	free(found);
}

static void
what_is_not_utf_8_is_replaced(void **state)
{
	static const struct { const char *bytes; size_t count; } cases[] = {
	    { "\377", 1 }, { "\200", 1 }, { "\303", 1 }, { "\300\200", 2 },
	    { "\340\200\200", 3 }, { "\355\240\200", 3 },
	    { "\360\200\200\200", 4 }, { "\364\220\200\200", 4 },
	    { "\343\202", 2 }, { "\343\202x", 3 } };
	const struct fixture *f = *state;
	size_t i, n;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dead_letter other = letter;
		char wanted[64] = "\"answer\":\"", *found;

		other.answer = (struct span){ cases[i].bytes,
		    strlen(cases[i].bytes) };
		fixture_write(f, "d", "");
		append(f, &other);
		for (n = 0; n < cases[i].count; n++)
			strcat(wanted, cases[i].bytes[n] == 'x' ? "x" :
			    "\357\277\275");
		strcat(wanted, "\",");
		found = fixture_read(f, "d");
		assert_non_null(strstr(found, wanted));
		free(found);
	}
}

static void
without_an_answer_it_is_empty(void **state)
{
	const struct fixture *f = *state;
	struct dead_letter other = letter;
	char *found;

	other.answer = (struct span){ 0 };
	append(f, &other);
	found = fixture_read(f, "d");
	assert_non_null(strstr(found, "\"answer\":\"\","));
	free(found);
}

/* No room: neither a whole line nor half of one. */
static void
a_letter_that_does_not_fit_is_not_there(void **state)
{
	const struct fixture *f = *state;
	struct rlimit limit = { sizeof LETTER + 10, RLIM_INFINITY }, before;
	struct dead *dead;

	append(f, &letter);
	dead = open_dead(f);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(dead_append(dead, &letter), ERR_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect(f, LETTER);
	dead_close(dead);
}

static void
it_needs_a_folder_and_a_file(void **state)
{
	const struct fixture *f = *state;
	struct dead *dead;
	char path[128];

	snprintf(path, sizeof path, "%s/no/d", f->directory);
	assert_int_equal(dead_open(path, &dead), ERR_MISSING);
	assert_null(dead);
	assert_int_equal(errno, ENOENT);
	snprintf(path, sizeof path, "%s/fifo", f->directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_not_equal(dead_open(path, &dead), ERR_NONE);
	assert_null(dead);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)

static void
finds(const char *text, const char *expected)
{
	struct span record, line = { text, strlen(text) };

	if (expected == NULL) {
		assert_false(dead_record(line, &record));
		return;
	}
	assert_true(dead_record(line, &record));
	assert_int_equal(record.length, strlen(expected));
	assert_memory_equal(record.bytes, expected, record.length);
}

static void
its_record_is_found(void **state)
{
	static const char tricky[] = ",\"record\":{}";
	const struct fixture *f = *state;
	struct dead_letter one = letter;
	char *text;

	finds(LETTER, RECORD);
	finds(RECORD, NULL);
	finds("{\"dead_at\":\"\"}", NULL);
	finds("{\"dead_at\":1,\"record\":{}", "{");
	finds("{\"dead_at\":", NULL);
	finds("", NULL);
	one.answer = (struct span){ tricky, sizeof tricky - 1 };
	one.error = tricky;
	append(f, &one);
	text = fixture_read(f, "d");
	finds(text, RECORD);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(letters_are_lines_of_mode_0600),
		TEST(half_a_line_is_removed),
		TEST(an_answer_is_cut_and_escaped),
		TEST(what_is_not_utf_8_is_replaced),
		TEST(without_an_answer_it_is_empty),
		TEST(a_letter_that_does_not_fit_is_not_there),
		TEST(it_needs_a_folder_and_a_file),
		TEST(its_record_is_found),
	};

	return cmocka_run_group_tests_name("dead", tests, NULL, NULL);
}
