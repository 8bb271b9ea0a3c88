/*
 * subscriptions: what the files of hookctl subscriptions share.
 *
 * An app has one subscription for each object, which names the callback URL and
 * the fields. A Page and a WhatsApp Business Account must have the app among
 * their subscribed_apps as well; such an account, and each of its numbers, can
 * have another callback URL instead, an override.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_H

#include "hookctl/subscriptions_graph.h"
#include "hookctl/where.h"

#include <stdbool.h>

struct subscriptions {
	/* From the command line; each text may be NULL. */
	const char *object, *fields, *page, *waba;
	bool include_values, overrides, json;
	/* From subscriptions_set_up(). */
	struct config *config;
	const struct endpoint *endpoint;
	struct graph graph;		/* but for `version` and `ca_file` */
	struct graph_token app;
	struct graph_token other;	/* for the Page or the account */
};

/* What to set up. */
struct subscriptions_wish {
	struct where where;
	const char *endpoint;	/* --endpoint, or NULL */
	const char *token_file;	/* --token-file, or NULL: standard input */
	const char *graph_url;
	bool adds;		/* the verify token will be sent */
	bool needs_url;		/* callback_url must be set */
};

/* Finds the endpoint, and reads the token for a Page or an account.
 * STATUS_FAILED after a message. The caller calls subscriptions_clean_up(),
 * whatever is returned. */
enum status subscriptions_set_up(struct subscriptions *it,
    const struct subscriptions_wish *wish);

/* Wipes the tokens, and frees what was set up. */
void subscriptions_clean_up(struct subscriptions *it);

/* list: prints each level. STATUS_WRONG if one of them does not lead to the
 * endpoint's callback_url. */
enum status subscriptions_list(struct subscriptions *it);

/* add and remove: each prints what it is going to do, does it, and prints that
 * it is done. */
enum status subscriptions_add(struct subscriptions *it);
enum status subscriptions_remove(struct subscriptions *it);

/*
 * Prints what list has found. `found` has these members; those of levels that
 * were not asked about are absent:
 *
 *   app_id, callback_url
 *   app    [{object, callback_url, active, fields: [{name, version}], goes,
 *          endpoint}]
 *   page   {id, subscribed, fields: [text], without_app: [text], goes}
 *   waba   {id, subscribed, override, goes,
 *          numbers: [{id, number, override, goes}]}, or null for numbers that
 *          could not be listed
 *
 * `goes` is "here", "endpoint" (to that one of the configuration), "elsewhere"
 * or "nowhere". `override` is a URL or null; `without_app` has the Page's
 * fields that the app is not subscribed to.
 */
void subscriptions_print(struct json_object *found);

#endif
