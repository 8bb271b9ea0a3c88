#include "hookctl/subscriptions_refusal.h"

#include "hookctl/subscriptions_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 2000		/* bytes of a text from Meta that are printed */
#define BODY_MAX 200		/* of any other body */

/* What would help, with the app's own token, and with another one. */
static const struct {
	const char *for_app, *for_other;
} advice[] = {
	[REFUSED_VERIFICATION] = {
	    "Meta has just asked the callback URL, and did not get the "
	    "challenge back: run \"hookctl check\", which asks the same way",
	    "Meta has just asked the callback URL, and did not get the "
	    "challenge back: run \"hookctl check\", which asks the same way" },
	[REFUSED_RATE] = {
	    "too many requests were made for this app: try again later",
	    "too many requests were made with this token: try again later" },
	[REFUSED_PROOF] = {
	    "the endpoint's first app_secret is not the secret of this app_id",
	    "the token belongs to another app, or the endpoint's first "
	    "app_secret is not that of its app" },
	[REFUSED_TOKEN] = {
	    "app_id and the first app_secret of the endpoint belong to "
	    "different apps; the App Dashboard shows both under App settings, "
	    "Basic",
	    "the token is wrong or has expired: make a new one" },
	[REFUSED_PERMISSION] = {
	    "the app is not allowed to do this",
	    "the token needs pages_manage_metadata for a Page, and "
	    "whatsapp_business_management for a WhatsApp Business Account" },
	[REFUSED_FOR_NOW] = {
	    "this may pass by itself: try again later",
	    "this may pass by itself: try again later" },
	[REFUSED_OTHERWISE] = { NULL, NULL } };

/* Copies a text without our secrets, cut at `room` bytes. */
static const char *
masked(const struct graph *graph, const char *text, char *copy, size_t room)
{
	(void)snprintf(copy, room, "%s", text);
	mask_text(&graph->mask, copy);
	return copy;
}

static void
print_details(const struct graph *graph, const struct refusal *refusal)
{
	char text[TEXT_MAX], title[TEXT_MAX], subcode[64] = "";

	if (*refusal->title != '\0' || *refusal->explanation != '\0')
		note("%s%s%s", masked(graph, refusal->title, title,
		    sizeof title), *refusal->title != '\0' &&
		    *refusal->explanation != '\0' ? ": " : "",
		    masked(graph, refusal->explanation, text, sizeof text));
	if (refusal->subcode != 0)
		(void)snprintf(subcode, sizeof subcode, ", error_subcode %"
		    PRId64, refusal->subcode);
	note("%s, code %" PRId64 "%s, fbtrace_id %s",
	    *refusal->type != '\0' ? masked(graph, refusal->type, title,
	    sizeof title) : "error", refusal->code, subcode,
	    *refusal->trace != '\0' ? masked(graph, refusal->trace, text,
	    sizeof text) : "none");
}

static void
print_advice(const struct graph *graph, const struct graph_request *request,
    enum refused kind)
{
	char usage[TEXT_MAX];
	int64_t minutes;
	const char *text = request->token->is_app ? advice[kind].for_app :
	    advice[kind].for_other;

	if (kind == REFUSED_RATE && client_header(&graph->answer,
	    "X-Business-Use-Case-Usage", usage, sizeof usage)) {
		minutes = answer_patience((struct span){ usage,
		    strlen(usage) });
		if (minutes > 0) {
			note("too many requests: Meta estimates that it will "
			    "answer again in %" PRId64 " minute%s", minutes,
			    minutes == 1 ? "" : "s");
			return;
		}
	}
	if (text != NULL)
		note("%s", text);
}

static void
print_refusal(const struct graph *graph, const struct graph_request *request,
    const struct refusal *refusal)
{
	char text[TEXT_MAX];

	(void)fail(STATUS_FAILED, "Meta refuses, with HTTP %d: %s",
	    graph->answer.status, *refusal->message != '\0' ?
	    masked(graph, refusal->message, text, sizeof text) :
	    "no message");
	print_details(graph, refusal);
	print_advice(graph, request, answer_kind(refusal,
	    graph->answer.status));
}

enum status
not_understood(const struct graph *graph)
{
	const struct buffer *body = &graph->answer.body;
	char text[TEXT_MAX] = "";

	if (body->length > 0)
		(void)snprintf(text, sizeof text, "%.*s", body->length <
		    sizeof text ? (int)body->length : TEXT_MAX - 1,
		    body->bytes);
	mask_text(&graph->mask, text);
	return fail(STATUS_FAILED, "%s answers %d, but not as the Graph API "
	    "does: %.*s", graph->url, graph->answer.status, BODY_MAX,
	    *text != '\0' ? text : "with an empty body");
}

bool
refused(const struct graph *graph, const struct graph_request *request,
    struct json_object *answer)
{
	const struct client_answer *last = &graph->answer;
	struct refusal refusal;
	char text[sizeof last->error];

	if (last->status == 0)
		(void)fail(STATUS_FAILED, "%s does not answer: %s", graph->url,
		    masked(graph, last->error, text, sizeof text));
	else if (answer_refusal(answer, &refusal))
		print_refusal(graph, request, &refusal);
	else if (answer == NULL || last->status < 200 || last->status > 299)
		(void)not_understood(graph);
	else
		return false;
	return true;
}
