/*
 * subscriptions_list: asks for each level where its notifications go.
 */
#include "hookctl/subscriptions.h"

#include "hookctl/subscriptions_answer.h"
#include "hookctl/subscriptions_found.h"

#include <stdio.h>
#include <string.h>

#define WABA_OBJECT "whatsapp_business_account"

/*
 * The app
 */

/* The name and version of each field; the API may give only the names. */
static struct json_object *
app_fields(const struct subscriptions *it, struct json_object *given)
{
	struct json_object *fields = json_object_new_array(), *field, *one;
	size_t i, count = json_object_is_type(given, json_type_array) ?
	    json_object_array_length(given) : 0;

	for (i = 0; i < count; i++) {
		one = json_object_array_get_idx(given, i);
		field = json_object_new_object();
		found_set(field, "name", found_shown(it,
		    json_object_is_type(one, json_type_string) ?
		    json_object_get_string(one) : answer_text(one, "name")));
		found_set(field, "version", found_shown(it,
		    answer_text(one, "version")));
		(void)json_object_array_add(fields, field);
	}
	return fields;
}

static struct json_object *
app_row(const struct subscriptions *it, struct json_object *given)
{
	struct json_object *row = json_object_new_object(), *active;
	const char *url = answer_text(given, "callback_url");
	bool is_active = !json_object_object_get_ex(given, "active", &active) ||
	    json_object_get_boolean(active);

	found_set(row, "object", found_shown(it, answer_text(given, "object")));
	found_set(row, "callback_url", found_shown(it, url));
	found_set(row, "active", json_object_new_boolean(is_active));
	found_set(row, "fields", app_fields(it,
	    answer_member(given, "fields")));
	if (is_active && json_object_array_length(answer_member(row,
	    "fields")) > 0)
		found_goes(it, row, url);
	else
		found_text(row, "goes", GOES_NOWHERE);
	return row;
}

static struct json_object *
app_level(struct subscriptions *it)
{
	struct json_object *given = graph_list(&it->graph,
	    &(struct graph_request){ .method = "GET",
	    .id = it->endpoint->app_id, .edge = "subscriptions",
	    .token = &it->app });
	struct json_object *rows;
	size_t i;

	if (given == NULL)
		return NULL;
	rows = json_object_new_array();
	for (i = 0; i < json_object_array_length(given); i++)
		(void)json_object_array_add(rows, app_row(it,
		    json_object_array_get_idx(given, i)));
	json_object_put(given);
	return rows;
}

/* The app's subscription to an object, or NULL. */
static struct json_object *
app_row_of(struct json_object *rows, const char *object)
{
	struct json_object *row;
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		if (strcmp(answer_text(row, "object"), object) == 0)
			return row;
	}
	return NULL;
}

/*
 * A Page
 */

/* The item that is about our app. The app's id is in the member `inside` of an
 * item, or, if that is NULL, in the item itself. */
static struct json_object *
item_of_app(const struct subscriptions *it, struct json_object *items,
    const char *inside)
{
	struct json_object *item, *app, *id;
	size_t i;

	for (i = 0; i < json_object_array_length(items); i++) {
		item = json_object_array_get_idx(items, i);
		app = inside != NULL ? answer_member(item, inside) : item;
		if (json_object_is_type(app, json_type_object) &&
		    json_object_object_get_ex(app, "id", &id) && id != NULL &&
		    strcmp(json_object_get_string(id),
		    it->endpoint->app_id) == 0)
			return item;
	}
	return NULL;
}

static bool
app_has_field(struct json_object *row, const char *name)
{
	struct json_object *fields = answer_member(row, "fields");
	size_t i;

	for (i = 0; fields != NULL && i < json_object_array_length(fields);
	    i++)
		if (strcmp(answer_text(json_object_array_get_idx(fields, i),
		    "name"), name) == 0)
			return true;
	return false;
}

/* Lists the Page's fields, and those of them that the app is not subscribed
 * to. */
static void
set_page_fields(const struct subscriptions *it, struct json_object *page,
    struct json_object *given, struct json_object *app)
{
	struct json_object *fields = json_object_new_array();
	struct json_object *without = json_object_new_array();
	size_t i, count = json_object_is_type(given, json_type_array) ?
	    json_object_array_length(given) : 0;

	for (i = 0; i < count; i++) {
		const char *name = json_object_get_string(
		    json_object_array_get_idx(given, i));

		if (name == NULL)
			continue;
		(void)json_object_array_add(fields, found_shown(it, name));
		if (app != NULL && !app_has_field(app, name))
			(void)json_object_array_add(without,
			    found_shown(it, name));
	}
	found_set(page, "fields", fields);
	found_set(page, "without_app", without);
}

static struct json_object *
page_level(struct subscriptions *it, struct json_object *rows)
{
	struct json_object *given = graph_list(&it->graph,
	    &(struct graph_request){ .method = "GET", .id = it->page,
	    .edge = "subscribed_apps", .token = &it->other });
	struct json_object *app = app_row_of(rows, "page"), *item, *page;

	if (given == NULL)
		return NULL;
	/* An Instagram account's notifications need its Page as well. */
	if (app == NULL)
		app = app_row_of(rows, "instagram");
	item = item_of_app(it, given, NULL);
	page = json_object_new_object();
	found_text(page, "id", it->page);
	found_set(page, "subscribed", json_object_new_boolean(item != NULL));
	set_page_fields(it, page, answer_member(item, "subscribed_fields"),
	    app);
	found_goes_like(page, item != NULL ? app : NULL);
	json_object_put(given);
	return page;
}

/*
 * A WhatsApp Business Account
 */

static struct json_object *
number_row(const struct subscriptions *it, struct json_object *given,
    struct json_object *account)
{
	struct json_object *row = json_object_new_object();
	const char *override = answer_text(answer_member(given,
	    "webhook_configuration"), "phone_number");

	found_set(row, "id", found_shown(it, answer_text(given, "id")));
	found_set(row, "number", found_shown(it, answer_text(given,
	    "display_phone_number")));
	found_set(row, "override", found_shown(it, override));
	if (*override != '\0' &&
	    json_object_get_boolean(json_object_object_get(account,
	    "subscribed")))
		found_goes(it, row, override);
	else
		found_goes_like(row, account);
	return row;
}

/* Lists the account's numbers; NULL if that is not possible. */
static struct json_object *
numbers(struct subscriptions *it, struct json_object *account)
{
	static const struct graph_parameter parameters[] = { { "fields",
	    "id,display_phone_number,webhook_configuration" }, { 0 } };
	struct json_object *given = graph_list(&it->graph,
	    &(struct graph_request){ .method = "GET", .id = it->waba,
	    .edge = "phone_numbers", .parameters = parameters,
	    .token = &it->other });
	struct json_object *rows;
	size_t i;

	if (given == NULL)
		return NULL;
	rows = json_object_new_array();
	for (i = 0; i < json_object_array_length(given); i++)
		(void)json_object_array_add(rows, number_row(it,
		    json_object_array_get_idx(given, i), account));
	json_object_put(given);
	return rows;
}

static struct json_object *
waba_level(struct subscriptions *it, struct json_object *rows)
{
	struct json_object *given = graph_list(&it->graph,
	    &(struct graph_request){ .method = "GET", .id = it->waba,
	    .edge = "subscribed_apps", .token = &it->other });
	struct json_object *item, *account;
	const char *override;

	if (given == NULL)
		return NULL;
	item = item_of_app(it, given, "whatsapp_business_api_data");
	override = answer_text(item, "override_callback_uri");
	account = json_object_new_object();
	found_text(account, "id", it->waba);
	found_set(account, "subscribed", json_object_new_boolean(item != NULL));
	found_set(account, "override", found_shown(it, override));
	if (*override != '\0')
		found_goes(it, account, override);
	else
		found_goes_like(account, item != NULL ?
		    app_row_of(rows, WABA_OBJECT) : NULL);
	found_set(account, "numbers", numbers(it, account));
	json_object_put(given);
	return account;
}

/*
 * All levels
 */

static bool
arrives(struct json_object *level)
{
	const char *goes = answer_text(level, "goes");

	return strcmp(goes, GOES_HERE) == 0 || strcmp(goes, GOES_ENDPOINT) == 0;
}

/* Whether everything in a list arrives; true without a list. */
static bool
all_arrive(struct json_object *list)
{
	size_t i;

	for (i = 0; list != NULL && i < json_object_array_length(list); i++)
		if (!arrives(json_object_array_get_idx(list, i)))
			return false;
	return true;
}

static enum status
judge(struct json_object *found)
{
	struct json_object *app = answer_member(found, "app");
	struct json_object *page = answer_member(found, "page");
	struct json_object *waba = answer_member(found, "waba");

	return json_object_array_length(app) > 0 && all_arrive(app) &&
	    (page == NULL || arrives(page)) &&
	    (waba == NULL || (arrives(waba) &&
	    all_arrive(answer_member(waba, "numbers")))) ? STATUS_DONE :
	    STATUS_WRONG;
}

/* Asks about each level that is wanted. False if an answer is missing. */
static bool
look(struct subscriptions *it, struct json_object *found)
{
	struct json_object *app = app_level(it), *level;
	bool good = app != NULL;

	if (!good)
		return false;
	found_set(found, "app", app);
	if (it->page != NULL) {
		level = page_level(it, app);
		good = level != NULL;
		if (good)
			found_set(found, "page", level);
	}
	if (it->waba != NULL) {
		level = waba_level(it, app);
		if (level != NULL)
			found_set(found, "waba", level);
		good = good && level != NULL;
	}
	return good;
}

enum status
subscriptions_list(struct subscriptions *it)
{
	struct json_object *found = json_object_new_object();
	enum status status = STATUS_FAILED;
	bool good;

	found_text(found, "app_id", it->endpoint->app_id);
	found_set(found, "callback_url", found_shown(it,
	    it->endpoint->callback_url));
	good = look(it, found);
	if (good)
		status = judge(found);
	if (it->json && good)
		puts(json_object_to_json_string_ext(found,
		    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	else if (!it->json && answer_member(found, "app") != NULL)
		subscriptions_print(found);
	json_object_put(found);
	return status;
}
