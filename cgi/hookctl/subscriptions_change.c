/*
 * subscriptions_change: makes and removes subscriptions.
 */
#include "hookctl/subscriptions.h"

#include "hookctl/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 8192		/* bytes of a message */

/* Prints what is going to be done, without secrets. */
static void __attribute__((format(printf, 2, 3)))
say(const struct subscriptions *it, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	mask_text(&it->graph.mask, text);
	(void)text_print(stdout, (struct span){ text, strlen(text) }, 0);
	putchar('\n');
	(void)output_flush();
}

static enum status
change(struct subscriptions *it, const struct graph_request *request)
{
	enum status status = graph_change(&it->graph, request);

	if (status == STATUS_DONE)
		puts("done");
	return status;
}

static const char *
verify_token(const struct subscriptions *it)
{
	return it->endpoint->verify_tokens.texts[0];
}

/*
 * add
 */

static enum status
add_to_app(struct subscriptions *it)
{
	const struct endpoint *endpoint = it->endpoint;
	const struct graph_parameter parameters[] = {
		{ "object", it->object },
		{ "callback_url", endpoint->callback_url },
		{ "fields", it->fields },
		{ "include_values", it->include_values ? "true" : NULL },
		{ "verify_token", verify_token(it) }, { 0 } };

	say(it, "subscribing app %s to %s: %s", endpoint->app_id, it->object,
	    it->fields);
	say(it, "notifications go to %s, which Meta verifies at once",
	    endpoint->callback_url);
	return change(it, &(struct graph_request){ .method = "POST",
	    .id = endpoint->app_id, .edge = "subscriptions",
	    .parameters = parameters, .token = &it->app });
}

static enum status
add_to_page(struct subscriptions *it)
{
	const struct graph_parameter parameters[] = {
		{ "subscribed_fields", it->fields }, { 0 } };

	say(it, "subscribing the app of this token to Page %s: %s", it->page,
	    it->fields);
	return change(it, &(struct graph_request){ .method = "POST",
	    .id = it->page, .edge = "subscribed_apps",
	    .parameters = parameters, .token = &it->other });
}

static enum status
add_to_waba(struct subscriptions *it)
{
	const char *url = it->endpoint->callback_url;
	const struct graph_parameter parameters[] = {
		{ "override_callback_uri", it->overrides ? url : NULL },
		{ "verify_token", it->overrides ? verify_token(it) : NULL },
		{ 0 } };

	say(it, "subscribing the app of this token to WhatsApp Business "
	    "Account %s", it->waba);
	if (it->overrides)
		say(it, "its notifications go to %s, which Meta verifies at "
		    "once", url);
	else
		say(it, "its notifications go where those of the app go; an "
		    "override ends");
	return change(it, &(struct graph_request){ .method = "POST",
	    .id = it->waba, .edge = "subscribed_apps",
	    .parameters = parameters, .token = &it->other });
}

enum status
subscriptions_add(struct subscriptions *it)
{
	return it->page != NULL ? add_to_page(it) :
	    it->waba != NULL ? add_to_waba(it) : add_to_app(it);
}

/*
 * remove
 */

static enum status
remove_from_app(struct subscriptions *it)
{
	const char *id = it->endpoint->app_id;
	const struct graph_parameter parameters[] = {
		{ "object", it->object }, { "fields", it->fields }, { 0 } };

	if (it->object == NULL)
		say(it, "removing all subscriptions of app %s", id);
	else if (it->fields == NULL)
		say(it, "removing the subscription of app %s to %s", id,
		    it->object);
	else
		say(it, "removing fields from the subscription of app %s to "
		    "%s: %s", id, it->object, it->fields);
	return change(it, &(struct graph_request){ .method = "DELETE",
	    .id = id, .edge = "subscriptions", .parameters = parameters,
	    .token = &it->app });
}

enum status
subscriptions_remove(struct subscriptions *it)
{
	bool page = it->page != NULL;

	if (!page && it->waba == NULL)
		return remove_from_app(it);
	say(it, "removing the app of this token from %s %s", page ? "Page" :
	    "WhatsApp Business Account", page ? it->page : it->waba);
	return change(it, &(struct graph_request){ .method = "DELETE",
	    .id = page ? it->page : it->waba, .edge = "subscribed_apps",
	    .token = &it->other });
}
