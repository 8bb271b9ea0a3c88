#include "payload/notification.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "payload_fixture.h"
#include "span_fixture.h"

static struct notification *n;
static struct update update;

static int
setup(void **state)
{
	(void)state;
	n = notification_new();
	return n == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	notification_free(n);
	return 0;
}

/* How many updates a body has. */
static size_t
count_of(const char *body)
{
	if (notification_parse(n, body, strlen(body), true) != ERR_NONE)
		fail_msg("refused: %s", body);
	return notification_update_count(n);
}

/* Parses a body and takes one of its updates. */
static void
take(const char *body, size_t index)
{
	assert_true(index < count_of(body));
	notification_update(n, index, &update);
}

static void
all_whole(const char *const *bodies)
{
	for (; *bodies != NULL; bodies++)
		if (count_of(*bodies) != 0)
			fail_msg("yields updates: %s", *bodies);
}

#define ITEM "\"changes\":[{\"field\":\"f\",\"value\":1}]"

static void
knows_every_documented_shape(void **state)
{
	char body[FIXTURE_MAX];
	size_t i, length;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		length = fixture_read(fixtures[i].name, body);
		assert_true(length > 0);
		if (notification_parse(n, body, length, true) != ERR_NONE ||
		    notification_update_count(n) != fixtures[i].updates ||
		    notification_has_newline(n) != fixtures[i].newline)
			fail_msg("%s", fixtures[i].name);
		assert_span(notification_object(n), fixtures[i].object);
	}
}

static void
refuses_every_truncation_of_a_shape(void **state)
{
	char body[FIXTURE_MAX], *copy;
	size_t i, length, cut;

	(void)state;
	for (i = 0; i < FIXTURE_COUNT; i++) {
		length = fixture_read(fixtures[i].name, body);
		while (body[length - 1] == '\n')
			length--;
		for (cut = 0; cut < length; cut++) {
			copy = malloc(cut > 0 ? cut : 1);
			assert_non_null(copy);
			memcpy(copy, body, cut);
			assert_int_equal(notification_parse(n, copy, cut, true),
			    ERR_INPUT);
			free(copy);
		}
	}
}

static void
refuses_text_that_is_not_json(void **state)
{
	(void)state;
	assert_int_equal(notification_parse(n, "", 0, true), ERR_INPUT);
	assert_int_equal(notification_parse(n, "{", 1, true), ERR_INPUT);
	assert_int_equal(notification_parse(n, "{}x", 3, true), ERR_INPUT);
	/* The text may end within a value's first member. */
	assert_int_equal(notification_parse(n, "{\"entry\":[{\"changes\":["
	    "{\"value\":{ \"", 34, true), ERR_INPUT);
	assert_int_equal(notification_parse(n, "{\"entry\":[{\"changes\":["
	    "{\"value\":{ ", 33, true), ERR_INPUT);
}

static void
takes_any_value_as_a_notification(void **state)
{
	static const char *const bodies[] = { "1", "null", "\"object\"", "[]",
	    "{}", "[{\"object\":\"user\"}]", "true", NULL };
	size_t i;

	(void)state;
	all_whole(bodies);
	for (i = 0; bodies[i] != NULL; i++) {
		(void)count_of(bodies[i]);
		assert_null(notification_object(n).bytes);
	}
}

static void
takes_the_last_object(void **state)
{
	(void)state;
	(void)count_of("{\"object\":\"a\",\"object\":\"b\"}");
	assert_span(notification_object(n), "\"b\"");
	(void)count_of("{\"object\":1,\"object\":\"b\"}");
	assert_span(notification_object(n), "\"b\"");
	(void)count_of("{\"object\":\"a\",\"object\":null}");
	assert_span(notification_object(n), NULL);
	(void)count_of("{\"object\":\"a\",\"object\":{\"object\":\"b\"}}");
	assert_span(notification_object(n), NULL);
}

static void
takes_the_object_only_from_the_top(void **state)
{
	(void)state;
	(void)count_of("{\"a\":{\"object\":\"b\"},\"entry\":[{\"id\":1,"
	    "\"object\":\"c\"," ITEM "}]}");
	assert_span(notification_object(n), NULL);
}

static void
finds_the_object_in_a_body_kept_whole(void **state)
{
	(void)state;
	assert_int_equal(count_of("{\"x\":[{}],\"entry\":[{\"id\":[]}],"
	    "\"object\":\"late\"}"), 0);
	assert_span(notification_object(n), "\"late\"");
}

static void
reads_keys_that_are_spelled_with_escapes(void **state)
{
	(void)state;
	take("{\"\\u006fbject\":\"p\",\"\\u0065ntr\\u0079\":[{\"i\\u0064\":7,"
	    "\"tim\\u0065\":8,\"\\u0063hanges\":[{\"fiel\\u0064\":\"f\"}]}]}",
	    0);
	assert_span(notification_object(n), "\"p\"");
	assert_span(update.entry_id, "7");
	assert_span(update.entry_time, "8");
	assert_span(update.field, "\"f\"");
	assert_int_equal(update.entry.count, 0);
}

static void
counts_escaped_spellings_as_repetitions(void **state)
{
	static const char *const bodies[] = {
	    "{\"entry\":[{\"id\":1," ITEM "}],\"\\u0065ntry\":[]}",
	    "{\"object\":\"a\",\"\\u006Fbject\":\"b\",\"entry\":[{\"id\":1,"
	    ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"\\u0069\\u0064\":2," ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM ",\"chang\\u0065s\":[1]}]}", NULL };

	(void)state;
	all_whole(bodies);
	(void)count_of("{\"object\":\"a\",\"\\u006Fbject\":\"b\"}");
	assert_span(notification_object(n), "\"b\"");
}

static void
does_not_confuse_similar_keys(void **state)
{
	static const char *const bodies[] = {
	    "{\"Entry\":[{\"id\":1," ITEM "}]}",
	    "{\"entry \":[{\"id\":1," ITEM "}]}",
	    "{\"entry\\u0000\":[{\"id\":1," ITEM "}]}",
	    "{\"entr\":[{\"id\":1," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"change\":[1]}]}",
	    "{\"entry\":[{\"Id\":1," ITEM "}]}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
hands_out_the_others_of_the_top(void **state)
{
	(void)state;
	take("{\"x\" : 1,\"object\":\"p\",\"time\":\"t\",\"entry\":[{\"id\":1,"
	    ITEM "}],\"id\":null,\"changes\":true}", 0);
	assert_int_equal(update.envelope.count, 4);
	assert_span(update.envelope.list[0], "\"x\" : 1");
	assert_span(update.envelope.list[1], "\"time\":\"t\"");
	assert_span(update.envelope.list[2], "\"id\":null");
	assert_span(update.envelope.list[3], "\"changes\":true");
	assert_span(update.entry_time, NULL);
}

static void
keeps_bodies_with_nonscalar_extras_whole(void **state)
{
	static const char *const bodies[] = {
	    "{\"object\":\"p\",\"entry\":[{\"id\":1," ITEM "}],\"x\":[]}",
	    "{\"x\":{},\"entry\":[{\"id\":1," ITEM "}]}",
	    "{\"changes\":[],\"entry\":[{\"id\":1," ITEM "}]}",
	    "{\"target_id\":{},\"entry\":[{\"id\":1," ITEM "}]}",
	    "{\"x\":1,\"entry\":[{\"id\":1," ITEM "}],\"time\":1,\"time\":1}",
	    "{\"entry\":[{\"id\":1," ITEM "}],\"target_id\":1,"
	    "\"target_id\":1}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
keeps_bodies_with_an_odd_top_whole(void **state)
{
	static const char *const bodies[] = {
	    "{\"object\":\"p\"}", "{\"object\":\"p\",\"entry\":[]}",
	    "{\"entry\":{\"id\":1," ITEM "}}", "{\"entry\":null}",
	    "{\"entry\":\"x\"}", "{\"entry\":7}",
	    "{\"object\":1,\"entry\":[{\"id\":1," ITEM "}]}",
	    "{\"object\":null,\"entry\":[{\"id\":1," ITEM "}]}",
	    "{\"object\":\"p\",\"object\":\"p\",\"entry\":[{\"id\":1,"
	    ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM "}],\"entry\":[{\"id\":1,"
	    ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM "}],\"entry\":0}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
keeps_bodies_with_an_odd_entry_whole(void **state)
{
	static const char *const bodies[] = {
	    "{\"entry\":[1]}", "{\"entry\":[null,{\"id\":1," ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM "},\"x\"]}",
	    "{\"entry\":[[{\"id\":1," ITEM "}]]}", "{\"entry\":[{}]}",
	    "{\"entry\":[{\"id\":1}]}", "{\"entry\":[{" ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM "},{\"id\":2}]}",
	    "{\"entry\":[{\"id\":null," ITEM "}]}",
	    "{\"entry\":[{\"id\":true," ITEM "}]}",
	    "{\"entry\":[{\"id\":[1]," ITEM "}]}",
	    "{\"entry\":[{\"id\":{}," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"time\":[]," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"time\":{\"a\":1}," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"field\":\"f\"}]}",
	    "{\"entry\":[{\"id\":1,\"value\":\"f\"}]}",
	    "{\"entry\":[{\"id\":1,\"field\":7,\"value\":1}]}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
keeps_bodies_with_repeated_members_whole(void **state)
{
	static const char *const bodies[] = {
	    "{\"entry\":[{\"id\":1,\"id\":1," ITEM "}]}",
	    "{\"entry\":[{\"id\":1," ITEM ",\"time\":1,\"time\":1}]}",
	    "{\"entry\":[{\"id\":1," ITEM "," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"messaging\":[1],\"messaging\":[1]}]}",
	    "{\"entry\":[{\"id\":1,\"standby\":[1],\"standby\":[1]}]}",
	    "{\"entry\":[{\"id\":1,\"changed_fields\":[1],"
	    "\"changed_fields\":[1]}]}",
	    "{\"entry\":[{\"id\":1,\"field\":1,\"field\":1," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"metadata\":1,\"metadata\":1," ITEM "}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"field\":\"a\","
	    "\"field\":\"b\"}]}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"value\":{},"
	    "\"value\":{}}]}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"value\":{\"messages\":[],"
	    "\"messages\":[]}}]}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"value\":{\"metadata\":1,"
	    "\"x\":2,\"id\":3,\"\\u0069d\":3}}]}]}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
keeps_bodies_with_an_empty_or_odd_array_whole(void **state)
{
	static const char *const bodies[] = {
	    "{\"entry\":[{\"id\":1,\"changes\":[]}]}",
	    "{\"entry\":[{\"id\":1,\"messaging\":[ ]}]}",
	    "{\"entry\":[{\"id\":1,\"standby\":[]}]}",
	    "{\"entry\":[{\"id\":1,\"changed_fields\":[]}]}",
	    "{\"entry\":[{\"id\":1," ITEM ",\"messaging\":[]}]}",
	    "{\"entry\":[{\"id\":1," ITEM ",\"standby\":null}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":{\"field\":\"f\"}}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":\"f\"}]}",
	    "{\"entry\":[{\"id\":1,\"changed_fields\":\"f\"}]}",
	    "{\"entry\":[{\"id\":1,\"changed_fields\":{\"a\":1}}]}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
hands_out_the_parts_of_a_change(void **state)
{
	(void)state;
	take("{\"object\":\"page\",\"entry\":[{\"id\":\"12\",\"uid\" : \"3\","
	    "\"time\":15,\"changes\":[ {\"value\":{\"field\":1},"
	    "\"field\":\"feed\"} ],\"more\":[1,\n{}]}]}", 0);
	assert_int_equal(update.array, UPDATE_CHANGES);
	assert_span(update.entry_id, "12");
	assert_span(update.entry_time, "15");
	assert_span(update.field, "\"feed\"");
	assert_span(update.bytes,
	    "{\"value\":{\"field\":1},\"field\":\"feed\"}");
	assert_int_equal(update.entry.count, 2);
	assert_span(update.entry.list[0], "\"uid\" : \"3\"");
	assert_span(update.entry.list[1], "\"more\":[1,\n{}]");
}

static void
hands_out_the_parts_of_a_message(void **state)
{
	(void)state;
	take("{\"entry\":[{\"id\":\"12\",\"messaging\":[{\"field\":\"x\"}]}]}",
	    0);
	assert_int_equal(update.array, UPDATE_MESSAGING);
	assert_span(update.field, "\"messaging\"");
	assert_span(update.entry_time, NULL);
	assert_span(update.bytes, "{\"field\":\"x\"}");
	assert_int_equal(update.entry.count, 0);
	take("{\"entry\":[{\"id\":\"12\",\"standby\":[{}]}]}", 0);
	assert_int_equal(update.array, UPDATE_STANDBY);
	assert_span(update.field, "\"standby\"");
}

static void
hands_out_changed_fields_as_one(void **state)
{
	(void)state;
	take("{\"entry\":[{\"changed_fields\":[\"a\", \"b\"],\"id\":9}]}", 0);
	assert_int_equal(notification_update_count(n), 1);
	assert_int_equal(update.array, UPDATE_CHANGED_FIELDS);
	assert_span(update.field, NULL);
	assert_span(update.entry_id, "9");
	assert_span(update.bytes, "[\"a\", \"b\"]");
}

static void
keeps_the_order_of_the_body(void **state)
{
	static const char body[] = "{\"entry\":[{\"id\":1,\"standby\":[1,2],"
	    "\"changed_fields\":[3],\"changes\":[4]},"
	    "{\"messaging\":[5],\"id\":2}]}";
	static const char *const expected[] = { "1", "2", "[3]", "4", "5" };
	size_t i;

	(void)state;
	assert_int_equal(count_of(body), 5);
	for (i = 0; i < 5; i++) {
		notification_update(n, i, &update);
		assert_span(update.bytes, expected[i]);
		assert_span(update.entry_id, i < 4 ? "1" : "2");
	}
}

#define CHANGE(value) "{\"entry\":[{\"id\":1,\"changes\":[{\"field\":" \
	"\"f\",\"value\":{" value "}}]}]}"

static void
cuts_whatsapp_into_its_items(void **state)
{
	static const char body[] = CHANGE("\"statuses\": [{\"id\":1}, {}],"
	    "\"metadata\" : {\"a\":1},\"calls\":[{\"b\":2}],"
	    "\"messages\":[{}],\"message_echoes\":[{\"c\":[]}],"
	    "\"contacts\":7");
	static const struct {
		enum update_array array;
		const char *bytes;
	} expected[] = { { UPDATE_STATUSES, "{\"id\":1}" },
	    { UPDATE_STATUSES, "{}" }, { UPDATE_CALLS, "{\"b\":2}" },
	    { UPDATE_MESSAGES, "{}" },
	    { UPDATE_MESSAGE_ECHOES, "{\"c\":[]}" } };
	size_t i;

	(void)state;
	assert_int_equal(count_of(body), 5);
	for (i = 0; i < 5; i++) {
		notification_update(n, i, &update);
		assert_int_equal(update.array, expected[i].array);
		assert_span(update.bytes, expected[i].bytes);
		assert_span(update.field, "\"f\"");
		assert_int_equal(update.value.count, 2);
		assert_span(update.value.list[0], "\"metadata\" : {\"a\":1}");
		assert_span(update.value.list[1], "\"contacts\":7");
	}
}

static void
cuts_no_change_that_would_lose_something(void **state)
{
	static const char *const bodies[] = {
	    CHANGE("\"messages\":[{}],\"errors\":[]"),
	    CHANGE("\"messages\":[{}],\"statuses\":[]"),
	    CHANGE("\"messages\":[{},1]"), CHANGE("\"messages\":{}"),
	    CHANGE("\"metadata\":{}"), CHANGE(""),
	    CHANGE("\"x\":1,\"messages\":[{}]"),
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"field\":\"f\",\"x\":1,"
	    "\"value\":{\"messages\":[{}]}}]}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{\"field\":1,"
	    "\"value\":{\"messages\":[{}]}}]}]}",
	    "{\"entry\":[{\"id\":1,\"changes\":[{"
	    "\"value\":{\"messages\":[{}]}}]}]}", NULL };
	size_t i;

	(void)state;
	for (i = 0; bodies[i] != NULL; i++) {
		take(bodies[i], 0);
		assert_int_equal(notification_update_count(n), 1);
		assert_int_equal(update.array, UPDATE_CHANGES);
		assert_int_equal(update.value.count, 0);
		assert_int_equal(update.bytes.bytes[0], '{');
	}
}

/* Members of a change that is not cut must not be left over for the next
 * one. */
static void
continues_after_a_change_that_is_not_cut(void **state)
{
	(void)state;
	take("{\"entry\":[{\"id\":1,\"changes\":[{\"field\":\"f\",\"value\":{"
	    "\"metadata\":1,\"messages\":[{\"a\":1},{}],\"x\":1}},"
	    "{\"field\":\"g\",\"value\":{\"contacts\":2,\"messages\":["
	    "{\"b\":1}]}}]}]}", 1);
	assert_int_equal(notification_update_count(n), 2);
	assert_span(update.bytes, "{\"b\":1}");
	assert_span(update.field, "\"g\"");
	assert_int_equal(update.value.count, 1);
	assert_span(update.value.list[0], "\"contacts\":2");
}

static void
takes_field_and_value_of_an_entry(void **state)
{
	(void)state;
	take("{\"object\":\"i\",\"entry\":[{\"u\":0,\"value\":{\"a\":1},"
	    "\"id\":5,\"field\":\"f\",\"w\":9,\"time\":7}]}", 0);
	assert_int_equal(notification_update_count(n), 1);
	assert_int_equal(update.array, UPDATE_FIELD);
	assert_span(update.field, "\"f\"");
	assert_span(update.bytes, "{\"a\":1}");
	assert_span(update.entry_id, "5");
	assert_span(update.entry_time, "7");
	assert_int_equal(update.entry.count, 2);
	assert_span(update.entry.list[0], "\"u\":0");
	assert_span(update.entry.list[1], "\"w\":9");
	/* Beside an array they are ordinary members. */
	take("{\"entry\":[{\"id\":5,\"field\":7,\"value\":[]," ITEM "}]}", 0);
	assert_int_equal(update.array, UPDATE_CHANGES);
	assert_int_equal(update.entry.count, 2);
}

#define THREADS(values) "{\"app_id\":1,\"time\":2,\"values\":" values \
	",\"target_id\":\"3\",\"topic\":\"t\"}"

static void
takes_values_of_threads(void **state)
{
	size_t i;

	(void)state;
	take(THREADS("{\"value\":[1],\"field\":\"f\"}"), 0);
	assert_int_equal(notification_update_count(n), 1);
	assert_int_equal(update.array, UPDATE_VALUES);
	assert_span(update.field, "\"f\"");
	assert_span(update.bytes, "[1]");
	assert_span(update.entry_id, "3");
	assert_span(update.entry_time, "2");
	assert_int_equal(update.entry.count, 0);
	assert_int_equal(update.envelope.count, 2);
	assert_span(update.envelope.list[0], "\"app_id\":1");
	assert_span(update.envelope.list[1], "\"topic\":\"t\"");
	assert_int_equal(count_of(THREADS("[{\"field\":\"g\",\"value\":0},"
	    "{\"value\":1}]")), 2);
	for (i = 0; i < 2; i++) {
		notification_update(n, i, &update);
		assert_span(update.field, i == 0 ? "\"g\"" : NULL);
		assert_span(update.bytes, i == 0 ? "0" : "1");
		assert_span(update.entry_id, "3");
	}
}

static void
keeps_odd_threads_whole(void **state)
{
	static const char *const bodies[] = { THREADS("[]"), THREADS("{}"),
	    THREADS("7"), THREADS("[1]"), THREADS("{\"field\":\"f\"}"),
	    THREADS("{\"value\":1,\"field\":1}"),
	    THREADS("{\"value\":1,\"x\":1}"),
	    THREADS("{\"value\":1,\"value\":1}"),
	    THREADS("{\"value\":1},\"values\":{\"value\":1}"),
	    THREADS("{\"value\":1},\"entry\":[{\"id\":1," ITEM "}]"),
	    "{\"values\":{\"value\":1}}",
	    "{\"target_id\":null,\"values\":{\"value\":1}}",
	    "{\"target_id\":1,\"time\":[],\"values\":{\"value\":1}}", NULL };

	(void)state;
	all_whole(bodies);
}

static void
takes_each_body_of_an_array(void **state)
{
	static const char *const whole[] = {
	    "[{\"entry\":[{\"id\":1," ITEM "}]},{\"object\":\"p\"}]",
	    "[{\"entry\":[{\"id\":1," ITEM "}]},1]",
	    "[[{\"entry\":[{\"id\":1," ITEM "}]}]]", NULL };

	(void)state;
	take("[{\"object\":\"p\",\"x\":1,\"entry\":[{\"id\":1," ITEM "}]},"
	    THREADS("{\"value\":1}") "]", 0);
	assert_int_equal(notification_update_count(n), 2);
	assert_null(notification_object(n).bytes);
	assert_span(update.object, "\"p\"");
	assert_int_equal(update.envelope.count, 1);
	notification_update(n, 1, &update);
	assert_span(update.object, NULL);
	assert_span(update.entry_id, "3");
	assert_int_equal(update.envelope.count, 2);
	assert_span(update.envelope.list[0], "\"app_id\":1");
	all_whole(whole);
}

/* ---- the sum of updates that are not returned ---- */

static const struct repeat_sum *
sum_of(const char *body)
{
	assert_int_equal(notification_parse(n, body, strlen(body), false),
	    ERR_NONE);
	assert_int_equal(notification_update_count(n), 0);
	return notification_sum(n);
}

#define OWN "{\"message\":{\"mid\":\"m\"}}"

static void
sums_up_what_is_kept_whole(void **state)
{
	(void)state;
	assert_true(repeat_sum_has_key(sum_of("{\"entry\":[{\"id\":1,"
	    "\"messaging\":[" OWN "," OWN "]}]}")));
	assert_false(repeat_sum_has_key(sum_of("{\"entry\":[{\"id\":1,"
	    "\"messaging\":[" OWN ",{}]}]}")));
	assert_false(repeat_sum_has_key(sum_of("{\"entry\":[{\"id\":1,"
	    "\"messaging\":[" OWN "]},{\"id\":1," ITEM "}]}")));
	assert_int_equal(sum_of("{\"entry\":[{\"id\":1,\"messaging\":["
	    OWN "]},{\"id\":2}]}")->updates, 0);
	assert_int_equal(sum_of("{}")->updates, 0);
	/* Time and id may follow what they belong to. */
	assert_true(sum_of("{\"entry\":[{" ITEM ",\"time\":1,\"id\":1}]}")->
	    distinct);
	assert_false(sum_of("{\"entry\":[{" ITEM ",\"time\":1,\"id\":0}]}")->
	    no_sample);
}

static void
looks_no_further_than_it_has_to(void **state)
{
	char *body = malloc(1 << 20), *p = body;
	size_t i;

	(void)state;
	assert_non_null(body);
	p += sprintf(p, "{\"entry\":[");
	for (i = 0; i < 1000; i++)
		p += sprintf(p, "%s{\"id\":1,\"time\":1,"
		    "\"changes\":[\"%050d\"]}", i > 0 ? "," : "", 0);
	(void)strcpy(p, "],\"object\":\"late\"}");
	assert_in_range(sum_of(body)->updates, 40, 60);
	assert_span(notification_object(n), "\"late\"");
	free(body);
}

static void
finds_the_pieces_around_times(void **state)
{
	static const char body[] = "[{\"entry\":[{\"time\" : 12,\"id\":1,"
	    "\"messaging\":[" OWN "]},{\"id\":2,\"messaging\":[" OWN "],"
	    "\"time\":\"x\"}]},{\"entry\":[{\"id\":1,\"standby\":[" OWN
	    "]}]}]";
	struct span pieces[8];

	(void)state;
	assert_true(repeat_sum_has_key(sum_of(body)));
	assert_int_equal(notification_pieces(n, pieces), 3);
	assert_span(pieces[0], "[{\"entry\":[{\"time\" : ");
	assert_span(pieces[1], ",\"id\":1,\"messaging\":[" OWN "]},{\"id\":2,"
	    "\"messaging\":[" OWN "],\"time\":");
	assert_span(pieces[2], "}]},{\"entry\":[{\"id\":1,\"standby\":[" OWN
	    "]}]}]");
}

static void
keeps_long_numbers_as_they_are(void **state)
{
	(void)state;
	take("{\"entry\":[{\"id\":-92233720368547758079,\"time\":1e400,"
	    ITEM "}]}", 0);
	assert_span(update.entry_id, "-92233720368547758079");
	assert_span(update.entry_time, "1e400");
}

static void
hands_out_other_times_as_they_are(void **state)
{
	(void)state;
	take("{\"entry\":[{\"id\":\"\",\"time\":\"1\\u0031\"," ITEM "}]}", 0);
	assert_span(update.entry_id, "");
	assert_span(update.entry_time, "\"1\\u0031\"");
	take("{\"entry\":[{\"id\":1,\"time\":null," ITEM "}]}", 0);
	assert_span(update.entry_time, "null");
}

static void
takes_a_field_from_no_other_place(void **state)
{
	static const char body[] = "{\"entry\":[{\"id\":1,\"field\":\"e\","
	    "\"changes\":[{\"field\":\"a\"},{\"value\":{\"field\":\"b\"}},7,"
	    "[{\"field\":\"c\"}]]}]}";
	size_t i;

	(void)state;
	assert_int_equal(count_of(body), 4);
	for (i = 1; i < 4; i++) {
		notification_update(n, i, &update);
		assert_span(update.field, NULL);
		assert_int_equal(update.entry.count, 1);
	}
}

static void
forgets_the_body_before(void **state)
{
	(void)state;
	take("{\"object\":\"a\",\"entry\":[{\"id\":1,\"time\":2,\"u\":3,"
	    ITEM "}]}\n", 0);
	assert_true(notification_has_newline(n));
	take("{\"entry\":[{\"id\":1," ITEM "}]}", 0);
	assert_false(notification_has_newline(n));
	assert_null(notification_object(n).bytes);
	assert_span(update.entry_time, NULL);
	assert_int_equal(update.entry.count, 0);
	assert_int_equal(notification_parse(n, "{", 1, true), ERR_INPUT);
	assert_int_equal(count_of("{\"object\":\"a\"}"), 0);
}

/* ---- limits ---- */

/* Makes a body: `head`, `item` repeated with commas, `tail`. */
static char *
repeated(const char *head, const char *item, size_t count, const char *tail)
{
	size_t size = strlen(head) + (strlen(item) + 1) * count +
	    strlen(tail) + 1, i;
	char *body = malloc(size), *p;

	assert_non_null(body);
	p = stpcpy(body, head);
	for (i = 0; i < count; i++) {
		if (i > 0)
			*p++ = ',';
		p = stpcpy(p, item);
	}
	(void)strcpy(p, tail);
	return body;
}

static size_t
count_repeated(const char *head, const char *item, size_t count,
    const char *tail)
{
	char *body = repeated(head, item, count, tail);
	size_t updates = count_of(body);

	free(body);
	return updates;
}

static void
limits_the_number_of_updates(void **state)
{
	(void)state;
	assert_int_equal(count_repeated("{\"entry\":[{\"id\":1,\"changes\":[",
	    "0", NOTIFICATION_UPDATES_MAX, "]}]}"), NOTIFICATION_UPDATES_MAX);
	assert_int_equal(count_repeated("{\"entry\":[{\"id\":1,\"changes\":[",
	    "0", NOTIFICATION_UPDATES_MAX + 1, "]}]}"), 0);
	assert_int_equal(count_repeated("{\"entry\":[{\"id\":1,\"messaging\":[",
	    "0", 2000000, "]}]}"), 0);
}

static void
limits_the_number_of_entries(void **state)
{
	(void)state;
	assert_int_equal(count_repeated("{\"entry\":[",
	    "{\"id\":1,\"changes\":[0]}", NOTIFICATION_UPDATES_MAX, "]}"),
	    NOTIFICATION_UPDATES_MAX);
	assert_int_equal(count_repeated("{\"entry\":[",
	    "{\"id\":1,\"changes\":[0]}", NOTIFICATION_UPDATES_MAX + 1, "]}"),
	    0);
	assert_int_equal(count_repeated("{\"entry\":[", "{}", 1400000, "]}"),
	    0);
}

static void
limits_the_number_of_other_members(void **state)
{
	(void)state;
	assert_int_equal(count_repeated(
	    "{\"entry\":[{\"id\":1,\"changes\":[0],",
	    "\"a\":1", NOTIFICATION_MEMBERS_MAX, "}]}"), 1);
	assert_int_equal(count_repeated(
	    "{\"entry\":[{\"id\":1,\"changes\":[0],",
	    "\"a\":1", NOTIFICATION_MEMBERS_MAX + 1, "}]}"), 0);
}

/* Makes 1000 updates, with `length` bytes between `head` and `tail`. */
static size_t
count_heavy(const char *head, size_t length, const char *tail)
{
	char *item = malloc(length + 1), *with_tail;
	size_t updates;

	assert_non_null(item);
	memset(item, '7', length);
	item[length] = '\0';
	with_tail = repeated(tail, "0", 1000, "]}]}");
	updates = count_repeated(head, item, 1, with_tail);
	free(with_tail);
	free(item);
	return updates;
}

static void
limits_what_the_lines_repeat(void **state)
{
	static const char *const heads[][2] = {
	    { "{\"entry\":[{\"u\":\"", "\",\"id\":1,\"changes\":[" },
	    { "{\"entry\":[{\"id\":\"", "\",\"changes\":[" },
	    { "{\"entry\":[{\"id\":1,\"time\":", ",\"changes\":[" },
	    { "{\"object\":\"", "\",\"entry\":[{\"id\":1,\"changes\":[" } };
	const size_t fits = NOTIFICATION_REPEATED_MAX / 1000 - 512 - 16;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		assert_int_equal(count_heavy(heads[i][0], fits, heads[i][1]),
		    1000);
		assert_int_equal(count_heavy(heads[i][0], fits + 20,
		    heads[i][1]), 0);
	}
}

static void
finds_the_object_of_a_body_beyond_the_limits(void **state)
{
	char *body = repeated("{\"entry\":[{\"id\":1,\"changes\":[", "0", 20000,
	    "]}],\"object\":\"late\"}");

	(void)state;
	assert_int_equal(count_of(body), 0);
	assert_span(notification_object(n), "\"late\"");
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_every_documented_shape),
		cmocka_unit_test(refuses_every_truncation_of_a_shape),
		cmocka_unit_test(refuses_text_that_is_not_json),
		cmocka_unit_test(takes_any_value_as_a_notification),
		cmocka_unit_test(takes_the_last_object),
		cmocka_unit_test(takes_the_object_only_from_the_top),
		cmocka_unit_test(finds_the_object_in_a_body_kept_whole),
		cmocka_unit_test(reads_keys_that_are_spelled_with_escapes),
		cmocka_unit_test(counts_escaped_spellings_as_repetitions),
		cmocka_unit_test(does_not_confuse_similar_keys),
		cmocka_unit_test(hands_out_the_others_of_the_top),
		cmocka_unit_test(
		    keeps_bodies_with_nonscalar_extras_whole),
		cmocka_unit_test(keeps_bodies_with_an_odd_top_whole),
		cmocka_unit_test(keeps_bodies_with_an_odd_entry_whole),
		cmocka_unit_test(keeps_bodies_with_repeated_members_whole),
		cmocka_unit_test(keeps_bodies_with_an_empty_or_odd_array_whole),
		cmocka_unit_test(hands_out_the_parts_of_a_change),
		cmocka_unit_test(hands_out_the_parts_of_a_message),
		cmocka_unit_test(hands_out_changed_fields_as_one),
		cmocka_unit_test(keeps_the_order_of_the_body),
		cmocka_unit_test(cuts_whatsapp_into_its_items),
		cmocka_unit_test(cuts_no_change_that_would_lose_something),
		cmocka_unit_test(continues_after_a_change_that_is_not_cut),
		cmocka_unit_test(takes_field_and_value_of_an_entry),
		cmocka_unit_test(takes_values_of_threads),
		cmocka_unit_test(keeps_odd_threads_whole),
		cmocka_unit_test(takes_each_body_of_an_array),
		cmocka_unit_test(sums_up_what_is_kept_whole),
		cmocka_unit_test(looks_no_further_than_it_has_to),
		cmocka_unit_test(finds_the_pieces_around_times),
		cmocka_unit_test(keeps_long_numbers_as_they_are),
		cmocka_unit_test(hands_out_other_times_as_they_are),
		cmocka_unit_test(takes_a_field_from_no_other_place),
		cmocka_unit_test(forgets_the_body_before),
		cmocka_unit_test(limits_the_number_of_updates),
		cmocka_unit_test(limits_the_number_of_entries),
		cmocka_unit_test(limits_the_number_of_other_members),
		cmocka_unit_test(limits_what_the_lines_repeat),
		cmocka_unit_test(finds_the_object_of_a_body_beyond_the_limits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
