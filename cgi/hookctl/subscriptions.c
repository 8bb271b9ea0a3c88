/*
 * subscriptions: what Meta sends where; see hookctl(1).
 */
#include "hookctl/subscriptions.h"

#include "hookctl/options.h"
#include "hookctl/subscriptions_words.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define GRAPH_URL "https://graph.facebook.com"
#define GRAPH_VERSION "v26.0"

enum action { ACTION_LIST, ACTION_ADD, ACTION_REMOVE };

struct values {
	struct subscriptions_wish wish;
	const char *fields, *page, *waba, *graph_version, *ca_file;
	bool all, include_values, overrides, json;
	const char *action_name, *object; /* the operands */
	enum action action;
};

static const struct command *const command = &command_subscriptions;

#define TEXT(name, member, value, help) { '\0', name, OPTION_TEXT,	\
	offsetof(struct values, member), value, help, 0, 0, NULL }
#define FLAG(name, member, help) { '\0', name, OPTION_FLAG,		\
	offsetof(struct values, member), NULL, help, 0, 0, NULL }

static const struct option_row rows[] = {
	TEXT("fields", fields, "FIELD,...", "subscribe to these fields, or "
	    "remove only these"),
	FLAG("include-values", include_values, "have the new values sent, not "
	    "only the names of fields"),
	FLAG("all", all, "remove the app's subscriptions to all objects"),
	TEXT("page", page, "ID", "the subscribed_apps of this Page"),
	TEXT("waba", waba, "ID", "those of this WhatsApp Business Account"),
	FLAG("override", overrides, "have the account's notifications sent to "
	    "callback_url"),
	TEXT("token-file", wish.token_file, "FILE", "the access token for the "
	    "Page or account"),
	TEXT("endpoint", wish.endpoint, "NAME", "use the app_id, callback_url, "
	    "token and secret of this endpoint"),
	FLAG("json", json, "print the list as JSON"),
	TEXT("graph-url", wish.graph_url, "URL", "where the Graph API is ("
	    GRAPH_URL ")"),
	TEXT("graph-version", graph_version, "VERSION", "the API's version ("
	    GRAPH_VERSION ")"),
	TEXT("ca-file", ca_file, "FILE", "trust the authorities in FILE"),
	WHERE_CONFIG_ROW(struct values, wish.where),
	{ 0 }
};

/*
 * The command line
 */

static enum status
read_action(struct values *values)
{
	static const char *const names[] = { "list", "add", "remove" };
	size_t i;

	if (values->action_name == NULL)
		return usage_error(command, "list, add or remove?");
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(values->action_name, names[i]) == 0) {
			values->action = (enum action)i;
			return STATUS_DONE;
		}
	return usage_error(command, "\"%s\" is none of: list, add, remove",
	    values->action_name);
}

/* Refuses options and words that have no meaning for the action. */
static enum status
check_combination(const struct values *values)
{
	bool app = values->page == NULL && values->waba == NULL;
	bool add = values->action == ACTION_ADD;
	bool list = values->action == ACTION_LIST;
	const struct { const char *name; bool given, fits; } options[] = {
		{ "fields", values->fields != NULL, !list &&
		    values->waba == NULL && (app || add) },
		{ "include-values", values->include_values, add && app },
		{ "all", values->all, values->action == ACTION_REMOVE && app },
		{ "override", values->overrides, add && values->waba != NULL },
		{ "token-file", values->wish.token_file != NULL,
		    !app },
		{ "json", values->json, list } };
	size_t i;

	for (i = 0; i < sizeof options / sizeof options[0]; i++)
		if (options[i].given && !options[i].fits)
			return usage_error(command, "--%s does not go with "
			    "%s%s", options[i].name, values->action_name, app ?
			    " of the app's subscriptions" : values->page !=
			    NULL ? " --page" : " --waba");
	if (values->page != NULL && values->waba != NULL && !list)
		return usage_error(command, "--page does not go with --waba: "
		    "%s one at a time", values->action_name);
	if (values->object != NULL && (list || !app))
		return usage_error(command, "\"%s\" is one word too many",
		    values->object);
	return STATUS_DONE;
}

/* Checks that what the action needs is given. */
static enum status
check_needs(const struct values *values)
{
	bool app = values->page == NULL && values->waba == NULL;

	if (values->action == ACTION_ADD && app && values->object == NULL)
		return usage_error(command, "add what? Name an object such as "
		    "page, or give --page or --waba");
	if (values->action == ACTION_ADD && values->waba == NULL &&
	    values->fields == NULL)
		return usage_error(command, "add needs --fields, as in "
		    "\"--fields feed,messages\"");
	if (values->action == ACTION_ADD && values->object != NULL &&
	    strcmp(values->object, "workplace_security") == 0 &&
	    !values->include_values)
		return usage_error(command, "workplace_security needs "
		    "--include-values");
	if (values->action != ACTION_REMOVE || !app)
		return STATUS_DONE;
	if (values->object == NULL && !values->all)
		return usage_error(command, "remove what? Name an object such "
		    "as page, or give --all for every subscription of the "
		    "app");
	if (values->object != NULL && values->all)
		return usage_error(command, "--all does not go with an "
		    "object");
	return values->all && values->fields != NULL ? usage_error(command,
	    "--all does not go with --fields") : STATUS_DONE;
}

static enum status
check_graph(const struct values *values)
{
	struct client_url parts;

	if (!client_url_parse(values->wish.graph_url, &parts) ||
	    strchr(parts.path, '?') != NULL)
		return usage_error(command, "--graph-url: \"%s\" is not an "
		    "https URL without user, password, query and fragment",
		    values->wish.graph_url);
	if (strcmp(parts.scheme, "https") != 0 &&
	    !client_url_is_loopback(&parts))
		return usage_error(command, "--graph-url: tokens go over https "
		    "or to a loopback address only, and %s://%s is neither",
		    parts.scheme, parts.host);
	if (!is_graph_version(values->graph_version))
		return usage_error(command, "--graph-version: \"%s\" is not a "
		    "version such as " GRAPH_VERSION, values->graph_version);
	return STATUS_DONE;
}

static enum status
check_words(const struct values *values)
{
	const char *fault = values->object != NULL ?
	    object_fault(values->object) : NULL;

	if (fault != NULL)
		return usage_error(command, "the object \"%s\" %s",
		    values->object, fault);
	fault = values->fields != NULL ? fields_fault(values->fields) : NULL;
	if (fault != NULL)
		return usage_error(command, "--fields: \"%s\" %s",
		    values->fields, fault);
	if (values->page != NULL && !is_graph_id(values->page))
		return usage_error(command, "--page: \"%s\" is not the id of a "
		    "Page, which is a number", values->page);
	if (values->waba != NULL && !is_graph_id(values->waba))
		return usage_error(command, "--waba: \"%s\" is not the id of a "
		    "WhatsApp Business Account, which is a number",
		    values->waba);
	return STATUS_DONE;
}

/* Reads the command line. */
static enum status
read_words(struct values *values, char **words)
{
	const char *operands[2];
	enum status status = options_read(command, words, values, operands);

	if (status != STATUS_DONE)
		return status;
	values->action_name = operands[0];
	values->object = operands[1];
	status = read_action(values);
	if (status == STATUS_DONE)
		status = check_combination(values);
	if (status == STATUS_DONE)
		status = check_needs(values);
	if (status == STATUS_DONE)
		status = check_words(values);
	if (status == STATUS_DONE)
		status = check_graph(values);
	if (status == STATUS_DONE && values->ca_file != NULL &&
	    access(values->ca_file, R_OK) == -1)
		status = fail(STATUS_FAILED, "--ca-file: %s: %s",
		    values->ca_file, strerror(errno));
	return status;
}

/*
 * The command
 */

static enum status
run(char **words)
{
	static enum status (*const actions[])(struct subscriptions *) = {
		[ACTION_LIST] = subscriptions_list,
		[ACTION_ADD] = subscriptions_add,
		[ACTION_REMOVE] = subscriptions_remove };
	struct values values = { .wish.graph_url = GRAPH_URL,
	    .graph_version = GRAPH_VERSION };
	enum status status = read_words(&values, words);
	struct subscriptions it = { .object = values.object,
	    .fields = values.fields, .page = values.page,
	    .waba = values.waba, .include_values = values.include_values,
	    .overrides = values.overrides, .json = values.json,
	    .graph = { .version = values.graph_version,
	    .ca_file = values.ca_file } };

	values.wish.adds = values.action == ACTION_ADD;
	values.wish.needs_url = values.action == ACTION_LIST ||
	    (values.wish.adds && values.page == NULL &&
	    (values.waba == NULL || values.overrides));
	if (status == STATUS_DONE)
		status = subscriptions_set_up(&it, &values.wish);
	if (status == STATUS_DONE)
		status = actions[values.action](&it);
	subscriptions_clean_up(&it);
	return status;
}

const struct command command_subscriptions = { .name = "subscriptions",
    .operands = "list|add|remove [OBJECT]", .operands_most = 2,
    .summary = "see and change what Meta sends, and where",
    .about = "\nAsks Meta's Graph API about the subscriptions of the "
    "endpoint's app, and with\n--page or --waba about those of a Page or a "
    "WhatsApp Business Account. An OBJECT\nis a name of Meta's, such as page "
    "or whatsapp_business_account.\n", .options = rows, .run = run };
