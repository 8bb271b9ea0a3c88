/*
 * subscriptions_answer: what the Graph API's answers say.
 */
#ifndef HOOKLINE_HOOKCTL_SUBSCRIPTIONS_ANSWER_H
#define HOOKLINE_HOOKCTL_SUBSCRIPTIONS_ANSWER_H

#include "base/span.h"

#include <json-c/json.h>

#include <stdbool.h>
#include <stdint.h>

/* The JSON text that this is, to be freed with json_object_put(); NULL if it is
 * something else, or memory is short. */
struct json_object *answer_parse(struct span body);

/* A member if it is a string, else "". The text is the object's. */
const char *answer_text(struct json_object *object, const char *name);

/* A member if it is an object or an array, else NULL. */
struct json_object *answer_member(struct json_object *object,
    const char *name);

/* Whether it says that a change was made: true, "true", or an object with that
 * as its "success". */
bool answer_is_success(struct json_object *answer);

/* An error, with its texts as the API words them, "" where there is none. They
 * are the answer's. */
struct refusal {
	const char *message, *type, *title, *explanation, *trace;
	int64_t code, subcode;	/* 0: none */
	bool passes;		/* the API says that it is transient */
};

/* False if the answer is not an error. */
bool answer_refusal(struct json_object *answer,
    struct refusal *refusal);

enum refused {
	REFUSED_OTHERWISE,
	REFUSED_VERIFICATION,	/* the callback URL did not pass */
	REFUSED_RATE,		/* too many requests */
	REFUSED_PROOF,		/* the token is another app's */
	REFUSED_TOKEN,		/* it is not valid, or not any more */
	REFUSED_PERMISSION,	/* it lacks one */
	REFUSED_FOR_NOW		/* it may pass by itself */
};

/* What kind of refusal it is; `status` is the one of HTTP. */
enum refused answer_kind(const struct refusal *refusal, int status);

/* Minutes until requests are answered again, as the value of the header
 * X-Business-Use-Case-Usage estimates; 0 if it does not. */
int64_t answer_patience(struct span usage);

#endif
