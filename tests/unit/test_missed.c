#include "base/clock.h"
#include "hookctl/missed_judge.h"
#include "hookctl/missed_tally.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_HEADERS 291	/* a size */

static struct counters_file file;	/* what the tests' hookline counted */
static char folder[] = "/tmp/hookline-missed.XXXXXX";
static struct endpoint endpoints[2];
static struct config config = { .directory = folder,
    .endpoints = endpoints, .endpoint_count = 2 };
static struct missed_tally tally;
static int64_t now_hour;	/* is the last but two of those counted */

static int
setup(void **state)
{
	static char names[2][16] = { "/webhook", "other" };
	size_t i;

	(void)state;
	now_hour = clock_now() / CLOCK_HOUR - 2;
	memset(&file, 0, sizeof file);
	memcpy(file.start.magic, COUNTERS_MAGIC, sizeof COUNTERS_MAGIC);
	file.start.layout = COUNTERS_LAYOUT;
	file.start.size = COUNTERS_SIZE;
	file.start.since = (now_hour - 10) * CLOCK_HOUR;
	for (i = 0; i < 2; i++) {
		endpoints[i].name = endpoints[i].path = names[i];
		file.digests[i + 1] = i + 1;
		strcpy(file.names[i + 1], names[i]);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	missed_tally_free(&tally);
	return 0;
}

/* So many of this kind in an hour of a slot; hour 0 is `now_hour`. */
static void
counted(size_t slot, int hour, int counter, uint32_t count)
{
	int64_t number = now_hour + hour;
	struct counters_hour *in = &file.hours[slot][number % COUNTERS_HOURS];

	in->hour = (uint32_t)number;
	in->counts[counter] = count;
}

static void
refused(int hour, enum refusal refusal, uint32_t count)
{
	counted(1, hour, COUNTER_REFUSED + (int)refusal, count);
}

/* The log has `count` answers of this size, at this second of an hour. */
static void
logged(int hour, int second, int status, uint64_t size, bool meta, int count)
{
	const struct missed_line line = { .status = status, .size = size };
	struct missed_post post = { .status = status, .meta = meta,
	    .time = (now_hour + hour) * MISSED_HOUR + second,
	    .size = missed_own_size(&line) };

	while (count-- > 0)
		assert_true(missed_tally_add(&tally, &post));
}

static void
write_counters(void)
{
	char name[64];
	FILE *out;

	(void)snprintf(name, sizeof name, "%s/.state/counters", folder);
	out = fopen(name, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(&file, sizeof file, 1, out), 1);
	assert_int_equal(fclose(out), 0);
}

static void
judge(bool body)
{
	struct missed_counts counts;

	write_counters();
	missed_tally_settle(&tally, body);
	missed_counts_open(&counts, &config);
	missed_judge(&tally, &counts);
	missed_counts_close(&counts);
}

/* The verdict on one hour and status. */
static void
is(int hour, int status, uint64_t answered, uint64_t stopped, bool uncounted)
{
	size_t i;

	for (i = 0; i < tally.count; i++) {
		const struct missed_cell *cell = &tally.cells[i];

		if (cell->hour != now_hour + hour || cell->status != status)
			continue;
		assert_int_equal(cell->answered, answered);
		assert_int_equal(cell->stopped, stopped);
		assert_int_equal(cell->uncounted, uncounted);
		return;
	}
	fail_msg("nothing was counted for %d in hour %d", status, hour);
}

static void
the_size_of_a_body_tells(void **state)
{
	(void)state;
	logged(0, 100, 200, 3, true, 5);
	logged(0, 100, 200, 14, true, 2);
	logged(0, 100, 200, 10701, true, 1);
	logged(0, 100, 200, 0, true, 1);
	logged(0, 100, 401, 13, true, 4);
	logged(0, 100, 401, 381, true, 3);
	logged(0, 100, 503, 12, true, 2);
	logged(0, 100, 413, 10, true, 1);
	logged(0, 100, 403, 10, true, 1);
	logged(0, 100, 404, 10, true, 1);
	logged(0, 100, 404, 196, true, 1);
	logged(0, 100, 302, 3, true, 1);
	/* Others may have been refused on another way in. */
	refused(0, REFUSAL_SIGNATURE, 100);
	judge(true);
	is(0, 200, 5, 4, false);
	is(0, 401, 4, 3, false);
	is(0, 503, 2, 0, false);
	is(0, 413, 1, 0, false);
	is(0, 403, 1, 0, false);
	is(0, 404, 1, 1, false);
	is(0, 302, 0, 1, false);
}

static void
with_headers_the_counts_tell(void **state)
{
	(void)state;
	counted(1, 0, COUNTER_ACCEPTED, 7);
	counted(1, 0, COUNTER_REPEATS, 3);
	counted(1, 0, COUNTER_UNAVAILABLE, 1);
	refused(0, REFUSAL_SIGNATURE, 4);
	refused(0, REFUSAL_SIGNATURE_MISSING, 2);
	logged(0, 100, 200, WITH_HEADERS, true, 12);
	logged(0, 100, 401, WITH_HEADERS, true, 10);
	logged(0, 100, 503, WITH_HEADERS, true, 1);
	logged(0, 100, 403, WITH_HEADERS, true, 2);
	logged(0, 100, 500, WITH_HEADERS, true, 2);
	judge(false);
	is(0, 200, 10, 2, false);
	is(0, 401, 6, 4, false);
	is(0, 503, 1, 0, false);
	is(0, 403, 0, 2, false);
	is(0, 500, 0, 2, false);
}

static void
an_answer_that_is_too_long_is_anothers(void **state)
{
	(void)state;
	refused(0, REFUSAL_SIGNATURE, 100);
	logged(0, 100, 401, 2001, true, 2);
	logged(0, 100, 401, 2000, true, 1);
	judge(false);
	is(0, 401, 1, 2, false);
}

static void
what_others_sent_is_counted_too(void **state)
{
	(void)state;
	refused(0, REFUSAL_SIGNATURE, 8);
	logged(0, 100, 401, WITH_HEADERS, false, 5);
	logged(0, 100, 401, WITH_HEADERS, true, 3);
	/* One was stopped, and it may have been Meta's. */
	refused(1, REFUSAL_SIGNATURE, 7);
	logged(1, 100, 401, WITH_HEADERS, false, 5);
	logged(1, 100, 401, WITH_HEADERS, true, 3);
	/* The log may not be the only one. */
	refused(2, REFUSAL_SIGNATURE, 100);
	logged(2, 100, 401, WITH_HEADERS, true, 3);
	judge(false);
	is(0, 401, 3, 0, false);
	is(1, 401, 2, 1, false);
	is(2, 401, 3, 0, false);
}

static void
what_counting_does_not_cover_is_stopped(void **state)
{
	(void)state;
	/* The last hour before counting began, and one that is forgotten. */
	logged(-11, 100, 200, WITH_HEADERS, true, 2);
	logged(-11, 100, 401, WITH_HEADERS, true, 2);
	logged(-191, 100, 401, WITH_HEADERS, true, 2);
	logged(-10, 100, 401, WITH_HEADERS, true, 2);
	judge(false);
	is(-11, 200, 2, 0, false);
	is(-11, 401, 0, 2, true);
	is(-191, 401, 0, 2, true);
	is(-10, 401, 0, 2, false);
}

static void
an_hour_that_is_older_than_the_ring_is_not_counted(void **state)
{
	(void)state;
	file.start.since = 0;
	logged(2 - COUNTERS_HOURS, 100, 401, WITH_HEADERS, true, 2);
	logged(3 - COUNTERS_HOURS, 100, 401, WITH_HEADERS, true, 2);
	judge(false);
	is(2 - COUNTERS_HOURS, 401, 0, 2, true);
	is(3 - COUNTERS_HOURS, 401, 0, 2, false);
}

/* The log has the time at which a request began or ended. */
static void
near_the_full_hour_a_post_may_be_counted_in_the_next(void **state)
{
	(void)state;
	counted(1, 0, COUNTER_ACCEPTED, 9);
	counted(1, 1, COUNTER_ACCEPTED, 4);
	counted(1, 2, COUNTER_ACCEPTED, 9);
	logged(0, 100, 200, WITH_HEADERS, true, 9);
	logged(0, 3599, 200, WITH_HEADERS, true, 2);
	logged(1, 100, 200, WITH_HEADERS, true, 2);
	/* In the middle of an hour it may not. */
	logged(2, 1800, 200, WITH_HEADERS, true, 10);
	counted(1, -2, COUNTER_ACCEPTED, 6);
	logged(-2, 100, 200, WITH_HEADERS, true, 5);
	logged(-1, 0, 200, WITH_HEADERS, true, 1);
	/* Only those near it may. */
	counted(1, -5, COUNTER_ACCEPTED, 9);
	logged(-6, 1800, 200, WITH_HEADERS, true, 2);
	logged(-6, 3540, 200, WITH_HEADERS, true, 1);
	judge(false);
	is(-6, 200, 1, 2, false);
	is(0, 200, 11, 0, false);
	is(1, 200, 2, 0, false);
	is(2, 200, 9, 1, false);
	is(-1, 200, 1, 0, false);
}

static void
counts_are_the_endpoints_own(void **state)
{
	(void)state;
	counted(2, 0, COUNTER_ACCEPTED, 9);
	logged(0, 100, 200, WITH_HEADERS, true, 5);
	/* Without a configuration, hookline knows no endpoint. */
	counted(0, 0, COUNTER_UNAVAILABLE, 3);
	logged(0, 100, 503, WITH_HEADERS, true, 5);
	judge(false);
	is(0, 200, 0, 5, false);
	is(0, 503, 3, 2, false);
}

static void
an_endpoint_may_have_had_another_name(void **state)
{
	(void)state;
	strcpy(file.names[2], "before");
	counted(2, 0, COUNTER_ACCEPTED, 5);
	logged(0, 100, 200, WITH_HEADERS, true, 5);
	judge(false);
	is(0, 200, 5, 0, false);
}

static void
a_body_that_was_not_whole_was_stopped(void **state)
{
	(void)state;
	refused(0, REFUSAL_BODY_LENGTH, 2);
	refused(0, REFUSAL_BODY_EMPTY, 1);
	refused(0, REFUSAL_NOT_JSON, 4);
	logged(0, 100, 400, 12, true, 7);
	logged(0, 100, 400, 226, true, 2);
	judge(true);
	is(0, 400, 4, 2, false);
	assert_int_equal(tally.cells[0].cut, 3);
}

static void
what_is_compressed_is_told_by_the_counts(void **state)
{
	(void)state;
	counted(1, 0, COUNTER_ACCEPTED, 4);
	logged(0, 100, 200, 3, true, 2);
	logged(0, 100, 200, 23, true, 3);
	judge(true);
	is(0, 200, 4, 1, false);
}

int
main(void)
{
	static const CMFixtureFunction begin = setup, end = teardown;
	char state[64];
	int failed;
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(the_size_of_a_body_tells),
		TEST(with_headers_the_counts_tell),
		TEST(an_answer_that_is_too_long_is_anothers),
		TEST(what_others_sent_is_counted_too),
		TEST(what_counting_does_not_cover_is_stopped),
		TEST(an_hour_that_is_older_than_the_ring_is_not_counted),
		TEST(near_the_full_hour_a_post_may_be_counted_in_the_next),
		TEST(counts_are_the_endpoints_own),
		TEST(an_endpoint_may_have_had_another_name),
		TEST(a_body_that_was_not_whole_was_stopped),
		TEST(what_is_compressed_is_told_by_the_counts),
	};

	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(state, sizeof state, "%s/.state", folder);
	if (mkdir(state, 0700) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)strcat(state, "/counters");
	(void)unlink(state);
	state[strlen(state) - strlen("/counters")] = '\0';
	(void)rmdir(state);
	(void)rmdir(folder);
	return failed;
}
