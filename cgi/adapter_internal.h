/*
 * adapter_internal: what the adapter's files share.
 *
 *   adapter.c          who calls, and what both ways have in common
 *   adapter_cgi.c      CGI
 *   adapter_fastcgi.c  FastCGI: who is served, and together with whom
 *   fastcgi_input.c    what comes on a connection, and how long it may take
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
#define DRAIN_MS 5000		/* of these, once it has been answered */
#define STOP_MS 5000		/* once the process has been told to end */
#define ADAPTER_STOP_SIGNALS 4

/* The signals by which a process is told to end. */
extern const int adapter_stop_signals[ADAPTER_STOP_SIGNALS];

void adapter_stop_set(sigset_t *set);

/*
 * Takes what the handler left unread of a body, for DRAIN_MS at most: Apache
 * gives up on its client, and other servers report a broken connection instead
 * of the answer, where it is left lying.
 */
void adapter_drain(const struct exchange *exchange,
    struct patience *patience);

#endif
