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

static void
free_endpoint(struct endpoint *endpoint)
{
	size_t i;

	for (i = 0; i < endpoint->secret_count; i++)
		secret_free(endpoint->app_secrets[i]);
	free(endpoint->app_secrets);
	secret_free(endpoint->verify_token);
	free(endpoint->path);
	free(endpoint->verify_token_file);
	free(endpoint->app_secret_file);
	free(endpoint->client_cert_cn);
	free(endpoint->app_id);
	free(endpoint->callback_url);
}

void
config_free(struct config *config)
{
	size_t i;

	if (config == NULL)
		return;
	for (i = 0; i < config->endpoint_count; i++)
		free_endpoint(&config->endpoints[i]);
	free(config->endpoints);
	free(config->file);
	free(config->directory);
	free(config->log_file);
	config_stamps_free(config->stamps);
	free(config);
}

const struct endpoint *
config_endpoint(const struct config *config, const char *path)
{
	const struct endpoint *any = NULL;
	size_t i;

	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *endpoint = &config->endpoints[i];

		if (strcmp(endpoint->path, "*") == 0)
			any = endpoint;
		else if (strcmp(endpoint->path, path) == 0)
			return endpoint;
	}
	return any;
}

const char *
config_status_word(enum config_status status)
{
	static const char *const words[] = {
		[CONFIG_OK] = NULL,
		[CONFIG_NONE] = "no-config",
		[CONFIG_BAD] = "bad-config",
		[CONFIG_UNSAFE] = "unsafe-config",
		[CONFIG_NO_SECRET] = "no-secret",
	};

	return words[status];
}
