/* Rules for the keys of one relay, and for relays and endpoints. */
#include "config/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

bool
config_is_relay_name(const char *text)
{
	size_t length = strlen(text);

	return islower((unsigned char)*text) && isascii(*text) &&
	    length <= CONFIG_RELAY_NAME_LONGEST &&
	    strspn(text, LOWER DIGITS "-") == length &&
	    strcmp(text, "disk") != 0;
}

bool
config_end_relay(struct loading *loading,
    const struct config_section *section)
{
	struct relay *relay = section->base;
	unsigned line = loading->line;
	const char *problem = config_relay_url_problem(relay->url);

	relay->kind = config_relay_kind(relay->url);
	if (section->lines[KEY_RELAYED] == 0)
		relay->relayed = relay->kind == RELAY_POSTGRESQL;
	loading->line = section->lines[KEY_URL];
	loading->key = section->keys[KEY_URL].name;
	if (loading->line == 0)
		loading->line = relay->line;
	if (problem != NULL)
		return config_refuse(loading, CONFIG_BAD, "%s", problem);
	if (relay->kind == RELAY_HTTP && relay->replicas > 0) {
		loading->line = section->lines[KEY_REPLICAS];
		loading->key = section->keys[KEY_REPLICAS].name;
		return config_refuse(loading, CONFIG_BAD, "is only for "
		    "postgresql://");
	}
	loading->line = line;
	loading->key = NULL;
	return true;
}

/*
 * Relays and endpoints
 */

static bool
check_endpoints(struct loading *loading, const struct relay *relay)
{
	size_t i;

	loading->key = "endpoints";
	for (i = 0; i < relay->endpoints.count; i++)
		if (config_named_endpoint(loading->config,
		    relay->endpoints.texts[i]) == NULL)
			return config_refuse(loading, CONFIG_BAD, "relay %s: "
			    "no endpoint has the name \"%.64s\"", relay->name,
			    relay->endpoints.texts[i]);
	return true;
}

/* Whether the relay sends records of this endpoint. */
static bool
takes(const struct relay *relay, const struct endpoint *endpoint)
{
	size_t i;

	for (i = 0; i < relay->endpoints.count; i++)
		if (strcmp(relay->endpoints.texts[i], endpoint->name) == 0)
			return true;
	return relay->endpoints.count == 0;
}

/* Without `sign`, the original signature is sent on, so there must be one. */
static bool
check_unsigned(struct loading *loading, const struct relay *relay)
{
	const struct config *config = loading->config;
	size_t i;

	if (config->lines == LINES_UPDATE)
		return config_refuse(loading, CONFIG_BAD, "relay %s: with "
		    "lines = \"update\", records must be signed anew: name "
		    "the endpoint whose app secret does that", relay->name);
	for (i = 0; i < config->endpoint_count; i++)
		if (config->endpoints[i].accept_unsigned &&
		    takes(relay, &config->endpoints[i]))
			return config_refuse(loading, CONFIG_BAD, "relay %s: "
			    "the endpoint %s accepts what has no signature, "
			    "which must be signed anew: name the endpoint "
			    "whose app secret does that, or leave %s out of "
			    "endpoints", relay->name,
			    config->endpoints[i].name,
			    config->endpoints[i].name);
	return true;
}

static bool
check_sign(struct loading *loading, const struct relay *relay)
{
	const struct endpoint *endpoint;

	loading->key = "sign";
	if (relay->kind == RELAY_POSTGRESQL)
		return *relay->sign == '\0' || config_refuse(loading,
		    CONFIG_BAD, "relay %s: nothing is signed for a database",
		    relay->name);
	if (*relay->sign == '\0')
		return check_unsigned(loading, relay);
	endpoint = config_named_endpoint(loading->config, relay->sign);
	if (endpoint == NULL)
		return config_refuse(loading, CONFIG_BAD, "relay %s: no "
		    "endpoint has the name \"%.64s\"", relay->name,
		    relay->sign);
	return endpoint->app_secrets.count > 0 || loading->search->believe ||
	    config_refuse(loading, CONFIG_BAD, "relay %s: the endpoint %s has "
	    "no app secret", relay->name, endpoint->name);
}

/* Gives the names to the journal, which keeps what a relay has yet to send. */
static bool
name_relays(struct loading *loading)
{
	struct config *config = loading->config;
	size_t i;

	if (config->relay_count == 0)
		return true;
	config->relay_names = calloc(config->relay_count,
	    sizeof *config->relay_names);
	if (config->relay_names == NULL)
		return config_no_memory(loading);
	for (i = 0; i < config->relay_count; i++)
		config->relay_names[i] = config->relays[i].name;
	config->journal.relays = config->relay_names;
	config->journal.relay_count = config->relay_count;
	return true;
}

bool
config_check_relays(struct loading *loading)
{
	const struct config *config = loading->config;
	size_t i;

	if (!name_relays(loading))
		return false;
	for (i = 0; i < config->relay_count; i++) {
		loading->line = config->relays[i].line;
		if (!check_endpoints(loading, &config->relays[i]) ||
		    !check_sign(loading, &config->relays[i]))
			return false;
	}
	loading->line = 0;
	loading->key = NULL;
	return true;
}
