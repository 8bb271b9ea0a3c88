/*
 * view_parts: the parts of a page, as view_page.c puts them together. Each is a
 * file named like its function. See view.h for what they are given.
 */
#ifndef HOOKLINE_INBOX_VIEW_PARTS_H
#define HOOKLINE_INBOX_VIEW_PARTS_H

#include "inbox/html.h"
#include "inbox/view.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* The status strip: a line that opens to more. */
void view_strip(struct html *html, const struct strip *strip);

/* What was refused, and why that may be, most frequent first. */
void view_refused(struct html *html, const struct strip *strip);

/* The chart of 24 hours, without words; `large` has an axis. */
void view_chart(struct html *html, const struct strip *strip, bool large);

/* The search form, and what limits the list. */
void view_form(struct html *html, const struct view *view);

/* The rows, and what is before and after them. */
void view_list(struct html *html, const struct view *view);

/* In place of rows: nothing has arrived yet; nothing matches. */
void view_empty(struct html *html, const struct view *view);

/* Above the rows of a search: what is shown, and how far it looked back. */
void view_searched(struct html *html, const struct view *view);

/* In place of everything: the journal cannot be read. */
void view_denied(struct html *html, const struct denied *denied);

/* As who the inbox runs, whose it is, and what to do. */
void view_denied_who(struct html *html, const struct denied *denied);

/* The chosen record, or what there is in its place. */
void view_record(struct html *html, const struct view *view);

/* What is known of a record besides its content, as a list. */
void view_facts(struct html *html, const struct view *view);

/* Copying and saving a record. */
void view_actions(struct html *html, const struct view *view);

/* Where a printed JSON text ended. */
struct view_shown {
	size_t bytes;		/* of the text; all of it if it is whole */
	bool cut;		/* it is not whole */
};

/* Up to this much of a payload is shown unless all is asked for. */
#define VIEW_JSON_MOST ((size_t)256 << 10)

/* A tree has at most this many rows, as browsers get slow beyond. */
#define VIEW_JSON_ROWS 10000

/*
 * A JSON text as a tree of rows, whose containers can be folded. `label` names
 * the whole. Values that begin at or after `most` bytes, or after
 * VIEW_JSON_ROWS rows, are left out. The text must have been accepted by
 * json_scan(), and is read once, without recursion.
 *
 * Strings stay JSON strings, but \uXXXX is shown as the character that it
 * stands for, if that can be seen, and \/ as a slash. Numbers keep their
 * digits, and repeated names are all shown.
 */
struct view_shown view_json(struct html *html, const char *label,
    struct span json, size_t most);

#endif
