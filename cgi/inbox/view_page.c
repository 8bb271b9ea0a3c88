#include "inbox/view_parts.h"

#include "payload/summary.h"

#include <inttypes.h>

/* ---- the head ---- */

static void
put_title(struct html *html, const struct view *view)
{
	struct summary summary = { 0 };

	html_put(html, "<title>");
	if (view->denied == NULL && view->chosen != NULL) {
		if (summary_make(&summary, &view->chosen->record) != ERR_NONE)
			html->failed = true;
		html_format(html, "#%" PRIu64 " ", view->chosen->record.seq);
		html_attribute(html, summary.words);
		html_put(html, " \302\267 ");
		summary_free(&summary);
	}
	html_put(html, "hookline inbox</title>\n");
}

static void
put_head(struct html *html, const struct view *view)
{
	html_put(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n");
	put_title(html, view);
	html_format(html, "<link rel=\"icon\" type=\"image/svg+xml\" "
	    "href=\"?file=%s\">\n<link rel=\"stylesheet\" href=\"?file=%s\">\n"
	    "<script src=\"?file=%s\" defer></script>\n</head>\n", view->icon,
	    view->style, view->script);
}

/* ---- the body ---- */

/* Writes the query for the newest records, with the current record beside
 * them. */
static void
put_first_page(struct html *html, const struct view *view)
{
	struct ask ask = *view->ask;

	ask.before = 0;
	html_put(html, " data-first=\"");
	html_link(html, &ask);
	html_put(html, "\"");
}

/* Begins the body, whose attributes tell the script what it needs to know. */
static void
put_body(struct html *html, const struct view *view)
{
	if (view->denied != NULL) {
		html_put(html, "<body>\n");
		return;
	}
	html_format(html, "<body class=\"%s\" data-latest=\"%" PRIu64 "\"%s%s",
	    view->ask->seq != 0 ? "chosen" : "unchosen", view->found->latest,
	    view->cgi ? " data-cgi" : "",
	    ask_is_search(view->ask) ? " data-search" : "");
	put_first_page(html, view);
	html_put(html, ">\n<a class=\"skip\" href=\"#list-title\">To the list"
	    "</a>\n");
	if (view->ask->seq != 0)
		html_put(html, "<a class=\"skip\" href=\"#title\">To the "
		    "record</a>\n");
}

static void
put_top(struct html *html, const struct view *view)
{
	html_put(html, "<header id=\"top\">\n<div class=\"bar\">\n<h1>"
	    "<a href=\"?\">hookline <span>inbox</span></a></h1>\n");
	if (view->denied == NULL)
		view_strip(html, view->strip);
	html_put(html, "<p class=\"tools\"><span id=\"utc\">Times are UTC."
	    "</span>\n<button type=\"button\" id=\"live\" hidden>Live: on"
	    "</button>\n<button type=\"button\" id=\"keys\" hidden>Keys"
	    "</button></p>\n</div>\n");
	if (view->denied == NULL)
		view_form(html, view);
	if (view->plain_http)
		html_put(html, "<p class=\"warning\" id=\"plain-http\">This "
		    "page came without encryption: others on the network can "
		    "read your password and everything here. Use https.</p>\n");
	html_put(html, "</header>\n");
}

/* Announcements, and the list of keys, which only the script shows. */
static void
put_foot(struct html *html)
{
	static const struct { const char *key, *words; } keys[] = {
		{ "j", "the next record" }, { "k", "the one before" },
		{ "Enter", "show it" }, { "c", "copy its JSON" },
		{ "/", "search" }, { "Esc", "back to the list" },
		{ "?", "these keys" } };
	size_t i;

	html_put(html, "<p id=\"said\" class=\"unseen\" role=\"status\"></p>\n"
	    "<dialog id=\"help\" aria-labelledby=\"help-title\">\n"
	    "<h2 id=\"help-title\">Keys</h2>\n<p>They work while the list or "
	    "the record has the focus.</p>\n<dl class=\"keys\">\n");
	for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
		html_format(html, "<div><dt><kbd>%s</kbd></dt> <dd>%s</dd>"
		    "</div>\n", keys[i].key, keys[i].words);
	html_put(html, "</dl>\n<p><label><input type=\"checkbox\" "
	    "id=\"keys-on\" checked> Use these keys</label></p>\n"
	    "<form method=\"dialog\"><button id=\"help-close\">Close</button>"
	    "</form>\n</dialog>\n");
}

enum error
view_page(const struct view *view, struct buffer *out)
{
	struct html html = { .out = out, .now = view->now };

	put_head(&html, view);
	put_body(&html, view);
	put_top(&html, view);
	html_put(&html, "<main>\n");
	if (view->denied != NULL) {
		view_denied(&html, view->denied);
	} else {
		view_list(&html, view);
		view_record(&html, view);
	}
	html_put(&html, "</main>\n");
	put_foot(&html);
	html_put(&html, "</body>\n</html>\n");
	return html.failed ? ERR_MEMORY : ERR_NONE;
}
