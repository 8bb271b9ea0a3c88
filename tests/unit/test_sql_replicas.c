/*
 * sql_replicas: how many standbys synchronous_standby_names demands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "relay/sql_replicas.h"

struct names_case {
	const char *names;
	unsigned demanded;
};

static void
check(const struct names_case *cases, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (sql_replicas_demanded(cases[i].names) !=
		    cases[i].demanded)
			fail_msg("\"%s\" demands %u, not %llu", cases[i].names,
			    cases[i].demanded, (unsigned long long)
			    sql_replicas_demanded(cases[i].names));
}

static void
a_list_demands_one(void **state)
{
	static const struct names_case cases[] = {
		{ "a", 1 }, { "a, b, c", 1 }, { " a ,b", 1 }, { "*", 1 },
		{ "\"a b\"", 1 }, { "\"a \"\"b\"\", (2)\", c", 1 },
		{ "any", 1 }, { "first, any", 1 }, { "s1,2", 1 },
		{ "2", 1 } };

	(void)state;
	check(cases, sizeof cases / sizeof cases[0]);
}

static void
a_number_says_how_many(void **state)
{
	static const struct names_case cases[] = {
		{ "2 (a, b)", 2 }, { "2(a,b)", 2 }, { "FIRST 3 (a, b, c)", 3 },
		{ "first 2(a,b)", 2 }, { "ANY 2 (a, b, c)", 2 },
		{ "Any 1 (*)", 1 }, { " ANY  10 ( \"a)\", b ) ", 10 },
		{ "\tFIRST\n2\t(a)", 2 } };

	(void)state;
	check(cases, sizeof cases / sizeof cases[0]);
}

/* Nothing that is not understood counts as a promise. */
static void
anything_else_demands_none(void **state)
{
	static const struct names_case cases[] = {
		{ "", 0 }, { "  ", 0 }, { ",", 0 }, { "a,", 0 }, { "a b", 0 },
		{ "2 ()", 0 }, { "2 (a", 0 }, { "2 (a) b", 0 },
		{ "FIRST (a)", 0 }, { "FIRST x (a)", 0 }, { "\"a", 0 },
		{ "-1 (a)", 0 }, { "99999999 (a)", 0 }, { "ANY 2 a, b", 0 },
		{ "SOME 2 (a, b)", 0 }, { "a)", 0 } };

	(void)state;
	check(cases, sizeof cases / sizeof cases[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_demands_one),
		cmocka_unit_test(a_number_says_how_many),
		cmocka_unit_test(anything_else_demands_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
