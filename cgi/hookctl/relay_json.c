/* Relays in JSON, for hookctl relays and hookctl stats; see relay_words.h. */
#include "hookctl/relay_words.h"

#include "base/clock.h"
#include "hookctl/output.h"

static void
put(json_object *object, const char *name, json_object *value)
{
	(void)json_object_object_add(object, name, value);
}

/* Adds a number, or null if it is not known. */
static void
put_number(json_object *object, const char *name, bool known, uint64_t number)
{
	put(object, name, known ? json_object_new_uint64(number) : NULL);
}

static json_object *
buffer_json(struct buffer *text)
{
	json_object *string = json_object_new_string_len(
	    text->bytes != NULL ? text->bytes : "", (int)text->length);

	buffer_free(text);
	return string;
}

static json_object *
to_json(const struct relay *relay)
{
	struct buffer text = { 0 };

	(void)relay_words_to(relay, &text);
	return buffer_json(&text);
}

static json_object *
state_json(const struct relay_facts *facts)
{
	struct buffer text = { 0 };

	relay_words_state(facts, &text);
	return buffer_json(&text);
}

static json_object *
time_json(int64_t time)
{
	char text[CLOCK_RFC3339_LENGTH + 1];

	clock_format(time, text);
	return json_object_new_string(text);
}

json_object *
relay_words_json(const struct relay_facts *facts)
{
	json_object *object = json_object_new_object();

	put(object, "name", json_object_new_string(facts->relay->name));
	put(object, "to", to_json(facts->relay));
	put_number(object, "sent", facts->published, facts->status.sent);
	put_number(object, "behind", facts->counted, facts->behind);
	put(object, "behind_since", facts->behind > 0 ?
	    time_json(facts->oldest_at) : NULL);
	put_number(object, "dead", facts->dead_known, facts->dead);
	put_number(object, "removed", true, facts->removed);
	put(object, "running", json_object_new_boolean(facts->running));
	put(object, "state", json_object_new_string(relay_words_is(facts)));
	put(object, "text", state_json(facts));
	return object;
}

json_object *
relay_words_json_list(const struct relay_facts_list *list)
{
	json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		(void)json_object_array_add(array,
		    relay_words_json(&list->relays[i]));
	return array;
}
