#include "config/internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

/* False when memory is short: the defaults are what their keys allow. */
static bool
take_defaults(const struct config_key *keys, size_t count, void *base)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (keys[i].read != NULL && keys[i].read(&keys[i],
		    keys[i].standard, (char *)base + keys[i].member) !=
		    ERR_NONE)
			return false;
	return true;
}

struct config *
config_new(void)
{
	struct config *config = calloc(1, sizeof *config);

	if (config != NULL && !take_defaults(config_general_keys,
	    CONFIG_GENERAL_KEYS, config)) {
		config_free(config);
		return NULL;
	}
	return config;
}

bool
config_add_endpoint(struct config *config, const char *path)
{
	struct endpoint *endpoints = reallocarray(config->endpoints,
	    config->endpoint_count + 1, sizeof *endpoints);
	struct endpoint *endpoint;

	if (endpoints == NULL)
		return false;
	config->endpoints = endpoints;
	endpoint = &endpoints[config->endpoint_count++];
	*endpoint = (struct endpoint){ .path = strdup(path) };
	return endpoint->path != NULL && take_defaults(config_endpoint_keys,
	    CONFIG_ENDPOINT_KEYS, endpoint);
}
