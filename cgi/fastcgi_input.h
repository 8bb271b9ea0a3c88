/*
 * fastcgi_input: reads the one request of a connection, its head and then its
 * body. It waits for the peer as long as its patience lasts, and for STOP_MS
 * after the process was told to end.
 */
#ifndef HOOKLINE_FASTCGI_INPUT_H
#define HOOKLINE_FASTCGI_INPUT_H

#include "fastcgi_peek.h"
#include "patience.h"

#include <sys/types.h>

#define FASTCGI_COMPLETE_MAX ((size_t)16 << 10)	/* bytes, head and body */

struct fastcgi_input {
	/* These are set once. */
	bool (*must_stop)(void);	/* the process has been told to end */
	sigset_t waiting;		/* the signal mask to wait with */
	bool (*meanwhile)(void *argument); /* serves others; true: call it
				 * again after a few milliseconds; or NULL */
	void *argument;

	int fd;
	struct patience patience;
	struct fastcgi_head head;
	size_t length;		/* received, up to the end of the head */
	struct span rest;	/* received after the head, not used yet */
	char bytes[FASTCGI_HEAD_MAX];
};

/*
 * Begins with another connection, which may take this many milliseconds.
 * Receives what has arrived, without waiting. True if it is a whole request of
 * up to FASTCGI_COMPLETE_MAX bytes.
 */
bool fastcgi_input_begin(struct fastcgi_input *input, int fd, int64_t ms);

/* Waits for the rest of the head, which is then the first `head.length` of
 * `bytes`. False if it does not come or is wrong. */
bool fastcgi_input_head(struct fastcgi_input *input);

/* Waits until the peer accepts more of an answer; false when the time is up. */
bool fastcgi_input_wait_to_send(struct fastcgi_input *input);

/* Reads the body as exchange.read() does. Once `body` has ended, does not touch
 * `input`, which may have gone on to another connection. */
ssize_t fastcgi_input_body(struct fastcgi_input *input,
    struct fastcgi_stream *body, char *bytes, size_t length);

#endif
