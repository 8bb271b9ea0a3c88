#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum error
append_text(struct buffer *buffer, const char *text)
{
	return buffer_append(buffer, text, strlen(text));
}

static void
starts_empty_and_appends(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(buffer_append(&buffer, "ab\0c", 4), ERR_NONE);
	assert_int_equal(append_text(&buffer, "de"), ERR_NONE);
	assert_int_equal(buffer.length, 6);
	assert_memory_equal(buffer.bytes, "ab\0cde", 6);
	buffer_free(&buffer);
}

static void
appending_nothing_allocates_nothing(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(buffer_append(&buffer, NULL, 0), ERR_NONE);
	assert_int_equal(append_text(&buffer, ""), ERR_NONE);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.length, 0);
}

static void
keeps_its_bytes_while_it_grows(void **state)
{
	struct buffer buffer = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i++)
		assert_int_equal(buffer_append(&buffer, &"0123456789"[i % 10],
		    1), ERR_NONE);
	assert_int_equal(buffer.length, 100000);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buffer.bytes[i], '0' + (int)(i % 10));
	buffer_free(&buffer);
}

static void
reserve_makes_room_and_changes_no_length(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(append_text(&buffer, "abc"), ERR_NONE);
	assert_int_equal(buffer_reserve(&buffer, 1000000), ERR_NONE);
	assert_int_equal(buffer.length, 3);
	assert_true(buffer.capacity >= 1000003);
	memset(buffer.bytes + 3, 'x', 1000000);
	assert_memory_equal(buffer.bytes, "abc", 3);
	buffer_free(&buffer);
}

static void
reserved_room_is_not_moved_by_appending(void **state)
{
	struct buffer buffer = { 0 };
	char *before;

	(void)state;
	assert_int_equal(buffer_reserve(&buffer, 10000), ERR_NONE);
	before = buffer.bytes;
	while (buffer.length < 10000)
		assert_int_equal(append_text(&buffer, "0123456789"),
		    ERR_NONE);
	assert_ptr_equal(buffer.bytes, before);
	buffer_free(&buffer);
}

static void
an_impossible_size_fails_and_is_harmless(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(append_text(&buffer, "abc"), ERR_NONE);
	assert_int_equal(buffer_reserve(&buffer, SIZE_MAX), ERR_MEMORY);
	assert_int_equal(buffer_reserve(&buffer, SIZE_MAX - 2), ERR_MEMORY);
	assert_int_equal(buffer_append(&buffer, "x", SIZE_MAX / 2), ERR_MEMORY);
	assert_int_equal(buffer.length, 3);
	assert_memory_equal(buffer.bytes, "abc", 3);
	buffer_free(&buffer);
}

static void
reset_keeps_small_memory(void **state)
{
	struct buffer buffer = { 0 };
	char *before;

	(void)state;
	assert_int_equal(append_text(&buffer, "abc"), ERR_NONE);
	before = buffer.bytes;
	buffer_reset(&buffer, buffer.capacity);
	assert_int_equal(buffer.length, 0);
	assert_ptr_equal(buffer.bytes, before);
	buffer_free(&buffer);
}

static void
reset_frees_large_memory(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(buffer_reserve(&buffer, 100000), ERR_NONE);
	buffer_reset(&buffer, 65536);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.capacity, 0);
	assert_int_equal(buffer.length, 0);
}

static void
a_freed_buffer_is_usable(void **state)
{
	struct buffer buffer = { 0 };

	(void)state;
	assert_int_equal(append_text(&buffer, "abc"), ERR_NONE);
	buffer_free(&buffer);
	assert_int_equal(buffer.length, 0);
	assert_int_equal(append_text(&buffer, "de"), ERR_NONE);
	assert_int_equal(buffer.length, 2);
	buffer_free(&buffer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty_and_appends),
		cmocka_unit_test(appending_nothing_allocates_nothing),
		cmocka_unit_test(keeps_its_bytes_while_it_grows),
		cmocka_unit_test(reserve_makes_room_and_changes_no_length),
		cmocka_unit_test(reserved_room_is_not_moved_by_appending),
		cmocka_unit_test(an_impossible_size_fails_and_is_harmless),
		cmocka_unit_test(reset_keeps_small_memory),
		cmocka_unit_test(reset_frees_large_memory),
		cmocka_unit_test(a_freed_buffer_is_usable),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
