#include "hookctl/send_target.h"

#include "auth/secret.h"
#include "hookctl/secret_file.h"

#include <stdio.h>
#include <string.h>

/* The path of a URL is how a receiver finds the endpoint: one slash at its end
 * does not count unless an endpoint has it. */
static const struct endpoint *
endpoint_of_path(const struct config *config, const struct client_url *parts)
{
	const struct endpoint *found;
	char path[sizeof parts->path];
	size_t length;

	(void)snprintf(path, sizeof path, "%s", parts->path);
	path[strcspn(path, "?")] = '\0';
	found = config_endpoint(config, path);
	length = strlen(path);
	if (path[length - 1] != '/' ||
	    (found != NULL && strcmp(found->path, path) == 0))
		return found;
	path[length - 1] = '\0';
	return config_endpoint(config, path);
}

static const struct endpoint *
endpoint_of_url(const struct config *config, const char *url,
    const struct client_url *parts)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].callback_url, url) == 0)
			return &config->endpoints[i];
	return endpoint_of_path(config, parts);
}

static const struct endpoint *
endpoint_with_url(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->endpoint_count; i++)
		if (*config->endpoints[i].callback_url != '\0')
			return &config->endpoints[i];
	return NULL;
}

/* Says which endpoint was taken if another one could be meant. */
static const struct endpoint *
choose_endpoint(const struct config *config, const struct send_wish *wish,
    const struct client_url *parts)
{
	const struct endpoint *found;
	bool guessed;

	if (wish->endpoint != NULL)
		return where_endpoint(config, wish->endpoint);
	found = wish->url != NULL ?
	    endpoint_of_url(config, wish->url, parts) :
	    endpoint_with_url(config);
	guessed = config->endpoint_count > 1 &&
	    (found == NULL || wish->url == NULL);
	if (found == NULL)
		found = &config->endpoints[0];
	if (guessed)
		note("taking the endpoint \"%s\" of %zu; --endpoint NAME "
		    "names another one", found->name, config->endpoint_count);
	return found;
}

static enum status
bad_url(const struct command *command, const char *url)
{
	return usage_error(command, "\"%s\" is not an http or https URL "
	    "without user, password and fragment", url);
}

static enum status
find_endpoint(const struct command *command, const struct send_wish *wish,
    struct send_target *target)
{
	target->config = where_config(&wish->where);
	if (target->config == NULL)
		return STATUS_FAILED;
	target->endpoint = choose_endpoint(target->config, wish,
	    &target->parts);
	if (target->endpoint == NULL)
		return STATUS_FAILED;
	if (target->url != NULL)
		return STATUS_DONE;
	target->url = target->endpoint->callback_url;
	if (*target->url == '\0')
		return usage_error(command, "to which URL? Give one, as in "
		    "\"hookctl send https://hooks.example.com/webhook\", or "
		    "set callback_url in the endpoint \"%s\"",
		    target->endpoint->name);
	return client_url_parse(target->url, &target->parts) ? STATUS_DONE :
	    bad_url(command, target->url);
}

static enum status
find_secret(const struct send_wish *wish, struct send_target *target)
{
	const struct endpoint *endpoint = target->endpoint;

	if (wish->is_unsigned || wish->verify)
		return STATUS_DONE;
	if (wish->secret_file != NULL) {
		target->secret = secret_file_first(wish->secret_file,
		    "app secret");
		return target->secret != NULL ? STATUS_DONE : STATUS_FAILED;
	}
	if (endpoint->app_secrets.count == 0)
		return STATUS_DONE;
	target->secret = secret_copy(endpoint->app_secrets.texts[0]);
	return target->secret != NULL ? STATUS_DONE :
	    fail(STATUS_FAILED, "out of memory");
}

/* Whether the command line says all that is needed. */
static bool
is_complete(const struct send_wish *wish)
{
	return wish->url != NULL && wish->endpoint == NULL &&
	    wish->where.config == NULL && !wish->verify &&
	    (wish->secret_file != NULL || wish->is_unsigned);
}

enum status
send_target_find(const struct command *command, const struct send_wish *wish,
    struct send_target *target)
{
	enum status status = STATUS_DONE;

	target->url = wish->url;
	if (wish->url != NULL && !client_url_parse(wish->url, &target->parts))
		return bad_url(command, wish->url);
	if (!is_complete(wish))
		status = find_endpoint(command, wish, target);
	if (status != STATUS_DONE)
		return status;
	if (target->endpoint != NULL &&
	    target->endpoint->client_cert != CLIENT_CERT_OFF && !wish->verify)
		note("the endpoint \"%s\" wants Meta's client certificate, "
		    "which hookctl does not have: expect 403",
		    target->endpoint->name);
	if (wish->verify && strcmp(target->parts.scheme, "https") != 0 &&
	    !client_url_is_loopback(&target->parts))
		return fail(STATUS_FAILED, "the verify token goes over https "
		    "or to a loopback address only, and %s://%s is neither",
		    target->parts.scheme, target->parts.host);
	return find_secret(wish, target);
}

void
send_target_free(struct send_target *target)
{
	secret_free(target->secret);
	config_free(target->config);
}
