#include "journal_fixture.h"

#include "base/clock.h"
#include "hookctl/stats_counts.h"
#include "hookctl/stats_fields.h"
#include "hookctl/stats_numbers.h"
#include "journal/counters.h"
#include "journal/guard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record_fixture.h"

#define DAY CLOCK_DAY

/*
 * Numbers
 */

static struct counters_numbers
times(uint64_t first, uint64_t second, uint64_t last)
{
	struct counters_numbers numbers = { 0 };

	numbers.counts[COUNTER_TIMES] = first;
	numbers.counts[COUNTER_TIMES + 1] = second;
	numbers.counts[COUNTER_TIMES + COUNTERS_TIMES - 1] = last;
	return numbers;
}

static void
quantiles_are_spread_over_their_range(void **state)
{
	struct counters_numbers one = times(1, 0, 0), two = times(50, 50, 0);
	struct counters_numbers slow = times(98, 0, 2);
	struct counters_numbers all_slow = times(0, 0, 1);

	(void)state;
	assert_int_equal(numbers_answers(&slow), 100);
	assert_int_equal(numbers_quantile(&one, 0.5), 500);
	assert_int_equal(numbers_quantile(&two, 0.5), 1000);
	assert_int_equal(numbers_quantile(&two, 0.75), 1500);
	assert_int_equal(numbers_quantile(&two, 1), 2000);
	assert_int_equal(numbers_quantile(&slow, 0.98), 1000);
	assert_true(numbers_quantile(&slow, 0.99) == UINT64_MAX);
	assert_true(numbers_quantile(&all_slow, 0.5) == UINT64_MAX);
	assert_int_equal(numbers_time_end(0), 1);
	assert_int_equal(numbers_time_end(COUNTERS_TIMES - 2), 5000);
	assert_int_equal(numbers_time_end(COUNTERS_TIMES - 1), 0);
}

static void
what_could_not_be_stored_is_no_refusal(void **state)
{
	struct counters_numbers numbers = { 0 };

	(void)state;
	numbers.counts[COUNTER_REFUSED + REFUSAL_STORAGE] = 5;
	numbers.counts[COUNTER_REFUSED + REFUSAL_PATH] = 2;
	numbers.counts[COUNTER_REFUSED + REFUSAL_NOT_JSON] = 1;
	assert_int_equal(numbers_refused(&numbers), 3);
}

/* Days without use of secret 1, while secret 0 was used `first` ago. */
struct unused_row {
	int64_t counted, changed, used; /* ago; 0: never used */
	uint64_t total;
	int64_t first;
	int64_t days;
	bool can_go;
};

static void
a_secret_can_go_only_after_seven_days(void **state)
{
	static const struct unused_row rows[] = {
		{ 8 * DAY, 30 * DAY, 0, 0, 60, 8, true },
		{ 6 * DAY, 30 * DAY, 0, 0, 60, 6, false },
		/* It may have been added only now. */
		{ 30 * DAY, 1 * DAY, 0, 0, 60, 1, false },
		{ 30 * DAY, 7 * DAY, 0, 0, 60, 7, true },
		/* It was right lately, or before the hours that are kept. */
		{ 30 * DAY, 30 * DAY, 2 * DAY, 9, 60, 2, false },
		{ 30 * DAY, 30 * DAY, 0, 9, 60, 7, true },
		{ 7 * DAY, 30 * DAY, 0, 9, 60, 7, true },
		/* Nothing came by the other one either. */
		{ 8 * DAY, 30 * DAY, 0, 0, 0, 8, false },
		{ 8 * DAY, 30 * DAY, 0, 0, 7 * DAY + 60, 8, false },
		/* Clocks. */
		{ -DAY, 30 * DAY, 0, 0, 60, 0, false },
		{ 5 * DAY, 30 * DAY, 0, 9, 60, 5, false } };
	int64_t now = 1000 * DAY + 5 * CLOCK_SECOND;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct unused_row *it = &rows[i];
		const struct counts counts = { .since = now - it->counted };
		struct counts_row row = { 0 };

		row.totals.counts[COUNTER_SECRETS + 1] = it->total;
		row.used[1] = it->used == 0 ? 0 : now - it->used;
		row.used[0] = it->first == 0 ? 0 : now - it->first;
		if (numbers_unused_days(&counts, &row, 1, now, now -
		    it->changed) != it->days || numbers_can_go(&counts, &row,
		    1, now, now - it->changed) != it->can_go)
			fail_msg("row %zu: %d days", i, (int)
			    numbers_unused_days(&counts, &row, 1, now, now -
			    it->changed));
	}
}

/*
 * Counts
 */

static struct counters *counters;
static int folder;

static int
setup(void **state)
{
	const struct fixture *f;

	if (fixture_setup(state) != 0)
		return -1;
	f = *state;
	counters = counters_open(-1, f->directory, 0640);
	folder = open(f->directory, O_RDONLY | O_DIRECTORY);
	return counters == NULL || folder == -1;
}

static int
teardown(void **state)
{
	counters_close(counters);
	close(folder);
	return fixture_teardown(state);
}

static void
accept(const char *endpoint)
{
	const struct counters_event event = { .endpoint = endpoint,
	    .accepted = true, .secret = 2, .bytes = 10, .took_us = 1500 };

	counters_add(counters, &event);
}

static struct counts
read_counts(const struct config *config)
{
	struct counts counts;
	int64_t now = clock_now();

	assert_int_equal(counts_read(folder, config, now, now - CLOCK_HOUR,
	    &counts), ERR_NONE);
	return counts;
}

static uint64_t
accepted(const struct counters_numbers *numbers)
{
	return numbers->counts[COUNTER_ACCEPTED];
}

static void
endpoints_come_in_the_order_of_the_configuration(void **state)
{
	struct endpoint endpoints[] = {
		{ .path = (char []){ "/b" }, .name = (char []){ "/b" } },
		{ .path = (char []){ "/quiet" }, .name = (char []){ "q" } },
		{ .path = (char []){ "/a" }, .name = (char []){ "a" } } };
	const struct config config = { .endpoints = endpoints,
	    .endpoint_count = 3 };
	struct counts counts;

	(void)state;
	accept("gone");
	accept("a");
	accept("/b");
	accept("a");
	accept(NULL);
	counts = read_counts(&config);
	assert_int_equal(counts.state, COUNTS_KNOWN);
	assert_int_equal(counts.count, 4);
	assert_string_equal(counts.rows[0].name, "/b");
	assert_string_equal(counts.rows[1].name, "q");
	assert_string_equal(counts.rows[2].name, "a");
	assert_string_equal(counts.rows[3].name, "gone");
	assert_ptr_equal(counts.rows[2].endpoint, &endpoints[2]);
	assert_null(counts.rows[3].endpoint);
	assert_int_equal(accepted(&counts.rows[1].totals), 0);
	assert_int_equal(accepted(&counts.rows[2].totals), 2);
	assert_int_equal(accepted(&counts.rows[2].recent), 2);
	assert_int_equal(counts.rows[2].totals.took_us, 3000);
	assert_true(counts.rows[2].used[2] > clock_now());
	assert_true(counts.rows[2].used[2] <= clock_now() + CLOCK_HOUR);
	assert_int_equal(counts.rows[2].used[0], 0);
	assert_int_equal(accepted(&counts.rest.totals), 1);
	assert_false(counts.full);
	assert_ptr_equal(counts_find(&counts, "gone"), &counts.rows[3]);
	assert_null(counts_find(&counts, "/a"));
	counts_free(&counts);
}

/* What was counted under an endpoint's path, before it got a name, is its own:
 * a path that is a secret now must not be shown. */
static void
a_path_becomes_the_name(void **state)
{
	struct endpoint endpoints[] = {
		{ .path = (char []){ "/a" }, .name = (char []){ "audit" },
		    .accept_unsigned = true },
		{ .path = (char []){ "/b" }, .name = (char []){ "/a" } } };
	const struct config both = { .endpoints = endpoints,
	    .endpoint_count = 2 };
	const struct config one = { .endpoints = endpoints,
	    .endpoint_count = 1 };
	struct counts counts;

	(void)state;
	accept("audit");
	accept("/a");
	counts = read_counts(&one);
	assert_int_equal(counts.count, 1);
	assert_string_equal(counts.rows[0].name, "audit");
	assert_int_equal(accepted(&counts.rows[0].totals), 2);
	assert_int_equal(accepted(&counts.rows[0].recent), 2);
	counts_free(&counts);
	/* But a name comes first. */
	counts = read_counts(&both);
	assert_int_equal(accepted(&counts.rows[0].totals), 1);
	assert_int_equal(accepted(&counts.rows[1].totals), 1);
	counts_free(&counts);
}

static void
a_long_name_is_still_the_same(void **state)
{
	char name[300];
	struct endpoint endpoint = { .path = name, .name = name };
	const struct config config = { .endpoints = &endpoint,
	    .endpoint_count = 1 };
	struct counts counts;

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	accept(name);
	counts = read_counts(&config);
	assert_int_equal(counts.count, 1);
	assert_int_equal(strlen(counts.rows[0].name), COUNTERS_NAME_SIZE - 1);
	assert_ptr_equal(counts_find(&counts, name), &counts.rows[0]);
	assert_int_equal(accepted(&counts.rows[0].totals), 1);
	counts_free(&counts);
}

static void
without_a_free_slot_the_rest_is_of_endpoints(void **state)
{
	struct counts counts;
	char name[16];
	int i;

	(void)state;
	for (i = 0; i < 64; i++) {
		snprintf(name, sizeof name, "/%d", i);
		accept(name);
	}
	counts = read_counts(NULL);
	assert_true(counts.full);
	assert_int_equal(counts.count, 63);
	assert_int_equal(accepted(&counts.rest.totals), 1);
	counts_free(&counts);
}

static void
hours_before_the_first_are_not_recent(void **state)
{
	struct counts counts;
	int64_t now = clock_now();

	(void)state;
	accept("a");
	assert_int_equal(counts_read(folder, NULL, now + 3 * CLOCK_HOUR,
	    now + 2 * CLOCK_HOUR, &counts), ERR_NONE);
	assert_int_equal(accepted(&counts.rows[0].totals), 1);
	assert_int_equal(accepted(&counts.rows[0].recent), 0);
	assert_true(counts.rows[0].used[2] != 0);
	counts_free(&counts);
	/* In the ring, an hour stays for 192 hours. */
	assert_int_equal(counts_read(folder, NULL, now + 193 * CLOCK_HOUR, 0,
	    &counts), ERR_NONE);
	assert_int_equal(accepted(&counts.rows[0].recent), 0);
	assert_int_equal(counts.rows[0].used[2], 0);
	counts_free(&counts);
}

static void
no_counters_are_no_error(void **state)
{
	struct fixture *f = *state;
	struct endpoint endpoint = { .path = (char []){ "/a" },
	    .name = (char []){ "/a" } };
	const struct config config = { .endpoints = &endpoint,
	    .endpoint_count = 1 };
	struct counts counts = read_counts(&config);

	assert_int_equal(counts.state, COUNTS_NONE);
	assert_int_equal(counts.count, 1);
	counts_free(&counts);
	/* No folder, either. */
	assert_int_equal(counts_read(-1, &config, 0, 0, &counts), ERR_NONE);
	assert_int_equal(counts.state, COUNTS_NONE);
	assert_int_equal(counts.count, 1);
	counts_free(&counts);
	accept("/a");
	fixture_write(f, ".state/counters", "of another version");
	counts = read_counts(&config);
	assert_int_equal(counts.state, COUNTS_OTHER);
	assert_int_equal(accepted(&counts.rows[0].totals), 0);
	counts_free(&counts);
}

static void
a_slot_without_a_name_is_of_no_endpoint(void **state)
{
	struct fixture *f = *state;
	struct counts counts;
	char path[300];
	int fd;

	accept("/a");
	snprintf(path, sizeof path, "%s/.state/counters", f->directory);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "\0\0", 2, (off_t)(offsetof(
	    struct counters_file, names) + COUNTERS_NAME_SIZE)), 2);
	close(fd);
	counts = read_counts(NULL);
	assert_int_equal(counts.count, 0);
	assert_int_equal(accepted(&counts.rest.totals), 1);
	counts_free(&counts);
}

/*
 * Objects and fields
 */

static struct fields *fields;

static int
begin_fields(void **state)
{
	(void)state;
	fields = fields_new();
	return fields == NULL;
}

static int
end_fields(void **state)
{
	(void)state;
	fields_free(fields);
	record_fixture_free();
	return 0;
}

/* The n-th in the list, as "object field count". */
static const char *
listed(size_t n)
{
	static char text[300];
	size_t count;
	struct field *const *list = fields_list(fields, &count);

	if (n >= count)
		return "none";
	snprintf(text, sizeof text, "%.*s %.*s %d",
	    (int)list[n]->object.length, list[n]->object.bytes,
	    (int)list[n]->field.length, list[n]->field.bytes,
	    (int)list[n]->count);
	return text;
}

#define CHANGE(field) "{\"field\":\"" field "\",\"value\":1}"

static void
updates_are_counted_by_object_and_field(void **state)
{
	(void)state;
	assert_true(fields_add(fields, record_of("{\"object\":\"page\","
	    "\"entry\":[{\"id\":\"1\",\"changes\":[" CHANGE("feed") ","
	    CHANGE("mention") "]},{\"id\":\"2\",\"messaging\":[{},{}]}]}")));
	assert_true(fields_add(fields, record_of("{\"object\":\"page\","
	    "\"entry\":[{\"id\":\"1\",\"changes\":[" CHANGE("fe\\u0065d") ","
	    CHANGE("feed") "]}]}")));
	assert_true(fields_add(fields, record_of("{\"object\":\"user\","
	    "\"entry\":[{\"id\":\"1\",\"changed_fields\":[\"photos\","
	    "\"feed\"]},{\"id\":\"1\",\"changed_fields\":[]}]}")));
	assert_true(fields_add(fields, record_of("[]")));
	assert_true(fields_add(fields, update_of("{\"object\":"
	    "\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\","
	    "\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":"
	    "[{\"id\":\"x\"}],\"statuses\":[{\"id\":\"y\"}]}}]}]}", 1)));
	assert_string_equal(listed(0), "page feed 3");
	assert_string_equal(listed(1), "page messaging 2");
	assert_string_equal(listed(2), "  1");
	assert_string_equal(listed(3), "page mention 1");
	assert_string_equal(listed(4), "user  1");
	assert_string_equal(listed(5), "user feed 1");
	assert_string_equal(listed(6), "user photos 1");
	assert_string_equal(listed(7),
	    "whatsapp_business_account messages 1");
	assert_string_equal(listed(8), "none");
	assert_int_equal(fields_others(fields), 0);
}

static void
there_is_an_end_to_the_list(void **state)
{
	char body[200];
	size_t count;
	int i;

	(void)state;
	for (i = 0; i < FIELDS_MAX + 5; i++) {
		snprintf(body, sizeof body, "{\"object\":\"page\",\"entry\":"
		    "[{\"id\":\"1\",\"changes\":[" CHANGE("%d") "]}]}", i);
		assert_true(fields_add(fields, record_of(body)));
	}
	(void)fields_list(fields, &count);
	assert_int_equal(count, FIELDS_MAX);
	assert_int_equal(fields_others(fields), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_spread_over_their_range),
		cmocka_unit_test(what_could_not_be_stored_is_no_refusal),
		cmocka_unit_test(a_secret_can_go_only_after_seven_days),
		cmocka_unit_test_setup_teardown(
		    endpoints_come_in_the_order_of_the_configuration, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(a_path_becomes_the_name,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_name_is_still_the_same,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    without_a_free_slot_the_rest_is_of_endpoints, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    hours_before_the_first_are_not_recent, setup, teardown),
		cmocka_unit_test_setup_teardown(no_counters_are_no_error,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_slot_without_a_name_is_of_no_endpoint, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    updates_are_counted_by_object_and_field, begin_fields,
		    end_fields),
		cmocka_unit_test_setup_teardown(there_is_an_end_to_the_list,
		    begin_fields, end_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
