#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD_LENGTH 29		/* time=2026-11-21T06:00:00.123Z */

static char folder[64], path[96], other[96];
static char lines[65536];

static int
make_folder(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/hookline-log-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof path, "%s/log", folder);
	(void)snprintf(other, sizeof other, "%s/other", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)log_to(NULL);
	(void)unlink(path);
	(void)unlink(other);
	return rmdir(folder);
}

static const char *
written(const char *name)
{
	int fd = open(name, O_RDONLY);
	ssize_t length;

	assert_true(fd != -1);
	length = read(fd, lines, sizeof lines - 1);
	assert_true(length >= 0);
	lines[length] = '\0';
	(void)close(fd);
	return lines;
}

/* Logs one field and returns the text between "event=test " and the line break,
 * which must be the only one. */
static const char *
logged(const char *text)
{
	const char *found;
	char *end;

	assert_int_equal(log_to(path), 1);
	assert_int_equal(truncate(path, 0), 0);
	LOG(LOG_LEVEL_INFO, "test", LOG_TEXT("key", text));
	found = strstr(written(path), "event=test ");
	assert_non_null(found);
	end = strchr(lines, '\n');
	assert_non_null(end);
	assert_int_equal(end[1], '\0');
	*end = '\0';
	return found + strlen("event=test ");
}

static void
a_line_begins_with_time_level_pid_event(void **state)
{
	char expected[128];

	(void)state;
	assert_int_equal(log_to(path), 1);
	LOG(LOG_LEVEL_WARNING, "rejected", LOG_TEXT("reason", "signature"),
	    LOG_NUMBER("bytes", -311));
	(void)snprintf(expected, sizeof expected, " level=warning pid=%d "
	    "event=rejected reason=signature bytes=-311\n", (int)getpid());
	assert_memory_equal(written(path), "time=2", 6);
	assert_int_equal(lines[15], 'T');
	assert_int_equal(lines[HEAD_LENGTH - 5], '.');
	assert_int_equal(lines[HEAD_LENGTH - 1], 'Z');
	assert_string_equal(lines + HEAD_LENGTH, expected);
}

static void
levels_have_their_words(void **state)
{
	(void)state;
	assert_int_equal(log_to(path), 1);
	log_event(LOG_LEVEL_INFO, "a", NULL, 0);
	log_event(LOG_LEVEL_ERROR, "b", NULL, 0);
	assert_non_null(strstr(written(path), "level=info"));
	assert_non_null(strstr(lines, "level=error"));
}

static void
plain_values_stay_bare(void **state)
{
	(void)state;
	assert_string_equal(logged("/webhook-1.a_b:c,d'e"),
	    "key=/webhook-1.a_b:c,d'e");
}

static void
values_are_quoted_where_needed(void **state)
{
	(void)state;
	assert_string_equal(logged(""), "key=\"\"");
	assert_string_equal(logged("a b"), "key=\"a b\"");
	assert_string_equal(logged("a=b"), "key=\"a=b\"");
	assert_string_equal(logged("a\"b"), "key=\"a\\\"b\"");
	assert_string_equal(logged("a\\b"), "key=\"a\\\\b\"");
}

static void
a_null_text_is_an_empty_value(void **state)
{
	(void)state;
	assert_string_equal(logged(NULL), "key=\"\"");
}

static void
controls_cannot_forge_a_line_or_reach_a_terminal(void **state)
{
	(void)state;
	assert_string_equal(logged("a\nlevel=info"),
	    "key=\"a\\x0alevel=info\"");
	assert_string_equal(logged("\r\t\x1b[2J"),
	    "key=\"\\x0d\\x09\\x1b[2J\"");
	assert_string_equal(logged("\x01\x1f\x7f"),
	    "key=\"\\x01\\x1f\\x7f\"");
	assert_string_equal(logged("\x80\xc3\xa9\xff"),
	    "key=\"\\x80\\xc3\\xa9\\xff\"");
}

static void
the_event_is_escaped_too(void **state)
{
	(void)state;
	assert_int_equal(log_to(path), 1);
	log_event(LOG_LEVEL_INFO, "a\nb", NULL, 0);
	assert_non_null(strstr(written(path), "event=\"a\\x0ab\"\n"));
}

static void
long_values_are_cut(void **state)
{
	char text[300], expected[310];

	(void)state;
	memset(text, 'x', sizeof text);
	text[256] = '\0';
	(void)snprintf(expected, sizeof expected, "key=%s", text);
	assert_string_equal(logged(text), expected);
	text[256] = 'x';
	text[257] = '\0';
	(void)strcat(expected, "...");
	assert_string_equal(logged(text), expected);
}

static void
a_line_never_outgrows_its_room(void **state)
{
	struct log_field fields[20];
	char text[256];
	size_t i, length;

	(void)state;
	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (i = 0; i < 20; i++)
		fields[i] = (struct log_field)LOG_TEXT("key", text);
	assert_int_equal(log_to(path), 1);
	log_event(LOG_LEVEL_INFO, "test", fields, 20);
	length = strlen(written(path));
	assert_in_range(length, 1024, 4096);
	assert_string_equal(lines + length - strlen("0a\" truncated=true\n"),
	    "0a\" truncated=true\n");
}

/* Tries each length of the last field that fits: no line, cut or not, may
 * exceed the room. */
static void
a_line_may_fill_its_room(void **state)
{
	struct log_field fields[20];
	char text[257];
	size_t i, length, longest = 0;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[256] = '\0';
	for (i = 0; i < 20; i++)
		fields[i] = (struct log_field)LOG_TEXT("key", text);
	assert_int_equal(log_to(path), 1);
	for (i = 0; i < 256; i++) {
		fields[15].text = text + i;
		assert_int_equal(truncate(path, 0), 0);
		log_event(LOG_LEVEL_INFO, "test", fields, 17);
		length = strlen(written(path));
		assert_true(length <= 4096);
		assert_int_equal(lines[length - 1], '\n');
		assert_ptr_equal(strchr(lines, '\n'), lines + length - 1);
		if (length > longest)
			longest = length;
	}
	assert_int_equal(longest, 4096);
}

static void
the_file_is_created_0640_and_appended_to(void **state)
{
	mode_t mask = umask(0);
	struct stat status;

	(void)state;
	assert_int_equal(log_to(path), 1);
	(void)umask(mask);
	log_event(LOG_LEVEL_INFO, "first", NULL, 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(log_to(path), 1);
	log_event(LOG_LEVEL_INFO, "second", NULL, 0);
	assert_non_null(strstr(written(path), "event=first\n"));
	assert_non_null(strstr(lines, "event=second\n"));
}

static void
another_writers_lines_are_not_overwritten(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(log_to(path), 1);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "0123456789\n", 11), 11);
	(void)close(fd);
	log_event(LOG_LEVEL_INFO, "test", NULL, 0);
	assert_memory_equal(written(path), "0123456789\ntime=", 16);
}

/* Runs log_to() and one event, with standard error redirected to a file. */
static int
caught(const char *target)
{
	int saved = dup(STDERR_FILENO);
	int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int result;

	assert_true(saved != -1 && fd != -1);
	(void)dup2(fd, STDERR_FILENO);
	result = log_to(target);
	log_event(LOG_LEVEL_INFO, "test", NULL, 0);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(fd);
	assert_non_null(strstr(written(other), "event=test\n"));
	return result;
}

static void
no_name_means_standard_error(void **state)
{
	(void)state;
	assert_int_equal(caught(NULL), 1);
	assert_int_equal(caught(""), 1);
}

static void
standard_error_after_a_file(void **state)
{
	(void)state;
	assert_int_equal(log_to(path), 1);
	assert_int_equal(caught(NULL), 1);
	assert_string_equal(written(path), "");
}

static void
a_file_that_fails_leaves_standard_error(void **state)
{
	char missing[128];

	(void)state;
	(void)snprintf(missing, sizeof missing, "%s/no/log", folder);
	assert_int_equal(caught(missing), 0);
	assert_int_equal(caught(folder), 0);
}

static void
a_symbolic_link_is_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(caught(path), 0);
}

static void
a_fifo_is_refused_and_does_not_block(void **state)
{
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(caught(path), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(caught(path), 0);
	(void)close(reader);
}

static void
the_file_is_closed_on_exec(void **state)
{
	int fd = dup(STDERR_FILENO);

	(void)state;
	assert_true(fd != -1);
	(void)close(fd);		/* so that open() uses this number
					 * next */
	assert_int_equal(log_to(path), 1);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(log_to(NULL), 1);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void
errno_is_left_alone(void **state)
{
	int saved = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(log_to(NULL), 1);
	(void)close(STDERR_FILENO);	/* the write fails */
	errno = ENOSPC;
	log_event(LOG_LEVEL_INFO, "test", NULL, 0);
	assert_int_equal(errno, ENOSPC);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
}

static void
a_check_reports_refusals_and_makes_nothing(void **state)
{
	char why[256] = "", none[128];

	(void)state;
	assert_int_equal(log_check(path, why, sizeof why), 1);
	assert_int_equal(access(path, F_OK), -1);
	(void)snprintf(none, sizeof none, "%s/none/log", folder);
	assert_int_equal(log_check(none, why, sizeof why), 0);
	assert_memory_equal(why, "cannot be created in /", 19);
	assert_int_equal(log_check("/none-there/log", why, sizeof why), 0);
	assert_string_equal(why, "cannot be created in /none-there: "
	    "No such file or directory");
	assert_int_equal(log_check(folder, why, sizeof why), 0);
	assert_string_equal(why, "is not a regular file");
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(log_check(path, why, sizeof why), 0);
	assert_string_equal(why, "is not a regular file");
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(log_check(other, why, sizeof why), 0);
	(void)unlink(path);
	assert_int_equal(log_to(path), 1);
	assert_int_equal(log_check(path, why, sizeof why), 1);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

/* Fills a pipe, so that the next write would block. */
static void
fill(int fd)
{
	static const char page[4096];

	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	while (write(fd, page, sizeof page) > 0)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
}

/* The reader of the pipe hangs, and comes back later. */
static void
a_line_without_room_is_dropped(void **state)
{
	int ends[2], saved = dup(STDERR_FILENO);
	static char text[1 << 20];
	ssize_t length;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	fill(ends[1]);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(ends[1]);
	assert_true(log_to(NULL));
	alarm(60);	/* it would block for ever */
	LOG(LOG_LEVEL_INFO, "test", LOG_NUMBER("n", 1));
	assert_true(read(ends[0], text, sizeof text) > 0);
	LOG(LOG_LEVEL_INFO, "test", LOG_NUMBER("n", 2));
	alarm(0);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	length = read(ends[0], text, sizeof text - 1);
	(void)close(ends[0]);
	assert_true(length > 0);
	text[length] = '\0';
	assert_non_null(strstr(text, " n=2\n"));
	assert_null(strstr(text, " n=1\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_begins_with_time_level_pid_event),
		TEST(levels_have_their_words),
		TEST(plain_values_stay_bare),
		TEST(values_are_quoted_where_needed),
		TEST(a_null_text_is_an_empty_value),
		TEST(controls_cannot_forge_a_line_or_reach_a_terminal),
		TEST(the_event_is_escaped_too),
		TEST(long_values_are_cut),
		TEST(a_line_never_outgrows_its_room),
		TEST(a_line_may_fill_its_room),
		TEST(the_file_is_created_0640_and_appended_to),
		TEST(another_writers_lines_are_not_overwritten),
		TEST(no_name_means_standard_error),
		TEST(standard_error_after_a_file),
		TEST(a_file_that_fails_leaves_standard_error),
		TEST(a_symbolic_link_is_refused),
		TEST(a_fifo_is_refused_and_does_not_block),
		TEST(a_check_reports_refusals_and_makes_nothing),
		TEST(the_file_is_closed_on_exec),
		TEST(errno_is_left_alone),
		TEST(a_line_without_room_is_dropped),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
