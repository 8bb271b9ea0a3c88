#include "inbox/view_parts.h"

#include <errno.h>
#include <string.h>

static void
put_code(struct html *html, const char *text)
{
	html_put(html, "<code>");
	html_bdi(html, "path", (struct span){ text, strlen(text) });
	html_put(html, "</code>");
}

static void
put_who(struct html *html, const struct view_denied *denied)
{
	html_put(html, "<p>The inbox runs as the user ");
	put_code(html, denied->user);
	if (denied->owner != NULL) {
		html_put(html, ". The folder belongs to the user ");
		put_code(html, denied->owner);
		html_put(html, " and the group ");
		put_code(html, denied->group);
		html_format(html, ", and its mode is <code>%04o</code>",
		    denied->mode & 07777);
	}
	html_put(html, ".</p>\n");
}

static void
put_cure(struct html *html, const struct view_denied *denied)
{
	html_put(html, "<p>");
	if (denied->number == ENOENT) {
		html_put(html, "hookline makes the folder when it stores the "
		    "first notification. If it has stored some already, the "
		    "inbox looks in the wrong place: set "
		    "<code>HOOKLINE_DIRECTORY</code> to the folder that "
		    "hookline.conf names.");
	} else if (denied->owner != NULL && (denied->mode & 050) == 050) {
		html_put(html, "Its group may read it: add that user to the "
		    "group, and restart the web server.\n<code>adduser ");
		html_string(html, denied->user);
		html_put(html, " ");
		html_string(html, denied->group);
		html_put(html, "</code>");
	} else {
		html_put(html, "Run the inbox as the user that owns the "
		    "folder, which should be the one that hookline runs as.");
	}
	html_put(html, "</p>\n");
}

void
view_denied(struct html *html, const struct view_denied *denied)
{
	html_put(html, "<section class=\"trouble\" id=\"denied\">\n"
	    "<h2>The journal cannot be read</h2>\n<p>");
	put_code(html, denied->directory);
	html_put(html, ": ");
	html_string(html, strerror(denied->number));
	html_put(html, ".</p>\n");
	put_who(html, denied);
	if (denied->number == EACCES || denied->number == EPERM ||
	    denied->number == ENOENT)
		put_cure(html, denied);
	html_put(html, "</section>\n");
}
