/*
 * exchange: one request and the way to answer it, as a handler sees them. CGI,
 * FastCGI or a test provides both.
 */
#ifndef HOOKLINE_HTTP_EXCHANGE_H
#define HOOKLINE_HTTP_EXCHANGE_H

#include "http/request.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

/* How many requests one process settles together, at most, and how many it may
 * have in progress at once, with those that wait for something else. */
#define EXCHANGES_MAX 16
#define EXCHANGES_LIVE 256

/* An answer of up to this many bytes never waits for its reader. */
#define EXCHANGE_SMALL ((size_t)4096)

/* Why a body cannot be read: the peer ended it early or was too slow, or this
 * process gives up. */
#define EXCHANGE_BROKEN_OFF (-1)
#define EXCHANGE_GIVEN_UP (-2)

/* Valid until end(). */
struct exchange {
	const struct request *request;
	/* Reads 1 to `length` bytes of the body. Returns their count, 0 at its
	 * end, or one of the above. */
	ssize_t (*read)(void *context, void *bytes, size_t length);
	/* From this call until end(), no signal ends the process. */
	void (*hold)(void *context);
	/*
	 * Sends more of the answer: first its head (response.h), then the body,
	 * in as many pieces as needed. False: the peer accepts no more, so
	 * there is no need to make the rest. If an answer is longer than
	 * EXCHANGE_SMALL, send it before handle() returns.
	 */
	bool (*send)(void *context, const char *bytes, size_t length);
	/* Ends the exchange, once the answer is complete. First reads what the
	 * handler left of the body, but only for a short time. */
	void (*end)(void *context);
	void *context;
};

struct exchange_handler {
	/* Answers a request at once, or reads its whole body and leaves it for
	 * settle(). */
	void (*handle)(void *argument, const struct exchange *exchange);
	/* Answers all that wait, but see revisit(). NULL: handle() never leaves
	 * any waiting. */
	void (*settle)(void *argument);
	/*
	 * Answers those that settle() left waiting and that need not wait any
	 * longer. With `wait_ms`, first waits for one of them, at most so many
	 * milliseconds; if that is negative, the process ends, and all are
	 * answered. Returns how many still wait. It may be called from read().
	 * NULL: settle() leaves none.
	 */
	size_t (*revisit)(void *argument, int wait_ms);
	/* How many milliseconds the process may go on serving. -1: no limit; 0:
	 * it must end now, with status 0. Asked between requests, and at least
	 * every two seconds. NULL: always -1. */
	int (*rest)(void *argument);
	void *argument;
};

#endif
