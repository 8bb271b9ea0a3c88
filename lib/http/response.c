#include "http/response.h"

#include <stdio.h>
#include <string.h>

#define RETRY_AFTER "Retry-After: 30\r\n"	/* seconds */
#define ALLOW "Allow: GET, HEAD, POST\r\n"

struct answer {
	int status;
	const char *reason;
	const char *word;
	const char *header;	/* "" where it has none of its own */
};

static const struct answer answers[] = {
	{ 200, "OK", "ok", "" },
	{ 400, "Bad Request", "bad-request", "" },
	{ 401, "Unauthorized", "unauthorized", "" },
	{ 403, "Forbidden", "forbidden", "" },
	{ 404, "Not Found", "not-found", "" },
	{ 405, "Method Not Allowed", "method-not-allowed", ALLOW },
	{ 413, "Content Too Large", "too-large", "" },
	{ 503, "Service Unavailable", "unavailable", RETRY_AFTER },
};

/* The table's row; the last one, 503, for a status that it does not have. */
static const struct answer *
answer_of(int status)
{
	const struct answer *last = answers + sizeof answers /
	    sizeof answers[0] - 1;
	const struct answer *answer = answers;

	while (answer < last && answer->status != status)
		answer++;
	return answer;
}

void
response_text(struct response *response, int status, const char *text)
{
	response->status = status;
	(void)snprintf(response->body, sizeof response->body, "%s", text);
}

void
response_word(struct response *response, int status, const char *word)
{
	response->status = status;
	(void)snprintf(response->body, sizeof response->body, "%s\n", word);
}

void
response_status(struct response *response, int status)
{
	const struct answer *answer = answer_of(status);

	response_word(response, answer->status, answer->word);
}

size_t
response_format(const struct response *response, bool head_only,
    char out[RESPONSE_MAX])
{
	const struct answer *answer = answer_of(response->status);
	int length;

	length = snprintf(out, RESPONSE_MAX,
	    "Status: %d %s\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: no-store\r\n"
	    "Content-Length: %zu\r\n"
	    "%s\r\n%s", answer->status, answer->reason,
	    strlen(response->body), answer->header, head_only ? "" : response->body);
	return (size_t)length;
}
