/*
 * subscriptions_words: checks and compares words from the command line and from
 * Meta's answers, for hookctl subscriptions.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_WORDS_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Why this cannot be the name of an object, such as "page"; NULL if it can. */
const char *object_fault(const char *text);

/* Why this cannot be a list of fields, as in "feed,messages"; NULL if it
 * can. */
const char *fields_fault(const char *text);

/* Whether this can be the id of an app, a Page or an account: up to 32
 * digits. */
bool is_graph_id(const char *text);

/* Whether this is a version such as "v26.0". */
bool is_graph_version(const char *text);

/* Why this cannot be an access token; NULL if it can. */
const char *token_fault(const char *text);

/*
 * Whether two URLs lead to the same endpoint. As for the receiver, they may
 * differ in the case of scheme and host, in a port that is the usual one, and
 * in a slash at the end of the path.
 */
bool leads_to(const char *url, const char *callback_url);

/*
 * Copies the query of a URL, without the parameters access_token and
 * appsecret_proof. False if there is no query, it does not fit into `room`
 * bytes, or it has a byte that a query cannot have.
 */
bool query_of_next(const char *url, char *query, size_t room);

#endif
