/*
 * exchange: what a handler of requests needs of whoever carries them, be it
 * CGI, FastCGI or a test.
 */
#ifndef HOOKLINE_HTTP_EXCHANGE_H
#define HOOKLINE_HTTP_EXCHANGE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* How many requests one process may have open at once. */
#define EXCHANGES_MAX 16

/* What reading a body fails with: the peer ended it early or was too slow; or
 * it is this process that does not go on. */
#define EXCHANGE_BROKEN_OFF (-1)
#define EXCHANGE_GIVEN_UP (-2)

/* One request, as its handler sees it. Valid until it is answered. */
struct exchange {
	char *const *env;	/* the request's variables, NULL at the end */
	bool endless;		/* the body may go on behind CONTENT_LENGTH,
				 * and must not be read there */
	/* Reads 1 to `length` bytes of the body; 0 at its end, or one of the
	 * above. */
	ssize_t (*read)(void *context, void *bytes, size_t length);
	/* From here to the answer, no signal ends the process. */
	void (*hold)(void *context);
	/* Sends the whole answer, headers and body, and ends the exchange. */
	void (*answer)(void *context, const char *bytes, size_t length);
	void *context;
};

struct exchange_handler {
	/* Answers a request at once, or lets it wait for settle(). */
	void (*handle)(void *argument, const struct exchange *exchange);
	/* Answers all that wait. */
	void (*settle)(void *argument);
	/* How many milliseconds the process may go on serving: -1: without an
	 * end; 0: it is to end now, with status 0. Asked between requests, and
	 * at least every two seconds. NULL: always -1. */
	int (*rest)(void *argument);
	void *argument;
};

#endif
