/*
 * subscriptions_setup: finds the endpoint and the tokens, and hides what must
 * not be printed.
 */
#include "hookctl/subscriptions.h"

#include "auth/secret.h"
#include "hookctl/prompt.h"
#include "hookctl/secret_file.h"
#include "hookctl/subscriptions_words.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Takes the first endpoint with an app_id. If there are several, says which. */
static const struct endpoint *
choose_endpoint(const struct config *config)
{
	const struct endpoint *found = NULL;
	size_t i, count = 0;

	for (i = 0; i < config->endpoint_count; i++)
		if (*config->endpoints[i].app_id != '\0' && count++ == 0)
			found = &config->endpoints[i];
	if (found == NULL)
		return &config->endpoints[0];
	if (count > 1)
		note("taking the endpoint \"%s\" of %zu that have an app_id; "
		    "--endpoint NAME names another one", found->name, count);
	return found;
}

static enum status
check_endpoint(const struct endpoint *endpoint, bool needs_url)
{
	if (*endpoint->app_id == '\0')
		return fail(STATUS_FAILED, "the endpoint \"%s\" has no app_id: "
		    "set it in hookline.conf; the App Dashboard shows it under "
		    "App settings, Basic", endpoint->name);
	if (needs_url && *endpoint->callback_url == '\0')
		return fail(STATUS_FAILED, "the endpoint \"%s\" has no "
		    "callback_url: set it in hookline.conf", endpoint->name);
	if (endpoint->app_secrets.count == 0)
		return fail(STATUS_FAILED, "the endpoint \"%s\" has no "
		    "app_secret: without one, Meta answers nothing",
		    endpoint->name);
	return STATUS_DONE;
}

static void
mask_secrets(struct mask *mask, const struct endpoint *endpoint)
{
	size_t i;

	for (i = 0; i < endpoint->verify_tokens.count; i++)
		mask_add(mask, endpoint->verify_tokens.texts[i], false);
	for (i = 0; i < endpoint->app_secrets.count; i++)
		mask_add(mask, endpoint->app_secrets.texts[i], false);
}

/* Hides what must not be printed: tokens, secrets, and secret paths. */
static void
mask_endpoints(struct subscriptions *it)
{
	const struct config *config = it->config;
	size_t i;

	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *at = &config->endpoints[i];
		const char *path = strstr(at->callback_url, "://");

		mask_secrets(&it->graph.mask, at);
		if (!at->accept_unsigned)
			continue;
		if (strcmp(at->path, "*") != 0)
			mask_add(&it->graph.mask, at->path, false);
		path = path != NULL ? strchr(path + 3, '/') : NULL;
		if (path != NULL && path[1] != '\0')
			mask_add(&it->graph.mask, path, false);
	}
}

static enum status
find_endpoint(struct subscriptions *it, const struct subscriptions_wish *wish)
{
	it->config = where_config(&wish->where);
	if (it->config == NULL)
		return STATUS_FAILED;
	it->endpoint = wish->endpoint != NULL ?
	    where_endpoint(it->config, wish->endpoint) :
	    choose_endpoint(it->config);
	if (it->endpoint == NULL)
		return STATUS_FAILED;
	mask_endpoints(it);
	return check_endpoint(it->endpoint, wish->needs_url);
}

/*
 * Tokens
 */

static enum status
make_app_token(struct subscriptions *it)
{
	const char *id = it->endpoint->app_id;
	const char *secret = it->endpoint->app_secrets.texts[0];
	size_t size = strlen(id) + strlen(secret) + 2;
	char *text = secret_alloc(size);

	if (text == NULL)
		return fail(STATUS_FAILED, "out of memory");
	(void)snprintf(text, size, "%s|%s", id, secret);
	it->app = (struct graph_token){ .text = text, .is_app = true };
	return graph_take_token(&it->graph, &it->app, secret);
}

static void
warn_if_open(const char *file)
{
	struct stat status;

	if (stat(file, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_mode & S_IROTH) != 0)
		note("anyone can read the token in %s: chmod 600 %s", file,
		    file);
}

/* Reads the token for a Page or an account. */
static enum status
read_token(struct subscriptions *it, const char *file)
{
	const char *from = file != NULL ? file : "standard input", *fault;
	char question[80];

	(void)snprintf(question, sizeof question, "Access token for %s %s: ",
	    it->page != NULL ? "Page" : "account",
	    it->page != NULL ? it->page : it->waba);
	it->other.text = file != NULL ?
	    secret_file_first(file, "access token") : prompt_secret(question);
	if (it->other.text == NULL)
		return STATUS_FAILED;
	if (file != NULL)
		warn_if_open(file);
	fault = token_fault(it->other.text);
	if (fault != NULL)
		return fail(STATUS_FAILED, "%s: the access token %s", from,
		    fault);
	return graph_take_token(&it->graph, &it->other,
	    it->endpoint->app_secrets.texts[0]);
}

enum status
subscriptions_set_up(struct subscriptions *it,
    const struct subscriptions_wish *wish)
{
	enum status status;

	if (!client_available())
		return fail(STATUS_FAILED, "this hookctl was built without "
		    "network, so it cannot ask Meta; you can see and change an "
		    "app's subscriptions in the App Dashboard");
	status = find_endpoint(it, wish);
	if (status == STATUS_DONE)
		status = graph_open(&it->graph, wish->graph_url);
	if (status == STATUS_DONE)
		status = make_app_token(it);
	if (status == STATUS_DONE && (it->page != NULL || it->waba != NULL))
		status = read_token(it, wish->token_file);
	return status;
}

void
subscriptions_clean_up(struct subscriptions *it)
{
	graph_token_free(&it->app);
	graph_token_free(&it->other);
	graph_close(&it->graph);
	config_free(it->config);
}
