/*
 * sql_connect: what a connection is set to, and which hosts are other machines,
 * for the warning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "relay/sql_connect.h"

#include <stdio.h>
#include <string.h>

#define NOWHERE "postgresql:///x?host=/nonexistent"

/* The connection that has come of it, which is a failed one. */
static PGconn *
try_to_connect(const char *url)
{
	char copy[256];
	struct relay relay = { .url = copy };
	struct sql_connect *connect;
	PGconn *connection;

	assert_true(strlen(url) < sizeof copy);
	strcpy(copy, url);
	connect = sql_connect_begin(&relay);
	assert_non_null(connect);
	while (!sql_connect_wait(connect, 1000))
		;
	connection = sql_connect_end(connect);
	assert_non_null(connection);
	return connection;
}

struct parameter {
	const char *name, *value;
};

/* Up to a parameter without a name. */
static void
check_parameters(const char *url, const struct parameter *expected)
{
	PGconn *connection = try_to_connect(url);
	PQconninfoOption *options = PQconninfo(connection), *option;

	assert_non_null(options);
	for (; expected->name != NULL; expected++) {
		option = options;
		while (option->keyword != NULL &&
		    strcmp(option->keyword, expected->name) != 0)
			option++;
		if (option->val == NULL ||
		    strcmp(option->val, expected->value) != 0)
			fail_msg("%s: %s is %s, not %s", url, expected->name,
			    option->val != NULL ? option->val : "not set",
			    expected->value);
	}
	PQconninfoFree(options);
	PQfinish(connection);
}

static void
a_lost_server_is_noticed_soon(void **state)
{
	static const struct parameter usual[] = {
		{ "connect_timeout", "5" }, { "keepalives", "1" },
		{ "keepalives_idle", "5" }, { "keepalives_interval", "2" },
		{ "keepalives_count", "3" }, { "tcp_user_timeout", "5000" },
		{ "target_session_attrs", "read-write" },
		{ "client_encoding", "UTF8" }, { NULL, NULL } };

	(void)state;
	check_parameters(NOWHERE, usual);
}

static void
what_the_url_says_takes_precedence(void **state)
{
	static const struct parameter own[] = {
		{ "connect_timeout", "9" }, { "keepalives", "0" },
		{ "keepalives_idle", "60" }, { "keepalives_interval", "7" },
		{ "keepalives_count", "8" }, { "tcp_user_timeout", "1" },
		{ "target_session_attrs", "any" }, { NULL, NULL } };

	(void)state;
	check_parameters(NOWHERE "&connect_timeout=9&keepalives=0"
	    "&keepalives_idle=60&keepalives_interval=7&keepalives_count=8"
	    "&tcp_user_timeout=1&target_session_attrs=any", own);
}

/* Nothing but UTF-8 is in a journal. */
static void
the_encoding_is_not_for_the_url(void **state)
{
	static const struct parameter encoding[] = {
		{ "client_encoding", "UTF8" }, { NULL, NULL } };

	(void)state;
	check_parameters(NOWHERE "&client_encoding=LATIN1", encoding);
}

static void
only_verify_full_is_safe_elsewhere(void **state)
{
	static const struct {
		const char *parameter, *mode;
		bool open;
	} cases[] = {
		{ "", "prefer", true },
		{ "&sslmode=disable", "disable", true },
		{ "&sslmode=require", "require", true },
		{ "&sslmode=verify-ca", "verify-ca", true },
		{ "&sslmode=verify-full", "verify-full", false } };
	char url[256], mode[32];
	PGconn *connection;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		/* Not a loopback address, but this machine's: nothing goes
		 * out. */
		(void)snprintf(url, sizeof url, "postgresql:///x?host=db1"
		    "&hostaddr=0.0.0.0&port=1%s", cases[i].parameter);
		connection = try_to_connect(url);
		assert_int_equal(sql_connect_is_open(connection, mode,
		    sizeof mode), cases[i].open);
		assert_string_equal(mode, cases[i].mode);
		PQfinish(connection);
	}
}

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
		cmocka_unit_test(a_lost_server_is_noticed_soon),
		cmocka_unit_test(what_the_url_says_takes_precedence),
		cmocka_unit_test(the_encoding_is_not_for_the_url),
		cmocka_unit_test(only_verify_full_is_safe_elsewhere),
		cmocka_unit_test(sockets_and_loopback_are_this_machine),
		cmocka_unit_test(others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
