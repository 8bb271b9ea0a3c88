/*
 * fastcgi_peek: looks at the bytes of a FastCGI request (Open Market, "FastCGI
 * Specification" 1.0) before libfcgi may see them.
 *
 * A head is what comes before the body: BEGIN_REQUEST, and the PARAMS stream
 * with its end. libfcgi 2.4.2 waits without end for the rest of one, and ends
 * the process where the two lengths of a pair do not fit into an int, or into
 * the memory there is; in a management record (GET_VALUES), too. So it is given
 * heads that are whole, and right in each length.
 *
 * Nothing here reads, allocates, or keeps a pointer.
 */
#ifndef HOOKLINE_FASTCGI_PEEK_H
#define HOOKLINE_FASTCGI_PEEK_H

#include "base/span.h"

#include <fastcgi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FASTCGI_HEAD_MAX ((size_t)64 << 10)	/* bytes */

enum fastcgi_step {
	FASTCGI_MORE,		/* all bytes are used up */
	FASTCGI_PIECE,		/* of the stream's content */
	FASTCGI_END,		/* of the stream, or of the head */
	FASTCGI_WRONG		/* no such stream, for good */
};

/* How far a stream has been read. Begins as { .type, .id }, else zero. */
struct fastcgi_stream {
	unsigned char type;
	unsigned char id[2];
	bool ended;
	FCGI_Header header;	/* of the record, its first `have` bytes */
	size_t have;
	size_t content;		/* of the record, what is left of it */
	size_t padding;
};

/*
 * Takes the next piece of a stream's content, of at most `max` bytes, off the
 * front of `rest`; not one byte after the stream's end. `piece` points into
 * `rest`, and is set with FASTCGI_PIECE alone.
 */
enum fastcgi_step fastcgi_next(struct fastcgi_stream *stream,
    struct span *rest, size_t max, struct span *piece);

/* How far a head has been looked at. Begins as zero. */
struct fastcgi_head {
	size_t length;			/* bytes */
	struct fastcgi_stream params;
	unsigned length_bytes;		/* of a pair's length, still to come */
	bool value_next;		/* a value's length comes next */
	uint32_t pair_length;		/* the one being read */
	size_t pair_left;		/* bytes of name and value to come */
};

/*
 * Goes on looking at a head; `bytes` are all that came of the request so far.
 * FASTCGI_END when it is whole, of `head->length` bytes; FASTCGI_WRONG where
 * it never will be, or needs more than FASTCGI_HEAD_MAX bytes.
 */
enum fastcgi_step fastcgi_head(struct fastcgi_head *head, struct span bytes);

/* The stream that holds the body of the request with this head. */
struct fastcgi_stream fastcgi_body(const struct fastcgi_head *head);

/* Whether `rest`, which begins after the head, holds the whole body. */
bool fastcgi_has_body(const struct fastcgi_head *head, struct span rest);

#endif
