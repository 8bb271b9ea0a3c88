#include "inbox/strip.h"

#include "base/clock.h"
#include "journal/counters_layout.h"
#include "journal/relays_file.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The 21st hour of some day, and half of it. */
#define LAST UINT32_C(480021)
#define NOW ((int64_t)LAST * CLOCK_HOUR + CLOCK_HOUR / 2)

static char folder[] = "/tmp/test_strip.XXXXXX";
static struct counters_file file;
static struct strip strip;
static uint64_t latest;

static int
setup(void **state)
{
	(void)state;
	latest = 0;
	memset(&file, 0, sizeof file);
	memcpy(file.start.magic, COUNTERS_MAGIC, sizeof file.start.magic);
	file.start.layout = COUNTERS_LAYOUT;
	file.start.size = sizeof file;
	file.digests[3] = 1;
	return 0;
}

static int
begin(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    mkdir(SEGMENT_STATE, 0700) != 0;
}

static int
end(void **state)
{
	(void)state;
	return unlink(COUNTERS_NAME) != 0 || unlink(RELAYS_NAME) != 0 || rmdir(SEGMENT_STATE) != 0 ||
	    rmdir(folder) != 0;
}

/* The numbers of a slot, this many hours ago. */
static struct counters_hour *
hour(size_t slot, uint32_t ago)
{
	struct counters_hour *it = &file.hours[slot]
	    [(LAST - ago) % COUNTERS_HOURS];

	it->hour = LAST - ago;
	return it;
}

static void
look(void)
{
	int fd = open(COUNTERS_NAME, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, &file, sizeof file), sizeof file);
	assert_int_equal(close(fd), 0);
	strip_look(folder, NOW, latest, 77, &strip);
}

static void
knows_the_disk_without_counters(void **state)
{
	(void)state;
	strip_look(folder, NOW, latest, 77, &strip);
	assert_false(strip.counted);
	assert_int_equal(strip.last_received, 77);
	assert_true(strip.total_bytes > 0);
	assert_true(strip.free_bytes <= strip.total_bytes);
}

static void
adds_endpoints_and_hours(void **state)
{
	(void)state;
	hour(3, 0)->counts[COUNTER_ACCEPTED] = 5;
	hour(3, 0)->counts[COUNTER_REPEATS] = 2;
	hour(0, 23)->counts[COUNTER_REFUSED + REFUSAL_PATH] = 4;
	hour(3, 23)->counts[COUNTER_ACCEPTED] = 1;
	hour(3, 1)->counts[COUNTER_REFUSED + REFUSAL_SIGNATURE] = 3;
	hour(3, 1)->counts[COUNTER_UNAVAILABLE] = 6;
	/* More than a day ago, and of a slot that is free. */
	hour(3, 24)->counts[COUNTER_ACCEPTED] = 100;
	hour(4, 0)->counts[COUNTER_ACCEPTED] = 100;
	look();
	assert_true(strip.counted);
	assert_int_equal(strip.received[STRIP_HOURS - 1], 7);
	assert_int_equal(strip.received[0], 1);
	assert_int_equal(strip.received_total, 8);
	assert_int_equal(strip.repeats, 2);
	assert_int_equal(strip.unavailable, 6);
	assert_int_equal(strip.refused[REFUSAL_PATH], 4);
	assert_int_equal(strip.refused[REFUSAL_SIGNATURE], 3);
	assert_int_equal(strip.refused_total, 7);
}

/* Something came in every hour but the ones from `first` to `last`, hours
 * ago. */
static void
be_quiet(uint32_t first, uint32_t last)
{
	uint32_t ago;

	for (ago = 0; ago < STRIP_HOURS; ago++)
		hour(3, ago)->counts[COUNTER_ACCEPTED] =
		    ago <= first && ago >= last ? 0 : 1;
	look();
}

static void
is_quiet(int64_t first, int64_t end_ago)
{
	assert_int_equal(strip.quiet_from, ((int64_t)LAST - first) *
	    CLOCK_HOUR);
	assert_int_equal(strip.quiet_to, end_ago == 0 ? 0 :
	    ((int64_t)LAST - end_ago + 1) * CLOCK_HOUR);
}

static void
finds_when_it_was_quiet(void **state)
{
	(void)state;
	be_quiet(12, 9);
	is_quiet(12, 9);
	be_quiet(5, 0);
	is_quiet(5, 0);
	be_quiet(23, 20);
	is_quiet(23, 20);
	/* An hour is too short to speak of. */
	be_quiet(7, 7);
	assert_int_equal(strip.quiet_from, 0);
	assert_int_equal(strip.quiet_to, 0);
}

static void
does_not_call_uncounted_hours_quiet(void **state)
{
	(void)state;
	file.start.since = ((int64_t)LAST - 3) * CLOCK_HOUR + 1;
	be_quiet(23, 3);
	assert_int_equal(strip.quiet_from, 0);
	be_quiet(23, 1);
	is_quiet(2, 1);
}

/* A relay of this name says so, and then falls silent if `dead`. */
static void
publish(const char *name, enum relays_state state, uint64_t position,
    bool dead)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY);
	struct relays_slot *slot = relays_open(fd, name);
	struct relays_status status = { .state = state,
	    .position = position, .text = "connection refused" };
	struct relays_file *relays;

	relays_publish(slot, &status);
	relays_close(slot);
	close(fd);
	if (!dead)
		return;
	relays = calloc(1, sizeof *relays);
	fd = open(RELAYS_NAME, O_RDWR);
	assert_int_equal(read(fd, relays, sizeof *relays), sizeof *relays);
	relays->slots[0].status.alive_at = 0;
	assert_int_equal(pwrite(fd, relays, sizeof *relays, 0),
	    sizeof *relays);
	close(fd);
	free(relays);
}

static void
is_listed(const char *name, uint64_t behind, bool alive, bool held)
{
	look();
	assert_int_equal(strip.relay_count, 1);
	assert_string_equal(strip.relays[0].name, name);
	assert_int_equal(strip.relays[0].behind, behind);
	assert_int_equal(strip.relays[0].alive, alive);
	assert_int_equal(strip.relays[0].held, held);
}

static void
lists_relays_that_are_behind_or_dead(void **state)
{
	(void)state;
	latest = 10;
	look();
	assert_int_equal(strip.relay_count, 0);
	publish("one", RELAYS_SENDING, 10, false);
	look();
	assert_int_equal(strip.relay_count, 0);
	publish("one", RELAYS_SENDING, 9, false);
	is_listed("one", 1, true, false);
	publish("one", RELAYS_HELD, 3, false);
	is_listed("one", 7, true, true);
	/* It has gone on since the newest record was looked for. */
	publish("one", RELAYS_SENDING, 12, false);
	look();
	assert_int_equal(strip.relay_count, 0);
	publish("one", RELAYS_HELD, 10, true);
	is_listed("one", 0, false, false);
	/* It was told to end, or is run by cron. */
	publish("one", RELAYS_ENDED, 10, false);
	look();
	assert_int_equal(strip.relay_count, 0);
	publish("one", RELAYS_ENDED, 8, false);
	is_listed("one", 2, false, false);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(knows_the_disk_without_counters, setup),
		cmocka_unit_test_setup(adds_endpoints_and_hours, setup),
		cmocka_unit_test_setup(finds_when_it_was_quiet, setup),
		cmocka_unit_test_setup(does_not_call_uncounted_hours_quiet,
		    setup),
		cmocka_unit_test_setup(lists_relays_that_are_behind_or_dead,
		    setup),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
