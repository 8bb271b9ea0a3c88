#include "inbox/view_parts.h"

#include "inbox/left_out_text.h"
#include "payload/summary.h"

#include <inttypes.h>

/* A row is a single link, with everything in it. */
static void
put_row(struct html *html, const struct view *view,
    const struct find_record *found, struct summary *summary)
{
	struct ask ask = *view->ask;
	uint64_t seq = found->record.seq;

	if (summary_make(summary, &found->record) != ERR_NONE) {
		html->failed = true;
		return;
	}
	ask.seq = seq;
	ask.all = false;
	html_format(html, "<li><a class=\"item\" id=\"r%" PRIu64 "\" href=\"",
	    seq);
	html_link(html, &ask);
	html_format(html, "#r%" PRIu64 "\"%s>", seq,
	    view->ask->seq == seq ? " aria-current=\"true\"" : "");
	html_time(html, found->record.received_at, HTML_SHORT);
	html_put(html, " ");
	html_bdi(html, "kind", summary->kind);
	if (summary->more > 0)
		html_format(html, " <span class=\"more\" title=\"%zu more in "
		    "it\">+%zu</span>", summary->more, summary->more);
	html_put(html, " ");
	html_bdi(html, "words", summary->words);
	html_put(html, "</a></li>\n");
}

static void
put_rows(struct html *html, const struct view *view)
{
	struct summary summary = { 0 };
	size_t i;

	html_put(html, "<ol class=\"items\" id=\"items\">\n");
	for (i = 0; i < view->found->count; i++)
		put_row(html, view, &view->found->records[i], &summary);
	html_put(html, "</ol>\n");
	summary_free(&summary);
}

static void
put_page_link(struct html *html, const struct ask *ask, const char *id,
    const char *words)
{
	html_format(html, "<a class=\"button\" id=\"%s\" href=\"", id);
	html_link(html, ask);
	html_format(html, "\">%s</a>\n", words);
}

static void
put_pages(struct html *html, const struct view *view)
{
	struct ask ask = *view->ask;
	bool search = ask_is_search(view->ask);

	if (!view->found->older && ask.before == 0)
		return;
	ask.seq = 0;
	ask.all = false;
	html_put(html, "<nav class=\"pages\" aria-label=\"Pages\">\n");
	if (view->ask->before != 0) {
		ask.before = 0;
		put_page_link(html, &ask, "newest", "Newest");
	}
	if (view->found->older) {
		ask.before = view->found->back_to_seq;
		put_page_link(html, &ask, "older", search ? "Search further" :
		    "Older");
	}
	html_put(html, "</nav>\n");
}

static void
put_left_out(struct html *html, const struct view *view)
{
	char text[LEFT_OUT_TEXT_MAX];

	left_out_text(&view->found->left_out, text);
	if (*text == '\0')
		return;
	html_put(html, "<div class=\"warning\" id=\"unreadable\"><p>");
	html_string(html, text);
	html_put(html, "</p>\n");
	if (view->left_out != NULL)
		view_denied_who(html, view->left_out);
	html_put(html, "</div>\n");
}

void
view_list(struct html *html, const struct view *view)
{
	bool search = ask_is_search(view->ask);

	html_put(html, "<section id=\"list\" aria-labelledby=\"list-title\">\n"
	    "<h2 id=\"list-title\" tabindex=\"-1\">");
	html_put(html, search ? "Found" : view->found->count == 0 ?
	    "Records" : view->ask->before != 0 ? "Older records" :
	    "Newest records");
	html_put(html, "</h2>\n<p id=\"news\" hidden></p>\n"
	    "<p id=\"paused\" class=\"note\" hidden></p>\n");
	put_left_out(html, view);
	if (search)
		view_searched(html, view);
	if (view->found->count > 0)
		put_rows(html, view);
	else
		view_empty(html, view);
	put_pages(html, view);
	html_put(html, "</section>\n");
}
