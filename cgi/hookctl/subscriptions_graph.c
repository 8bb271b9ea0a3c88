#include "hookctl/subscriptions_graph.h"

#include "auth/hmac.h"
#include "auth/secret.h"
#include "base/digits.h"
#include "hookctl/subscriptions_answer.h"
#include "hookctl/subscriptions_refusal.h"
#include "hookctl/subscriptions_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 30000	/* for each request */
#define FORM_MAX ((size_t)20000) /* bytes of a URL or a body */
#define NEXT_MAX ((size_t)4000)	/* bytes of the query of a next page */
#define PAGES_MAX 100
#define BEARER "Authorization: Bearer "

/* A URL or a body that is being written. */
struct form {
	char *text;		/* of FORM_MAX bytes, from auth/secret.h */
	size_t length;
	bool full;		/* something did not fit */
};

/*
 * Tokens
 */

enum status
graph_take_token(struct graph *graph, struct graph_token *token,
    const char *app_secret)
{
	struct hmac_key *key = hmac_key_new(HMAC_SHA256, app_secret);
	uint8_t mac[HMAC_SHA256_SIZE];

	if (key == NULL)
		return fail(STATUS_FAILED, "out of memory");
	hmac_of(key, token->text, strlen(token->text), mac);
	hmac_key_free(key);
	hex_write(mac, sizeof mac, token->proof);
	/* An app's token begins with the app's id, which is not a secret. */
	mask_add(&graph->mask, token->is_app ? app_secret : token->text, true);
	mask_add(&graph->mask, token->proof, true);
	return STATUS_DONE;
}

void
graph_token_free(struct graph_token *token)
{
	secret_free(token->text);
	explicit_bzero(token, sizeof *token);
}

enum status
graph_open(struct graph *graph, const char *url)
{
	size_t length = strlen(url);

	while (length > 0 && url[length - 1] == '/')
		length--;
	graph->url = strndup(url, length);
	graph->client = client_new();
	return graph->url != NULL && graph->client != NULL ? STATUS_DONE :
	    fail(STATUS_FAILED, "out of memory");
}

void
graph_close(struct graph *graph)
{
	if (graph->answer.body.bytes != NULL)
		explicit_bzero(graph->answer.body.bytes,
		    graph->answer.body.capacity);
	client_answer_free(&graph->answer);
	client_free(graph->client);
	free(graph->url);
}

/*
 * Requests
 */

static void
add(struct form *form, const char *text)
{
	size_t length = strlen(text);

	if (form->length + length >= FORM_MAX) {
		form->full = true;
		return;
	}
	memcpy(form->text + form->length, text, length + 1);
	form->length += length;
}

static void
add_encoded(struct form *form, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";
	char code[4];

	for (; *text != '\0'; text++) {
		(void)snprintf(code, sizeof code,
		    strchr(plain, *text) != NULL ? "%c" : "%%%02X",
		    (unsigned char)*text);
		add(form, code);
	}
}

static void
add_parameters(struct form *form, const struct graph_request *request)
{
	const struct graph_parameter *at = request->parameters;

	add(form, "appsecret_proof=");
	add(form, request->token->proof);
	for (; at != NULL && at->name != NULL; at++)
		if (at->value != NULL) {
			add(form, "&");
			add(form, at->name);
			add(form, "=");
			add_encoded(form, at->value);
		}
}

/* Writes the URL and the body. `next` is NULL, or the query of a page after the
 * first. A DELETE has its parameters in the URL: a body could get lost on the
 * way, and without an object, all subscriptions would be removed. */
static bool
write_request(const struct graph *graph, const struct graph_request *request,
    const char *next, struct form *url, struct form *body)
{
	url->text = secret_alloc(FORM_MAX);
	body->text = secret_alloc(FORM_MAX);
	if (url->text == NULL || body->text == NULL)
		return false;
	add(url, graph->url);
	add(url, "/");
	add(url, graph->version);
	add(url, "/");
	add(url, request->id);
	add(url, "/");
	add(url, request->edge);
	if (strcmp(request->method, "POST") == 0) {
		add_parameters(body, request);
		return !url->full && !body->full;
	}
	add(url, "?");
	if (next == NULL)
		add_parameters(url, request);
	else {
		add(url, next);
		add(url, "&appsecret_proof=");
		add(url, request->token->proof);
	}
	return !url->full;
}

/* "Authorization: Bearer ..."; the caller frees it with secret_free(). */
static char *
authorization(const struct graph_token *token)
{
	size_t size = sizeof BEARER + strlen(token->text);
	char *header = secret_alloc(size);

	if (header != NULL)
		(void)snprintf(header, size, BEARER "%s", token->text);
	return header;
}

/* Sends the request. Returns the answer if it is JSON and not an error,
 * otherwise NULL after a message. */
static struct json_object *
ask(struct graph *graph, const struct graph_request *request, const char *next)
{
	char *header = authorization(request->token);
	const char *const headers[] = { "User-Agent: hookctl", header, NULL };
	struct form url = { 0 }, body = { 0 };
	struct json_object *answer = NULL;

	if (header == NULL ||
	    !write_request(graph, request, next, &url, &body)) {
		(void)fail(STATUS_FAILED, "out of memory");
		goto out;
	}
	(void)client_send(graph->client, &(struct client_request){
	    .method = request->method, .url = url.text, .headers = headers,
	    .body = body.length > 0 ? body.text : NULL,
	    .length = body.length, .timeout_ms = PATIENCE_MS,
	    .ca_file = graph->ca_file }, &graph->answer);
	answer = answer_parse((struct span){ graph->answer.body.bytes,
	    graph->answer.body.length });
	if (refused(graph, request, answer)) {
		json_object_put(answer);
		answer = NULL;
	}
out:
	secret_free(header);
	secret_free(url.text);
	secret_free(body.text);
	return answer;
}

enum status
graph_change(struct graph *graph, const struct graph_request *request)
{
	struct json_object *answer = ask(graph, request, NULL);
	enum status status = STATUS_DONE;

	if (answer == NULL)
		return STATUS_FAILED;
	if (!answer_is_success(answer))
		status = not_understood(graph);
	json_object_put(answer);
	return status;
}

/*
 * Lists
 */

/* Moves the items of a page to `all`. False if the page has no array, or an
 * item is not an object. */
static bool
move_items(struct json_object *page, struct json_object *all)
{
	struct json_object *data = answer_member(page, "data"), *item;
	size_t i;

	if (!json_object_is_type(data, json_type_array))
		return false;
	for (i = 0; i < json_object_array_length(data); i++) {
		item = json_object_array_get_idx(data, i);
		if (!json_object_is_type(item, json_type_object))
			return false;
		(void)json_object_array_add(all, json_object_get(item));
	}
	return true;
}

/* Gets one page, and the query of the next one, "" after the last. */
static bool
get_page(struct graph *graph, const struct graph_request *request,
    struct json_object *all, char next[NEXT_MAX])
{
	struct json_object *page = ask(graph, request,
	    *next != '\0' ? next : NULL);
	const char *url = answer_text(answer_member(page, "paging"), "next");
	bool good = page != NULL;

	if (good && !move_items(page, all)) {
		(void)not_understood(graph);
		good = false;
	}
	*next = '\0';
	/* Only the query is used, so that the token goes to no other host. */
	if (good && *url != '\0' && !query_of_next(url, next, NEXT_MAX)) {
		(void)fail(STATUS_FAILED, "%s: the address of its list's next "
		    "page is not a URL with a query", graph->url);
		good = false;
	}
	json_object_put(page);
	return good;
}

struct json_object *
graph_list(struct graph *graph, const struct graph_request *request)
{
	struct json_object *all = json_object_new_array();
	char next[NEXT_MAX] = "";
	unsigned pages = 0;
	bool good;

	if (all == NULL) {
		(void)fail(STATUS_FAILED, "out of memory");
		return NULL;
	}
	do
		good = get_page(graph, request, all, next);
	while (good && *next != '\0' && ++pages < PAGES_MAX);
	if (good && *next != '\0') {
		(void)fail(STATUS_FAILED, "%s: its list has more than %d pages",
		    graph->url, PAGES_MAX);
		good = false;
	}
	if (good)
		return all;
	json_object_put(all);
	return NULL;
}
