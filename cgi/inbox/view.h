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
#include "inbox/find.h"
#include "inbox/strip.h"
#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Why the journal cannot be read. */
struct view_denied {
	const char *directory;	/* the journal's folder */
	int number;		/* the errno */
	const char *user;	/* whom this program runs as: a name or a
				 * number */
	const char *owner, *group; /* of the folder, likewise; or NULL */
	unsigned mode;		/* of the folder; with owner */
};

/* All that a page shows. */
struct view {
	const struct view_denied *denied;	/* NULL: it can be read. If
						 * not, the next five are not
						 * looked at */
	const struct ask *ask;
	const struct find_result *found;
	const struct find_record *chosen;	/* or NULL */
	bool chosen_missing;	/* ask->seq names a record that is not there */
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
