#include "http/response.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 413, "Content Too Large" },
	{ 503, "Service Unavailable" },
};

/* A status needs no phrase: "" if the table has none for it. */
static const char *
phrase_of(int status)
{
	size_t i;

	for (i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "";
}

size_t
response_head(const struct response *response, char out[RESPONSE_HEAD_MAX])
{
	char length[48] = "";
	int written;

	if (response->length != RESPONSE_STREAMED)
		(void)snprintf(length, sizeof length,
		    "Content-Length: %" PRIu64 "\r\n", response->length);
	written = snprintf(out, RESPONSE_HEAD_MAX,
	    "Status: %d %s\r\n"
	    "Content-Type: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: %s\r\n"
	    "%s%s\r\n", response->status, phrase_of(response->status),
	    response->type,
	    response->cache != NULL ? response->cache : "no-store", length,
	    response->others);
	return written < RESPONSE_HEAD_MAX ? (size_t)written : 0;
}
