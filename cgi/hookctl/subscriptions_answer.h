/*
 * subscriptions_answer: what the Graph API's answers say.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_ANSWER_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_ANSWER_H

#include "base/span.h"

#include <json-c/json.h>

#include <stdbool.h>
#include <stdint.h>

/* Parses a JSON text; the caller frees the result with json_object_put(). NULL
 * if it is not JSON, or memory is short. */
struct json_object *answer_parse(struct span body);

/* The text of a member that is a string, else "". It belongs to the object. */
const char *answer_text(struct json_object *object, const char *name);

/* A member if it is an object or an array, else NULL. */
struct json_object *answer_member(struct json_object *object,
    const char *name);

/* Whether the answer says that a change was made: it is true, "true", or an
 * object whose "success" is one of these. */
bool answer_is_success(struct json_object *answer);

/* An error, with its texts as the API words them, or "". The texts belong to
 * the answer. */
struct refusal {
	const char *message, *type, *title, *explanation, *trace;
	int64_t code, subcode;	/* 0: none */
	bool passes;		/* transient, as the API says */
};

/* False if the answer is not an error. */
bool answer_refusal(struct json_object *answer,
    struct refusal *refusal);

enum refused {
	REFUSED_OTHERWISE,
	REFUSED_VERIFICATION,	/* the callback URL was not verified */
	REFUSED_RATE,		/* too many requests */
	REFUSED_PROOF,		/* the token is another app's */
	REFUSED_TOKEN,		/* the token is not valid, or has expired */
	REFUSED_PERMISSION,	/* the token lacks a permission */
	REFUSED_FOR_NOW		/* the trouble may pass by itself */
};

/* What kind of refusal it is; `status` is that of HTTP. */
enum refused answer_kind(const struct refusal *refusal, int status);

/* How many minutes it takes until requests are answered again, by the estimate
 * in the header X-Business-Use-Case-Usage; 0 if there is none. */
int64_t answer_patience(struct span usage);

#endif
