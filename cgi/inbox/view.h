/*
 * view: the inbox's HTML. One function for each part of the page, each in a
 * file of its own; all of them append to a buffer, and everything that is not a
 * constant goes through an escaper that is named by its context
 * (http/escape.h).
 *
 * Parts write to a struct of their own that remembers whether memory ran out;
 * the caller then answers 503 in place of half a page.
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

/* All that a page shows. */
struct view {
	const struct denied *denied;	/* NULL: it can be read. If not, what
					 * follows up to `now` is not looked
					 * at */
	const struct ask *ask;
	const struct find_result *found;
	const struct find_record *chosen;	/* or NULL */
	enum error chosen_error;	/* that ask->seq gave; see find_one() */
	struct left_out chosen_left_out;
	const struct denied *left_out;	/* the file that found->left_out names
					 * may not be read; or NULL */
	const struct strip *strip;
	int64_t now;		/* microseconds since 1970 */
	bool plain_http;	/* the page came unencrypted over a network */
	bool cgi;		/* each poll starts a process */
	const char *style, *script, *icon; /* the names of the files, with
					 * their hashes */
};

/* The whole page. ERR_MEMORY. */
enum error view_page(const struct view *view, struct buffer *out);

#endif
