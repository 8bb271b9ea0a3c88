#include "hookctl/missed_place.h"

#include "client.h"

#include <stdio.h>
#include <string.h>

/* Finds the path of the endpoint's callback URL; false if it has none. */
static bool
callback_path(const struct endpoint *endpoint, struct client_url *url)
{
	if (*endpoint->callback_url == '\0' ||
	    !client_url_parse(endpoint->callback_url, url))
		return false;
	url->path[strcspn(url->path, "?")] = '\0';
	return true;
}

static bool
is_path_of(const struct endpoint *endpoint, struct span path)
{
	struct client_url url;

	return span_is(path, endpoint->path) ||
	    (callback_path(endpoint, &url) && span_is(path, url.path));
}

static bool
find_exactly(const struct config *config, struct span path, size_t *endpoint)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (is_path_of(&config->endpoints[i], path)) {
			*endpoint = i;
			return true;
		}
	return false;
}

static bool
find_any(const struct config *config, size_t *endpoint)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].path, "*") == 0 &&
		    *config->endpoints[i].callback_url == '\0') {
			*endpoint = i;
			return true;
		}
	return false;
}

bool
missed_place_find(const struct config *config, struct span path,
    size_t *endpoint, bool *any)
{
	struct span shorter = path;

	*any = false;
	if (find_exactly(config, path, endpoint))
		return true;
	if (path.length > 1 && path.bytes[path.length - 1] == '/') {
		shorter.length--;
		if (find_exactly(config, shorter, endpoint))
			return true;
	}
	*any = find_any(config, endpoint);
	return *any;
}

void
missed_place_show(const struct config *config, struct span path,
    char out[MISSED_SHOWN])
{
	size_t i;

	*out = '\0';
	if (path.length >= MISSED_SHOWN ||
	    memchr(path.bytes, '\0', path.length) != NULL)
		return;
	(void)snprintf(out, MISSED_SHOWN, "%.*s", (int)path.length,
	    path.bytes);
	for (i = 0; i < config->endpoint_count; i++)
		if (config->endpoints[i].accept_unsigned &&
		    strstr(out, config->endpoints[i].path) != NULL)
			*out = '\0';
	if (config_is_unguessable(out))
		*out = '\0';
}
