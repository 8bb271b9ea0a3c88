/*
 * response: the head of an answer, as a CGI document response has it (RFC 3875,
 * section 6). Every header of every program is written here.
 */
#ifndef HOOKLINE_HTTP_RESPONSE_H
#define HOOKLINE_HTTP_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#define RESPONSE_HEAD_MAX 1024		/* bytes, with a NUL */
#define RESPONSE_STREAMED UINT64_MAX	/* a length that is not known yet */

struct response {
	int status;
	const char *type;	/* Content-Type */
	uint64_t length;	/* of the body, even where HEAD leaves it out
				 * (RFC 9110, section 8.6) */
	const char *others;	/* more headers, each with its CR and LF; "".
				 * Nothing that a peer has sent. */
};

/*
 * Writes Status, Content-Type, X-Content-Type-Options, Cache-Control, unless it
 * is streamed Content-Length, the others, and the blank line. Returns the bytes
 * written, less than RESPONSE_HEAD_MAX; 0 where there is no room for them all.
 */
size_t response_head(const struct response *response,
    char out[RESPONSE_HEAD_MAX]);

#endif
