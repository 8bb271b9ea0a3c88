#include "hookctl/send_answer.h"

#include "hookctl/output.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BODY_SHOWN 200		/* bytes */

/* What hookline answers, and what it means to a sender. */
static const struct {
	int status;
	const char *word;
	const char *about;
} words[] = {
	{ 200, "ok", "this is the answer to a notification, and not to a "
	    "verification" },
	{ 200, "ready", "hookline got no hub. parameters: something before it "
	    "drops the query" },
	{ 400, "bad-request", "the body is not JSON, or a parameter is "
	    "malformed" },
	{ 401, "unauthorized", "the receiver does not have the secret that "
	    "this was signed with, or it was not signed" },
	{ 403, "forbidden", "the verify token or the client certificate is "
	    "not the one that the receiver wants" },
	{ 404, "not-found", "no endpoint of the receiver has this path" },
	{ 405, "method-not-allowed", "" },
	{ 413, "too-large", "max_body of the receiver is less than this" },
	{ 503, "unavailable", "the receiver could not store it, or has no "
	    "good configuration: its log says why" },
};

#define WORDS (sizeof words / sizeof words[0])

bool
answer_body_is(const struct client_answer *answer, const char *text)
{
	return answer->body.length == strlen(text) &&
	    (*text == '\0' || memcmp(answer->body.bytes, text,
	    answer->body.length) == 0);
}

/* The row of hookline's answer, or WORDS. */
static size_t
row_of(const struct client_answer *answer)
{
	char line[32];
	size_t i;

	for (i = 0; i < WORDS; i++) {
		(void)snprintf(line, sizeof line, "%s\n", words[i].word);
		if (words[i].status == answer->status &&
		    answer_body_is(answer, line))
			break;
	}
	return i;
}

const char *
answer_word(const struct client_answer *answer)
{
	size_t row = row_of(answer);

	return row < WORDS ? words[row].word : NULL;
}

/* The title of an HTML page, absent if there is none. */
static struct span
title_of(const struct buffer *body)
{
	struct span title = { 0 };
	size_t i, begin = 0;

	for (i = 0; i + 8 <= body->length; i++) {
		if (begin == 0 &&
		    strncasecmp(body->bytes + i, "<title>", 7) == 0)
			begin = i + 7;
		if (begin != 0 &&
		    strncasecmp(body->bytes + i, "</title>", 8) == 0) {
			title.bytes = body->bytes + begin;
			title.length = i - begin;
			break;
		}
	}
	return title;
}

static void
append(struct buffer *out, const char *before, struct span text)
{
	if (text.length == 0)
		return;
	if (text.length > BODY_SHOWN)
		text.length = BODY_SHOWN;
	if (out->length > 0)
		(void)buffer_append(out, "; ", 2);
	(void)buffer_append(out, before, strlen(before));
	(void)text_append(out, text, 0);
}

/* An answer that is not hookline's. */
static void
about_foreign(const struct client_answer *answer, struct buffer *out)
{
	char server[256] = "";
	struct span body = { answer->body.bytes, answer->body.length };

	(void)client_header(answer, "Server", server, sizeof server);
	append(out, "Server: ", (struct span){ server, strlen(server) });
	append(out, "title: ", title_of(&answer->body));
	append(out, "body: ", body);
	if (body.length == 0)
		append(out, "", (struct span){ "no body", 7 });
}

void
answer_about(const struct client_answer *answer, char *out, size_t room)
{
	struct buffer text = { 0 };
	char location[1024];
	size_t row = row_of(answer);

	*out = '\0';
	if (row < WORDS) {
		(void)snprintf(out, room, "%s", words[row].about);
		return;
	}
	if (answer->status == 0) {
		append(&text, "", (struct span){ answer->error,
		    strlen(answer->error) });
		append(&text, "", (struct span){ client_advice(answer),
		    strlen(client_advice(answer)) });
	} else if (answer->status >= 300 && answer->status < 400 &&
	    client_header(answer, "Location", location, sizeof location)) {
		append(&text, "a redirect, which Meta does not follow, to ",
		    (struct span){ location, strlen(location) });
	} else
		about_foreign(answer, &text);
	if (text.bytes != NULL)
		(void)snprintf(out, room, "%.*s", (int)text.length,
		    text.bytes);
	buffer_free(&text);
}
