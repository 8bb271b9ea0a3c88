/*
 * adapter_internal: what the adapter's files share.
 *
 *   adapter.c          who calls, and CGI
 *   adapter_fastcgi.c  FastCGI
 */
#ifndef HOOKLINE_ADAPTER_INTERNAL_H
#define HOOKLINE_ADAPTER_INTERNAL_H

#include <signal.h>
#include <stddef.h>

#define PEER_TIMEOUT_S 30	/* for each read and write of a request */
#define DRAIN_MAX ((size_t)64 << 20)
#define ADAPTER_STOP_SIGNALS 4

/* The signals by which a process is told to end. */
extern const int adapter_stop_signals[ADAPTER_STOP_SIGNALS];

void adapter_stop_set(sigset_t *set);

#endif
