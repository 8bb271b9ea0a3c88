#include "config/internal.h"

#include <string.h>

static const char disk[] = "disk";

bool
config_is_acknowledge(const char *text)
{
	return strcmp(text, disk) == 0 || config_is_relay_name(text);
}

const char *
config_acknowledging(const struct config *config)
{
	return strcmp(config->acknowledge, disk) == 0 ? NULL :
	    config->acknowledge;
}

static bool
is_relay(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->relay_count; i++)
		if (strcmp(config->relays[i].name, name) == 0)
			return true;
	return false;
}

/* The line of a general key; 0 if it is not given. */
static unsigned
line_of(const struct config_section *general, const char *name)
{
	size_t i = 0;

	while (strcmp(general->keys[i].name, name) != 0)
		i++;
	return general->lines[i];
}

bool
config_check_acknowledge(struct loading *loading,
    const struct config_section *general)
{
	const char *name = config_acknowledging(loading->config);

	if (name == NULL)
		return true;
	loading->key = "acknowledge";
	loading->line = line_of(general, loading->key);
	if (!is_relay(loading->config, name))
		return config_refuse(loading, CONFIG_BAD, "no relay has the "
		    "name \"%.64s\"", name);
	if (!loading->config->journal.sync)
		return config_refuse(loading, CONFIG_BAD, "needs sync = true: "
		    "a relay sends only what is on disk");
	loading->config->journal.watched = true;
	loading->line = 0;
	loading->key = NULL;
	return true;
}
