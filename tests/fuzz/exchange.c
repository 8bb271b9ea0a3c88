#include "exchange.h"

#include "http/exchange.h"
#include "receiver/receiver.h"

#include <stdlib.h>
#include <string.h>

void
fuzz_set(struct fuzz_request *request, const char *setting)
{
	if (request->count == FUZZ_VARIABLES_MAX)
		free(request->env[--request->count]);
	request->env[request->count++] = strdup(setting);
	request->env[request->count] = NULL;
}

void
fuzz_unset(struct fuzz_request *request, const char *name)
{
	size_t length = strlen(name), i, kept = 0;

	for (i = 0; i < request->count; i++) {
		char *setting = request->env[i];

		if (strncmp(setting, name, length) == 0 &&
		    setting[length] == '=')
			free(setting);
		else
			request->env[kept++] = setting;
	}
	request->count = kept;
	request->env[kept] = NULL;
}

void
fuzz_read_request(struct fuzz_request *request, struct fuzz_input *input)
{
	struct span line;

	while (input->left > 0 && request->count < FUZZ_VARIABLES_MAX - 4) {
		line = fuzz_until(input, "\n");
		if (line.length == 0)
			break;
		request->env[request->count++] = fuzz_text(line);
	}
	request->env[request->count] = NULL;
	request->body = (struct span){ input->bytes, input->left };
}

void
fuzz_free_request(struct fuzz_request *request)
{
	while (request->count > 0)
		free(request->env[--request->count]);
}

/* ---- what the receiver reads ---- */

static ssize_t
read_body(void *context, void *bytes, size_t length)
{
	struct fuzz_request *request = context;
	size_t left = request->body.length - request->read;

	MUST(length > 0 && request->answers == 0);
	if (left == 0)
		return request->broken ? -1 : 0;
	if (request->piece > 0 && length > request->piece)
		length = request->piece;
	if (length > left)
		length = left;
	memcpy(bytes, request->body.bytes + request->read, length);
	request->read += length;
	return (ssize_t)length;
}

static void
hold(void *context)
{
	struct fuzz_request *request = context;

	MUST(request->answers == 0);
	request->held = true;
}

static bool
send_answer(void *context, const char *bytes, size_t length)
{
	struct fuzz_request *request = context;

	MUST(length > 0 && length < FUZZ_ANSWER_MAX - request->length);
	MUST(request->answers == 0);
	MUST(memchr(bytes, '\0', length) == NULL);
	memcpy(request->answer + request->length, bytes, length);
	request->length += length;
	request->answer[request->length] = '\0';
	return true;
}

static void
end(void *context)
{
	struct fuzz_request *request = context;

	MUST(request->length > 0);
	request->answers++;
}

void
fuzz_exchange(void *receiver, struct fuzz_request *request)
{
	struct request parsed;
	const struct exchange exchange = { &parsed, read_body, hold,
	    send_answer, end, request };

	request_parse(&parsed, request->env);
	request->read = 0;
	request->answers = 0;
	request->length = 0;
	request->held = false;
	receiver_handle(receiver, &exchange);
	receiver_settle(receiver);
	MUST(request->answers == 1);
}

/* ---- checks of its answer ---- */

static const struct {
	int status;
	const char *head;	/* what follows "Status: " */
	const char *words;	/* allowed bodies, each ends with a newline */
} known[] = {
	{ 200, "200 OK\r\n", "ok\nready\n" },
	{ 400, "400 Bad Request\r\n", "bad-request\n" },
	{ 401, "401 Unauthorized\r\n", "unauthorized\n" },
	{ 403, "403 Forbidden\r\n", "forbidden\n" },
	{ 404, "404 Not Found\r\n", "not-found\n" },
	{ 405, "405 Method Not Allowed\r\n", "method-not-allowed\n" },
	{ 413, "413 Content Too Large\r\n", "too-large\n" },
	{ 503, "503 Service Unavailable\r\n", "unavailable\nno-config\n"
	    "bad-config\nunsafe-config\nno-secret\nnot-writable\n"
	    "disk-full\n" },
};

int
fuzz_status(const struct fuzz_request *request)
{
	size_t i;

	MUST(strncmp(request->answer, "Status: ", 8) == 0);
	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(request->answer + 8, known[i].head,
		    strlen(known[i].head)) == 0)
			return known[i].status;
	fuzz_broken("a known status", __FILE__, __LINE__);
}

const char *
fuzz_body(const struct fuzz_request *request)
{
	const char *end = strstr(request->answer, "\r\n\r\n");

	MUST(end != NULL);
	return end + 4;
}

static bool
is_challenge(const char *body)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._~-";
	size_t length = strlen(body);

	return length >= 1 && length <= 256 && strspn(body, allowed) == length;
}

static bool
is_word(const char *words, const char *body)
{
	const char *found = strstr(words, body);

	return found != NULL && (found == words || found[-1] == '\n') &&
	    strchr(body, '\n') == body + strlen(body) - 1;
}

void
fuzz_check_answer(const struct fuzz_request *request)
{
	int status = fuzz_status(request);
	const char *body = fuzz_body(request);
	const char *words = "";
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].status == status)
			words = known[i].words;
	MUST(*body == '\0' || is_word(words, body) ||
	    (status == 200 && is_challenge(body)));
	MUST((strstr(request->answer, "\r\nAllow: ") != NULL) ==
	    (status == 405));
	MUST((strstr(request->answer, "\r\nRetry-After: ") != NULL) ==
	    (status == 503));
	MUST(strstr(request->answer, "\r\nCache-Control: no-store\r\n"));
	MUST(strstr(request->answer,
	    "\r\nX-Content-Type-Options: nosniff\r\n"));
}
