/*
 * response: the head of an answer, in the form of a CGI document response (RFC
 * 3875, section 6). All headers of all programs are written here.
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
	uint64_t length;	/* of the body, even if HEAD omits it (RFC 9110,
				 * section 8.6) */
	const char *cache;	/* Cache-Control; NULL: no-store */
	const char *others;	/* more headers, each with CR and LF, or "";
				 * nothing that a peer has sent */
};

/*
 * Writes all headers and the blank line, without Content-Length if the body is
 * streamed. Returns the bytes written, less than RESPONSE_HEAD_MAX, or 0 if
 * they do not fit.
 */
size_t response_head(const struct response *response,
    char out[RESPONSE_HEAD_MAX]);

#endif
