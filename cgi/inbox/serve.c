#include "inbox/serve.h"

#include "http/response.h"

#include <stdlib.h>
#include <string.h>

struct serve {
	const struct serve_start *start;
};

struct serve *
serve_new(const struct serve_start *start)
{
	struct serve *serve = calloc(1, sizeof *serve);

	if (serve != NULL)
		serve->start = start;
	return serve;
}

void
serve_free(struct serve *serve)
{
	free(serve);
}

void
serve_handle(void *argument, const struct exchange *exchange)
{
	static const char body[] = "the inbox\n";
	const struct response response = { .status = 200,
	    .type = "text/plain; charset=utf-8", .length = sizeof body - 1,
	    .others = "" };
	char head[RESPONSE_HEAD_MAX];

	(void)argument;
	(void)exchange->send(exchange->context, head,
	    response_head(&response, head));
	(void)exchange->send(exchange->context, body, sizeof body - 1);
	exchange->end(exchange->context);
}

int
serve_rest(void *argument)
{
	(void)argument;
	return -1;
}
