#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Encodes a code point as RFC 3629 says; also those that it forbids. */
static size_t
encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static void
every_code_point_is_read(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t code = 0; code <= 0x1fffff; code++) {
		size_t length = encode(code, bytes), room;
		bool valid = code <= 0x10ffff &&
		    (code < 0xd800 || code > 0xdfff);
		uint32_t found = 0;

		assert_int_equal(utf8_read(bytes, length, &found),
		    valid ? length : 0);
		assert_int_equal(found, valid ? code : 0);
		for (room = 1; room < length; room++)
			assert_int_equal(utf8_read(bytes, room, &found), 0);
	}
}

static void
overlong_forms_are_refused(void **state)
{
	static const char *const texts[] = { "\xc0\x80", "\xc1\xbf",
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf" };
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(utf8_read(texts[i], strlen(texts[i]), &code),
		    0);
}

static void
stray_bytes_are_refused(void **state)
{
	static const char *const texts[] = { "\x80", "\xbf", "\xf8\x88\x80\x80",
		"\xfe", "\xff", "\xc3(", "\xe2\x28\xa1", "\xe2\x82(",
		"\xf0\x9f\x98(" };
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(utf8_read(texts[i], strlen(texts[i]), &code),
		    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_read),
		cmocka_unit_test(overlong_forms_are_refused),
		cmocka_unit_test(stray_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
