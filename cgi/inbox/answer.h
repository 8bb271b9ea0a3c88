/*
 * answer: what the inbox sends: every answer has the same headers, which let
 * a browser run nothing but our own script.
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

/* Whether the client says https, or the web server does. */
bool answer_is_encrypted(const struct request *request);

/* Sends it, to HEAD and with 304 without its body, and ends the exchange. */
void answer_send(const struct exchange *exchange, const struct answer *answer);

/*
 * A plain text: a word for programs, alone on its line, and for people an empty
 * line and `why`; without that if it is "".
 */
void answer_word(const struct exchange *exchange, int status,
    const char *word, const char *why);

#endif
