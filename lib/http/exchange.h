/*
 * exchange: one request and the way its answer goes, as a handler of requests
 * sees them, whoever carries them: CGI, FastCGI or a test.
 */
#ifndef HOOKLINE_HTTP_EXCHANGE_H
#define HOOKLINE_HTTP_EXCHANGE_H

#include "http/request.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* How many requests one process may have open at once. */
#define EXCHANGES_MAX 16

/* Up to here an answer never waits for its reader. */
#define EXCHANGE_SMALL ((size_t)4096)

/* Why a body cannot be read: the peer ended it early or was too slow; or it is
 * this process that gives up. */
#define EXCHANGE_BROKEN_OFF (-1)
#define EXCHANGE_GIVEN_UP (-2)

/* Valid until end(). */
struct exchange {
	const struct request *request;
	/* Reads 1 to `length` bytes of the body; 0 at its end, or one of the
	 * above. */
	ssize_t (*read)(void *context, void *bytes, size_t length);
	/* From here to the end, no signal ends the process. */
	void (*hold)(void *context);
	/*
	 * Sends more of the answer: first its head (response.h), then the body,
	 * in as many pieces as it takes. False: the peer takes no more, so the
	 * rest need not be made. What is longer than EXCHANGE_SMALL is to be
	 * sent before handle() returns.
	 */
	bool (*send)(void *context, const char *bytes, size_t length);
	/* The answer is complete. Takes what the handler left unread of the
	 * body, for a short time, and ends the exchange. */
	void (*end)(void *context);
	void *context;
};

struct exchange_handler {
	/* Answers a request at once, or lets it wait for settle(). */
	void (*handle)(void *argument, const struct exchange *exchange);
	/* Answers all that wait. NULL: handle() lets none wait. */
	void (*settle)(void *argument);
	/* How many milliseconds the process may go on serving: -1: without an
	 * end; 0: it is to end now, with status 0. Asked between requests, and
	 * at least every two seconds. NULL: always -1. */
	int (*rest)(void *argument);
	void *argument;
};

#endif
