#include "payload/summary_phrase.h"

#include "base/digits.h"
#include "payload/json_string.h"

#include <string.h>

#define TEXT_MOST 4096		/* bytes of one text */
#define NAME_MOST 100		/* of one name in a list */
#define PATH_SIZE 80
#define LAST_SHOWN 4		/* characters of an id that is cut */
#define ELLIPSIS "\342\200\246"	/* U+2026 */

static const struct span absent;

void
scene_begin(struct scene *scene, const struct survey_update *update,
    struct buffer *out)
{
	scene->update = update;
	scene->contact = whatsapp_contact(update);
	scene->who = NULL;
	scene->out = out;
	scene->failed = false;
	json_members(update->item, &scene->members);
}

void
scene_put(struct scene *scene, const char *bytes, size_t length)
{
	scene->failed |= buffer_append(scene->out, bytes, length) != ERR_NONE;
}

/* Makes one blank of all white space in a row, from `start` on. */
static void
fold(struct buffer *out, size_t start)
{
	size_t from, to = start;
	bool blank = false;

	for (from = start; from < out->length; from++) {
		char byte = out->bytes[from];

		if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
			blank = true;
			continue;
		}
		if (blank && to > start)
			out->bytes[to++] = ' ';
		blank = false;
		out->bytes[to++] = byte;
	}
	out->length = to;
}

static void
put_inside(struct scene *scene, struct span inside, size_t most)
{
	size_t start = scene->out->length;

	scene->failed |= json_string_append(scene->out, inside, most) !=
	    ERR_NONE;
	fold(scene->out, start);
}

void
scene_put_text(struct scene *scene, struct span inside)
{
	put_inside(scene, inside, TEXT_MOST);
}

/* ---- values ---- */

static struct span
value_at(const struct scene *scene, const char *path)
{
	char name[PATH_SIZE];
	size_t length = strcspn(path, ".");
	struct span value;

	if (*path == ':')
		return scene->update->field;
	if (*path == '@')
		return json_at(scene->update->around, path + 1);
	if (*path == '%')
		return json_at(scene->contact, path + 1);
	if (*path == '\0' || !json_begins(scene->update->item, '{'))
		return json_at(scene->update->item, path);
	memcpy(name, path, length);
	name[length] = '\0';
	value = json_find(&scene->members, name);
	return json_at(value, path + length + (path[length] == '.'));
}

/* What a string holds, or a number, true or false is. */
static struct span
text_of(struct span value)
{
	if (json_begins(value, '"'))
		return json_string_inside(value);
	if (json_begins(value, '{') || json_begins(value, '[') ||
	    span_is(value, "null"))
		return absent;
	return value;
}

bool
scene_meets(const struct scene *scene, const struct condition *condition)
{
	struct span value;

	if (condition->path == NULL)
		return true;
	value = value_at(scene, condition->path);
	if (value.bytes == NULL || span_is(value, "null"))
		return false;
	if (condition->is == NULL)
		return true;
	return *value.bytes == '"' ? json_string_is(value, condition->is) :
	    span_is(value, condition->is);
}

/* ---- places ---- */

static bool
put_text(struct scene *scene, struct span value)
{
	struct span inside = text_of(value);
	size_t start = scene->out->length;

	if (inside.bytes != NULL)
		scene_put_text(scene, inside);
	return scene->out->length > start;
}

/* Leaves only the last characters of what was appended from `start` on. */
static void
keep_last(struct scene *scene, size_t start)
{
	struct buffer *out = scene->out;
	size_t at = out->length, kept = 0;
	char last[4 * LAST_SHOWN];

	while (at > start && kept < LAST_SHOWN) {
		at--;
		kept += ((unsigned char)out->bytes[at] & 0xc0) != 0x80;
	}
	kept = out->length - at;
	if (at == start || kept > sizeof last)
		return;
	memcpy(last, out->bytes + at, kept);
	out->length = start;
	scene_put(scene, ELLIPSIS, strlen(ELLIPSIS));
	scene_put(scene, last, kept);
}

static const struct { const char *said, *meant; } words[] = {
	{ "add", "added" }, { "edit", "edited" }, { "remove", "removed" },
	{ "delete", "deleted" }, { "hide", "hid" }, { "unhide", "unhid" },
	{ "update", "updated" }, { "block", "blocked" },
	{ "unblock", "unblocked" }, { "mute", "muted" },
	{ "follow", "followed" }, { "status", "a post" },
	{ "post", "a post" }, { "photo", "a photo" }, { "video", "a video" },
	{ "link", "a link" }, { "share", "a share" }, { "note", "a note" },
	{ "album", "an album" }, { "event", "an event" },
	{ "comment", "a comment" }, { "reaction", "a reaction" },
	{ "like", "a like" }, { "question", "a question" },
	{ "offer", "an offer" }, { "coupon", "an offer" },
	{ "milestone", "a milestone" }, { "story", "a story" },
	{ "rating", "a rating" } };

static bool
put_in_words(struct scene *scene, struct span value)
{
	size_t start = scene->out->length, i;

	for (i = 0; json_begins(value, '"') &&
	    i < sizeof words / sizeof words[0]; i++)
		if (json_string_is(value, words[i].said)) {
			scene_put(scene, words[i].meant,
			    strlen(words[i].meant));
			return true;
		}
	if (!put_text(scene, value))
		return false;
	for (i = start; i < scene->out->length; i++) {
		char *byte = &scene->out->bytes[i];

		if (*byte >= 'A' && *byte <= 'Z')
			*byte = (char)(*byte | 0x20);
		else if (*byte == '_')
			*byte = ' ';
	}
	return true;
}

static bool
put_count(struct scene *scene, struct span value)
{
	char digits[DECIMAL_SIZE];

	if (!json_begins(value, '['))
		return false;
	scene_put(scene, digits, decimal_write(json_each(value, NULL, NULL),
	    digits));
	return true;
}

struct listing {
	struct scene *scene;
	size_t start;		/* of the list in the scene's text */
};

static void
put_name(void *context, struct span value)
{
	const struct listing *list = context;
	struct buffer *out = list->scene->out;
	struct span inside = text_of(value);

	if (inside.bytes == NULL || out->length - list->start > TEXT_MOST)
		return;
	if (out->length > list->start)
		scene_put(list->scene, ", ", 2);
	put_inside(list->scene, inside, NAME_MOST);
}

/* {*} */
static bool
put_outline(struct scene *scene)
{
	struct span item = scene->update->item;
	struct listing list = { scene, scene->out->length };
	size_t i;

	if (!json_begins(item, '{') && !json_begins(item, '['))
		return put_text(scene, item);
	(void)json_each(item, put_name, &list);
	for (i = 0; i < scene->members.count; i++)
		put_name(&list, scene->members.list[i].key);
	return scene->out->length > list.start;
}

static bool
put_who(struct scene *scene)
{
	const char *const *phrase = scene->who;

	for (; phrase != NULL && *phrase != NULL; phrase++)
		if (scene_say(scene, *phrase))
			return true;
	scene_put(scene, "somebody", 8);
	return true;
}

/* Fills a place; false if it cannot be filled. */
static bool
fill(struct scene *scene, const char *begin, const char *end)
{
	size_t start = scene->out->length, length = (size_t)(end - begin);
	char path[PATH_SIZE];

	if (length >= sizeof path)
		return false;
	memcpy(path, begin, length);
	path[length] = '\0';
	if (strcmp(path, "who") == 0)
		return put_who(scene);
	switch (*path) {
	case '*':
		return put_outline(scene);
	case '=':
		return put_in_words(scene, value_at(scene, path + 1));
	case '#':
		return put_count(scene, value_at(scene, path + 1));
	case '~':
		if (!put_text(scene, value_at(scene, path + 1)))
			return false;
		keep_last(scene, start);
		return true;
	default:
		return put_text(scene, value_at(scene, path));
	}
}

/* ---- phrases ---- */

/* Says the part of a phrase up to `end`. */
static bool
say_part(struct scene *scene, const char *text, const char *end)
{
	const char *close;
	size_t start, plain;

	while (text < end) {
		if (*text == '[') {
			close = strchr(text, ']');
			start = scene->out->length;
			if (!say_part(scene, text + 1, close))
				scene->out->length = start;
			text = close + 1;
		} else if (*text == '{') {
			close = strchr(text, '}');
			if (!fill(scene, text + 1, close))
				return false;
			text = close + 1;
		} else {
			plain = strcspn(text, "[{");
			if (plain > (size_t)(end - text))
				plain = (size_t)(end - text);
			scene_put(scene, text, plain);
			text += plain;
		}
	}
	return true;
}

bool
scene_say(struct scene *scene, const char *phrase)
{
	size_t start = scene->out->length;

	if (say_part(scene, phrase, phrase + strlen(phrase)))
		return true;
	scene->out->length = start;
	return false;
}
