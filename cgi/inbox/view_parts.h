/*
 * view_parts: the parts of a page, which view_page.c puts together. Each is in
 * a file with the name of its function. See view.h for what they are given.
 */
#ifndef HOOKLINE_INBOX_VIEW_PARTS_H
#define HOOKLINE_INBOX_VIEW_PARTS_H

#include "inbox/html.h"
#include "inbox/view.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/* The status strip: a line that can be opened to show more. */
void view_strip(struct html *html, const struct strip *strip);

/* What was refused and why that may be, the most frequent first. */
void view_refused(struct html *html, const struct strip *strip);

/* The chart of 24 hours, without words; `large` has an axis. */
void view_chart(struct html *html, const struct strip *strip, bool large);

/* The search form, with the filters. */
void view_form(struct html *html, const struct view *view);

/* The rows, with what comes before and after them. */
void view_list(struct html *html, const struct view *view);

/* In place of rows: nothing has arrived yet, or nothing matches. */
void view_empty(struct html *html, const struct view *view);

/* Above the rows of a search: what is shown, and how far back it looked. */
void view_searched(struct html *html, const struct view *view);

/* In place of everything: the journal cannot be read. */
void view_denied(struct html *html, const struct denied *denied);

/* The user that the inbox runs as, the owner of what it may not read, and what
 * to do. */
void view_denied_who(struct html *html, const struct denied *denied);

/* The chosen record, or a text in its place. */
void view_record(struct html *html, const struct view *view);

/* What is known of a record besides its content, as a list. */
void view_facts(struct html *html, const struct view *view);

/* The buttons that copy and save a record. */
void view_actions(struct html *html, const struct view *view);

/* Where a printed JSON text ended. */
struct view_shown {
	size_t bytes;		/* how much of the text is shown */
	bool cut;		/* it is not shown as a whole */
};

/* This much of a payload is shown unless all of it is asked for. */
#define VIEW_JSON_MOST ((size_t)256 << 10)

/* A tree has at most this many rows, since browsers get slow with more. */
#define VIEW_JSON_ROWS 10000

/*
 * A JSON text as a tree of rows, in which containers can be folded. `label` is
 * the name of the whole text. Values that begin at or after `most` bytes, or
 * after VIEW_JSON_ROWS rows, are left out. json_scan() must have accepted the
 * text. It is read once, without recursion.
 *
 * Strings stay JSON strings, but \uXXXX is shown as its character if that is
 * visible, and \/ as a slash. Numbers keep their digits, and repeated names are
 * all shown.
 */
struct view_shown view_json(struct html *html, const char *label,
    struct span json, size_t most);

#endif
