/*
 * adapter: how the web server talks to us: CGI (RFC 3875) by environment,
 * standard input and output, or FastCGI (Open Market, "FastCGI Specification"
 * 1.0) by libfcgi on descriptor 0.
 */
#ifndef HOOKLINE_ADAPTER_H
#define HOOKLINE_ADAPTER_H

#include "http/exchange.h"

enum adapter_mode { ADAPTER_PERSON, ADAPTER_CGI, ADAPTER_FASTCGI };

/*
 * FastCGI where descriptor 0 is a listening socket; else CGI where
 * REQUEST_METHOD or GATEWAY_INTERFACE is set; else a person or cron.
 */
enum adapter_mode adapter_detect(void);

/* Whether requests come by TCP: descriptor 0 is a socket of that. */
bool adapter_by_tcp(void);

/* Handles the one request there is, in 60 s at most; the exit status. */
int adapter_serve_cgi(const struct exchange_handler *handler);

/*
 * Handles requests until SIGTERM, SIGINT, SIGUSR1 or SIGHUP comes, or until the
 * handler says that the process is to end. What has begun is finished first;
 * its peer is then waited for no longer than 5 s, and 60 s otherwise. One after
 * the other, but those that are completely there already, and small, are
 * settled together. Returns the exit status.
 */
int adapter_serve_fastcgi(const struct exchange_handler *handler);

#endif
