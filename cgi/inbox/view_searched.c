#include "inbox/view_parts.h"

#include <string.h>

/* Says in words what is searched: "field messages, since yesterday". */
static void
put_choice(struct html *html, const struct ask *ask)
{
	static const struct { enum ask_text text; const char *before; }
	    words[] = { { ASK_Q, "" }, { ASK_OBJECT, "object " },
		{ ASK_FIELD, "field " }, { ASK_ENTRY, "entry " },
		{ ASK_ENDPOINT, "endpoint " }, { ASK_FROM, "since " },
		{ ASK_TO, "until " } };
	bool begun = false;
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++) {
		const char *text = ask->texts[words[i].text];

		if (*text == '\0')
			continue;
		html_format(html, "%s%s%s", begun ? ", " : "",
		    words[i].before, words[i].text == ASK_Q ? "\342\200\234" :
		    "");
		html_bdi(html, "sought", (struct span){ text, strlen(text) });
		if (words[i].text == ASK_Q)
			html_put(html, "\342\200\235");
		begun = true;
	}
}

/* Says how far back the search has come. */
static void
put_reach(struct html *html, const struct find_result *found)
{
	if (!found->older) {
		html_put(html, " in all records");
		return;
	}
	html_put(html, " back to ");
	html_time(html, found->back_to, HTML_SHORT);
}

static void
put_further(struct html *html, const struct view *view)
{
	struct ask ask = *view->ask;

	html_put(html, " <span class=\"buttons\">");
	if (view->found->older) {
		ask.seq = 0;
		ask.all = false;
		ask.before = view->found->back_to_seq;
		html_put(html, "<a class=\"button\" id=\"further\" href=\"");
		html_link(html, &ask);
		html_put(html, "\">Search further</a> ");
	}
	html_put(html, "<a class=\"button\" id=\"clear-search\" href=\"?\">"
	    "Clear</a></span>");
}

void
view_searched(struct html *html, const struct view *view)
{
	const struct find_result *found = view->found;

	html_put(html, "<p class=\"note\" id=\"searched\">");
	if (found->count == 0) {
		html_put(html, "No match");
		put_reach(html, found);
		html_put(html, " for ");
		put_choice(html, view->ask);
	} else {
		html_put(html, "Showing ");
		html_number(html, found->count);
		html_put(html, " with ");
		put_choice(html, view->ask);
		html_put(html, ". ");
		if (found->older) {
			html_put(html, "Searched");
			put_reach(html, found);
		} else {
			html_put(html, "All records were searched");
		}
	}
	html_put(html, ".");
	put_further(html, view);
	html_put(html, "</p>\n");
}
