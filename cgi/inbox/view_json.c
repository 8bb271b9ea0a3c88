#include "inbox/view_parts.h"

#include "payload/json.h"
#include "payload/json_string.h"

#include <stdio.h>
#include <string.h>

#define COUNT_ROOM 12		/* bytes for a count: "{1234567}" */
#define OPEN_ROWS 500		/* after these, containers are folded at first,
				 * which costs a browser little, */
#define OPEN_DEPTH 2		/* except for these outermost ones */
#define REPLACEMENT "\357\277\275"	/* U+FFFD */
#define ELLIPSIS "\342\200\246"		/* U+2026 */

/* A container that has not ended yet. */
struct level {
	bool shown;		/* it has a row */
	size_t row;		/* where the row begins in the page */
	size_t room;		/* where the count goes, once it is known */
	size_t count;		/* values in it so far */
};

struct tree {
	struct html *html;
	const char *label;
	struct span json;
	size_t most;
	size_t rows;
	struct view_shown shown;
	struct level levels[JSON_DEPTH_MAX + 1];
};

/* ---- strings ---- */

/* The length of the escape at `at`; 0 if it is cut short, after `room`
 * bytes. */
static size_t
escape_length(const char *at, size_t room)
{
	size_t length = room >= 2 && at[1] == 'u' ? 6 : 2;

	if (length > room)
		return 0;
	/* This is half a character; the other half may come next. */
	if (length == 6 && room >= 12 && (at[2] | 0x20) == 'd' &&
	    strchr("89abAB", at[3]) != NULL && at[6] == '\\' && at[7] == 'u')
		return 12;
	return length;
}

/* Whether the character that an escape spells can be shown in its place. */
static bool
is_readable(struct span escape, struct span spelled)
{
	return (escape.bytes[1] == 'u' || escape.bytes[1] == '/') &&
	    (unsigned char)spelled.bytes[0] >= ' ' &&
	    spelled.bytes[0] != '"' && spelled.bytes[0] != '\\' &&
	    memmem(spelled.bytes, spelled.length, REPLACEMENT,
	    strlen(REPLACEMENT)) == NULL;
}

static void
put_escape(struct tree *tree, struct span escape)
{
	struct buffer spelled = { 0 };
	struct span text;

	if (json_string_append(&spelled, escape, 16) != ERR_NONE) {
		tree->html->failed = true;
		return;
	}
	text = (struct span){ spelled.bytes, spelled.length };
	html_text(tree->html, is_readable(escape, text) ? text : escape);
	buffer_free(&spelled);
}

/* How many bytes of a run are whole characters. */
static size_t
whole_characters(const char *run, size_t length)
{
	while (length > 0 && ((unsigned char)run[length] & 0xc0) == 0x80)
		length--;
	return length;
}

/* The inside of a string, but at most `most` bytes of it. */
static void
put_inside(struct tree *tree, struct span inside, size_t most)
{
	bool cut = inside.length > most;
	size_t end = cut ? whole_characters(inside.bytes, most) :
	    inside.length;
	const char *escape;
	size_t at = 0, length;

	while (at < end) {
		escape = memchr(inside.bytes + at, '\\', end - at);
		length = escape == NULL ? end - at :
		    (size_t)(escape - inside.bytes) - at;
		html_text(tree->html, (struct span){ inside.bytes + at,
		    length });
		at += length;
		if (escape == NULL)
			break;
		length = escape_length(escape, end - at);
		if (length == 0)
			break;
		put_escape(tree, (struct span){ escape, length });
		at += length;
	}
	if (cut)
		html_put(tree->html, ELLIPSIS);
}

/* ---- rows ---- */

static size_t
offset_of(const struct tree *tree, const char *at)
{
	return (size_t)(at - tree->json.bytes);
}

/* The name of a value: its key, its place in an array, or the tree's label. */
static void
put_name(struct tree *tree, const struct json_value *value)
{
	struct html *html = tree->html;

	if (value->depth == 0) {
		html_format(html, "<b class=\"label\">%s</b>", tree->label);
	} else if (value->key.bytes != NULL) {
		struct span inside = json_string_inside(value->key);

		html_put(html, "<bdi class=\"key\">");
		if (inside.length == 0)
			html_string(html, "\"\"");
		put_inside(tree, inside, inside.length);
		html_put(html, "</bdi>");
	} else {
		html_format(html, "<i class=\"at\">%zu</i>",
		    tree->levels[value->depth - 1].count - 1);
	}
}

/*
 * Counts a value in its container. False if it gets no row, since the tree ends
 * before it.
 */
static bool
begin_value(struct tree *tree, const struct json_value *value)
{
	const char *begin = value->key.bytes != NULL ? value->key.bytes :
	    value->bytes.bytes;

	if (value->depth > 0)
		tree->levels[value->depth - 1].count++;
	if (tree->shown.cut)
		return false;
	if (offset_of(tree, begin) >= tree->most ||
	    tree->rows == VIEW_JSON_ROWS) {
		tree->shown.cut = true;
		tree->shown.bytes = offset_of(tree, begin);
		return false;
	}
	tree->rows++;
	return true;
}

static void
put_string(struct tree *tree, struct span token)
{
	size_t begin = offset_of(tree, token.bytes) + 1;
	struct span inside = json_string_inside(token);

	html_put(tree->html, "<bdi class=\"str\">&quot;");
	put_inside(tree, inside, tree->most > begin ? tree->most - begin : 0);
	html_put(tree->html, "&quot;</bdi>");
	if (begin + inside.length > tree->most) {
		tree->shown.cut = true;
		tree->shown.bytes = tree->most;
	}
}

static void
put_scalar(struct tree *tree, const struct json_value *value)
{
	struct html *html = tree->html;

	html_put(html, "<div class=\"row\">");
	put_name(tree, value);
	html_put(html, ": ");
	if (value->kind == JSON_STRING) {
		put_string(tree, value->bytes);
	} else {
		html_format(html, "<span class=\"%s\">",
		    value->kind == JSON_NUMBER ? "num" : "lit");
		html_text(html, value->bytes);
		html_put(html, "</span>");
	}
	html_put(html, "</div>\n");
}

/* ---- containers ---- */

static bool
on_open(void *context, const struct json_value *value)
{
	struct tree *tree = context;
	struct html *html = tree->html;
	struct level *level = &tree->levels[value->depth];
	bool folded = tree->rows > OPEN_ROWS && value->depth >= OPEN_DEPTH;

	*level = (struct level){ .shown = begin_value(tree, value),
	    .row = html->out->length };
	if (!level->shown)
		return false;
	html_format(html, "<details%s><summary>", folded ? "" : " open");
	put_name(tree, value);
	html_put(html, " <span class=\"count\">");
	level->room = html->out->length;
	html_format(html, "%*s</span></summary><div class=\"in\">\n",
	    COUNT_ROOM, "");
	return true;
}

static void
close_container(struct tree *tree, const struct json_value *value)
{
	struct level *level = &tree->levels[value->depth];
	bool object = value->kind == JSON_OBJECT;
	struct html *html = tree->html;
	char count[32];
	int length = snprintf(count, sizeof count, object ? "{%zu}" : "[%zu]",
	    level->count);

	if (!level->shown || html->failed)
		return;
	/* An empty container has nothing to fold. */
	if (level->count == 0) {
		html->out->length = level->row;
		html_put(html, "<div class=\"row\">");
		put_name(tree, value);
		html_format(html, ": <span class=\"count\">%s</span></div>\n",
		    object ? "{}" : "[]");
		return;
	}
	if (length <= COUNT_ROOM)
		memcpy(html->out->bytes + level->room, count, (size_t)length);
	html_put(html, "</div></details>\n");
}

static void
on_value(void *context, const struct json_value *value)
{
	struct tree *tree = context;

	if (value->kind == JSON_ARRAY || value->kind == JSON_OBJECT)
		close_container(tree, value);
	else if (begin_value(tree, value))
		put_scalar(tree, value);
}

struct view_shown
view_json(struct html *html, const char *label, struct span json, size_t most)
{
	struct tree tree = { .html = html, .label = label, .json = json,
	    .most = most, .shown = { .bytes = json.length } };
	const struct json_visitor visitor = { on_open, on_value, &tree, true };

	html_put(html, "<div class=\"json\" dir=\"ltr\">\n");
	(void)json_scan(json.bytes, json.length, &visitor, NULL);
	html_put(html, "</div>\n");
	return tree.shown;
}
