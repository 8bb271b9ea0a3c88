/*
 * client: HTTP requests, by libcurl, which no other file uses.
 *
 * Redirects are never followed. Cookies are not kept, and proxies from the
 * environment are not used. Certificates are checked.
 */
#ifndef HOOKLINE_CLIENT_H
#define HOOKLINE_CLIENT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False in the static program, which has no libcurl: nothing else here may be
 * called then. */
bool client_available(void);

struct client_request {
	const char *method;	/* "GET", "POST", "HEAD", "DELETE" */
	const char *url;	/* http or https */
	const char *const *headers; /* "Name: value"; ends with NULL; or NULL */
	const void *body;	/* or NULL */
	size_t length;
	int64_t timeout_ms;	/* for all of it */
	const char *address;	/* in digits: connect to it, whatever the URL's
				 * host has; or NULL */
	const char *ca_file;	/* authorities to trust, perhaps besides the
				 * system's; or NULL: those of the system */
};

/* Why there was no answer, as far as that helps to mend it. */
enum client_fault {
	CLIENT_OTHER_FAULT,
	CLIENT_NO_HOST,		/* the name has no address */
	CLIENT_NO_CONNECTION,
	CLIENT_NO_TLS,
	CLIENT_NO_CA_FILE,	/* request.ca_file cannot be used */
	CLIENT_HUNG_UP,		/* the peer closed without an answer */
	CLIENT_NO_HTTP,		/* it answered something else */
	CLIENT_TIME_OUT,
	CLIENT_CERT_NAME,	/* from here on, the peer's certificate was
				 * refused: it is for another host */
	CLIENT_CERT_EXPIRED,
	CLIENT_CERT_EARLY,	/* it is not valid yet */
	CLIENT_CERT_SELF,	/* it is self-signed */
	CLIENT_CERT_CHAIN,	/* its chain does not lead to an authority */
	CLIENT_CERT_OTHER
};

/* Reused from request to request: all zero before its first use, freed with
 * client_answer_free(). */
struct client_answer {
	int status;		/* 0: there was none, and `error` says why */
	struct buffer head;	/* the last one, lines as they came */
	struct buffer body;	/* more than CLIENT_BODY_MAX bytes are an
				 * error, not an answer */
	char error[256];
	char address[64];	/* of the peer, "" if there was no connection */
	int64_t microseconds;	/* from begin to end */
	int64_t certificate_end; /* seconds since 1970; 0: no https */
	bool connected;		/* there was a connection, with TLS if asked
				 * for: the request may have been sent */
	enum client_fault fault; /* what kind of `error` it is */
	int system_errno;	/* with CLIENT_NO_CONNECTION: why; or 0 */
};

#define CLIENT_BODY_MAX ((size_t)1 << 20)

/* An address in digits, and whether it is an IPv6 address. */
struct client_address {
	char text[64];
	bool six;
};

/* Looks up a host: up to `most` addresses. 0 if there is none: `*failed` tells
 * whether that is because nobody could be asked. */
size_t client_resolve(const char *host, struct client_address *addresses,
    size_t most, bool *failed);

struct client;

/* Keeps connections open from request to request. NULL when memory is short.
 * client_free() accepts NULL. */
struct client *client_new(void);
void client_free(struct client *client);

/* Sends a request and waits for the answer. True if one came, whatever it
 * says. */
bool client_send(struct client *client, const struct client_request *request,
    struct client_answer *answer);

void client_answer_free(struct client_answer *answer);

/*
 * A pool sends several requests at once, each over a connection of its own,
 * which stays open for the next one. At most `most` are in flight.
 *
 * NULL when memory is short. client_pool_free() gives up what is in flight, and
 * accepts NULL.
 */
struct client_pool;
struct client_pool *client_pool_new(size_t most);
void client_pool_free(struct client_pool *pool);

/* How many more may begin now. */
size_t client_pool_idle(const struct client_pool *pool);

/*
 * Begins a request, if client_pool_idle() is not 0. What the request points to
 * must last until its answer has been taken; `context` comes with that answer.
 * False when memory is short.
 */
bool client_pool_begin(struct client_pool *pool,
    const struct client_request *request, void *context);

/*
 * Goes on with what is in flight. Returns an answer if there is one, whatever
 * it says: valid until the next call for this pool. Otherwise waits at most
 * `wait_ms` milliseconds for something to happen, such as an answer or a
 * signal; NULL if there is no answer then either.
 */
const struct client_answer *client_pool_take(struct client_pool *pool,
    int wait_ms, void **context);

/* What to do about the fault of an answer without a status, in words, or "".
 * Needs no libcurl. */
const char *client_advice(const struct client_answer *answer);

/* The value of a header of the answer, any case, without blanks around it;
 * false if there is none. `value` has `room` bytes. */
bool client_header(const struct client_answer *answer, const char *name,
    char *value, size_t room);

/* A URL taken apart. Spans would be of `url`, so these are copies. */
struct client_url {
	char scheme[8];		/* "http", "https" */
	char host[256];		/* without brackets */
	unsigned port;
	char path[2048];	/* at least "/", with the query */
};

/* False if it is not an http or https URL, or has a user, a password or a
 * fragment. Needs no libcurl. */
bool client_url_parse(const char *url, struct client_url *parts);

/* Whether the host is this machine's loopback: localhost, 127.x.y.z or ::1.
 * Needs no libcurl. */
bool client_url_is_loopback(const struct client_url *parts);

#endif
