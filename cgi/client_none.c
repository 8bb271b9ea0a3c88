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

struct client_pool *
client_pool_new(size_t most)
{
	(void)most;
	return NULL;
}

void
client_pool_free(struct client_pool *pool)
{
	(void)pool;
}

size_t
client_pool_idle(const struct client_pool *pool)
{
	(void)pool;
	return 0;
}

bool
client_pool_begin(struct client_pool *pool,
    const struct client_request *request, void *context)
{
	(void)pool;
	(void)request;
	(void)context;
	return false;
}

const struct client_answer *
client_pool_take(struct client_pool *pool, int wait_ms, void **context)
{
	(void)pool;
	(void)wait_ms;
	(void)context;
	return NULL;
}

size_t
client_resolve(const char *host, struct client_address *addresses, size_t most,
    bool *failed)
{
	(void)host;
	(void)addresses;
	(void)most;
	*failed = true;
	return 0;
}
