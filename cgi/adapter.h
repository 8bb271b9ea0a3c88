/*
 * adapter: how the web server talks to us: through CGI (RFC 3875), with the
 * environment and standard input and output, or through FastCGI (Open Market,
 * "FastCGI Specification" 1.0), with libfcgi on descriptor 0.
 */
#ifndef HOOKLINE_ADAPTER_H
#define HOOKLINE_ADAPTER_H

#include "http/exchange.h"

enum adapter_mode { ADAPTER_PERSON, ADAPTER_CGI, ADAPTER_FASTCGI };

/*
 * FastCGI if descriptor 0 is a listening socket; else CGI if REQUEST_METHOD or
 * GATEWAY_INTERFACE is set; else a person or cron.
 */
enum adapter_mode adapter_detect(void);

/* Whether requests come over TCP: descriptor 0 is such a socket. */
bool adapter_by_tcp(void);

/* Handles the one request, within 60 s; returns the exit status. */
int adapter_serve_cgi(const struct exchange_handler *handler);

/*
 * Handles requests until SIGTERM, SIGINT, SIGUSR1 or SIGHUP comes, or the
 * handler says that the process must end. Requests that have begun are finished
 * first. A peer may take 60 s, or 5 s once the process must end. Requests are
 * handled one after the other, but small ones that have arrived completely are
 * settled together. Returns the exit status.
 */
int adapter_serve_fastcgi(const struct exchange_handler *handler);

#endif
