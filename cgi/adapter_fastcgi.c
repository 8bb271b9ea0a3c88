#include "adapter.h"
#include "adapter_internal.h"
#include "fastcgi_input.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define ACCEPT_WAIT_US 10000	/* if somebody made the socket blocking */
#define DESCRIPTORS 64		/* with fewer, serve one peer at a time */
#define LAST_ROUNDS 8		/* other processes may share the socket */
#define WATCH_MS 2000		/* a wake-up may be lost with its process */

static volatile sig_atomic_t stopping;

/* A connection and the request on it. */
struct peer {
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
	int watch;		/* for connections, see watch_listener() */
	size_t room;		/* how many peers may be used */
	int feed[2];		/* a pipe, see feed(); or -1, -1 */
	struct fastcgi_input input;
	struct peer peers[EXCHANGES_MAX];
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
}

static void
on_stop(int number)
{
	(void)number;
	stopping = 1;
}

/* Blocks the signals that stop us; `*waiting` is the mask to wait with. */
static void
catch_stop(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = on_stop };
	sigset_t set;
	size_t i;

	adapter_stop_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, NULL, waiting);
	for (i = 0; i < ADAPTER_STOP_SIGNALS; i++) {
		sigdelset(waiting, adapter_stop_signals[i]);
		sigaction(adapter_stop_signals[i], &action, NULL);
	}
}

/* Under load there is always a connection, so we never wait for a signal. */
static bool
must_stop(void)
{
	sigset_t pending;
	size_t i;

	sigpending(&pending);
	for (i = 0; i < ADAPTER_STOP_SIGNALS; i++)
		if (sigismember(&pending, adapter_stop_signals[i]))
			return true;
	return stopping;
}

/* There is no room for a connection now: others must free some first. */
static void
back_off(void)
{
	const struct timespec pause = { 0, 50000000 };

	nanosleep(&pause, NULL);
}

/* Makes a connection wake only one of the processes that wait for the socket.
 * -1 if that is not possible: then it wakes all. */
static int
watch_listener(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int watch = epoll_create1(EPOLL_CLOEXEC);

	if (watch != -1 && epoll_ctl(watch, EPOLL_CTL_ADD, 0, &event) == 0)
		return watch;
	return -1;
}

static int
wait_for_peer(const struct server *server, int wait_ms)
{
	const struct timespec wait = { wait_ms / 1000,
	    wait_ms % 1000 * 1000000L };
	struct pollfd listener = { .fd = 0, .events = POLLIN };
	struct epoll_event event;

	if (server->watch == -1)
		return ppoll(&listener, 1, &wait, &server->input.waiting);
	return epoll_pwait(server->watch, &event, 1, wait_ms,
	    &server->input.waiting);
}

/* A connection that has arrived, or -1. */
static int
accept_waiting(void)
{
	return accept4(0, NULL, NULL, SOCK_CLOEXEC);
}

/* Waits for a connection or a signal. Returns the connection, or -1 if there is
 * none yet and the caller should look again. */
static int
accept_peer(const struct server *server, int wait_ms)
{
	int fd = accept_waiting();

	if (fd == -1 && errno == EAGAIN && wait_for_peer(server, wait_ms) != -1)
		fd = accept_waiting();
	if (fd == -1 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOMEM || errno == ENOBUFS))
		back_off();
	return fd;
}

/* How many milliseconds the process may wait for the next connection; 0 if it
 * must end. */
static int
may_wait_ms(const struct server *server)
{
	const struct exchange_handler *handler = server->handler;
	int rest = handler->rest != NULL ? handler->rest(handler->argument) :
	    -1;

	if (must_stop())
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

/* Handles the request that the input has begun to read. */
static void
take(struct server *server, struct peer *peer)
{
	if (!fastcgi_input_head(&server->input) ||
	    !feed(server, &peer->fcgi)) {
		close(server->input.fd);
		return;
	}
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

static void
settle(struct server *server)
{
	if (server->handler->settle != NULL)
		server->handler->settle(server->handler->argument);
}

/*
 * Serves a connection and those that have arrived by then, and settles them
 * together. A slow or large one is settled alone, so that nobody waits for it.
 */
static void
serve(struct server *server, int fd)
{
	size_t i = 0;

	do {
		bool complete = fastcgi_input_begin(&server->input, fd,
		    REQUEST_MS);

		if (!complete)
			settle(server);
		take(server, &server->peers[i]);
		if (!complete)
			settle(server);
	} while (++i < server->room && may_wait_ms(server) > 0 &&
	    (fd = accept_waiting()) != -1);
	settle(server);
}

/*
 * Many processes wait for one connection. Those that come too late must go on
 * waiting, and still notice a signal. Whenever systemd starts one more process,
 * it makes the socket blocking again for all. The new process comes here and
 * undoes that; until then, the time-out keeps waits short.
 */
static bool
make_nonblocking(void)
{
	const struct timeval timeout = { 0, ACCEPT_WAIT_US };

	setsockopt(0, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	return fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK) != -1;
}

static size_t
room(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < DESCRIPTORS ? 1 : EXCHANGES_MAX;
}

static bool
prepare(struct server *server)
{
	size_t i;

	if (FCGX_Init() != 0)
		return false;
	/* Pass no listening socket: libfcgi would take the next connection
	 * itself. */
	for (i = 0; i < EXCHANGES_MAX; i++)
		if (FCGX_InitRequest(&server->peers[i].fcgi, -1,
		    FCGI_FAIL_ACCEPT_ON_INTR) != 0)
			return false;
	server->watch = watch_listener();
	server->room = room();
	server->feed[0] = server->feed[1] = -1;
	server->input.must_stop = must_stop;
	catch_stop(&server->input.waiting);
	return make_nonblocking();
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
		fd = accept_waiting();
		if (fd == -1)
			break;
		serve(server, fd);
	}
	close(0);
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
		int fd = accept_peer(&server, wait_ms);

		if (fd != -1)
			serve(&server, fd);
	}
	if (!must_stop())
		leave(&server);
	return 0;
}
