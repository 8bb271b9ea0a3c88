#include "base/digits.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LARGEST "18446744073709551615"

/* Numbers on both sides of every change of the number of digits. */
static void
writes_as_printf_does(void **state)
{
	uint64_t power = 1, number;
	char text[DECIMAL_SIZE], expected[DECIMAL_SIZE];
	int digits, around;

	(void)state;
	for (digits = 1; digits <= 20; digits++) {
		for (around = -1; around <= 1; around++) {
			number = power + (uint64_t)around;
			(void)snprintf(expected, sizeof expected, "%" PRIu64,
			    number);
			assert_int_equal(decimal_write(number, text),
			    strlen(expected));
			assert_string_equal(text, expected);
		}
		power *= 10;
	}
	assert_int_equal(decimal_write(UINT64_MAX, text), 20);
	assert_string_equal(text, LARGEST);
}

static void
a_fixed_width_has_leading_zeros_and_no_nul(void **state)
{
	char text[] = "xxxxxxxxx";

	(void)state;
	decimal_write_fixed(42, 6, text + 1);
	assert_string_equal(text, "x000042xx");
	decimal_write_fixed(0, 2, text + 1);
	assert_string_equal(text, "x000042xx");
	decimal_write_fixed(123456, 6, text + 1);
	assert_string_equal(text, "x123456xx");
	decimal_write_fixed(7, 0, text);
	assert_string_equal(text, "x123456xx");
}

static void
a_fixed_width_keeps_the_last_digits(void **state)
{
	char text[] = "xxxx";

	(void)state;
	decimal_write_fixed(98765, 3, text);
	assert_string_equal(text, "765x");
}

/* A copy in memory of exactly its length, so that a sanitizer notices reads
 * beyond it. */
static char *
exactly(const char *text)
{
	char *copy = malloc(strlen(text) + (*text == '\0'));

	assert_non_null(copy);
	memcpy(copy, text, strlen(text));
	return copy;
}

static bool
reads(const char *text, uint64_t most, uint64_t *number)
{
	char *copy = exactly(text);
	bool result = decimal_read(copy, strlen(text), most, number);

	free(copy);
	return result;
}

static void
assert_reads(const char *text, uint64_t most, uint64_t expected)
{
	uint64_t number = expected + 1;

	assert_true(reads(text, most, &number));
	assert_true(number == expected);
}

static void
assert_refuses(const char *text, uint64_t most)
{
	uint64_t number = 77;

	assert_false(reads(text, most, &number));
	assert_true(number == 77);
}

static void
reads_numbers(void **state)
{
	(void)state;
	assert_reads("0", 0, 0);
	assert_reads("7", 7, 7);
	assert_reads("1234567890", UINT64_MAX, 1234567890);
	assert_reads(LARGEST, UINT64_MAX, UINT64_MAX);
}

static void
leading_zeros_are_digits(void **state)
{
	(void)state;
	assert_reads("00", 0, 0);
	assert_reads("007", 7, 7);
	assert_reads("00000000000000000000000000000" LARGEST, UINT64_MAX,
	    UINT64_MAX);
}

static void
a_number_above_the_maximum_is_refused(void **state)
{
	(void)state;
	assert_refuses("1", 0);
	assert_refuses("9", 8);
	assert_reads("99", 99, 99);
	assert_refuses("100", 99);
	assert_reads("255", 255, 255);
	assert_refuses("256", 255);
	assert_refuses("260", 255);
	assert_refuses("1000", 255);
	assert_reads("9223372036854775807", INT64_MAX, INT64_MAX);
	assert_refuses("9223372036854775808", INT64_MAX);
	assert_refuses("18446744073709551616", UINT64_MAX);
	assert_refuses("18446744073709551625", UINT64_MAX);
	assert_refuses("184467440737095516150", UINT64_MAX);
	assert_refuses("99999999999999999999", UINT64_MAX);
}

static void
only_digits_are_a_number(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1",
	    "1.0", "1e3", "1,0", "a", "\xd9\xa1", "1/", "1:" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refuses(bad[i], UINT64_MAX);
}

static void
a_nul_does_not_end_a_number(void **state)
{
	uint64_t number = 77;

	(void)state;
	assert_false(decimal_read("1\0002", 3, UINT64_MAX, &number));
	assert_true(number == 77);
}

static void
a_prefix_ends_at_the_first_other_byte(void **state)
{
	uint64_t number = 77;

	(void)state;
	assert_int_equal(decimal_prefix("12-", 3, 99, &number), 2);
	assert_true(number == 12);
	assert_int_equal(decimal_prefix("123", 2, 99, &number), 2);
	assert_true(number == 12);
	assert_int_equal(decimal_prefix("0007d", 5, 99, &number), 4);
	assert_true(number == 7);
	assert_int_equal(decimal_prefix("98/", 3, 99, &number), 2);
	assert_int_equal(decimal_prefix("98:", 3, 99, &number), 2);
}

static void
without_digits_the_number_is_kept(void **state)
{
	uint64_t number = 77;

	(void)state;
	assert_int_equal(decimal_prefix("-12", 3, 99, &number), 0);
	assert_int_equal(decimal_prefix("12", 0, 99, &number), 0);
	assert_int_equal(decimal_prefix("100x", 4, 99, &number), 0);
	assert_true(number == 77);
}

static void
hex_is_written_in_lower_case(void **state)
{
	const uint8_t bytes[] = { 0x00, 0x9f, 0xab, 0xcd, 0xef, 0xff };
	char text[2 * sizeof bytes + 1];

	(void)state;
	hex_write(bytes, sizeof bytes, text);
	assert_string_equal(text, "009fabcdefff");
	hex_write(bytes, 0, text);
	assert_string_equal(text, "");
}

static void
hex_of_either_case_is_read(void **state)
{
	char text[5], written[3];
	int byte, upper;
	uint8_t read[2];

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		for (upper = 0; upper < 2; upper++) {
			(void)snprintf(text, sizeof text,
			    upper ? "%02Xfe" : "%02xFE", (unsigned)byte);
			assert_true(hex_read(text, 2, read));
			assert_int_equal(read[0], byte);
			assert_int_equal(read[1], 0xfe);
		}
		hex_write(read, 1, written);
		(void)snprintf(text, sizeof text, "%02x", (unsigned)byte);
		assert_string_equal(written, text);
	}
	assert_true(hex_read("", 0, read));
}

/* The wrong byte may be in either place of a pair, and may be the last one of
 * the text. */
static void
each_other_byte_spoils_hex(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	char *text = exactly("ab");
	uint8_t read;
	int byte;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		bool good = byte != 0 && strchr(digits, byte) != NULL;

		memcpy(text, "ab", 2);
		text[0] = (char)byte;
		assert_int_equal(hex_read(text, 1, &read), good);
		memcpy(text, "ab", 2);
		text[1] = (char)byte;
		assert_int_equal(hex_read(text, 1, &read), good);
	}
	free(text);
}

static void
hex_stops_at_a_nul(void **state)
{
	static const char *const cut[] = { "", "a", "ab", "abc" };
	uint8_t read[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cut / sizeof cut[0]; i++) {
		char *copy = strdup(cut[i]);

		assert_non_null(copy);
		assert_false(hex_read(copy, 2, read));
		free(copy);
	}
}

static void
lower_case_is_distinguished(void **state)
{
	int byte;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		const char text[] = { '0', (char)byte, 'f' };

		assert_int_equal(hex_is_lower(text, 3), byte != 0 &&
		    strchr("0123456789abcdef", byte) != NULL);
	}
	assert_true(hex_is_lower("", 0));
	assert_true(hex_is_lower("aG", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_as_printf_does),
		cmocka_unit_test(a_fixed_width_has_leading_zeros_and_no_nul),
		cmocka_unit_test(a_fixed_width_keeps_the_last_digits),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(leading_zeros_are_digits),
		cmocka_unit_test(a_number_above_the_maximum_is_refused),
		cmocka_unit_test(only_digits_are_a_number),
		cmocka_unit_test(a_nul_does_not_end_a_number),
		cmocka_unit_test(a_prefix_ends_at_the_first_other_byte),
		cmocka_unit_test(without_digits_the_number_is_kept),
		cmocka_unit_test(hex_is_written_in_lower_case),
		cmocka_unit_test(hex_of_either_case_is_read),
		cmocka_unit_test(each_other_byte_spoils_hex),
		cmocka_unit_test(hex_stops_at_a_nul),
		cmocka_unit_test(lower_case_is_distinguished),
	};

	return cmocka_run_group_tests_name("digits", tests, NULL, NULL);
}
