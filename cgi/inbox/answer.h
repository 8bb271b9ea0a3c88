/*
 * answer: sends the inbox's answers. All of them have headers by which a
 * browser runs no script but our own.
 */
#ifndef HOOKLINE_INBOX_ANSWER_H
#define HOOKLINE_INBOX_ANSWER_H

#include "base/span.h"
#include "http/exchange.h"

#include <stdbool.h>

struct answer {
	int status;
	const char *type;	/* Content-Type */
	const char *cache;	/* Cache-Control; NULL: no-store */
	const char *others;	/* more headers, each with CR and LF; NULL:
				 * none */
	struct span body;
};

/* Whether the page goes over https, as the client or the web server says. */
bool answer_is_encrypted(const struct request *request);

/* Sends the answer, without its body for HEAD and 304, and ends the
 * exchange. */
void answer_send(const struct exchange *exchange, const struct answer *answer);

/*
 * Sends a plain text: a word for programs on its first line, and, unless `why`
 * is "", an empty line and `why` for people.
 */
void answer_word(const struct exchange *exchange, int status,
    const char *word, const char *why);

#endif
