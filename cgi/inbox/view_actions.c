#include "inbox/view_parts.h"

#include <inttypes.h>

/* Why a receiver would not believe a command that sends the record again; NULL
 * if it would. */
static const char *
why_no_command(const struct record *record)
{
	if (record->update.bytes != NULL)
		return "it is one update of a body that was not kept as a "
		    "whole, and the signature belongs to that body";
	if (record->signature.bytes == NULL)
		return "it is not signed, and a receiver would refuse it";
	if (record->reformatted)
		return "its line breaks have become blanks, so its signature "
		    "no longer matches";
	return NULL;
}

static void
put_copy(struct html *html, const char *what, const char *words)
{
	html_format(html, "<button type=\"button\" class=\"copy\" "
	    "id=\"copy-%s\" data-copy=\"%s\" hidden>%s</button>\n", what, what,
	    words);
}

/* Our script fetches the bytes that it copies: a page cannot hold them
 * exactly. */
static void
put_group(struct html *html, const struct record *record, bool command)
{
	html_format(html, "<div class=\"actions\" id=\"actions\" "
	    "role=\"group\" aria-label=\"Copy and save\" data-seq=\"%" PRIu64
	    "\"", record->seq);
	if (command) {
		html_put(html, " data-signature=\"");
		html_attribute(html, record->signature);
		html_put(html, "\"");
	}
	html_put(html, ">\n");
}

void
view_actions(struct html *html, const struct view *view)
{
	const struct record *record = &view->chosen->record;
	const char *why = why_no_command(record);

	put_group(html, record, why == NULL);
	put_copy(html, "json", "Copy JSON");
	if (why == NULL)
		put_copy(html, "curl", "Copy cURL");
	put_copy(html, "line", "Copy line");
	html_format(html, "<a class=\"button\" id=\"download\" download "
	    "href=\"?seq=%" PRIu64 "&amp;get=payload\">Download</a>\n",
	    record->seq);
	html_format(html, "<a class=\"button\" id=\"link\" title=\"To this "
	    "record, without the search\" href=\"?seq=%" PRIu64 "\">Link"
	    "</a>\n</div>\n", record->seq);
	html_put(html, "<p id=\"copied\" role=\"status\"></p>\n");
	if (why == NULL)
		return;
	html_put(html, "<p class=\"quiet\" id=\"no-curl\">No cURL command: ");
	html_string(html, why);
	html_put(html, ".</p>\n");
}
