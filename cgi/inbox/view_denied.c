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
put_who(struct html *html, const struct denied *denied)
{
	html_put(html, "<p>The inbox runs as the user ");
	put_code(html, denied->user);
	if (denied->examined) {
		html_put(html, denied->folder ? ". The folder " : ". ");
		put_code(html, denied->path);
		html_put(html, " belongs to the user ");
		put_code(html, denied->owner);
		html_put(html, " and the group ");
		put_code(html, denied->group);
		html_format(html, ", and its mode is <code>%04o</code>",
		    denied->mode);
	}
	html_put(html, ".</p>\n");
}

/* A command with the path as its argument. */
static void
put_command(struct html *html, const char *command, const char *path)
{
	html_format(html, "\n<code>%s", command);
	html_string(html, path);
	html_put(html, "</code>");
}

static bool
group_may_read(const struct denied *denied)
{
	unsigned needed = denied->folder ? 050 : 040;

	return denied->named && (denied->mode & needed) == needed;
}

/* Says how to let the inbox read it, depending on who owns the file and the
 * journal's folder. */
static void
put_cure(struct html *html, const struct denied *denied)
{
	html_put(html, "<p>");
	if (denied->number == ELOOP) {
		html_put(html, "hookline and the inbox do not follow symbolic "
		    "links here. Put the file or folder itself in its place, "
		    "or set <code>HOOKLINE_DIRECTORY</code> to the folder "
		    "where it is.");
	} else if (denied->foreign && strlen(denied->path) >
	    strlen(denied->directory)) {
		html_put(html, "Give it to the user who owns the journal\342"
		    "\200\231s folder.\n<code>chown --reference=");
		html_string(html, denied->directory);
		html_put(html, " ");
		html_string(html, denied->path);
		html_put(html, "</code>");
	} else if (denied->own) {
		html_put(html, "Let its owner read it.");
		put_command(html, "chmod u+rX ", denied->path);
	} else if (group_may_read(denied)) {
		html_put(html, "Its group may read it: add that user to the "
		    "group, and restart the web server.\n<code>adduser ");
		html_string(html, denied->user);
		html_put(html, " ");
		html_string(html, denied->group);
		html_put(html, "</code>");
	} else {
		html_put(html, "Run the inbox as the user that hookline runs "
		    "as, which should be the one that owns the journal.");
	}
	html_put(html, "</p>\n");
}

void
view_denied_who(struct html *html, const struct denied *denied)
{
	if (denied->number != ELOOP)
		put_who(html, denied);
	if (denied->number == EACCES || denied->number == EPERM ||
	    denied->number == ELOOP)
		put_cure(html, denied);
}

void
view_denied(struct html *html, const struct denied *denied)
{
	html_put(html, "<section class=\"trouble\" id=\"denied\">\n"
	    "<h2>The journal cannot be read</h2>\n<p>");
	put_code(html, denied->path);
	html_put(html, ": ");
	html_string(html, denied->number == ELOOP ? "It is a symbolic link" :
	    strerror(denied->number));
	html_put(html, ".</p>\n");
	view_denied_who(html, denied);
	html_put(html, "</section>\n");
}
