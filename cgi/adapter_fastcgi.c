#include "adapter.h"
#include "adapter_internal.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ACCEPT_WAIT_US 10000	/* where somebody made the socket blocking */
#define DESCRIPTORS 64		/* with fewer, the journal needs all */
#define WHOLE_MAX 16384		/* bytes of a request that need not wait */
#define LAST_ROUNDS 8		/* the others of a shared socket go on */
#define WATCH_MS 2000		/* a process may die with the wake-up it got */

static volatile sig_atomic_t stopping;

/* A connection and the request on it. */
struct peer {
	FCGX_Request request;
	struct exchange exchange;
};

struct server {
	const struct exchange_handler *handler;
	int watch;		/* for connections, see watch_listener() */
	sigset_t waiting;	/* the mask to wait with */
	size_t room;		/* of the peers, that may be used */
	struct peer peers[EXCHANGES_MAX];
};

static ssize_t
fastcgi_read(void *context, void *bytes, size_t length)
{
	FCGX_Request *request = &((struct peer *)context)->request;
	int wanted = length > 1 << 30 ? 1 << 30 : (int)length;
	int got = FCGX_GetStr(bytes, wanted, request->in);

	if (got > 0)
		return got;
	return FCGX_GetError(request->in) == 0 ? 0 : -1;
}

/* The signals that stop us are blocked but for the wait between requests. */
static void
fastcgi_hold(void *context)
{
	(void)context;
}

/* Takes what is left of a body that was refused unread: some servers report
 * a broken connection instead of the answer where it is left lying. */
static void
drain(FCGX_Request *request)
{
	char trash[16384];
	size_t total = 0;
	int got;

	while (total < DRAIN_MAX && (got = FCGX_GetStr(trash, sizeof trash,
	    request->in)) > 0)
		total += (size_t)got;
}

static void
fastcgi_answer(void *context, const char *bytes, size_t length)
{
	FCGX_Request *request = &((struct peer *)context)->request;

	FCGX_PutStr(bytes, (int)length, request->out);
	drain(request);
	/* All has been read, so there is no need to wait for the peer to close,
	 * as libfcgi would do with a request that is not detached. */
	FCGX_Detach(request);
	FCGX_Finish_r(request);
	FCGX_Attach(request);
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

/* Under load there is always a connection, and nobody waits for a signal. */
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

/* No room for a connection now: others have to give some back first. */
static void
back_off(void)
{
	const struct timespec pause = { 0, 50000000 };

	nanosleep(&pause, NULL);
}

/* Of many processes that wait for one socket, a connection wakes one. -1 where
 * that cannot be had: then it wakes all. */
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
wait_for_peer(const struct server *server)
{
	struct pollfd listener = { .fd = 0, .events = POLLIN };
	struct epoll_event event;

	if (server->watch == -1)
		return ppoll(&listener, 1, NULL, &server->waiting);
	return epoll_pwait(server->watch, &event, 1, WATCH_MS,
	    &server->waiting);
}

/* A connection that is there already, or -1. */
static int
accept_waiting(void)
{
	return accept4(0, NULL, NULL, SOCK_CLOEXEC);
}

/* A connection, or -1: none now, look again. Waits for one or for a signal. */
static int
accept_peer(const struct server *server)
{
	int fd = accept_waiting();

	if (fd == -1 && errno == EAGAIN && wait_for_peer(server) != -1)
		fd = accept_waiting();
	if (fd == -1 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOMEM || errno == ENOBUFS))
		back_off();
	return fd;
}

/* Whether these bytes begin a request of ours with the number 1, as all servers
 * send it that use a connection for one request. */
static bool
begins(const unsigned char *bytes, ssize_t length)
{
	static const unsigned char begin[] = { FCGI_VERSION_1,
	    FCGI_BEGIN_REQUEST, 0, 1, 0, sizeof(FCGI_BeginRequestBody), 0 };
	const FCGI_BeginRequestRecord *record = (const void *)bytes;

	return length >= FCGI_HEADER_LEN &&
	    memcmp(bytes, begin, sizeof begin) == 0 &&
	    length >= (ssize_t)sizeof *record &&
	    record->body.roleB1 == 0 && record->body.roleB0 == FCGI_RESPONDER;
}

/*
 * Whether a whole request lies there, in the records that it has to consist
 * of: then libfcgi does not have to wait for any of it.
 */
static bool
is_complete(int fd)
{
	unsigned char bytes[WHOLE_MAX];
	ssize_t got = recv(fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
	ssize_t at = sizeof(FCGI_BeginRequestRecord);
	int wanted = FCGI_PARAMS, length;
	const FCGI_Header *header;

	if (!begins(bytes, got))
		return false;
	for (; at + FCGI_HEADER_LEN <= got;
	    at += FCGI_HEADER_LEN + length + header->paddingLength) {
		header = (const void *)(bytes + at);
		length = header->contentLengthB1 << 8 |
		    header->contentLengthB0;
		if (header->version != FCGI_VERSION_1 ||
		    header->type != wanted || header->requestIdB1 != 0 ||
		    header->requestIdB0 != 1)
			return false;
		/* libfcgi does not expect padding where nothing is. */
		if (length == 0 && header->paddingLength != 0)
			return false;
		if (length == 0 && wanted == FCGI_PARAMS)
			wanted = FCGI_STDIN;
		else if (length == 0)
			return true;
	}
	return false;
}

/* Reading ends when the peer is silent for long; an answer is too short to wait
 * for its reader. */
static void
limit_patience(int fd)
{
	const struct timeval timeout = { PEER_TIMEOUT_S, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

/* Handles the request on a connection. */
static void
take(struct server *server, struct peer *peer, int fd)
{
	FCGX_Request *request = &peer->request;

	/* libfcgi takes a connection that is there already, and only speaks
	 * the protocol on it; it would close one that is not to be kept before
	 * it begins. */
	request->ipcFd = fd;
	request->keepConnection = 1;
	if (FCGX_Accept_r(request) != 0)
		return;
	/* An idle peer must not keep this process to itself. */
	request->keepConnection = 0;
	peer->exchange = (struct exchange){ .env = request->envp,
	    .read = fastcgi_read, .hold = fastcgi_hold,
	    .answer = fastcgi_answer, .context = peer };
	server->handler->handle(server->handler->argument, &peer->exchange);
}

static void
settle(struct server *server)
{
	server->handler->settle(server->handler->argument);
}

/*
 * Serves a connection, and with it those that are there by then: they are
 * settled together. One that is slow or large is settled alone, and nobody
 * waits for it.
 */
static void
serve(struct server *server, int fd)
{
	size_t i;

	for (i = 0; fd != -1; fd = accept_waiting()) {
		bool complete = is_complete(fd);

		if (!complete)
			settle(server);
		limit_patience(fd);
		take(server, &server->peers[i], fd);
		if (!complete)
			settle(server);
		if (++i == server->room)
			break;
	}
	settle(server);
}

/*
 * Many processes wait for one connection: who comes too late goes on waiting
 * for a signal, too. systemd makes the socket blocking again for all whenever
 * it starts one more process, which ends here as well; until then nobody may
 * wait for long.
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

	/* How long libfcgi waits for the peer after a request that it does not
	 * take, in milliseconds. */
	setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 0);
	if (FCGX_Init() != 0)
		return false;
	/* No listening socket: it would take the next connection by itself. */
	for (i = 0; i < EXCHANGES_MAX; i++)
		if (FCGX_InitRequest(&server->peers[i].request, -1,
		    FCGI_FAIL_ACCEPT_ON_INTR) != 0)
			return false;
	server->watch = watch_listener();
	server->room = room();
	catch_stop(&server->waiting);
	return make_nonblocking();
}

/*
 * Before a process ends by itself: serves those who are connected by now, and is
 * gone for all others at once. mod_fcgid and lighttpd ask another process where
 * this one cannot be connected to; a connection that breaks off makes mod_fcgid
 * answer 500.
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

	server.handler = handler;
	if (!prepare(&server))
		return 1;
	while (!must_stop()) {
		int fd;

		if (handler->rest(handler->argument) == 0) {
			leave(&server);
			break;
		}
		fd = accept_peer(&server);
		if (fd != -1)
			serve(&server, fd);
	}
	return 0;
}
