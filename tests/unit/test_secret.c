/*
 * Built without AddressSanitizer, which makes mlock(2) do nothing.
 */
#include "auth/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Whether the memory at `at` is locked and excluded from core dumps. */
static bool
locked(const void *at)
{
	char line[256];
	bool here = false, lock = false, dump = true;
	FILE *maps = fopen("/proc/self/smaps", "r");

	while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (unsigned long)at >= from &&
			    (unsigned long)at < to;
		if (here && strncmp(line, "VmFlags:", 8) == 0) {
			lock = strstr(line, " lo") != NULL;
			dump = strstr(line, " dd") == NULL;
		}
	}
	if (maps != NULL)
		fclose(maps);
	return lock && !dump;
}

static void
secrets_are_locked_in_memory(void **state)
{
	char *secret = secret_copy("0123456789abcdef");

	(void)state;
	assert_non_null(secret);
	assert_true(locked(secret));
	secret_free(secret);
	assert_int_equal(secret[0], 0);
}

static void
secrets_are_not_inherited_by_a_fork(void **state)
{
	char *secret = secret_copy("0123456789abcdef");
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(secret[0] == '\0' ? 0 : 1);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	assert_string_equal(secret, "0123456789abcdef");
	secret_free(secret);
}

static void
freed_secrets_make_room(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		char *a = secret_alloc(1000), *b = secret_alloc(3000);

		assert_true(locked(a) || i > 0);
		secret_free(a);
		assert_true(locked(b) || i > 0);
		secret_free(b);
	}
	char *last = secret_alloc(60000);

	assert_true(locked(last));
	secret_free(last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_locked_in_memory),
		cmocka_unit_test(secrets_are_not_inherited_by_a_fork),
		cmocka_unit_test(freed_secrets_make_room),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
