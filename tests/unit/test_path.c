#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
the_folder_is_what_is_before_the_last_slash(void **state)
{
	static const char *const cases[][2] = {
		{ "/a/b/c", "/a/b" }, { "/a", "/" }, { "a/b", "a" },
		{ "a", "." }, { "/a/", "/a" }, { "/", "/" }, { "", "." },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *folder = path_folder(cases[i][0]);

		assert_non_null(folder);
		assert_string_equal(folder, cases[i][1]);
		free(folder);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_folder_is_what_is_before_the_last_slash),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
