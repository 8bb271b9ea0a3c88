/*
 * view: the inbox's HTML. Each part of the page has a function in its own file.
 * Everything that is not a constant goes through an escaper that is named after
 * its context (http/escape.h).
 *
 * The parts write to a struct html, which remembers whether memory ran out; the
 * caller then answers 503 instead of half a page.
 */
#ifndef HOOKLINE_INBOX_VIEW_H
#define HOOKLINE_INBOX_VIEW_H

#include "inbox/ask.h"
#include "inbox/denied.h"
#include "inbox/find.h"
#include "inbox/strip.h"
#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything that a page shows. */
struct view {
	const struct denied *denied;	/* NULL: the journal can be read.
					 * Otherwise, the members up to `now`
					 * are not used */
	const struct ask *ask;
	const struct find_result *found;
	const struct find_record *chosen;	/* or NULL */
	enum error chosen_error;	/* of find_one() for ask->seq */
	struct left_out chosen_left_out;
	const struct denied *left_out;	/* why the file that found->left_out
					 * names may not be read; or NULL */
	const struct strip *strip;
	int64_t now;		/* microseconds since 1970 */
	bool plain_http;	/* the page came unencrypted over a network */
	bool cgi;		/* each poll starts a process */
	const char *style, *script, *icon; /* names of files, with hashes */
};

/* Writes the whole page. ERR_MEMORY. */
enum error view_page(const struct view *view, struct buffer *out);

#endif
