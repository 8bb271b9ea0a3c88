#include "adapter.h"
#include "adapter_internal.h"

#include "http/request.h"
#include "patience.h"

#include <sys/socket.h>

#include <errno.h>
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

struct cgi {
	struct patience patience;
	uint64_t taken;		/* bytes of the body */
};

static ssize_t
cgi_read(void *context, void *bytes, size_t length)
{
	struct cgi *cgi = context;
	enum patience_end end;
	ssize_t got = -1;

	do {
		end = patience_wait(&cgi->patience, 0, NULL);
		if (end == PATIENCE_READABLE)
			got = read(0, bytes, length);
	} while (end == PATIENCE_SIGNAL || (end == PATIENCE_READABLE &&
	    got == -1 && (errno == EINTR || errno == EAGAIN)));
	if (got == -1)
		return EXCHANGE_BROKEN_OFF;
	cgi->taken += (uint64_t)got;
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
cgi_drain(struct cgi *cgi)
{
	uint64_t limit = cgi_body_limit();
	char trash[16384];

	patience_limit(&cgi->patience, DRAIN_MS);
	while (cgi->taken < limit) {
		size_t part = sizeof trash;

		if (part > limit - cgi->taken)
			part = (size_t)(limit - cgi->taken);
		if (cgi_read(cgi, trash, part) <= 0)
			break;
	}
}

int
adapter_serve_cgi(const struct exchange_handler *handler)
{
	struct cgi cgi = { .patience = patience_of(REQUEST_MS) };
	const struct exchange exchange = { .env = environ, .endless = true,
	    .read = cgi_read, .hold = cgi_hold, .answer = cgi_answer,
	    .context = &cgi };

	handler->handle(handler->argument, &exchange);
	handler->settle(handler->argument);
	cgi_drain(&cgi);
	return 0;
}
