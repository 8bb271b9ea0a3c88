/*
 * sql_connect: which hosts are other machines, for the warning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "relay/sql_connect.h"

static void
sockets_and_loopback_are_this_machine(void **state)
{
	(void)state;
	assert_false(sql_connect_is_far(NULL, NULL));
	assert_false(sql_connect_is_far("", ""));
	assert_false(sql_connect_is_far("/run/postgresql", NULL));
	assert_false(sql_connect_is_far("@abstract", NULL));
	assert_false(sql_connect_is_far("localhost,127.0.0.1,127.9.9.9,::1",
	    NULL));
	assert_false(sql_connect_is_far("db1", "127.0.0.1"));
	assert_false(sql_connect_is_far("db1,", "::1,"));
}

static void
others_are_not(void **state)
{
	(void)state;
	assert_true(sql_connect_is_far("db1", NULL));
	assert_true(sql_connect_is_far("127.0.0.1,10.0.0.7", NULL));
	assert_true(sql_connect_is_far("localhost.example", NULL));
	assert_true(sql_connect_is_far("128.0.0.1", NULL));
	assert_true(sql_connect_is_far("::2", NULL));
	assert_true(sql_connect_is_far("/run,db2", NULL));
	/* An empty address leaves it to the host of its place. */
	assert_true(sql_connect_is_far("localhost,db2", "127.0.0.1,"));
	assert_true(sql_connect_is_far("localhost", "192.0.2.1"));
	assert_true(sql_connect_is_far("a-name-that-is-longer-than-the-longest-"
	    "address-in-digits.example", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_and_loopback_are_this_machine),
		cmocka_unit_test(others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
