/*
 * request: what a web server passes through CGI (RFC 3875) or FastCGI, read
 * from the environment. Only the path is copied, so the environment must
 * outlive the request.
 */
#ifndef HOOKLINE_HTTP_REQUEST_H
#define HOOKLINE_HTTP_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#define REQUEST_PATH_MAX 1024

enum request_method { METHOD_OTHER, METHOD_GET, METHOD_HEAD, METHOD_POST };

enum request_length {
	LENGTH_ABSENT,		/* CONTENT_LENGTH missing or empty: until EOF */
	LENGTH_GIVEN,
	LENGTH_MALFORMED	/* not all digits, or above INT64_MAX */
};

struct request {
	char *const *env;	/* NAME=value strings, NULL at the end */
	enum request_method method;
	char path[REQUEST_PATH_MAX]; /* REQUEST_URI up to '?', undecoded,
				      * without scheme and host; if it is
				      * absent, SCRIPT_NAME + PATH_INFO; "" if
				      * it does not fit */
	const char *query;	/* QUERY_STRING, or what follows '?', or "" */
	enum request_length length_kind;
	uint64_t length;	/* bytes announced, with LENGTH_GIVEN */
};

void request_parse(struct request *request, char *const *env);

/* The value of an environment variable, or NULL; the first one counts. */
const char *request_variable(const struct request *request, const char *name);

/* The same, but the last one counts: lighttpd puts the CGI variables first, and
 * those that its configuration sets after them. */
const char *request_last_variable(const struct request *request,
    const char *name);

enum header_count { HEADER_ABSENT, HEADER_ONCE, HEADER_REPEATED };

/*
 * Looks for a header by its CGI name ("HTTP_X_HUB_SIGNATURE_256"). A second
 * variable of that name, or a comma in the value (servers join repeats with
 * commas), gives HEADER_REPEATED; `*value` is set only with HEADER_ONCE.
 */
enum header_count request_header(const struct request *request,
    const char *name, const char **value);

/*
 * The same for a header whose value contains commas of its own, such as a
 * distinguished name. Only a second variable is HEADER_REPEATED; the caller
 * must refuse values that a server may have joined.
 */
enum header_count request_header_with_commas(const struct request *request,
    const char *name, const char **value);

#endif
