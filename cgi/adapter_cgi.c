#include "adapter.h"
#include "adapter_internal.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define REVISIT_MS 100	/* between two looks for a signal */

extern char **environ;

struct cgi {
	struct request request;
	struct exchange exchange;
	struct patience patience;
	uint64_t left;		/* bytes of the body, at most */
	size_t sent;		/* bytes of the answer */
};

/*
 * How much of a body to read. Some servers keep standard input open after
 * CONTENT_LENGTH bytes, so do not wait for more (RFC 3875, section 4.2).
 * Without a valid length, a POST's body is whatever comes.
 */
static uint64_t
body_of(const struct request *request)
{
	if (request->length_kind == LENGTH_GIVEN)
		return request->length;
	return request->method == METHOD_POST ? UINT64_MAX : 0;
}

/* Waits until a descriptor is ready; false when the time is up. */
static bool
wait_for(struct cgi *cgi, int fd, short events)
{
	enum patience_end end;

	do
		end = patience_wait(&cgi->patience, fd, events, NULL);
	while (end == PATIENCE_SIGNAL);
	return end == PATIENCE_READY;
}

static ssize_t
cgi_read(void *context, void *bytes, size_t length)
{
	struct cgi *cgi = context;
	ssize_t got = -1;

	if (cgi->left == 0)
		return 0;
	if (length > cgi->left)
		length = (size_t)cgi->left;
	while (wait_for(cgi, 0, POLLIN)) {
		got = read(0, bytes, length);
		if (got != -1 || (errno != EINTR && errno != EAGAIN))
			break;
	}
	if (got == -1)
		return EXCHANGE_BROKEN_OFF;
	cgi->left = got > 0 ? cgi->left - (uint64_t)got : 0;
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

/* A pipe that is ready takes EXCHANGE_SMALL bytes without waiting. */
static bool
cgi_send(void *context, const char *bytes, size_t length)
{
	struct cgi *cgi = context;

	while (length > 0) {
		size_t part = length < EXCHANGE_SMALL ? length :
		    EXCHANGE_SMALL;
		ssize_t written;

		if (cgi->sent + part > EXCHANGE_SMALL &&
		    !wait_for(cgi, 1, POLLOUT))
			return false;
		written = write(1, bytes, part);
		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		length -= (size_t)written;
		cgi->sent += (size_t)written;
	}
	return true;
}

static void
cgi_end(void *context)
{
	struct cgi *cgi = context;

	adapter_drain(&cgi->exchange, &cgi->patience);
}

/* Waits until the request is answered; once told to end, not for long. */
static void
finish(const struct exchange_handler *handler)
{
	struct patience patience = patience_of(REQUEST_MS);

	while (handler->revisit != NULL && handler->revisit(handler->argument,
	    patience_lasts(&patience) ? REVISIT_MS : -1) > 0)
		/* What came after cgi_hold() is still pending. */
		if (adapter_stop_pending())
			patience_limit(&patience, STOP_MS);
}

int
adapter_serve_cgi(const struct exchange_handler *handler)
{
	struct cgi cgi = { .patience = patience_of(REQUEST_MS) };

	request_parse(&cgi.request, environ);
	cgi.left = body_of(&cgi.request);
	cgi.exchange = (struct exchange){ .request = &cgi.request,
	    .read = cgi_read, .hold = cgi_hold, .send = cgi_send,
	    .end = cgi_end, .context = &cgi };
	handler->handle(handler->argument, &cgi.exchange);
	if (handler->settle != NULL)
		handler->settle(handler->argument);
	finish(handler);
	return 0;
}
