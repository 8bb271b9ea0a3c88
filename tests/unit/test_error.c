#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
every_error_has_its_own_lower_case_word(void **state)
{
	int i, j;

	(void)state;
	for (i = ERR_NONE; i <= ERR_STALE; i++) {
		const char *word = error_word((enum error)i);

		assert_non_null(word);
		assert_true(strlen(word) > 0);
		assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz"),
		    strlen(word));
		for (j = ERR_NONE; j < i; j++)
			assert_string_not_equal(word,
			    error_word((enum error)j));
	}
}

static void
an_errno_says_what_to_do(void **state)
{
	static const struct {
		int number;
		enum error error;
	} cases[] = {
		{ ENOENT, ERR_MISSING }, { ENOTDIR, ERR_MISSING },
		{ ELOOP, ERR_UNSAFE }, { EACCES, ERR_UNSAFE },
		{ EISDIR, ERR_UNSAFE }, { ENXIO, ERR_UNSAFE },
		{ EPERM, ERR_UNSAFE }, { ENOSPC, ERR_FULL },
		{ EDQUOT, ERR_FULL }, { EFBIG, ERR_FULL },
		{ EINTR, ERR_BUSY }, { EAGAIN, ERR_BUSY },
		{ ENOLCK, ERR_BUSY }, { EMFILE, ERR_MEMORY },
		{ ENFILE, ERR_MEMORY }, { ENOMEM, ERR_MEMORY },
		{ EIO, ERR_IO }, { EROFS, ERR_IO },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(error_from_errno(cases[i].number),
		    cases[i].error);
}

static void
damage_is_what_can_never_be_used(void **state)
{
	static const int damage[] = { ENOENT, EISDIR, ELOOP, ENXIO, EACCES,
	    EPERM };
	int number;
	size_t i;

	(void)state;
	for (number = 0; number < 256; number++) {
		bool expected = false;

		for (i = 0; i < sizeof damage / sizeof damage[0]; i++)
			expected |= number == damage[i];
		assert_int_equal(error_is_damage(number), expected);
	}
}

static void
an_unknown_errno_is_never_success(void **state)
{
	int number;

	(void)state;
	for (number = 0; number < 256; number++)
		assert_int_not_equal(error_from_errno(number), ERR_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_own_lower_case_word),
		cmocka_unit_test(an_errno_says_what_to_do),
		cmocka_unit_test(damage_is_what_can_never_be_used),
		cmocka_unit_test(an_unknown_errno_is_never_success),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
