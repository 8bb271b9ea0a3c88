/* deliver: whose fault an answer is, and how long to wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "deliver.h"

#define NOW INT64_C(1795241051500000)	/* 2026-11-21T06:04:11.5Z */

static void
only_200_is_taken(void **state)
{
	int status;

	(void)state;
	assert_int_equal(deliver_judge(200), DELIVER_TAKEN);
	for (status = 0; status < 600; status++)
		if (status != 200)
			assert_int_not_equal(deliver_judge(status),
			    DELIVER_TAKEN);
}

static void
four_are_the_records_fault(void **state)
{
	int status, refused = 0;

	(void)state;
	for (status = 0; status < 600; status++)
		refused += deliver_judge(status) == DELIVER_REFUSED;
	assert_int_equal(refused, 4);
	assert_int_equal(deliver_judge(400), DELIVER_REFUSED);
	assert_int_equal(deliver_judge(413), DELIVER_REFUSED);
	assert_int_equal(deliver_judge(415), DELIVER_REFUSED);
	assert_int_equal(deliver_judge(422), DELIVER_REFUSED);
	assert_int_equal(deliver_judge(0), DELIVER_HELD);
	assert_int_equal(deliver_judge(301), DELIVER_HELD);
	assert_int_equal(deliver_judge(401), DELIVER_HELD);
}

static void
advice_is_for_what_does_not_mend_itself(void **state)
{
	static const int none[] = { 0, 200, 400, 408, 425, 429, 500, 503 };
	static const int some[] = { 201, 204, 301, 308, 401, 403, 404 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_string_equal(deliver_advice(none[i]), "");
	for (i = 0; i < sizeof some / sizeof some[0]; i++)
		assert_string_not_equal(deliver_advice(some[i]), "");
}

static void
refusals_are_a_second_to_a_minute_apart(void **state)
{
	(void)state;
	assert_int_equal(deliver_refused_pause_ms(1), 1000);
	assert_int_equal(deliver_refused_pause_ms(2), 4000);
	assert_int_equal(deliver_refused_pause_ms(3), 15000);
	assert_int_equal(deliver_refused_pause_ms(4), 60000);
}

static void
failures_are_tried_less_and_less_often(void **state)
{
	static const int64_t most[] = { 1000, 2000, 4000, 8000, 16000, 32000,
		60000, 60000 };
	unsigned i;
	uint32_t random;

	(void)state;
	for (i = 0; i < sizeof most / sizeof most[0]; i++) {
		assert_int_equal(deliver_held_pause_ms(i + 1, 0), most[i]);
		for (random = 1; random < 100000; random += 997) {
			int64_t pause = deliver_held_pause_ms(i + 1, random);

			assert_in_range(pause, i == 0 ? 1000 :
			    most[i] * 3 / 4, most[i]);
		}
	}
	assert_int_equal(deliver_held_pause_ms(3, 1000), 3000);
	assert_int_equal(deliver_held_pause_ms(UINT32_MAX, 0), 60000);
}

static int64_t
wait_of(const char *value)
{
	struct client_answer answer = { 0 };
	char head[128];
	int length = snprintf(head, sizeof head,
	    "HTTP/1.1 503 x\r\n%s%s%s\r\n", value != NULL ? "retry-after: " :
	    "", value != NULL ? value : "", value != NULL ? "\r\n" : "");

	answer.head = (struct buffer){ head, (size_t)length, sizeof head };
	return deliver_retry_after_ms(&answer, NOW);
}

static void
retry_after_in_seconds(void **state)
{
	(void)state;
	assert_int_equal(wait_of("0"), 0);
	assert_int_equal(wait_of("120"), 120000);
	assert_int_equal(wait_of("86400"), 86400000);
	assert_int_equal(wait_of("86401"), 86400000);
	assert_int_equal(wait_of("99999999999999999999999"), 86400000);
}

static void
retry_after_as_a_date(void **state)
{
	(void)state;
	assert_int_equal(wait_of("Sat, 21 Nov 2026 06:05:00 GMT"), 48500);
	assert_int_equal(wait_of("Saturday, 21-Nov-26 06:05:00 GMT"), 48500);
	assert_int_equal(wait_of("Sat Nov 21 06:05:00 2026"), 48500);
	assert_int_equal(wait_of("Sat, 21 Nov 2026 06:04:11 GMT"), 0);
	assert_int_equal(wait_of("Sun, 21 Nov 2027 06:05:00 GMT"), 86400000);
}

static void
no_retry_after(void **state)
{
	(void)state;
	assert_int_equal(wait_of(NULL), -1);
	assert_int_equal(wait_of(""), -1);
	assert_int_equal(wait_of("soon"), -1);
	assert_int_equal(wait_of("-1"), -1);
	assert_int_equal(wait_of("1.5"), -1);
	assert_int_equal(wait_of("Sat, 21 Nov 2026 06:05:00 GMT+1"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_200_is_taken),
		cmocka_unit_test(four_are_the_records_fault),
		cmocka_unit_test(advice_is_for_what_does_not_mend_itself),
		cmocka_unit_test(refusals_are_a_second_to_a_minute_apart),
		cmocka_unit_test(failures_are_tried_less_and_less_often),
		cmocka_unit_test(retry_after_in_seconds),
		cmocka_unit_test(retry_after_as_a_date),
		cmocka_unit_test(no_retry_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
