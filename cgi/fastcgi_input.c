#include "fastcgi_input.h"

#include "adapter_internal.h"
#include "http/exchange.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#define MEANWHILE_MS 5

/* Whether we may go on waiting for the peer. */
static bool
may_wait(struct fastcgi_input *input, bool stop)
{
	if (stop)
		patience_limit(&input->patience, STOP_MS);
	return patience_lasts(&input->patience);
}

/* Waits for the peer, a short time if others wait as well. */
static void
wait_for_peer(struct fastcgi_input *input)
{
	static const struct timespec pause = { 0, MEANWHILE_MS * 1000000L };
	struct pollfd peer = { .fd = input->fd, .events = POLLIN };

	if (input->meanwhile != NULL && input->meanwhile(input->argument))
		(void)ppoll(&peer, 1, &pause, &input->waiting);
	else
		(void)patience_wait(&input->patience, input->fd, POLLIN,
		    &input->waiting);
}

/*
 * Receives up to `length` bytes, and waits until there are some. Returns their
 * count, 0 if the peer will send no more, or an exchange's error.
 */
static ssize_t
receive(struct fastcgi_input *input, char *bytes, size_t length)
{
	for (;;) {
		bool stop = input->must_stop();
		ssize_t got;

		if (!may_wait(input, stop))
			return stop ? EXCHANGE_GIVEN_UP : EXCHANGE_BROKEN_OFF;
		got = recv(input->fd, bytes, length, MSG_DONTWAIT);
		if (got >= 0)
			return got;
		if (errno == EAGAIN)
			wait_for_peer(input);
		else if (errno != EINTR)
			return errno == ECONNRESET ? EXCHANGE_BROKEN_OFF :
			    EXCHANGE_GIVEN_UP;
	}
}

bool
fastcgi_input_wait_to_send(struct fastcgi_input *input)
{
	while (may_wait(input, input->must_stop()))
		if (patience_wait(&input->patience, input->fd, POLLOUT,
		    &input->waiting) == PATIENCE_READY)
			return true;
	return false;
}

/* Examines the part of the head that has arrived, and finds what follows it. */
static enum fastcgi_step
look(struct fastcgi_input *input)
{
	enum fastcgi_step step = fastcgi_head(&input->head,
	    (struct span){ input->bytes, input->length });

	if (step == FASTCGI_END)
		input->rest = (struct span){ input->bytes + input->head.length,
		    input->length - input->head.length };
	return step;
}

bool
fastcgi_input_begin(struct fastcgi_input *input, int fd, int64_t ms)
{
	ssize_t got = recv(fd, input->bytes, FASTCGI_COMPLETE_MAX,
	    MSG_DONTWAIT);

	input->fd = fd;
	input->patience = patience_of(ms);
	input->head = (struct fastcgi_head){ 0 };
	input->length = got > 0 ? (size_t)got : 0;
	return look(input) == FASTCGI_END &&
	    fastcgi_has_body(&input->head, input->rest);
}

bool
fastcgi_input_head(struct fastcgi_input *input)
{
	enum fastcgi_step step;

	while ((step = look(input)) == FASTCGI_MORE) {
		ssize_t got = receive(input, input->bytes + input->length,
		    sizeof input->bytes - input->length);

		if (got <= 0)
			return false;
		input->length += (size_t)got;
	}
	return step == FASTCGI_END;
}

/* Receives more of the body into the buffer, whose content has been used up. */
static ssize_t
refill(struct fastcgi_input *input)
{
	ssize_t got = receive(input, input->bytes, sizeof input->bytes);

	if (got > 0)
		input->rest = (struct span){ input->bytes, (size_t)got };
	/* Only the stream itself says that it has ended. */
	return got == 0 ? EXCHANGE_BROKEN_OFF : got;
}

ssize_t
fastcgi_input_body(struct fastcgi_input *input, struct fastcgi_stream *body,
    char *bytes, size_t length)
{
	for (;;) {
		struct span piece;
		ssize_t got;

		switch (fastcgi_next(body, &input->rest, length, &piece)) {
		case FASTCGI_PIECE:
			memcpy(bytes, piece.bytes, piece.length);
			return (ssize_t)piece.length;
		case FASTCGI_END:
			return 0;
		case FASTCGI_WRONG:
			return EXCHANGE_BROKEN_OFF;
		case FASTCGI_MORE:
			got = refill(input);
			if (got < 0)
				return got;
		}
	}
}
