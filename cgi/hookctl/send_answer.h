/*
 * send_answer: is it hookline that has answered, and if not, who has?
 */
#ifndef HOOKLINE_HOOKCTL_SEND_ANSWER_H
#define HOOKLINE_HOOKCTL_SEND_ANSWER_H

#include "client.h"

#include <stddef.h>

/* The word of hookline's answer with this status and body, or NULL if it is not
 * hookline's. */
const char *answer_word(const struct client_answer *answer);

/* Whether the body is exactly this. */
bool answer_body_is(const struct client_answer *answer, const char *text);

/*
 * A line that helps to find out why it was not the expected answer, escaped for
 * a terminal; or "". It names where a redirect leads. For an answer that is not
 * hookline's, it has the Server header, a page's title and the first 200 bytes.
 */
void answer_about(const struct client_answer *answer, char *out, size_t room);

#endif
