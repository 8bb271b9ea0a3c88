/*
 * fastcgi_accept: waits for connections on descriptor 0, which other processes
 * may share, and for the signals that tell this process to end.
 */
#ifndef HOOKLINE_FASTCGI_ACCEPT_H
#define HOOKLINE_FASTCGI_ACCEPT_H

#include <signal.h>
#include <stdbool.h>

struct fastcgi_listener {
	int watch;		/* for connections, see watch_listener() */
	const sigset_t *waiting;
};

/* Blocks the signals that stop us; `*waiting`, which must last, becomes the mask
 * to wait with. False if the socket cannot be used. */
bool fastcgi_listen(struct fastcgi_listener *listener, sigset_t *waiting);

/* Whether the process has been told to end. */
bool fastcgi_must_stop(void);

/* Waits for a connection or a signal. Returns the connection, or -1 if there is
 * none yet and the caller should look again. */
int fastcgi_accept(const struct fastcgi_listener *listener, int wait_ms);

/* A connection that has arrived, or -1. */
int fastcgi_accept_waiting(void);

#endif
