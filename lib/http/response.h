/*
 * response: the short plain-text answers, as CGI document responses
 * (RFC 3875, section 6). One function writes headers.
 */
#ifndef HOOKLINE_HTTP_RESPONSE_H
#define HOOKLINE_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#define RESPONSE_MAX 1024	/* bytes of head and body together */

struct response {
	int status;		/* 200, 400, 401, 403, 404, 405, 413, 503 */
	char body[288];		/* NUL-terminated; "ok\n" */
};

/* A status with `text` as the whole body, nothing added; 287 bytes at most,
 * what is longer is cut. For the challenge. */
void response_text(struct response *response, int status, const char *text);

/* A status with its word and a newline as the body. */
void response_word(struct response *response, int status, const char *word);

/* A status with the word that the answers table gives it; 200 is "ok". One
 * that the table does not have becomes 503, here as in response_format(). */
void response_status(struct response *response, int status);

/*
 * Writes Status, Content-Type, X-Content-Type-Options, Cache-Control,
 * Content-Length (the body's, with `head_only` too, RFC 9110, section 8.6),
 * Allow with 405 or Retry-After with 503, a blank line and, unless
 * `head_only`, the body. Returns the bytes written, never above RESPONSE_MAX.
 */
size_t response_format(const struct response *response, bool head_only,
    char out[RESPONSE_MAX]);

#endif
