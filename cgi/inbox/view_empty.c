#include "inbox/view_parts.h"

static void
put_refused(struct html *html, const struct strip *strip)
{
	if (!strip->counted || strip->refused_total == 0)
		return;
	html_put(html, "<div class=\"hint\"><p><b>");
	html_count(html, strip->refused_total, "request");
	html_put(html, strip->refused_total == 1 ? " was refused today:" :
	    " were refused today:");
	html_put(html, "</b></p>\n");
	view_refused(html, strip);
	html_put(html, "</div>\n");
}

static void
put_first_steps(struct html *html, const struct strip *strip)
{
	html_put(html, "<div class=\"empty\" id=\"empty\">\n"
	    "<p class=\"lead\">Nothing has arrived yet.</p>\n"
	    "<ol><li>In Meta\342\200\231s dashboard press Test beside a field, "
	    "or run <code>hookctl send</code>.</li>\n"
	    "<li>Nothing after a minute? <code>hookctl check</code> says what "
	    "stops it.</li></ol>\n");
	put_refused(html, strip);
	html_put(html, "</div>\n");
}

void
view_empty(struct html *html, const struct view *view)
{
	if (ask_is_search(view->ask))
		return;		/* view_searched() says it */
	if (view->found->latest == 0 && view->found->left_out.file[0] != '\0')
		return;		/* the warning about the journal says it */
	if (view->found->latest == 0)
		put_first_steps(html, view->strip);
	else
		html_put(html, "<p class=\"note\" id=\"no-older\">There are no "
		    "older records.</p>\n");
}
