/*
 * subscriptions_graph: requests to Meta's Graph API.
 *
 * The token goes into the header Authorization, never into a URL. Each request
 * has an appsecret_proof: the HMAC-SHA256 of the token with the app secret.
 * What Meta says is printed word for word, without our secrets.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_GRAPH_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_GRAPH_H

#include "client.h"
#include "hookctl/hookctl.h"
#include "hookctl/subscriptions_mask.h"

#include <json-c/json.h>

#define PROOF_SIZE 65		/* 64 digits and a NUL */

/* An access token. */
struct graph_token {
	char *text;		/* from auth/secret.h */
	char proof[PROOF_SIZE];
	bool is_app;		/* the app's, made from its id and secret */
};

struct graph {			/* all zero before graph_open() */
	char *url;		/* without a slash at its end */
	const char *version, *ca_file;	/* the latter may be NULL */
	struct client *client;
	struct client_answer answer;
	struct mask mask;	/* for everything that is printed */
};

/* A parameter; left out if its value is NULL. */
struct graph_parameter {
	const char *name, *value;
};

struct graph_request {
	const char *method;	/* "POST" has its parameters in the body */
	const char *id, *edge;	/* of the URL's path */
	const struct graph_parameter *parameters; /* ends with a NULL name */
	const struct graph_token *token;
};

/* Prepares for requests to `url`. STATUS_FAILED after a message. The caller
 * calls graph_close(), whatever is returned. */
enum status graph_open(struct graph *graph, const char *url);
void graph_close(struct graph *graph);

/*
 * Computes the token's proof, and hides both of them in what is printed. The
 * graph keeps the pointer to the token. STATUS_FAILED after a message.
 */
enum status graph_take_token(struct graph *graph, struct graph_token *token,
    const char *app_secret);

/* Wipes the token, which may be all zero. */
void graph_token_free(struct graph_token *token);

/* Sends a request that changes something. STATUS_FAILED, after a message,
 * unless the answer says that the change was made. */
enum status graph_change(struct graph *graph,
    const struct graph_request *request);

/*
 * Gets all pages of a list. Returns an array, which the caller frees with
 * json_object_put(); NULL after a message.
 */
struct json_object *graph_list(struct graph *graph,
    const struct graph_request *request);

#endif
