#include "fastcgi_accept.h"

#include "adapter_internal.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>

#define ACCEPT_WAIT_US 10000	/* if somebody made the socket blocking */

static volatile sig_atomic_t stopping;

static void
on_stop(int number)
{
	(void)number;
	stopping = 1;
}

/* Blocks the signals that stop us. `*waiting` becomes the mask to wait with. */
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
bool
fastcgi_must_stop(void)
{
	return stopping || adapter_stop_pending();
}

/* Waits a little, as there is no room for a connection: other ones must end
 * first. */
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
wait_for_peer(const struct fastcgi_listener *listener, int wait_ms)
{
	const struct timespec wait = { wait_ms / 1000,
	    wait_ms % 1000 * 1000000L };
	struct pollfd socket = { .fd = 0, .events = POLLIN };
	struct epoll_event event;

	if (listener->watch == -1)
		return ppoll(&socket, 1, &wait, listener->waiting);
	return epoll_pwait(listener->watch, &event, 1, wait_ms,
	    listener->waiting);
}

int
fastcgi_accept_waiting(void)
{
	return accept4(0, NULL, NULL, SOCK_CLOEXEC);
}

int
fastcgi_accept(const struct fastcgi_listener *listener, int wait_ms)
{
	int fd = fastcgi_accept_waiting();

	if (fd == -1 && errno == EAGAIN &&
	    wait_for_peer(listener, wait_ms) != -1)
		fd = fastcgi_accept_waiting();
	if (fd == -1 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOMEM || errno == ENOBUFS))
		back_off();
	return fd;
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

bool
fastcgi_listen(struct fastcgi_listener *listener, sigset_t *waiting)
{
	listener->watch = watch_listener();
	listener->waiting = waiting;
	catch_stop(waiting);
	return make_nonblocking();
}
