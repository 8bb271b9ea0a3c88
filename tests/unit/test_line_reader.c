#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "journal/line_reader.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

static int
file_of(const void *bytes, size_t length)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);

	assert_int_equal(pwrite(fd, bytes, length, 0), length);
	return fd;
}

static int
gzip_of(const char *text)
{
	int fd = file_of("", 0);
	gzFile gzip = gzdopen(dup(fd), "wb");

	assert_int_equal(gzputs(gzip, text), strlen(text));
	assert_int_equal(gzclose(gzip), Z_OK);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
expect(struct line_reader *lines, const char *text)
{
	const char *line;
	size_t length;

	assert_true(line_reader_next(lines, &line, &length));
	assert_int_equal(line_reader_error(lines), ERR_NONE);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(line, text, length);
}

static void
expect_none(struct line_reader *lines, enum error error)
{
	const char *line;
	size_t length;

	assert_false(line_reader_next(lines, &line, &length));
	assert_int_equal(line_reader_error(lines), error);
}

static void
the_end_is_not_an_error(void **state)
{
	int fd = file_of("one\ntw", 6);
	struct line_reader *lines = line_reader_open(fd, false, 0);

	(void)state;
	expect(lines, "one");
	expect_none(lines, ERR_NONE);
	assert_int_equal(line_reader_offset(lines), 4);
	assert_int_equal(line_reader_torn(lines), 2);
	assert_int_equal(pwrite(fd, "o\n", 2, 6), 2);
	expect(lines, "two");
	expect_none(lines, ERR_NONE);
	line_reader_close(lines);
	close(fd);
}

static void
a_file_that_cannot_be_read_is_an_error(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);
	struct line_reader *lines = line_reader_open(fd, false, 0);

	(void)state;
	expect_none(lines, ERR_IO);
	expect_none(lines, ERR_IO);
	line_reader_close(lines);
	close(fd);
}

/* The line may have changed by then. */
static void
a_line_is_read_again(void **state)
{
	int fd = file_of("one\ntwo\nend\n", 12);
	struct line_reader *lines = line_reader_open(fd, false, 0);

	(void)state;
	expect(lines, "one");
	expect(lines, "two");
	assert_int_equal(pwrite(fd, "2\nthree\n", 8, 4), 8);
	line_reader_seek(lines, 4);
	assert_int_equal(line_reader_torn(lines), 0);
	expect(lines, "2");
	expect(lines, "three");
	expect_none(lines, ERR_NONE);
	assert_int_equal(line_reader_offset(lines), 12);
	line_reader_close(lines);
	close(fd);
}

static void
a_compressed_file_remains_the_callers(void **state)
{
	int fd = gzip_of("one\ntwo\n");
	struct line_reader *lines = line_reader_open(fd, true, 0);

	(void)state;
	expect(lines, "one");
	expect(lines, "two");
	expect_none(lines, ERR_NONE);
	line_reader_close(lines);
	assert_int_equal(close(fd), 0);
}

static void
damage_is_not_the_end(void **state)
{
	/* A header, and a block of a type that does not exist. */
	static const char damaged[] = "\x1f\x8b\x08\x01\x01\x01\x01\x01\x01"
	    "\x03\x07\x07\x07";
	int fd = file_of(damaged, sizeof damaged);
	struct line_reader *lines = line_reader_open(fd, true, 0);

	(void)state;
	expect_none(lines, ERR_INPUT);
	line_reader_close(lines);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_is_not_an_error),
		cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
		cmocka_unit_test(a_line_is_read_again),
		cmocka_unit_test(a_compressed_file_remains_the_callers),
		cmocka_unit_test(damage_is_not_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
