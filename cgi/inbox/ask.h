/*
 * ask: what a request asks for, in the query of its URL. The query decides all
 * that the page shows, so every search can be bookmarked.
 *
 *   q, object, field, entry, endpoint    what a record must have
 *   from, to                             when it was received, as in when.h;
 *                                        UTC unless there is an offset. With a
 *                                        day alone, `to` is the end of that day
 *   before=SEQ                           only older records: the next page
 *   seq=SEQ                              the record shown beside the list
 *   show=all                             all of its payload, however long
 *   get=payload|line                     only that, to be saved
 *   after=SEQ                            only how many newer records there are
 *   file=NAME                            the style sheet, script or icon
 *
 * An empty parameter counts as absent. Unknown and repeated parameters and
 * malformed values are refused, so that nothing in a link is ignored. show and
 * get need seq; after and file must be alone.
 */
#ifndef HOOKLINE_INBOX_ASK_H
#define HOOKLINE_INBOX_ASK_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define ASK_TEXT_MAX 200	/* bytes of q, and of each of the others */

enum ask_text { ASK_Q, ASK_OBJECT, ASK_FIELD, ASK_ENTRY, ASK_ENDPOINT,
	ASK_FROM, ASK_TO, ASK_TEXTS };

enum ask_kind {
	ASK_PAGE,
	ASK_PAYLOAD,		/* get=payload */
	ASK_LINE,		/* get=line */
	ASK_NEWS,		/* after= */
	ASK_FILE		/* file= */
};

struct ask {
	enum ask_kind kind;
	char texts[ASK_TEXTS][ASK_TEXT_MAX + 1]; /* UTF-8 as given; "": any */
	int64_t from, to;	/* microseconds since 1970; to is exclusive;
				 * INT64_MIN, INT64_MAX: any */
	uint64_t before;	/* 0: begin with the newest record */
	uint64_t seq;		/* 0: no record is chosen */
	uint64_t after;
	bool all;
	char file[64];
};

/*
 * Reads a query. ERR_INPUT: it is refused, and `wrong` says why. That text has
 * nothing from the request but perhaps a known parameter's name.
 */
enum error ask_read(struct ask *ask, const char *query, int64_t now,
    char wrong[160]);

/* Whether the list is limited to some records, other than by `before`. */
bool ask_is_search(const struct ask *ask);

/*
 * Appends the query that asks for this, with its "?"; only "?" for the first
 * page. It can go into an HTML attribute unchanged: everything but letters,
 * digits and - . _ ~ is escaped, and "&" is written as "&amp;".
 */
enum error ask_link(const struct ask *ask, struct buffer *out);

#endif
