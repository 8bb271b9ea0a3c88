/* .state/relays: what relays publish, and what readers see of it. */
#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/layout.h"
#include "journal/relays_file.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int folder;
static struct relays_status statuses[RELAYS_MAX];
static size_t count;
static bool cutting;		/* the next sched_yield() cuts the file */

static int
setup(void **state)
{
	const struct fixture *f;

	if (fixture_setup(state) != 0)
		return -1;
	f = *state;
	folder = open(f->directory, O_RDONLY | O_DIRECTORY);
	return folder == -1 || mkdirat(folder, SEGMENT_STATE, 0750) != 0;
}

static int
teardown(void **state)
{
	close(folder);
	return fixture_teardown(state);
}

/* A relay of this name publishes a position and a text, once. */
static void
publish(const char *name, uint64_t position, const char *text)
{
	struct relays_slot *slot = relays_open(folder, name);
	struct relays_status status = { .state = RELAYS_SENDING,
	    .position = position };

	assert_non_null(slot);
	snprintf(status.text, sizeof status.text, "%s", text);
	relays_publish(slot, &status);
	relays_close(slot);
}

/* Writes to the file as nobody should. */
static void
put(size_t offset, const void *bytes, size_t length)
{
	int fd = openat(folder, RELAYS_NAME, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, (off_t)offset), length);
	close(fd);
}

static size_t
place_of(size_t slot)
{
	return offsetof(struct relays_file, slots) +
	    slot * sizeof(struct relays_place);
}

static void
cut(off_t size)
{
	int fd = openat(folder, RELAYS_NAME, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void
lists(size_t expected)
{
	assert_int_equal(relays_list(folder, statuses, &count), ERR_NONE);
	assert_int_equal(count, expected);
}

static void
lists_nothing(void)
{
	count = 7;
	assert_int_equal(relays_list(folder, statuses, &count), ERR_MISSING);
	assert_int_equal(count, 0);
}

static void
what_is_published_is_found(void **state)
{
	struct relays_status status;

	(void)state;
	lists_nothing();
	assert_int_equal(relays_look(folder, "one", &status), ERR_MISSING);
	publish("one", 41, "record 42: http 422, try 2 of 5");
	publish("two", 7, "");
	publish("one", 42, "");
	lists(2);
	assert_int_equal(relays_look(folder, "one", &status), ERR_NONE);
	assert_string_equal(status.name, "one");
	assert_int_equal(status.position, 42);
	assert_string_equal(status.text, "");
	assert_int_equal(relays_look(folder, "two", &status), ERR_NONE);
	assert_int_equal(status.position, 7);
	/* A name is no beginning of another one. */
	assert_int_equal(relays_look(folder, "on", &status), ERR_MISSING);
	assert_int_equal(relays_look(folder, "", &status), ERR_MISSING);
}

static void
two_may_be_open(void **state)
{
	struct relays_slot *slot = relays_open(folder, "one");
	struct relays_status status = { .position = 5 };

	(void)state;
	relays_publish(slot, &status);
	publish("two", 7, "");
	lists(2);
	relays_close(slot);
}

static void
silence_is_noticed(void **state)
{
	struct relays_status status;

	(void)state;
	publish("one", 1, "");
	assert_int_equal(relays_look(folder, "one", &status), ERR_NONE);
	status.alive_at = clock_boottime_us();
	assert_true(relays_alive(&status));
	status.state = RELAYS_ENDED;
	assert_false(relays_alive(&status));
	status.state = RELAYS_HELD;
	status.alive_at -= 6 * CLOCK_SECOND;
	assert_false(relays_alive(&status));
	/* Before the machine was started. */
	status.alive_at = clock_boottime_us() + CLOCK_HOUR;
	assert_false(relays_alive(&status));
}

static void
another_layout_is_not_read_and_begun_anew(void **state)
{
	const uint32_t layout = RELAYS_LAYOUT + 1;

	(void)state;
	publish("one", 1, "");
	publish("two", 2, "");
	put(offsetof(struct relays_file, layout), &layout, sizeof layout);
	lists_nothing();
	publish("one", 3, "");
	lists(1);
	put(0, "HOOKLNRL", 8);
	lists_nothing();
}

static void
another_size_is_not_read_and_begun_anew(void **state)
{
	static const off_t sizes[] = { 0, 1, sizeof(struct relays_file) - 1,
		sizeof(struct relays_file) + 1 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		publish("one", 1, "");
		cut(sizes[i]);
		lists_nothing();
		publish("one", 2, "");
		lists(1);
		assert_int_equal(statuses[0].position, 2);
	}
}

/* A relay that is killed while it writes leaves half a status. */
static void
a_torn_slot_is_left_out_and_healed(void **state)
{
	const uint32_t turn = 3;

	(void)state;
	publish("one", 1, "");
	publish("two", 2, "");
	put(place_of(0), &turn, sizeof turn);
	lists(1);
	assert_string_equal(statuses[0].name, "two");
	publish("one", 3, "");
	lists(2);
	assert_string_equal(statuses[0].name, "one");
	assert_int_equal(statuses[0].position, 3);
}

static void
text_without_an_end_is_cut(void **state)
{
	char name[RELAYS_NAME_SIZE], text[RELAYS_TEXT_SIZE];

	(void)state;
	publish("one", 1, "");
	memset(name, 'n', sizeof name);
	memset(text, 't', sizeof text);
	put(place_of(0) + offsetof(struct relays_place, status.name), name,
	    sizeof name);
	put(place_of(0) + offsetof(struct relays_place, status.text), text,
	    sizeof text);
	lists(1);
	assert_int_equal(strlen(statuses[0].name), RELAYS_NAME_SIZE - 1);
	assert_int_equal(strlen(statuses[0].text), RELAYS_TEXT_SIZE - 1);
}

static void
the_longest_silent_one_gives_way(void **state)
{
	struct relays_status status;
	char name[32];
	int i;

	(void)state;
	for (i = 0; i < RELAYS_MAX; i++) {
		snprintf(name, sizeof name, "relay-%d", i);
		publish(name, 1, "");
	}
	publish("relay-0", 2, "");
	lists(RELAYS_MAX);
	publish("one-more", 3, "");
	lists(RELAYS_MAX);
	assert_int_equal(relays_look(folder, "one-more", &status), ERR_NONE);
	assert_int_equal(relays_look(folder, "relay-0", &status), ERR_NONE);
	assert_int_equal(relays_look(folder, "relay-1", &status),
	    ERR_MISSING);
}

/* It has its name already, and has not written its status yet. */
static void
a_slot_just_taken_is_not_free(void **state)
{
	const int64_t never = 0;

	(void)state;
	publish("one", 1, "");
	put(place_of(0) + offsetof(struct relays_place, status.alive_at),
	    &never, sizeof never);
	publish("two", 2, "");
	lists(2);
}

/* Publishes until the file is there, whole: the relay looks once a second. */
static void
comes_back(struct relays_slot *slot, const struct relays_status *status)
{
	int64_t end = clock_monotonic_ms() + 10000;

	while (relays_list(folder, statuses, &count) != ERR_NONE) {
		assert_true(clock_monotonic_ms() < end);
		relays_publish(slot, status);
		usleep(20000);
	}
	relays_publish(slot, status);
	lists(1);
	assert_int_equal(statuses[0].position, status->position);
}

static void
a_file_that_goes_away_comes_back(void **state)
{
	struct relays_slot *slot = relays_open(folder, "one");
	struct relays_status status = { .position = 5 };

	(void)state;
	relays_publish(slot, &status);
	lists(1);
	assert_int_equal(unlinkat(folder, RELAYS_NAME, 0), 0);
	comes_back(slot, &status);
	/* The map gives way: SIGBUS. */
	cut(0);
	relays_publish(slot, &status);
	comes_back(slot, &status);
	relays_close(slot);
}

static void
without_a_state_nothing_is_made(void **state)
{
	(void)state;
	assert_int_equal(unlinkat(folder, SEGMENT_STATE, AT_REMOVEDIR), 0);
	publish("one", 1, "");
	lists_nothing();
	assert_int_equal(mkdirat(folder, SEGMENT_STATE, 0750), 0);
}

/* What a reader calls while a slot is being written. */
int
sched_yield(void)
{
	if (cutting)
		cut(0);
	cutting = false;
	return 0;
}

static void
readers_survive_a_file_that_gives_way(void **state)
{
	const uint32_t turn = 3;

	(void)state;
	publish("one", 1, "");
	publish("two", 2, "");
	put(place_of(0), &turn, sizeof turn);
	cutting = true;
	lists(0);
	assert_false(cutting);
	lists_nothing();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_published_is_found),
		TEST(two_may_be_open),
		TEST(silence_is_noticed),
		TEST(another_layout_is_not_read_and_begun_anew),
		TEST(another_size_is_not_read_and_begun_anew),
		TEST(a_torn_slot_is_left_out_and_healed),
		TEST(text_without_an_end_is_cut),
		TEST(the_longest_silent_one_gives_way),
		TEST(a_slot_just_taken_is_not_free),
		TEST(a_file_that_goes_away_comes_back),
		TEST(without_a_state_nothing_is_made),
		TEST(readers_survive_a_file_that_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
