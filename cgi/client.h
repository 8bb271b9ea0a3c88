/*
 * client: HTTP requests, by libcurl, which no other file uses.
 *
 * Redirects are never followed, cookies and proxies of the environment not
 * used. Certificates are checked.
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

enum client_family { CLIENT_ANY, CLIENT_IPV4, CLIENT_IPV6 };

struct client_request {
	const char *method;	/* "GET", "POST", "HEAD" */
	const char *url;	/* http or https */
	const char *const *headers; /* "Name: value"; ends with NULL; or NULL */
	const void *body;	/* or NULL */
	size_t length;
	int64_t timeout_ms;	/* for all of it */
	enum client_family family;
	const char *ca_file;	/* also trusted, or NULL: the system's */
};

/* Why there was no answer. */
enum client_failure {
	CLIENT_NO_FAILURE,
	CLIENT_NO_NAME,		/* the name has no address of this family */
	CLIENT_NO_CONNECTION,	/* `system_errno` says why, if it is not 0 */
	CLIENT_TOO_LATE,	/* the time was over */
	CLIENT_OTHER_FAILURE	/* `error` says why */
};

/* Reused from request to request: all zero before its first use, freed with
 * client_answer_free(). */
struct client_answer {
	int status;		/* 0: there was none, and `error` says why */
	struct buffer head;	/* the last one, lines as they came */
	struct buffer body;	/* at most CLIENT_BODY_MAX bytes */
	enum client_failure failure;
	int system_errno;
	char error[256];
	char address[64];	/* of the peer, "" if there was no connection */
	int64_t microseconds;	/* from begin to end */
	int64_t certificate_end; /* seconds since 1970; 0: no https */
	bool certificate_refused; /* the peer's was, and `error` says why */
};

#define CLIENT_BODY_MAX ((size_t)1 << 20)

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

/* False if it is no http or https URL, or has a user, a password or a
 * fragment. Needs no libcurl. */
bool client_url_parse(const char *url, struct client_url *parts);

/* Whether the host is this machine's loopback: localhost, 127.x.y.z or ::1.
 * Needs no libcurl. */
bool client_url_is_loopback(const struct client_url *parts);

#endif
