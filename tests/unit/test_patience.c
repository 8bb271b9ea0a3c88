#include "patience.h"

#include "base/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* Acts as if the clock had last been read this long ago. */
static bool
lasts_after(struct patience *patience, int64_t ms)
{
	patience->seen_ms = clock_monotonic_ms() - ms;
	return patience_lasts(patience);
}

static void
time_uses_it_up(void **state)
{
	struct patience patience = patience_of(60000);
	int i;

	(void)state;
	for (i = 0; i < 59; i++)
		assert_true(lasts_after(&patience, 999));
	for (i = 0; i < 2; i++)
		(void)lasts_after(&patience, 999);
	assert_false(patience_lasts(&patience));
}

static void
a_stop_counts_at_most_a_second(void **state)
{
	struct patience patience = patience_of(5000);

	(void)state;
	assert_true(lasts_after(&patience, 3600000));
	assert_true(patience.left_ms >= 4000);
}

static void
a_limit_only_shortens_it(void **state)
{
	struct patience patience = patience_of(60000);

	(void)state;
	patience_limit(&patience, 5000);
	assert_int_equal(patience.left_ms, 5000);
	patience_limit(&patience, 60000);
	assert_int_equal(patience.left_ms, 5000);
}

static void
waits_for_room(void **state)
{
	struct patience patience = patience_of(60000);
	const char bytes[4096] = "";
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(patience_wait(&patience, pair[0], POLLOUT, NULL),
	    PATIENCE_READY);
	while (send(pair[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
		;
	patience = patience_of(10);
	assert_int_equal(patience_wait(&patience, pair[0], POLLOUT, NULL),
	    PATIENCE_OVER);
	close(pair[0]);
	close(pair[1]);
}

static void
waits_for_bytes_or_for_its_end(void **state)
{
	struct patience patience = patience_of(60000);
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_int_equal(patience_wait(&patience, pair[0], POLLIN, NULL),
	    PATIENCE_READY);
	patience = patience_of(1200);
	assert_int_equal(patience_wait(&patience, pair[1], POLLIN, NULL),
	    PATIENCE_OVER);
	close(pair[1]);
	patience = patience_of(60000);
	assert_int_equal(patience_wait(&patience, pair[0], POLLIN, NULL),
	    PATIENCE_READY);
	close(pair[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_uses_it_up),
		cmocka_unit_test(a_stop_counts_at_most_a_second),
		cmocka_unit_test(a_limit_only_shortens_it),
		cmocka_unit_test(waits_for_bytes_or_for_its_end),
		cmocka_unit_test(waits_for_room),
	};

	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
