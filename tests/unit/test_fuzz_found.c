/*
 * What the fuzz targets found, one test each. Build with clang's sanitizers
 * (make CC=clang) to see the first one fail where it did.
 */
#include "journal/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* A search in a buffer that has no memory yet was NULL + 0. */
static void
a_file_is_read_from_an_empty_buffer_on(void **state)
{
	static const char text[] = "one\n\ntwo";
	int fd = memfd_create("lines", MFD_CLOEXEC);
	struct lines *lines = lines_open(fd, false, 0);
	const char *line;
	size_t length;

	(void)state;
	assert_non_null(lines);
	assert_int_equal(lines_next(lines, &line, &length), ERR_MISSING);
	assert_int_equal(lines_torn(lines), 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lines_next(lines, &line, &length), ERR_NONE);
	assert_int_equal(length, 3);
	assert_int_equal(lines_next(lines, &line, &length), ERR_NONE);
	assert_int_equal(length, 0);
	assert_int_equal(lines_next(lines, &line, &length), ERR_MISSING);
	assert_int_equal(lines_offset(lines), 5);
	assert_int_equal(lines_torn(lines), 3);
	lines_close(lines);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_from_an_empty_buffer_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
