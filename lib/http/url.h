/*
 * url: the host and the port of an http or https URL.
 */
#ifndef HOOKLINE_HTTP_URL_H
#define HOOKLINE_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads HOST or HOST:PORT at the start of `text`, which is what comes after the
 * scheme, up to the path, the query or the end. The host is copied to `host`,
 * which has `room` bytes, without the brackets of an IPv6 address. `*port` is
 * unchanged if there is none. Returns how many bytes were read; 0 if they are
 * something else, such as a user, or the host is too long.
 */
size_t url_place(const char *text, char *host, size_t room, unsigned *port);

/* Whether the host is this machine's loopback: localhost, 127.x.y.z or ::1. */
bool url_is_loopback(const char *host);

#endif
