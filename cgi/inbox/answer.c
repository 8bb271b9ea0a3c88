#include "inbox/answer.h"

#include "base/buffer.h"
#include "http/response.h"

#include <stdio.h>
#include <string.h>

#define OTHERS_MAX 768

static const char always[] =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; "
    "script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

/* Only with https: over http, browsers ignore it and complain. */
static const char with_https[] =
    "Cross-Origin-Opener-Policy: same-origin\r\n";

bool
answer_is_encrypted(const struct request *request)
{
	const char *https = request_variable(request, "HTTPS");
	const char *scheme = request_variable(request, "REQUEST_SCHEME");
	const char *before = request_variable(request,
	    "HTTP_X_FORWARDED_PROTO");

	return (https != NULL && *https != '\0' &&
	    strcmp(https, "off") != 0) ||
	    (scheme != NULL && strcmp(scheme, "https") == 0) ||
	    (before != NULL && strcmp(before, "https") == 0);
}

void
answer_send(const struct exchange *exchange, const struct answer *answer)
{
	char others[OTHERS_MAX], head[RESPONSE_HEAD_MAX];
	const struct response response = { .status = answer->status,
	    .type = answer->type, .cache = answer->cache, .others = others,
	    .length = answer->status == 304 ? RESPONSE_STREAMED :
	    answer->body.length };
	size_t length;

	(void)snprintf(others, sizeof others, "%s%s%s", always,
	    answer_is_encrypted(exchange->request) ? with_https : "",
	    answer->others != NULL ? answer->others : "");
	length = response_head(&response, head);
	if (exchange->send(exchange->context, head, length) &&
	    answer->status != 304 &&
	    exchange->request->method != METHOD_HEAD)
		(void)exchange->send(exchange->context, answer->body.bytes,
		    answer->body.length);
	exchange->end(exchange->context);
}

void
answer_word(const struct exchange *exchange, int status, const char *word,
    const char *why)
{
	struct answer answer = { .status = status,
	    .type = "text/plain; charset=utf-8",
	    .others = status == 405 ? "Allow: GET, HEAD\r\n" : NULL };
	struct buffer text = { 0 };

	if (buffer_append(&text, word, strlen(word)) == ERR_NONE &&
	    buffer_append(&text, "\n\n", *why == '\0' ? 1 : 2) == ERR_NONE)
		(void)buffer_append(&text, why, strlen(why));
	answer.body = (struct span){ text.bytes, text.length };
	answer_send(exchange, &answer);
	buffer_free(&text);
}
