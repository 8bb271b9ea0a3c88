/* When a receiver takes a record to be passed by a relay. */
#include "journal_fixture.h"

#include "base/clock.h"
#include "journal/acknowledge.h"
#include "journal/guard.h"
#include "journal/layout.h"
#include "journal/relays_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef"

static const struct fixture *fixture;
static int folder;
static struct acknowledge *acknowledge;
static struct relays_slot *slot;
static struct relays_status status;	/* as it is published */
static struct state_mark mark;		/* the receiver's */

static int
setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	fixture = *state;
	folder = open(fixture->directory, O_RDONLY | O_DIRECTORY);
	if (folder == -1 || mkdirat(folder, SEGMENT_STATE, 0750) != 0)
		return -1;
	mark = (struct state_mark){ .inode = 7, .made_at = 8, .boot = "boot",
	    .journal = ID };
	status = (struct relays_status){ .state = RELAYS_SENDING,
	    .mark = mark, .passed = 10, .beat_at = clock_boottime_us() };
	slot = relays_open(folder, "one");
	acknowledge = acknowledge_open(fixture->directory, "one");
	return slot == NULL || acknowledge == NULL;
}

static int
teardown(void **state)
{
	acknowledge_close(acknowledge);
	relays_close(slot);
	close(folder);
	return fixture_teardown(state);
}

static enum acknowledged
look(uint64_t seq)
{
	acknowledge_look(acknowledge);
	return acknowledge_passed(acknowledge, &mark, seq);
}

static enum acknowledged
publish_and_look(uint64_t seq)
{
	relays_publish(slot, &status);
	return look(seq);
}

static void
what_is_at_or_before_the_position_has_passed(void **state)
{
	(void)state;
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
	assert_int_equal(publish_and_look(10), ACKNOWLEDGE_PASSED);
	assert_int_equal(look(1), ACKNOWLEDGE_PASSED);
	assert_int_equal(look(11), ACKNOWLEDGE_WAITING);
	status.passed = 11;
	assert_int_equal(publish_and_look(11), ACKNOWLEDGE_PASSED);
}

static void
another_state_has_not_passed(void **state)
{
	const struct state_mark ours = mark;

	(void)state;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_PASSED);
	mark.inode++;
	assert_int_equal(look(1), ACKNOWLEDGE_WAITING);
	mark = ours;
	mark.made_at++;
	assert_int_equal(look(1), ACKNOWLEDGE_WAITING);
	mark = ours;
	mark.boot[0]++;
	assert_int_equal(look(1), ACKNOWLEDGE_WAITING);
	mark = ours;
	mark.journal[31]++;
	assert_int_equal(look(1), ACKNOWLEDGE_WAITING);
	/* None is not the same as none. */
	mark = ours;
	mark.journal[0] = status.mark.journal[0] = '\0';
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_WAITING);
	memset(&mark, 0, sizeof mark);
	memset(&status.mark, 0, sizeof status.mark);
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_WAITING);
}

static void
without_a_heartbeat_it_is_silent(void **state)
{
	const int64_t now = clock_boottime_us();

	(void)state;
	status.beat_at = now - 2 * CLOCK_SECOND - 1;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_SILENT);
	status.beat_at = now - CLOCK_SECOND;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_PASSED);
	/* Of an earlier boot, which lasted longer. */
	status.beat_at = now + 1000 * CLOCK_SECOND;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_SILENT);
	/* As --once publishes it. */
	status.beat_at = 0;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_SILENT);
}

static void
another_relay_does_not_count(void **state)
{
	struct relays_slot *other = relays_open(folder, "on");

	(void)state;
	relays_publish(other, &status);
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
	status.passed = 2;
	assert_int_equal(publish_and_look(3), ACKNOWLEDGE_WAITING);
	relays_close(other);
}

static void
put(size_t offset, const void *bytes, size_t length)
{
	int fd = openat(folder, RELAYS_NAME, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, (off_t)offset), length);
	close(fd);
}

static void
a_place_that_is_given_to_another_is_left(void **state)
{
	const char other[RELAYS_NAME_SIZE] = "two";

	(void)state;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_PASSED);
	put(offsetof(struct relays_file, slots) +
	    offsetof(struct relays_place, status.name), other, sizeof other);
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
}

static void
cut(off_t size)
{
	int fd = openat(folder, RELAYS_NAME, O_RDWR | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void
a_file_that_gives_way_is_silence(void **state)
{
	static const off_t sizes[] = { 0, 1, 4096,
		sizeof(struct relays_file) - 1, sizeof(struct relays_file) + 1,
		sizeof(struct relays_file) };
	size_t i;

	(void)state;
	guard_install();	/* cmocka has installed its own */
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		status.beat_at = clock_boottime_us();
		assert_int_equal(publish_and_look(1), ACKNOWLEDGE_PASSED);
		cut(0);
		cut(sizes[i]);
		assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
		unlinkat(folder, RELAYS_NAME, 0);
		assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
		/* The relay looks five times a second. */
		usleep(210000);
	}
	mkdirat(folder, RELAYS_NAME, 0700);
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
	unlinkat(folder, RELAYS_NAME, AT_REMOVEDIR);
	assert_int_equal(mkfifoat(folder, RELAYS_NAME, 0600), 0);
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
	unlinkat(folder, RELAYS_NAME, 0);
}

static void
another_versions_file_is_silence(void **state)
{
	const uint32_t layout = RELAYS_LAYOUT - 1;

	(void)state;
	assert_int_equal(publish_and_look(1), ACKNOWLEDGE_PASSED);
	put(offsetof(struct relays_file, layout), &layout, sizeof layout);
	assert_int_equal(look(1), ACKNOWLEDGE_SILENT);
}

/* As if it were just writing, or killed while it did. */
static void
a_relay_that_is_writing_is_not_silent(void **state)
{
	const uint32_t odd = 12345;
	const size_t turn = offsetof(struct relays_file, slots) +
	    offsetof(struct relays_place, turn);

	(void)state;
	assert_int_equal(publish_and_look(10), ACKNOWLEDGE_PASSED);
	put(turn, &odd, sizeof odd);
	/* What was seen before it began counts. */
	assert_int_equal(look(10), ACKNOWLEDGE_PASSED);
	acknowledge_close(acknowledge);
	acknowledge = acknowledge_open(fixture->directory, "one");
	assert_int_equal(look(10), ACKNOWLEDGE_WAITING);
	status.passed = 11;
	assert_int_equal(publish_and_look(11), ACKNOWLEDGE_PASSED);
}

/* Another process publishes while this one waits. */
static void
a_waiting_receiver_is_woken(void **state)
{
	const int64_t began = clock_monotonic_ms();
	int done;
	pid_t child;

	(void)state;
	assert_int_equal(publish_and_look(11), ACKNOWLEDGE_WAITING);
	child = fork();
	if (child == 0) {
		usleep(50000);
		status.passed = 11;
		relays_publish(slot, &status);
		_exit(0);
	}
	acknowledge_wait(acknowledge, 20000);
	assert_int_equal(look(11), ACKNOWLEDGE_PASSED);
	assert_true(clock_monotonic_ms() - began < 15000);
	/* What was published after the look ends the wait at once. */
	relays_publish(slot, &status);
	acknowledge_wait(acknowledge, 20000);
	assert_true(clock_monotonic_ms() - began < 15000);
	assert_int_equal(waitpid(child, &done, 0), child);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_at_or_before_the_position_has_passed),
		TEST(another_state_has_not_passed),
		TEST(without_a_heartbeat_it_is_silent),
		TEST(another_relay_does_not_count),
		TEST(a_place_that_is_given_to_another_is_left),
		TEST(a_file_that_gives_way_is_silence),
		TEST(another_versions_file_is_silence),
		TEST(a_relay_that_is_writing_is_not_silent),
		TEST(a_waiting_receiver_is_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
