/*
 * letters: whose fault it is that a record was not taken, and when to give up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "relay/letters.h"

#define GIVE_UP 600		/* seconds */

static enum letter_fate
answered(const struct letters *letters, struct letter *letter, int status)
{
	return letters_judge(letters, letter, status, GIVE_UP);
}

static void
a_refused_record_is_dead_after_five_tries(void **state)
{
	static const int refusals[] = { 400, 413, 415, 422 };
	struct letters letters = { 0 };
	unsigned i, k;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct letter letter = { 0 };

		for (k = 1; k < 5; k++)
			assert_int_equal(answered(&letters, &letter,
			    refusals[i]), LETTER_REFUSED);
		assert_int_equal(answered(&letters, &letter, refusals[i]),
		    LETTER_DEAD);
		assert_int_equal(letter.tries, 5);
	}
}

/* However long the destination is away, nothing is given up. */
static void
a_destination_that_takes_nothing_is_waited_for(void **state)
{
	static const int failures[] = { 0, 301, 401, 403, 404, 407, 408, 425,
	    429, 500, 502, 503, 504, 201, 204 };
	struct letters letters = { 0 };
	struct letter letter = { 0 };
	size_t i;

	(void)state;
	letters_taken(&letters, 1000);
	for (i = 0; i < sizeof failures / sizeof failures[0]; i++)
		assert_int_equal(answered(&letters, &letter, failures[i]),
		    LETTER_HELD);
	letters_taken(&letters, 30 * 86400000LL);
	assert_int_equal(answered(&letters, &letter, 503), LETTER_HELD);
}

/* While others are taken, the time counts. */
static void
one_that_is_never_taken_is_given_up(void **state)
{
	struct letters letters = { 0 };
	struct letter letter = { 0 };
	int64_t now;

	(void)state;
	letters_taken(&letters, 1);
	assert_int_equal(answered(&letters, &letter, 500), LETTER_HELD);
	for (now = 60000; now < GIVE_UP * 1000; now += 60000)
		letters_taken(&letters, now);
	assert_int_equal(answered(&letters, &letter, 500), LETTER_HELD);
	letters_taken(&letters, now + 60000);
	assert_int_equal(answered(&letters, &letter, 500), LETTER_DEAD);
}

static void
one_is_suspect_if_others_are_taken_after_it(void **state)
{
	struct letters letters = { 0 };
	struct letter letter = { 0 }, other = { 0 };

	(void)state;
	assert_int_equal(answered(&letters, &letter, 200), LETTER_TAKEN);
	letters_taken(&letters, 1);
	letter = (struct letter){ 0 };
	assert_false(letters_suspect(&letters, &letter));
	assert_int_equal(answered(&letters, &letter, 500), LETTER_HELD);
	assert_false(letters_suspect(&letters, &letter));
	letters_taken(&letters, 2);
	assert_true(letters_suspect(&letters, &letter));
	assert_int_equal(answered(&letters, &letter, 500), LETTER_HELD);
	assert_true(letters_suspect(&letters, &letter));
	assert_int_equal(answered(&letters, &other, 500), LETTER_HELD);
	assert_false(letters_suspect(&letters, &other));
}

/* The same while there is no room for others. */
static void
one_that_is_in_the_way_is_given_up(void **state)
{
	struct letters letters = { 0 };
	struct letter letter = { 0 };
	int64_t now;

	(void)state;
	letters_taken(&letters, 1);
	assert_int_equal(answered(&letters, &letter, 500), LETTER_HELD);
	for (now = 60000; now <= GIVE_UP * 1000; now += 60000) {
		letters_alive(&letters, now);
		assert_int_equal(answered(&letters, &letter, 500),
		    LETTER_HELD);
	}
	letters_alive(&letters, now);
	assert_int_equal(answered(&letters, &letter, 500), LETTER_DEAD);
}

static void
ten_dead_letters_in_a_row_are_the_destinations_fault(void **state)
{
	const struct letter refused = { .tries = 5 };
	struct letters letters = { 0 };
	struct letter letter = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++) {
		assert_false(letters_are_full(&letters));
		letters_buried(&letters, &refused);
	}
	assert_true(letters_are_full(&letters));
	for (i = 0; i < 20; i++)
		assert_int_equal(answered(&letters, &letter, 422),
		    LETTER_HELD);
	assert_int_equal(answered(&letters, &letter, 200), LETTER_TAKEN);
	letters_taken(&letters, 5);
	assert_false(letters_are_full(&letters));
	assert_int_equal(letters.buried, 10);
}

/* Some cannot be sent at all, which is not the destination's fault. */
static void
what_was_never_sent_does_not_count(void **state)
{
	const struct letter unsent = { 0 };
	struct letters letters = { 0 };
	unsigned i;

	(void)state;
	for (i = 0; i < 10; i++)
		letters_buried(&letters, &unsent);
	assert_false(letters_are_full(&letters));
	assert_int_equal(letters.buried, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_record_is_dead_after_five_tries),
		cmocka_unit_test(
		    a_destination_that_takes_nothing_is_waited_for),
		cmocka_unit_test(one_that_is_never_taken_is_given_up),
		cmocka_unit_test(one_is_suspect_if_others_are_taken_after_it),
		cmocka_unit_test(one_that_is_in_the_way_is_given_up),
		cmocka_unit_test(
		    ten_dead_letters_in_a_row_are_the_destinations_fault),
		cmocka_unit_test(what_was_never_sent_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
