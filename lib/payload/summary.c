#include "payload/summary.h"

#include "payload/json_string.h"
#include "payload/summary_phrase.h"

#define KEPT ((size_t)64 << 10)	/* bytes that are kept for the next summary */

static const struct span absent;

/* Where a text of the summary is, while the buffer may still move. */
struct place {
	size_t start, length;
};

static void
on_update(void *context, const struct survey_update *update)
{
	struct survey_update *first = context;

	/* Every update has an item, so `first` is still empty. */
	if (first->item.bytes == NULL)
		*first = *update;
}

/* The field; for changed_fields, the first one. */
static struct span
field_of(const struct survey_update *update)
{
	struct span field = update->field;

	if (update->array == UPDATE_CHANGED_FIELDS)
		field = json_at(update->item, "0");
	return json_begins(field, '"') ? json_string_inside(field) : absent;
}

/* ---- kind and words ---- */

static const struct phrase *
say_one(struct scene *scene, const struct phrase *phrases)
{
	const struct phrase *it;

	for (it = phrases; it->words != NULL; it++)
		if (scene_meets(scene, &it->when[0]) &&
		    scene_meets(scene, &it->when[1]) &&
		    scene_say(scene, it->words))
			return it;
	return NULL;
}

static bool
applies(const struct topic *topic, const struct scene *scene)
{
	const struct survey_update *update = scene->update;

	return (topic->object == NULL || (update->object.bytes != NULL &&
	    json_string_is(update->object, topic->object))) &&
	    (topic->arrays == 0 || topic->arrays & ARRAY(update->array)) &&
	    scene_meets(scene, &topic->when);
}

/* The words, by the first topic that has some. */
static const struct topic *
say_words(struct scene *scene, const struct phrase **phrase)
{
	static const struct topic *const tables[] = { check_topics,
	    whatsapp_topics, messaging_topics, page_topics, other_topics };
	const struct topic *topic;
	size_t i;

	for (i = 0; i < sizeof tables / sizeof tables[0]; i++)
		for (topic = tables[i]; topic->name != NULL; topic++) {
			if (!applies(topic, scene))
				continue;
			scene->who = topic->who;
			*phrase = say_one(scene, topic->phrases);
			if (*phrase != NULL)
				return topic;
		}
	return NULL;
}

static void
put(struct scene *scene, const char *text)
{
	scene_put(scene, text, strlen(text));
}

static void
put_kind(struct scene *scene, const struct topic *topic,
    const struct phrase *phrase)
{
	const char *noun = phrase->noun != NULL ? phrase->noun : topic->noun;
	struct span field = field_of(scene->update);

	put(scene, topic->name);
	if (noun != NULL ? *noun == '\0' : field.bytes == NULL)
		return;
	put(scene, " ");
	if (noun != NULL)
		put(scene, noun);
	else
		scene_put_text(scene, field);
}

/* Of an update that no topic knows. */
static void
put_unknown(struct scene *scene)
{
	struct span name = field_of(scene->update);

	if (name.bytes == NULL && scene->update->object.bytes != NULL)
		name = json_string_inside(scene->update->object);
	put(scene, "Unknown");
	if (name.bytes != NULL) {
		put(scene, ": ");
		scene_put_text(scene, name);
	}
}

static void
put_kind_and_words(struct scene *scene, struct place *kind,
    struct place *words)
{
	const struct phrase *phrase = NULL;
	const struct topic *topic;

	words->start = scene->out->length;
	topic = say_words(scene, &phrase);
	if (topic == NULL && !scene_say(scene, "{*}"))
		put(scene, "nothing");
	words->length = scene->out->length - words->start;
	kind->start = scene->out->length;
	if (topic != NULL)
		put_kind(scene, topic, phrase);
	else
		put_unknown(scene);
	kind->length = scene->out->length - kind->start;
}

/* ---- the whole ---- */

static struct place
put_place(struct scene *scene, struct span inside)
{
	struct place place = { scene->out->length, 0 };

	if (inside.bytes != NULL)
		scene_put_text(scene, inside);
	place.length = scene->out->length - place.start;
	return place;
}

static struct span
span_of(const struct summary *summary, struct place place)
{
	return (struct span){ summary->text.bytes + place.start,
	    place.length };
}

enum error
summary_make(struct summary *summary, const struct record *record)
{
	struct survey_update first = { .array = UPDATE_ARRAYS };
	struct place object, field, entry, kind, words;
	struct scene scene;

	buffer_reset(&summary->text, KEPT);
	summary->more = survey(record, on_update, &first) - 1;
	scene_begin(&scene, &first, &summary->text);
	object = put_place(&scene, first.object.bytes == NULL ? absent :
	    json_string_inside(first.object));
	field = put_place(&scene, field_of(&first));
	entry = put_place(&scene, first.entry_id);
	put_kind_and_words(&scene, &kind, &words);
	if (scene.failed)
		return ERR_MEMORY;
	summary->object = span_of(summary, object);
	summary->field = span_of(summary, field);
	summary->entry = span_of(summary, entry);
	summary->kind = span_of(summary, kind);
	summary->words = span_of(summary, words);
	return ERR_NONE;
}

void
summary_free(struct summary *summary)
{
	buffer_free(&summary->text);
	*summary = (struct summary){ 0 };
}
