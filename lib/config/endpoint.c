#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

/* Minimums for a part of a path that nobody can guess. */
#define PART_SHORTEST 22
#define PART_DIGITS 4

static bool
is_unguessable_part(const char *part, size_t length)
{
	size_t upper = 0, lower = 0, digits = 0, others = 0, i;

	for (i = 0; i < length; i++) {
		upper += part[i] >= 'A' && part[i] <= 'Z';
		lower += part[i] >= 'a' && part[i] <= 'z';
		digits += part[i] >= '0' && part[i] <= '9';
		others += part[i] == '_' || part[i] == '-';
	}
	return upper > 0 && lower > 0 && digits >= PART_DIGITS &&
	    upper + lower + digits + others >= PART_SHORTEST;
}

bool
config_is_unguessable(const char *path)
{
	size_t length = strcspn(path, "/");

	while (!is_unguessable_part(path, length)) {
		if (path[length] == '\0')
			return false;
		path += length + 1;
		length = strcspn(path, "/");
	}
	return true;
}

/*
 * If no signature is needed, the path must be a secret, or the web server must
 * ask for a certificate. A name is then shown instead of the path.
 */
static bool
check_unsigned(struct loading *loading, const struct config_section *section)
{
	const struct endpoint *endpoint = section->base;

	if (!endpoint->accept_unsigned)
		return true;
	loading->line = section->lines[KEY_UNSIGNED];
	loading->key = section->keys[KEY_UNSIGNED].name;
	if (*endpoint->name == '\0')
		return config_refuse(loading, CONFIG_BAD, "\"accept\" also "
		    "needs a name, which logs and records show instead of "
		    "the path: set name");
	if (endpoint->client_cert != CLIENT_CERT_SERVER &&
	    !config_is_unguessable(endpoint->path))
		return config_refuse(loading, CONFIG_BAD, "\"accept\" needs a "
		    "path that nobody can guess: make one part of it at least "
		    "%d random letters (both small and capital) and digits "
		    "(at least %d), or set client_cert to \"server\"",
		    PART_SHORTEST, PART_DIGITS);
	loading->line = section->lines[KEY_NAME];
	loading->key = section->keys[KEY_NAME].name;
	return (strcmp(endpoint->name, endpoint->path) != 0 &&
	    !config_is_unguessable(endpoint->name)) || config_refuse(loading,
	    CONFIG_BAD, "logs and records show it: choose a word that does not "
	    "give the path away");
}

/* The name is the path if none was given. Two endpoints with one name could not
 * be told apart in records and statistics. */
static bool
take_name(struct loading *loading, const struct config_section *section)
{
	struct endpoint *endpoint = section->base;
	const struct endpoint *other = loading->config->endpoints;
	unsigned line = section->lines[KEY_NAME];

	if (*endpoint->name == '\0') {
		free(endpoint->name);
		endpoint->name = strdup(endpoint->path);
	}
	if (endpoint->name == NULL)
		return config_no_memory(loading);
	while (other < endpoint && strcmp(other->name, endpoint->name) != 0)
		other++;
	if (other == endpoint)
		return true;
	loading->line = line != 0 ? line : endpoint->line;
	loading->key = section->keys[KEY_NAME].name;
	return config_refuse(loading, CONFIG_BAD, "the endpoint on line %u has "
	    "the same name (if none is set, the path is the name): each needs "
	    "its own", other->line);
}

bool
config_end_endpoint(struct loading *loading,
    const struct config_section *section)
{
	const struct config_key *keys = section->keys;
	const struct endpoint *endpoint = section->base;
	unsigned line = loading->line;

	if (loading->search->tcp && (endpoint->accept_unsigned ||
	    endpoint->client_cert == CLIENT_CERT_SERVER)) {
		loading->line = endpoint->line;
		return config_refuse(loading, CONFIG_UNSAFE, "unsigned = "
		    "\"accept\" and client_cert = \"server\" are not for TCP: "
		    "whoever connects could claim either");
	}
	if (!check_unsigned(loading, section) ||
	    !take_name(loading, section) ||
	    !config_take_secrets(loading, section, &keys[KEY_VERIFY_TOKEN]) ||
	    !config_take_secrets(loading, section, &keys[KEY_APP_SECRET]))
		return false;
	loading->line = line;
	loading->key = NULL;
	return true;
}
