/* What a relay tells receivers that it has passed. The source of its records is
 * this test; the journal is real. */
#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/guard.h"
#include "journal/layout.h"
#include "relay/passed.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fixture *fixture;
static int folder;
static struct passed passed;
static struct relays_status status;
static bool fits;		/* what source_fits() says */
static unsigned begun, backs, compared;
static int other;		/* its address stands for the source */

bool
source_fits(const struct source *source)
{
	(void)source;
	compared++;
	return fits;
}

unsigned
source_begun(const struct source *source)
{
	(void)source;
	return begun;
}

unsigned
source_backs(const struct source *source)
{
	(void)source;
	return backs;
}

static int
setup(void **state)
{
	unsigned i;

	if (fixture_setup(state) != 0)
		return -1;
	fixture = *state;
	fixture->options.watched = true;
	fixture_reopen(fixture);
	for (i = 1; i <= 5; i++)
		fixture_add(fixture, i);
	folder = open(fixture->directory, O_RDONLY | O_DIRECTORY);
	guard_install();
	fits = true;
	begun = 1;
	backs = compared = 0;
	memset(&passed, 0, sizeof passed);
	memset(&status, 0, sizeof status);
	passed_begin(&passed, folder, (struct source *)(void *)&other);
	return folder == -1;
}

static int
teardown(void **state)
{
	passed_end(&passed);
	close(folder);
	return fixture_teardown(state);
}

static void
move(uint64_t seq)
{
	const struct cursor_place place = { .seq = seq };

	(void)passed_move(&passed, &place);
}

/* Whether the receiver would take this seq, and no later one, to be passed. */
static bool
tells(uint64_t seq)
{
	passed_tell(&passed, &status);
	return status.passed == seq &&
	    state_mark_same(&status.mark, journal_mark(fixture->journal));
}

static void
it_tells_what_is_done(void **state)
{
	const struct cursor_place place = { .seq = 3 };
	int64_t before = clock_boottime_us();

	(void)state;
	/* Nobody has said anything yet. */
	assert_true(tells(0));
	assert_true(status.beat_at >= before);
	assert_true(passed_move(&passed, &place));
	assert_false(passed_move(&passed, &place));
	assert_true(tells(3));
	move(5);
	assert_true(tells(5));
	/* A database may have gone back. */
	move(2);
	assert_true(tells(2));
	assert_int_equal(compared, 1);
}

static void
it_is_never_beyond_what_was_written(void **state)
{
	(void)state;
	move(7);
	assert_true(tells(5));
	fixture_add(fixture, 6);
	assert_true(tells(6));
}

static void
it_says_nothing_of_a_state_that_was_not_compared(void **state)
{
	(void)state;
	fits = false;
	move(5);
	assert_true(tells(0));
	/* The next comparison is a second later. */
	fits = true;
	assert_true(tells(0));
	passed.compare_at = 0;
	assert_true(tells(5));
}

static void
it_compares_again_with_a_new_state(void **state)
{
	(void)state;
	move(5);
	assert_true(tells(5));
	fixture_remove(fixture, SHARED_NAME);
	fixture_add(fixture, 6);
	fits = false;
	assert_true(tells(0));
	passed.compare_at = 0;
	fits = true;
	assert_true(tells(5));
	assert_int_equal(compared, 3);
	/* There is none, and then another one. */
	fixture_remove(fixture, SHARED_NAME);
	passed_tell(&passed, &status);
	assert_int_equal(status.passed, 0);
	fixture_add(fixture, 7);
	assert_true(tells(5));
	assert_int_equal(compared, 4);
}

static void
it_compares_again_when_the_source_begins_elsewhere(void **state)
{
	(void)state;
	move(5);
	assert_true(tells(5));
	begun++;
	fits = false;
	assert_true(tells(0));
}

static void
what_was_done_before_it_went_back_does_not_count(void **state)
{
	(void)state;
	move(5);
	assert_true(tells(5));
	backs++;
	begun++;
	assert_true(tells(0));
	assert_true(tells(0));
	move(1);
	assert_true(tells(1));
	/* The same place as before is news. */
	backs++;
	move(1);
	assert_true(tells(1));
}

static void
another_id_is_another_journal(void **state)
{
	const char *id = "ffffffffffffffffffffffffffffffff\n";

	(void)state;
	move(5);
	assert_true(tells(5));
	fixture_remove(fixture, RELAY_ID);
	fixture_write(fixture, RELAY_ID, id);
	fits = false;
	passed.compare_at = 0;
	passed_tell(&passed, &status);
	assert_int_equal(status.passed, 0);
	/* The receiver notices, too. */
	fixture_add(fixture, 6);
	fits = true;
	passed.compare_at = 0;
	assert_true(tells(5));
	assert_memory_equal(status.mark.journal, id, 32);
	/* It was removed: the receiver makes another one. */
	fixture_remove(fixture, RELAY_ID);
	fixture_add(fixture, 7);
	passed.compare_at = 0;
	assert_true(tells(5));
	assert_memory_not_equal(status.mark.journal, id, 32);
}

static void
without_a_source_there_is_no_heartbeat(void **state)
{
	const struct cursor_place place = { .seq = 5 };

	(void)state;
	passed_end(&passed);
	assert_false(passed_move(&passed, &place));
	passed_tell(&passed, &status);
	assert_int_equal(status.beat_at, 0);
	assert_int_equal(status.passed, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_tells_what_is_done),
		TEST(it_is_never_beyond_what_was_written),
		TEST(it_says_nothing_of_a_state_that_was_not_compared),
		TEST(it_compares_again_with_a_new_state),
		TEST(it_compares_again_when_the_source_begins_elsewhere),
		TEST(what_was_done_before_it_went_back_does_not_count),
		TEST(another_id_is_another_journal),
		TEST(without_a_source_there_is_no_heartbeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
