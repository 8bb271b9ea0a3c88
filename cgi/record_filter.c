#include "record_filter.h"

#include "payload/json_look.h"
#include "payload/json_string.h"
#include "payload/search.h"
#include "payload/survey.h"

#include <stdlib.h>
#include <string.h>

#define ID_MOST 4096		/* bytes of a string with escapes to compare */

struct filter {
	struct filter_options options;
	struct search *search;	/* NULL: no text */
	struct buffer scratch;
};

/* Which conditions the updates of a record were found to meet. */
struct sight {
	struct filter *filter;
	bool field, entry, not_field, not_entry;
};

struct filter *
filter_new(const struct filter_options *options)
{
	struct filter *filter = calloc(1, sizeof *filter);

	if (filter == NULL)
		return NULL;
	filter->options = *options;
	if (options->text == NULL)
		return filter;
	filter->search = search_new(options->text, strlen(options->text));
	if (filter->search == NULL) {
		filter_free(filter);
		return NULL;
	}
	return filter;
}

void
filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	search_free(filter->search);
	buffer_free(&filter->scratch);
	free(filter);
}

bool
filter_is_set(const struct filter *filter)
{
	const struct filter_options *options = &filter->options;

	return options->object.count + options->field.count +
	    options->entry.count + options->endpoint.count +
	    options->not_object.count + options->not_field.count +
	    options->not_entry.count + options->not_endpoint.count > 0 ||
	    filter->search != NULL;
}

const struct filter_options *
filter_options(const struct filter *filter)
{
	return &filter->options;
}

bool
texts_has(const struct texts *list, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strlen(list->texts[i]) == length &&
		    memcmp(list->texts[i], text, length) == 0)
			return true;
	return false;
}

/* Whether the list has this string; `inside` is JSON without the quotes. */
static bool
has(struct filter *filter, const struct texts *list, struct span inside)
{
	if (list->count == 0 || inside.bytes == NULL)
		return false;
	if (memchr(inside.bytes, '\\', inside.length) == NULL)
		return texts_has(list, inside.bytes, inside.length);
	filter->scratch.length = 0;
	return json_string_append(&filter->scratch, inside, ID_MOST) ==
	    ERR_NONE && texts_has(list, filter->scratch.bytes,
	    filter->scratch.length);
}

/* ---- what each update has ---- */

static void
see_field(struct sight *sight, struct span token)
{
	const struct filter_options *options = &sight->filter->options;
	struct span inside;

	if (!json_begins(token, '"'))
		return;
	inside = json_string_inside(token);
	sight->field |= has(sight->filter, &options->field, inside);
	sight->not_field |= has(sight->filter, &options->not_field, inside);
}

static void
on_changed_field(void *context, struct span value)
{
	see_field(context, value);
}

static void
on_update(void *context, const struct survey_update *update)
{
	struct sight *sight = context;
	const struct filter_options *options = &sight->filter->options;

	see_field(sight, update->field);
	if (update->array == UPDATE_CHANGED_FIELDS)
		(void)json_each(update->item, on_changed_field, sight);
	sight->entry |= has(sight->filter, &options->entry, update->entry_id);
	sight->not_entry |= has(sight->filter, &options->not_entry,
	    update->entry_id);
}

static bool
updates_pass(struct filter *filter, const struct record *record)
{
	const struct filter_options *options = &filter->options;
	struct sight sight = { .filter = filter };

	if (options->field.count + options->not_field.count +
	    options->entry.count + options->not_entry.count == 0)
		return true;
	(void)survey(record, on_update, &sight);
	return (sight.field || options->field.count == 0) &&
	    (sight.entry || options->entry.count == 0) &&
	    !sight.not_field && !sight.not_entry;
}

/* ---- the record ---- */

/* Whether the text is in what the sender wrote, not in what hookline added. */
static bool
text_passes(const struct filter *filter, const struct record *record)
{
	const struct span parts[] = { record->payload, record->update,
	    record->value, record->entry, record->envelope, record->object,
	    record->field, record->entry_id };
	size_t i;

	if (filter->search == NULL)
		return true;
	for (i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (search_finds(filter->search, parts[i]))
			return true;
	return false;
}

/* For kinds of which a record has one value: whether that passes both lists. */
static bool
passes(struct filter *filter, const struct texts *wanted,
    const struct texts *unwanted, struct span inside)
{
	return (wanted->count == 0 || has(filter, wanted, inside)) &&
	    !has(filter, unwanted, inside);
}

bool
filter_may_pass(const struct filter *filter, struct span line)
{
	return filter->search == NULL ||
	    search_may_find(filter->search, line);
}

bool
filter_passes(struct filter *filter, const struct record *record)
{
	const struct filter_options *options = &filter->options;
	struct span object = record->object;

	if (object.bytes != NULL)
		object = json_string_inside(object);
	return passes(filter, &options->object, &options->not_object,
	    object) && passes(filter, &options->endpoint,
	    &options->not_endpoint, record->endpoint) &&
	    updates_pass(filter, record) && text_passes(filter, record);
}
