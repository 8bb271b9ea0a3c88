/*
 * adapter_internal: what the adapter's files share.
 *
 *   adapter.c          who calls, and CGI
 *   adapter_fastcgi.c  FastCGI: who is served, and together with whom
 *   fastcgi_input.c    what comes on a connection, and how long it may take
 *   fastcgi_peek.c     what a FastCGI request consists of
 *   patience.c         how long a peer may take
 */
#ifndef HOOKLINE_ADAPTER_INTERNAL_H
#define HOOKLINE_ADAPTER_INTERNAL_H

#include <signal.h>
#include <stddef.h>

/* How long a peer may keep a process, in milliseconds. */
#define REQUEST_MS 60000	/* in all */
#define DRAIN_MS 5000		/* of these, once it has been refused */
#define STOP_MS 5000		/* once the process has been told to end */
#define DRAIN_MAX ((size_t)64 << 20)
#define ADAPTER_STOP_SIGNALS 4

/* The signals by which a process is told to end. */
extern const int adapter_stop_signals[ADAPTER_STOP_SIGNALS];

void adapter_stop_set(sigset_t *set);

#endif
