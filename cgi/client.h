/*
 * client: sends HTTP requests. Of all files, only client*.c use libcurl.
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
	int64_t timeout_ms;	/* from beginning to end */
	const char *address;	/* in digits: connect to this one instead of the
				 * URL's host; or NULL */
	const char *ca_file;	/* authorities to trust, possibly in addition
				 * to the system's; NULL: only the system's */
};

/* Why there was no answer, in as much detail as helps to mend it. */
enum client_fault {
	CLIENT_OTHER_FAULT,
	CLIENT_NO_HOST,		/* the name has no address */
	CLIENT_NO_CONNECTION,
	CLIENT_NO_TLS,
	CLIENT_NO_CA_FILE,	/* request.ca_file cannot be used */
	CLIENT_HUNG_UP,		/* the peer closed without an answer */
	CLIENT_NO_HTTP,		/* what it sent is not HTTP */
	CLIENT_TIME_OUT,
	CLIENT_CERT_NAME,	/* from here on, the peer's certificate was
				 * refused; this one is for another host */
	CLIENT_CERT_EXPIRED,
	CLIENT_CERT_EARLY,	/* it is not valid yet */
	CLIENT_CERT_SELF,	/* it is self-signed */
	CLIENT_CERT_CHAIN,	/* its chain does not lead to an authority */
	CLIENT_CERT_OTHER
};

/* All zero before its first use; can be reused from request to request; freed
 * with client_answer_free(). */
struct client_answer {
	int status;		/* 0: there was none, and `error` says why */
	struct buffer head;	/* the last one if there were several, as it
				 * came */
	struct buffer body;	/* more than CLIENT_BODY_MAX bytes are an
				 * error, not an answer */
	char error[256];
	char address[64];	/* of the peer, "" if there was no connection */
	int64_t microseconds;	/* from beginning to end */
	int64_t certificate_end; /* seconds since 1970; 0: no https */
	bool connected;		/* there was a connection, with TLS if the URL
				 * says so: the request may have been sent */
	enum client_fault fault; /* what kind of `error` it is */
	int system_errno;	/* with CLIENT_NO_CONNECTION: why; or 0 */
};

#define CLIENT_BODY_MAX ((size_t)1 << 20)

/* An address in digits, and whether it is an IPv6 address. */
struct client_address {
	char text[64];
	bool six;
};

/* Looks up at most `most` addresses of a host. Returns how many there are; if
 * none, `*failed` says whether the lookup itself failed. */
size_t client_resolve(const char *host, struct client_address *addresses,
    size_t most, bool *failed);

struct client;

/* Keeps connections open from request to request. NULL when memory is short.
 * client_free() accepts NULL. */
struct client *client_new(void);
void client_free(struct client *client);

/* Sends a request and waits for the answer. True if one came, with whatever
 * status. */
bool client_send(struct client *client, const struct client_request *request,
    struct client_answer *answer);

void client_answer_free(struct client_answer *answer);

/*
 * A pool sends up to `most` requests at once. Each has its own connection,
 * which stays open for the next one.
 *
 * NULL when memory is short. client_pool_free() gives up what is in flight, and
 * accepts NULL.
 */
struct client_pool;
struct client_pool *client_pool_new(size_t most);
void client_pool_free(struct client_pool *pool);

/* How many more requests may begin now. */
size_t client_pool_idle(const struct client_pool *pool);

/*
 * Begins a request, if client_pool_idle() is not 0. What the request points to
 * must last until its answer has been taken; `context` comes with that answer.
 * False when memory is short.
 */
bool client_pool_begin(struct client_pool *pool,
    const struct client_request *request, void *context);

/*
 * Goes on with the requests in flight and returns an answer, with whatever
 * status, which is valid until the next call for this pool. If there is none
 * yet, waits at most `wait_ms` milliseconds for one or for a signal; returns
 * NULL if that brought none.
 */
const struct client_answer *client_pool_take(struct client_pool *pool,
    int wait_ms, void **context);

/* In words, what to do if there was no answer, or "". Needs no libcurl. */
const char *client_advice(const struct client_answer *answer);

/* Copies a header's value, without blanks around it, to `value`, which has
 * `room` bytes. The case of `name` does not matter. False if there is none. */
bool client_header(const struct client_answer *answer, const char *name,
    char *value, size_t room);

/* The parts of a URL, copied from it. */
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
