/*
 * stats_json: hookctl stats --json. hookctl(1) describes the members.
 */
#include "hookctl/stats.h"

#include "base/clock.h"
#include "hookctl/relay_words.h"
#include "hookctl/stats_numbers.h"

#include <json-c/json.h>

#include <stdio.h>
#include <string.h>

static void
put(json_object *object, const char *name, json_object *value)
{
	(void)json_object_object_add(object, name, value);
}

static void
put_number(json_object *object, const char *name, uint64_t number)
{
	put(object, name, json_object_new_uint64(number));
}

static void
put_time(json_object *object, const char *name, int64_t time)
{
	char text[CLOCK_RFC3339_LENGTH + 1];

	clock_format(time, text);
	put(object, name, json_object_new_string(text));
}

/* Adds milliseconds; null if nothing was timed, or the value is in the last
 * range, which has no end. */
static void
put_quantile(json_object *object, const char *name,
    const struct counters_numbers *numbers, double part)
{
	uint64_t time = numbers_answers(numbers) == 0 ? UINT64_MAX :
	    numbers_quantile(numbers, part);
	char text[32];

	(void)snprintf(text, sizeof text, "%.3f", (double)time / 1000);
	put(object, name, time == UINT64_MAX ? NULL :
	    json_object_new_double_s((double)time / 1000, text));
}

static json_object *
times_json(const struct counters_numbers *numbers)
{
	json_object *object = json_object_new_object();
	json_object *ranges = json_object_new_array();
	size_t i;

	put_quantile(object, "p50", numbers, 0.5);
	put_quantile(object, "p99", numbers, 0.99);
	for (i = 0; i < COUNTERS_TIMES; i++) {
		json_object *range = json_object_new_object();
		unsigned end = numbers_time_end(i);

		put(range, "up_to", end == 0 ? NULL :
		    json_object_new_int((int)end));
		put_number(range, "count", numbers->counts[COUNTER_TIMES +
		    i]);
		(void)json_object_array_add(ranges, range);
	}
	put(object, "ranges", ranges);
	return object;
}

static json_object *
reasons_json(const struct counters_numbers *numbers)
{
	json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < REFUSALS; i++)
		if (numbers_is_refusal((enum refusal)i) &&
		    numbers->counts[COUNTER_REFUSED + i] > 0)
			put_number(object, refusal_word((enum refusal)i),
			    numbers->counts[COUNTER_REFUSED + i]);
	return object;
}

static json_object *
secret_json(const struct stats *stats, const struct counts_row *row,
    size_t place)
{
	json_object *object = json_object_new_object();
	int64_t changed = config_modified(stats->config);

	if (changed == 0)
		changed = stats->now;
	put_number(object, "accepted",
	    row->totals.counts[COUNTER_SECRETS + place]);
	put_number(object, "unused_days", (uint64_t)numbers_unused_days(
	    &stats->counts, row, place, stats->now, changed));
	put(object, "can_go", json_object_new_boolean(numbers_can_go(
	    &stats->counts, row, place, stats->now, changed)));
	return object;
}

/* The secrets of the configuration that are counted; null without one. */
static json_object *
secrets_json(const struct stats *stats, const struct counts_row *row)
{
	json_object *array;
	size_t place, count;

	if (row->endpoint == NULL)
		return NULL;
	array = json_object_new_array();
	count = row->endpoint->app_secrets.count;
	for (place = 0; place < count && place < COUNTERS_SECRETS; place++)
		(void)json_object_array_add(array,
		    secret_json(stats, row, place));
	return array;
}

static void
put_numbers(json_object *object, const struct counters_numbers *numbers)
{
	const uint64_t *counts = numbers->counts;

	put_number(object, "accepted", counts[COUNTER_ACCEPTED]);
	put_number(object, "repeats", counts[COUNTER_REPEATS]);
	put_number(object, "refused", numbers_refused(numbers));
	put_number(object, "unavailable", counts[COUNTER_UNAVAILABLE]);
	put_number(object, "bytes", numbers->bytes);
	put(object, "reasons", reasons_json(numbers));
	put(object, "answer_ms", times_json(numbers));
}

static json_object *
endpoints_json(const struct stats *stats)
{
	json_object *array = json_object_new_array(), *object;
	size_t i;

	for (i = 0; i < stats->counts.count; i++) {
		const struct counts_row *row = &stats->counts.rows[i];

		object = json_object_new_object();
		put(object, "name", json_object_new_string(row->name));
		put(object, "configured", stats->config == NULL ? NULL :
		    json_object_new_boolean(row->endpoint != NULL));
		put_numbers(object, &row->totals);
		put(object, "secrets", secrets_json(stats, row));
		(void)json_object_array_add(array, object);
	}
	return array;
}

static json_object *
name_json(struct span name)
{
	return json_object_new_string_len(name.bytes, (int)name.length);
}

static json_object *
updates_json(const struct stats *stats)
{
	size_t count, i;
	struct field *const *list = fields_list(stats->fields, &count);
	json_object *array = json_object_new_array(), *object;

	for (i = 0; i < count; i++) {
		object = json_object_new_object();
		put(object, "object", list[i]->object.length == 0 ? NULL :
		    name_json(list[i]->object));
		put(object, "field", list[i]->field.length == 0 ? NULL :
		    name_json(list[i]->field));
		put_number(object, "count", list[i]->count);
		(void)json_object_array_add(array, object);
	}
	return array;
}

static json_object *
journal_json(const struct stats *stats)
{
	json_object *object = json_object_new_object();

	put(object, "directory", json_object_new_string(stats->directory));
	put_number(object, "files", stats->files);
	put_number(object, "bytes", stats->bytes);
	put(object, "index_bytes", !stats->index_known ? NULL :
	    json_object_new_uint64(stats->index_bytes));
	return object;
}

static json_object *
stats_json(const struct stats *stats)
{
	json_object *object = json_object_new_object();
	json_object *rest = json_object_new_object();

	if (stats->counts.state == COUNTS_KNOWN)
		put_time(object, "counted_since", stats->counts.since);
	else
		put(object, "counted_since", NULL);
	if (stats->latest.any)
		put_time(object, "last_received_at",
		    stats->latest.received_at);
	else
		put(object, "last_received_at", NULL);
	put(object, "endpoints", endpoints_json(stats));
	put_numbers(rest, &stats->counts.rest.totals);
	put(object, "no_endpoint", rest);
	put_time(object, "updates_since", stats->since);
	put(object, "updates", stats->fields != NULL ? updates_json(stats) :
	    NULL);
	put_number(object, "other_updates", stats->fields != NULL ?
	    fields_others(stats->fields) : 0);
	put(object, "journal", journal_json(stats));
	if (stats->relays.count > 0)
		put(object, "relays", relay_words_json_list(&stats->relays));
	return object;
}

bool
stats_print_json(const struct stats *stats)
{
	json_object *object = stats_json(stats);
	const char *text = json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text != NULL)
		puts(text);
	(void)json_object_put(object);
	return text != NULL;
}
