#include "adapter.h"
#include "adapter_internal.h"

#include "http/request.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

const int adapter_stop_signals[ADAPTER_STOP_SIGNALS] = { SIGTERM, SIGINT,
    SIGUSR1, SIGHUP };

enum adapter_mode
adapter_detect(void)
{
	int listening = 0;
	socklen_t length = sizeof listening;

	if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0
	    && listening)
		return ADAPTER_FASTCGI;
	if (getenv("REQUEST_METHOD") != NULL ||
	    getenv("GATEWAY_INTERFACE") != NULL)
		return ADAPTER_CGI;
	return ADAPTER_PERSON;
}

void
adapter_stop_set(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ADAPTER_STOP_SIGNALS; i++)
		sigaddset(set, adapter_stop_signals[i]);
}

/*
 * CGI
 */

static ssize_t
cgi_read(void *context, void *bytes, size_t length)
{
	struct pollfd ready = { .fd = 0, .events = POLLIN };
	uint64_t *taken = context;
	ssize_t got;

	do {
		if (poll(&ready, 1, PEER_TIMEOUT_S * 1000) == 0)
			return -1;
		got = read(0, bytes, length);
	} while (got == -1 && (errno == EINTR || errno == EAGAIN));
	if (got > 0)
		*taken += (uint64_t)got;
	return got;
}

static void
cgi_hold(void *context)
{
	sigset_t set;

	(void)context;
	adapter_stop_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
cgi_answer(void *context, const char *bytes, size_t length)
{
	(void)context;
	while (length > 0) {
		ssize_t written = write(1, bytes, length);

		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		bytes += written;
		length -= (size_t)written;
	}
}

/* How much of a body there is to be taken, never more than was announced. */
static uint64_t
cgi_body_limit(void)
{
	struct request request;

	request_parse(&request, environ);
	if (request.length_kind == LENGTH_GIVEN)
		return request.length < DRAIN_MAX ? request.length : DRAIN_MAX;
	return request.method == METHOD_POST ? DRAIN_MAX : 0;
}

/* See drain() in adapter_fastcgi.c: Apache gives up on the client where its
 * body is not taken. */
static void
cgi_drain(uint64_t *taken)
{
	uint64_t limit = cgi_body_limit();
	char trash[16384];

	while (*taken < limit) {
		size_t part = sizeof trash;

		if (part > limit - *taken)
			part = (size_t)(limit - *taken);
		if (cgi_read(taken, trash, part) <= 0)
			break;
	}
}

int
adapter_serve_cgi(const struct exchange_handler *handler)
{
	uint64_t taken = 0;
	const struct exchange exchange = { .env = environ, .endless = true,
	    .read = cgi_read, .hold = cgi_hold, .answer = cgi_answer,
	    .context = &taken };

	handler->handle(handler->argument, &exchange);
	handler->settle(handler->argument);
	cgi_drain(&taken);
	return 0;
}
