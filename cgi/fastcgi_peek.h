/*
 * fastcgi_peek: examines the bytes of a FastCGI request (Open Market, "FastCGI
 * Specification" 1.0) before libfcgi sees them.
 *
 * A head is what comes before the body: BEGIN_REQUEST, and the PARAMS stream
 * with its end. libfcgi 2.4.2 waits without limit for the rest of a head. It
 * ends the process if the two lengths of a pair do not fit into an int or into
 * memory, or if a management record (GET_VALUES) comes. So it only gets heads
 * that are complete and in which every length is right.
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
	FASTCGI_WRONG		/* not such a stream, and never will be */
};

/* How far a stream has been read. Starts as { .type, .id }, else zero. */
struct fastcgi_stream {
	unsigned char type;
	unsigned char id[2];
	bool ended;
	FCGI_Header header;	/* of the record: its first `have` bytes */
	size_t have;
	size_t content;		/* of the record: what is left */
	size_t padding;
};

/*
 * Takes the next piece of a stream's content, of at most `max` bytes, off the
 * front of `rest`, and no byte after the stream's end. `piece` points into
 * `rest`, and is set only with FASTCGI_PIECE.
 */
enum fastcgi_step fastcgi_next(struct fastcgi_stream *stream,
    struct span *rest, size_t max, struct span *piece);

/* How far a head has been examined. Starts as zero. */
struct fastcgi_head {
	size_t length;			/* bytes */
	struct fastcgi_stream params;
	unsigned length_bytes;		/* of a pair's length, still to come */
	bool value_next;		/* a value's length comes next */
	uint32_t pair_length;		/* the one being read */
	size_t pair_left;		/* bytes of name and value to come */
};

/*
 * Goes on examining a head; `bytes` are all that have arrived of the request so
 * far. FASTCGI_END when it is complete, with `head->length` bytes;
 * FASTCGI_WRONG if it never will be, or is longer than FASTCGI_HEAD_MAX bytes.
 */
enum fastcgi_step fastcgi_head(struct fastcgi_head *head, struct span bytes);

/* The stream that holds the body of the request with this head. */
struct fastcgi_stream fastcgi_body(const struct fastcgi_head *head);

/* Whether `rest`, which begins after the head, contains the whole body. */
bool fastcgi_has_body(const struct fastcgi_head *head, struct span rest);

#endif
