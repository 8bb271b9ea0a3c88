/*
 * listen_tcp: whether the receiver may be served by TCP.
 */
#ifndef HOOKLINE_LISTEN_TCP_H
#define HOOKLINE_LISTEN_TCP_H

#include <stdbool.h>

/*
 * Whether what is configured, in `config_file` or if that is NULL wherever it
 * is found, may be served at the TCP address with this name. If not, prints
 * why. A configuration that cannot be used at all does not keep hookline from
 * starting: workers then answer 503, and log why.
 */
bool listen_tcp_allowed(const char *config_file, const char *address);

#endif
