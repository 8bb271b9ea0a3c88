/*
 * ask: what a request asks of the inbox, by the query of its URL. A search is a
 * bookmark: everything that the page shows is in here.
 *
 *   q, object, field, entry, endpoint    what a record must have
 *   from, to                             when it was received, as in when.h;
 *                                        UTC, unless it has an offset. A day
 *                                        without a time is all of that day:
 *                                        `to` is then its end
 *   before=SEQ                           only older records: the next page
 *   seq=SEQ                              the record shown beside the list
 *   show=all                             all of its payload, however long
 *   get=payload|line                     that alone, to be saved
 *   after=SEQ                            how many newer ones there are
 *   file=NAME                            the style sheet or the script
 *
 * Empty ones count as absent. Any other name, a repeated one, or a value that
 * is malformed is refused, so that no link says something that is ignored. show
 * and get need a seq; with after or file there is nothing else.
 */
#ifndef HOOKLINE_INBOX_ASK_H
#define HOOKLINE_INBOX_ASK_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define ASK_TEXT_MAX 200	/* bytes of q and of each of the others */

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
	uint64_t before;	/* 0: from the newest record on */
	uint64_t seq;		/* 0: none is chosen */
	uint64_t after;
	bool all;
	char file[64];
};

/*
 * Reads a query. ERR_INPUT: it is refused, and `wrong` says why, in words for
 * people, without any of the request's bytes but a known parameter's name.
 */
enum error ask_read(struct ask *ask, const char *query, int64_t now,
    char wrong[160]);

/* Whether only some records are asked for. `before` is not such a choice. */
bool ask_is_search(const struct ask *ask);

/*
 * Appends the query that asks for this, from "?" on; "?" alone if it is the
 * first page. It is safe in an HTML attribute as it is: everything but letters,
 * digits and - . _ ~ is escaped, and "&" is written as "&amp;".
 */
enum error ask_link(const struct ask *ask, struct buffer *out);

#endif
