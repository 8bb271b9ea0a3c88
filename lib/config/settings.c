#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

/* False only if memory runs out, since the keys allow their defaults. */
static bool
take_defaults(const struct config_key *key, void *base)
{
	for (; key->name != NULL; key++)
		if (key->standard != NULL && key->read(key, key->standard,
		    config_member(key, base)) != ERR_NONE)
			return false;
	return true;
}

static void
free_values(const struct config_key *key, void *base)
{
	for (; key->name != NULL; key++)
		if (key->read == config_read_text)
			free(*(char **)config_member(key, base));
		else if (key->read == config_read_secret)
			config_secrets_free(config_member(key, base));
		else if (key->read == config_read_words)
			config_words_free(config_member(key, base));
}

struct config *
config_new(void)
{
	struct config *config = calloc(1, sizeof *config);

	if (config != NULL && !take_defaults(config_general_keys, config)) {
		config_free(config);
		return NULL;
	}
	return config;
}

struct endpoint *
config_add_endpoint(struct config *config, const char *path)
{
	struct endpoint *endpoints = reallocarray(config->endpoints,
	    config->endpoint_count + 1, sizeof *endpoints);
	struct endpoint *endpoint;

	if (endpoints == NULL)
		return NULL;
	config->endpoints = endpoints;
	endpoint = &endpoints[config->endpoint_count++];
	*endpoint = (struct endpoint){ .path = strdup(path) };
	return endpoint->path != NULL &&
	    take_defaults(config_endpoint_keys, endpoint) ? endpoint : NULL;
}

struct relay *
config_add_relay(struct config *config, const char *name)
{
	struct relay *relays = reallocarray(config->relays,
	    config->relay_count + 1, sizeof *relays);
	struct relay *relay;

	if (relays == NULL)
		return NULL;
	config->relays = relays;
	relay = &relays[config->relay_count++];
	*relay = (struct relay){ .name = strdup(name) };
	return relay->name != NULL &&
	    take_defaults(config_relay_keys, relay) ? relay : NULL;
}

void
config_free(struct config *config)
{
	size_t i;

	if (config == NULL)
		return;
	for (i = 0; i < config->endpoint_count; i++) {
		free(config->endpoints[i].path);
		free_values(config_endpoint_keys, &config->endpoints[i]);
	}
	free(config->endpoints);
	for (i = 0; i < config->relay_count; i++) {
		free(config->relays[i].name);
		free_values(config_relay_keys, &config->relays[i]);
	}
	free(config->relays);
	free(config->relay_names);
	free_values(config_general_keys, config);
	config_files_free(config->files);
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

const struct endpoint *
config_named_endpoint(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].name, name) == 0)
			return &config->endpoints[i];
	return NULL;
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
