#include "adapter.h"
#include "adapter_internal.h"
#include "fastcgi_accept.h"
#include "fastcgi_input.h"

#include "base/clock.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <fcgiapp.h>
#include <fcntl.h>
#include <unistd.h>

#define DESCRIPTORS 64		/* with fewer, serve one peer at a time */
#define PARKED_MS 1		/* between two looks for a connection, while
				 * others wait */
#define FULL_MS 20		/* while there is no room for one */
#define LAST_ROUNDS 8		/* other processes may share the socket */
#define WATCH_MS 2000		/* a wake-up may be lost with its process */

/* A connection and the request on it. */
struct peer {
	bool known;		/* to libfcgi */
	bool busy;		/* until its request is answered */
	FCGX_Request fcgi;
	struct request request;
	struct fastcgi_input *input;
	struct fastcgi_stream body;
	struct exchange exchange;
	size_t sent;		/* bytes of the answer */
	bool gave_up;		/* before all of it was sent */
};

struct server {
	const struct exchange_handler *handler;
	struct fastcgi_listener listener;
	size_t room;		/* how many peers may be used */
	size_t parked;		/* how many wait for revisit() */
	int feed[2];		/* a pipe, see feed(); or -1, -1 */
	struct fastcgi_input input;
	struct peer peers[EXCHANGES_LIVE]; /* the first ones are used first */
};

static ssize_t
fastcgi_read(void *context, void *bytes, size_t length)
{
	struct peer *peer = context;

	return fastcgi_input_body(peer->input, &peer->body, bytes, length);
}

/* The signals that stop us are blocked except between requests. */
static void
fastcgi_hold(void *context)
{
	(void)context;
}

/*
 * An answer of up to EXCHANGE_SMALL bytes stays in libfcgi's buffer until the
 * end, and nothing was written to the connection before it. A socket that is
 * ready has room for more than the buffer's 8 kB.
 */
static bool
fastcgi_send(void *context, const char *bytes, size_t length)
{
	struct peer *peer = context;

	while (length > 0 && !peer->gave_up) {
		size_t part = length < EXCHANGE_SMALL ? length :
		    EXCHANGE_SMALL;

		peer->gave_up = (peer->sent + part > EXCHANGE_SMALL &&
		    !fastcgi_input_wait_to_send(peer->input)) ||
		    FCGX_PutStr(bytes, (int)part, peer->fcgi.out) != (int)part;
		bytes += part;
		length -= part;
		peer->sent += part;
	}
	return !peer->gave_up;
}

static void
fastcgi_end(void *context)
{
	struct peer *peer = context;
	FCGX_Request *fcgi = &peer->fcgi;

	/* If the body was read to its end, the input may have gone on to
	 * another connection since. */
	if (!peer->body.ended)
		adapter_drain(&peer->exchange, &peer->input->patience);
	/* Half an answer must not look like a whole one. */
	if (peer->gave_up)
		shutdown(fcgi->ipcFd, SHUT_RDWR);
	/* Detached, because libfcgi would otherwise wait for the peer to close
	 * the connection. */
	FCGX_Detach(fcgi);
	FCGX_Finish_r(fcgi);
	FCGX_Attach(fcgi);
	peer->busy = false;
}

/* How many milliseconds the process may wait for the next connection; 0 if it
 * must end. */
static int
may_wait_ms(const struct server *server)
{
	const struct exchange_handler *handler = server->handler;
	int rest = handler->rest != NULL ? handler->rest(handler->argument) :
	    -1;

	if (fastcgi_must_stop())
		return 0;
	return rest >= 0 && rest < WATCH_MS ? rest : WATCH_MS;
}

static bool
open_feed(struct server *server)
{
	return server->feed[1] != -1 ||
	    pipe2(server->feed, O_CLOEXEC | O_NONBLOCK) == 0;
}

/* Whatever is still in it must not become part of the next request. */
static void
close_feed(struct server *server, bool reader)
{
	if (reader)
		close(server->feed[0]);
	close(server->feed[1]);
	server->feed[0] = server->feed[1] = -1;
}

/*
 * Gives libfcgi the head that is in the buffer, and nothing else, through a
 * pipe. From the connection itself it would read on for as long as the peer
 * likes, and some records would make it end the process; see fastcgi_peek.h. So
 * libfcgi only parses the head and writes the answer, and fastcgi_input reads
 * all that a peer sends.
 */
static bool
feed(struct server *server, FCGX_Request *request)
{
	const struct fastcgi_input *input = &server->input;
	size_t length = input->head.length;

	if (!open_feed(server))
		return false;
	if (write(server->feed[1], input->bytes, length) != (ssize_t)length) {
		close_feed(server, true);
		return false;
	}
	/* Otherwise libfcgi would close the connection before it begins. */
	request->ipcFd = server->feed[0];
	request->keepConnection = 1;
	if (FCGX_Accept_r(request) != 0) {
		close_feed(server, false);
		return false;
	}
	/* An idle peer must not keep this process to itself. */
	request->keepConnection = 0;
	request->ipcFd = input->fd;
	return true;
}

/* A peer that is not used; NULL if all that may be are. Passes no listening
 * socket to libfcgi, which would take the next connection itself. */
static struct peer *
free_peer(struct server *server)
{
	struct peer *peer = server->peers, *end = peer + server->room;

	while (peer < end && peer->busy)
		peer++;
	if (peer == end)
		return NULL;
	peer->known = peer->known || FCGX_InitRequest(&peer->fcgi, -1,
	    FCGI_FAIL_ACCEPT_ON_INTR) == 0;
	return peer->known ? peer : NULL;
}

/* Handles the request that the input has begun to read. */
static void
take(struct server *server, struct peer *peer)
{
	if (!fastcgi_input_head(&server->input) ||
	    !feed(server, &peer->fcgi)) {
		close(server->input.fd);
		return;
	}
	peer->busy = true;
	request_parse(&peer->request, peer->fcgi.envp);
	peer->input = &server->input;
	peer->body = fastcgi_body(&server->input.head);
	peer->sent = 0;
	peer->gave_up = false;
	peer->exchange = (struct exchange){ .request = &peer->request,
	    .read = fastcgi_read, .hold = fastcgi_hold, .send = fastcgi_send,
	    .end = fastcgi_end, .context = peer };
	server->handler->handle(server->handler->argument, &peer->exchange);
}

/* Answers those that settle() left waiting and that need not wait any longer;
 * returns how many still wait. */
static size_t
revisit(struct server *server, int wait_ms)
{
	const struct exchange_handler *handler = server->handler;

	server->parked = handler->revisit == NULL ? 0 :
	    handler->revisit(handler->argument, wait_ms);
	return server->parked;
}

static void
settle(struct server *server)
{
	if (server->handler->settle != NULL)
		server->handler->settle(server->handler->argument);
	(void)revisit(server, 0);
}

/* While a peer is slow, others must not wait for it. */
static bool
meanwhile(void *argument)
{
	struct server *server = argument;

	return server->parked > 0 && revisit(server, 0) > 0;
}

/*
 * Serves a connection and those that have arrived by then, and settles them
 * together. A slow or large one is settled alone, so that nobody waits for it.
 */
static void
serve(struct server *server, int fd)
{
	struct peer *peer = free_peer(server);
	size_t count = 0;

	if (peer == NULL) {	/* memory is short */
		close(fd);
		return;
	}
	do {
		bool complete = fastcgi_input_begin(&server->input, fd,
		    REQUEST_MS);

		if (!complete)
			settle(server);
		take(server, peer);
		if (!complete)
			settle(server);
	} while (++count < EXCHANGES_MAX && may_wait_ms(server) > 0 &&
	    (peer = free_peer(server)) != NULL &&
	    (fd = fastcgi_accept_waiting()) != -1);
	settle(server);
}

static size_t
room(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur >= 2 * EXCHANGES_LIVE)
		return EXCHANGES_LIVE;
	return limit.rlim_cur < DESCRIPTORS ? 1 : (size_t)limit.rlim_cur / 2;
}

static bool
prepare(struct server *server)
{
	if (FCGX_Init() != 0)
		return false;
	server->room = room();
	server->feed[0] = server->feed[1] = -1;
	server->input.must_stop = fastcgi_must_stop;
	server->input.meanwhile = meanwhile;
	server->input.argument = server;
	return fastcgi_listen(&server->listener, &server->input.waiting);
}

/*
 * While requests wait for something other than the disk, goes on accepting:
 * between two looks for a connection, waits for them. Returns what
 * fastcgi_accept() would.
 */
static int
accept_meanwhile(struct server *server)
{
	bool room = free_peer(server) != NULL;
	int fd = room ? fastcgi_accept_waiting() : -1;

	if (fd == -1)
		(void)revisit(server, room ? PARKED_MS : FULL_MS);
	return fd;
}

/*
 * Before a process ends by itself, it serves the peers that are connected by
 * now, and then closes the socket to all others. If mod_fcgid and lighttpd
 * cannot connect to this process, they ask another one; if a connection breaks
 * off, mod_fcgid answers 500.
 */
static void
leave(struct server *server)
{
	int fd, rounds;

	for (rounds = 0; rounds < LAST_ROUNDS; rounds++) {
		fd = accept_meanwhile(server);
		if (fd == -1)
			break;
		serve(server, fd);
	}
	close(0);
}

/* Waits for those that still wait, but not for long. */
static void
finish(struct server *server)
{
	int64_t end = clock_monotonic_ms() + STOP_MS;

	while (server->parked > 0 && clock_monotonic_ms() < end)
		(void)revisit(server, FULL_MS);
	if (server->parked > 0)
		(void)revisit(server, -1);
}

int
adapter_serve_fastcgi(const struct exchange_handler *handler)
{
	static struct server server;
	int wait_ms;

	server.handler = handler;
	if (!prepare(&server))
		return 1;
	while ((wait_ms = may_wait_ms(&server)) > 0) {
		int fd = server.parked > 0 ? accept_meanwhile(&server) :
		    fastcgi_accept(&server.listener, wait_ms);

		if (fd != -1)
			serve(&server, fd);
	}
	if (!fastcgi_must_stop())
		leave(&server);
	finish(&server);
	return 0;
}
