/*
 * client_none: takes the place of client.c in the static program, which has no
 * libcurl.
 */
#include "client.h"

bool
client_available(void)
{
	return false;
}

struct client *
client_new(void)
{
	return NULL;
}

void
client_free(struct client *client)
{
	(void)client;
}

bool
client_send(struct client *client, const struct client_request *request,
    struct client_answer *answer)
{
	(void)client;
	(void)request;
	*answer = (struct client_answer){ .error = "no libcurl" };
	return false;
}
