/*
 * window: the place up to which all records are done, whatever their order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "relay/window.h"

#define SIZE 8

static uint64_t
add(struct window *window, uint64_t seq)
{
	return window_add(window, &(struct cursor_place){ .seq = seq });
}

static uint64_t
seq_of(const struct window *window)
{
	return window_place(window) != NULL ? window_place(window)->seq : 0;
}

static void
the_place_waits_for_the_first_one(void **state)
{
	struct window *window = window_new(SIZE);
	uint64_t one, two, three;

	(void)state;
	assert_null(window_place(window));
	one = add(window, 41);
	two = add(window, 42);
	three = add(window, 45);	/* retention left a gap */
	window_finish(window, two);
	assert_null(window_place(window));
	window_finish(window, one);
	assert_int_equal(seq_of(window), 42);
	window_finish(window, three);
	assert_int_equal(seq_of(window), 45);
	window_free(window);
}

static void
what_needs_nothing_takes_no_room(void **state)
{
	struct window *window = window_new(1);
	uint64_t one, seq;

	(void)state;
	for (seq = 1; seq < 100; seq++)
		window_pass(window, &(struct cursor_place){ .seq = seq });
	assert_int_equal(seq_of(window), 99);
	one = add(window, 100);
	window_pass(window, &(struct cursor_place){ .seq = 101 });
	window_pass(window, &(struct cursor_place){ .seq = 102 });
	assert_int_equal(seq_of(window), 99);
	window_finish(window, one);
	assert_int_equal(seq_of(window), 102);
	assert_false(window_full(window));
	window_free(window);
}

static void
it_is_full_while_the_first_one_is_open(void **state)
{
	struct window *window = window_new(SIZE);
	uint64_t first, number, seq = 1;

	(void)state;
	first = add(window, seq++);
	while (!window_full(window)) {
		number = add(window, seq++);
		window_finish(window, number);
	}
	assert_int_equal(seq, SIZE + 1);
	window_finish(window, first);
	assert_false(window_full(window));
	assert_int_equal(seq_of(window), SIZE);
	window_free(window);
}

static void
a_cleared_one_knows_nothing(void **state)
{
	struct window *window = window_new(SIZE);

	(void)state;
	window_finish(window, add(window, 7));
	(void)add(window, 8);
	window_clear(window);
	assert_null(window_place(window));
	window_finish(window, add(window, 1));
	assert_int_equal(seq_of(window), 1);
	window_free(window);
}

/* Random orders: the place is never past one that is open. */
static void
no_order_gets_ahead_of_an_open_one(void **state)
{
	struct window *window = window_new(SIZE);
	uint64_t open[SIZE], seqs[SIZE], seq = 0, least;
	size_t count = 0, i, k;

	(void)state;
	srandom(1);
	for (i = 0; i < 100000; i++) {
		if (!window_full(window) && count < SIZE &&
		    (random() % 2 == 0 || count == 0)) {
			open[count] = add(window, ++seq);
			seqs[count++] = seq;
		} else if (count > 0) {
			k = (size_t)random() % count;
			window_finish(window, open[k]);
			open[k] = open[--count];
			seqs[k] = seqs[count];
		}
		for (least = seq + 1, k = 0; k < count; k++)
			least = seqs[k] < least ? seqs[k] : least;
		assert_int_equal(seq_of(window), least - 1);
	}
	window_free(window);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_waits_for_the_first_one),
		cmocka_unit_test(what_needs_nothing_takes_no_room),
		cmocka_unit_test(it_is_full_while_the_first_one_is_open),
		cmocka_unit_test(a_cleared_one_knows_nothing),
		cmocka_unit_test(no_order_gets_ahead_of_an_open_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
