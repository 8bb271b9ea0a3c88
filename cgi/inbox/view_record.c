#include "inbox/view_parts.h"

#include "inbox/left_out_text.h"
#include "payload/json_string.h"
#include "payload/summary.h"
#include "payload/survey.h"

#include <inttypes.h>
#include <string.h>

#define NAMES_MOST 6		/* fields, and entries, that are shown */

/* Texts that all differ, in the order in which they came. */
struct names {
	struct span list[NAMES_MOST];
	size_t count;
	bool more;
};

struct found {
	struct names fields, entries;
};

static void
add_name(struct names *names, struct span name)
{
	size_t i;

	if (name.bytes == NULL)
		return;
	for (i = 0; i < names->count; i++)
		if (names->list[i].length == name.length &&
		    memcmp(names->list[i].bytes, name.bytes, name.length) == 0)
			return;
	if (names->count == NAMES_MOST)
		names->more = true;
	else
		names->list[names->count++] = name;
}

static void
on_update(void *context, const struct survey_update *update)
{
	struct found *found = context;

	if (update->field.bytes != NULL)
		add_name(&found->fields, json_string_inside(update->field));
	add_name(&found->entries, update->entry_id);
}

/* ---- the line below the heading ---- */

/* A name as a link to all records with the same name. A name that is too long
 * for a link is plain text. */
static void
put_search(struct html *html, enum ask_text text, const char *title,
    struct span name)
{
	struct ask ask = { .kind = ASK_PAGE, .from = INT64_MIN,
	    .to = INT64_MAX };

	if (name.length == 0 || name.length > ASK_TEXT_MAX ||
	    memchr(name.bytes, '\0', name.length) != NULL) {
		html_bdi(html, "name", name);
		return;
	}
	memcpy(ask.texts[text], name.bytes, name.length);
	html_format(html, "<a title=\"%s\" href=\"", title);
	html_link(html, &ask);
	html_put(html, "\">");
	html_bdi(html, "name", name);
	html_put(html, "</a>");
}

/* The same for the inside of a JSON string. */
static void
put_inside(struct html *html, enum ask_text text, const char *title,
    struct span inside)
{
	struct buffer spelled = { 0 };

	html_put(html, "<span class=\"fact\">");
	if (json_string_append(&spelled, inside, ASK_TEXT_MAX + 1) != ERR_NONE)
		html->failed = true;
	else
		put_search(html, text, title, (struct span){ spelled.bytes,
		    spelled.length });
	buffer_free(&spelled);
	html_put(html, "</span>\n");
}

static void
put_names(struct html *html, enum ask_text text, const char *title,
    const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		put_inside(html, text, title, names->list[i]);
	if (names->more)
		html_put(html, "<span class=\"fact\">and more</span>\n");
}

static void
put_meta(struct html *html, const struct record *record)
{
	struct span json = record->update.bytes != NULL ? record->update :
	    record->payload;
	struct found found = { .fields = { .count = 0 } };

	(void)survey(record, on_update, &found);
	html_put(html, "<p class=\"meta\" id=\"meta\"><span class=\"fact\">");
	html_time(html, record->received_at, HTML_FULL);
	html_put(html, "</span>\n<span class=\"fact\">");
	html_size(html, json.length);
	html_put(html, "</span>\n");
	put_inside(html, ASK_ENDPOINT, "All of this endpoint",
	    record->endpoint);
	if (record->object.bytes != NULL)
		put_inside(html, ASK_OBJECT, "All of this object",
		    json_string_inside(record->object));
	put_names(html, ASK_FIELD, "All of this field", &found.fields);
	put_names(html, ASK_ENTRY, "All of this entry", &found.entries);
	html_put(html, "</p>\n");
}

/* ---- the content ---- */

/* Comes after a tree that is cut: how much it shows, or, with show=all, the
 * rest without colours. */
static void
put_rest(struct html *html, const struct view *view, struct span json,
    struct view_shown shown)
{
	struct ask ask = *view->ask;

	if (!shown.cut)
		return;
	if (view->ask->all) {
		html_put(html, "<p class=\"note\">The rest, as it was "
		    "sent:</p>\n<pre class=\"rest\" id=\"rest\" dir=\"ltr\">");
		html_text(html, (struct span){ json.bytes + shown.bytes,
		    json.length - shown.bytes });
		html_put(html, "</pre>\n");
		return;
	}
	ask.all = true;
	html_put(html, "<p class=\"note\" id=\"cut\">Shown: the first ");
	html_size(html, shown.bytes);
	html_put(html, " of ");
	html_size(html, json.length);
	html_put(html, ". <a class=\"button\" id=\"all\" href=\"");
	html_link(html, &ask);
	html_put(html, "\">Show all</a></p>\n");
}

static void
put_json(struct html *html, const struct view *view, const char *label,
    struct span json)
{
	struct view_shown shown;

	if (json.bytes == NULL)
		return;
	shown = view_json(html, label, json, view->ask->all ? SIZE_MAX :
	    VIEW_JSON_MOST);
	put_rest(html, view, json, shown);
}

static void
put_content(struct html *html, const struct view *view)
{
	const struct record *record = &view->chosen->record;

	html_put(html, "<div id=\"payload\">\n");
	put_json(html, view, "payload", record->payload);
	put_json(html, view, "update", record->update);
	put_json(html, view, "field", record->update.bytes != NULL ?
	    record->field : (struct span){ NULL, 0 });
	put_json(html, view, "value", record->value);
	put_json(html, view, "entry", record->entry);
	put_json(html, view, "envelope", record->envelope);
	html_put(html, "</div>\n");
}

/* ---- the whole ---- */

/* A link back to the list, at the record's row. */
static void
put_back(struct html *html, const struct view *view)
{
	struct ask ask = *view->ask;

	ask.seq = 0;
	ask.all = false;
	html_put(html, "<a class=\"button\" id=\"back\" href=\"");
	html_link(html, &ask);
	html_format(html, "#r%" PRIu64 "\">\342\200\271 Back</a>\n",
	    view->ask->seq);
}

static void
put_chosen(struct html *html, const struct view *view)
{
	const struct record *record = &view->chosen->record;
	struct summary summary = { 0 };

	if (summary_make(&summary, record) != ERR_NONE) {
		html->failed = true;
		return;
	}
	html_format(html, "<header>\n<h2 id=\"title\" tabindex=\"-1\">"
	    "<span class=\"seq\">#%" PRIu64 "</span> ", record->seq);
	html_bdi(html, "words", summary.words);
	html_put(html, "</h2>\n<p class=\"kinds\">");
	html_bdi(html, "kind", summary.kind);
	if (summary.more > 0)
		html_format(html, " <span class=\"more\">+%zu</span>",
		    summary.more);
	html_put(html, "</p>\n");
	summary_free(&summary);
	put_meta(html, record);
	view_actions(html, view);
	html_put(html, "</header>\n");
	put_content(html, view);
	view_facts(html, view);
}

/* Says why the record that was asked for cannot be shown. */
static void
put_missing(struct html *html, const struct view *view)
{
	char text[LEFT_OUT_TEXT_MAX];
	bool missing = view->chosen_error == ERR_MISSING;

	left_out_text(&view->chosen_left_out, text);
	html_format(html, "<h2 id=\"title\" tabindex=\"-1\">%s %" PRIu64
	    "%s</h2>\n<p class=\"quiet\" id=\"missing\">", missing &&
	    *text == '\0' ? "There is no record" : "Record", view->ask->seq,
	    !missing ? " cannot be read" : *text != '\0' ?
	    " cannot be found" : "");
	if (view->chosen_error == ERR_DAMAGED)
		html_put(html, "Its line in the journal is not a record. ");
	else if (view->chosen_error == ERR_BUSY)
		html_put(html, "It is in a large compressed file, and took "
		    "too long to find. ");
	else if (*text != '\0')
		html_put(html, "It may be in what could not be read. ");
	else
		html_put(html, "It has been removed, or nothing with that "
		    "number has been stored yet.");
	html_string(html, text);
	html_put(html, "</p>\n");
}

void
view_record(struct html *html, const struct view *view)
{
	html_put(html, "<article id=\"record\" aria-label=\"Record\">\n");
	if (view->ask->seq != 0)
		put_back(html, view);
	if (view->chosen != NULL) {
		put_chosen(html, view);
	} else if (view->chosen_error != ERR_NONE) {
		put_missing(html, view);
	} else if (view->found->count > 0) {
		html_put(html, "<p class=\"quiet\" id=\"unchosen\">Choose a "
		    "record to see what was sent.</p>\n");
	}
	html_put(html, "</article>\n");
}
