/*
 * adapter_internal: shared by the adapter's files.
 *
 *   adapter.c          how we were called, and what both ways share
 *   adapter_cgi.c      CGI
 *   adapter_fastcgi.c  FastCGI: which requests are served, and which together
 *   fastcgi_accept.c   waiting for connections and signals
 *   fastcgi_input.c    reading from a connection, and how long that may take
 *   fastcgi_peek.c     what a FastCGI request consists of
 *   patience.c         how long a peer may take
 */
#ifndef HOOKLINE_ADAPTER_INTERNAL_H
#define HOOKLINE_ADAPTER_INTERNAL_H

#include "http/exchange.h"
#include "patience.h"

#include <signal.h>

/* How long a peer may keep a process, in milliseconds. */
#define REQUEST_MS 60000	/* in all */
#define DRAIN_MS 5000		/* of these, after it was answered */
#define STOP_MS 5000		/* after the process was told to end */
#define ADAPTER_STOP_SIGNALS 4

/* The signals that tell a process to end. */
extern const int adapter_stop_signals[ADAPTER_STOP_SIGNALS];

void adapter_stop_set(sigset_t *set);

/* Whether one of them has come while it was blocked. */
bool adapter_stop_pending(void);

/*
 * Reads what the handler left of a body, for DRAIN_MS at most. If it were left
 * unread, Apache would give up on its client, and other servers would report a
 * broken connection instead of the answer.
 */
void adapter_drain(const struct exchange *exchange,
    struct patience *patience);

#endif
