#include "receiver/internal.h"

#include "auth/token.h"
#include "http/query.h"

#include <string.h>

/* One word for why the next notification could not be stored, or NULL. */
static const char *
find_hindrance(struct setup *setup, const struct lifetime *lifetime)
{
	struct journal_options options = setup_journal_options(setup);
	enum error error;

	/* What this finds need not be the reason for a later failure. */
	options.trouble = NULL;
	error = journal_check(&options, setup->config->max_body);
	if (error == ERR_FULL)
		return "disk-full";
	/* Another process could create what this one cannot. */
	if (error != ERR_NONE || lifetime_bounds(lifetime, setup) != NULL)
		return "not-writable";
	/* The last attempt may have failed for a reason not seen here. */
	return counters_failing(setup->counters) ? "failing" : NULL;
}

static int
say_ready(struct delivery *delivery, const struct lifetime *lifetime)
{
	const char *hindrance = find_hindrance(delivery->setup, lifetime);
	int status = hindrance == NULL ? 200 : 503;

	answer_word(&delivery->answer, status,
	    hindrance == NULL ? "ready" : hindrance);
	return status;
}

/* Meta's verification request. */
static int
verify(struct delivery *delivery, const char *query)
{
	const struct secrets *tokens = &delivery->endpoint->verify_tokens;
	char mode[QUERY_VALUE_MAX], token[QUERY_VALUE_MAX];
	char challenge[QUERY_VALUE_MAX];
	bool right = false;
	size_t i;

	if (query_hub(query, "mode", mode) != QUERY_ONCE ||
	    query_hub(query, "verify_token", token) != QUERY_ONCE ||
	    query_hub(query, "challenge", challenge) != QUERY_ONCE ||
	    !token_challenge_ok(challenge))
		return delivery_refuse(delivery, 400, REFUSAL_HUB_PARAMETERS);
	/* All are compared, so that timing does not tell which one matched. */
	for (i = 0; i < tokens->count; i++)
		right = token_equal(tokens->texts[i], token) || right;
	if (!right)
		return delivery_refuse(delivery, 403, REFUSAL_VERIFY_TOKEN);
	if (strcmp(mode, "subscribe") != 0)
		return delivery_refuse(delivery, 403, REFUSAL_HUB_MODE);
	answer_text(&delivery->answer, 200, challenge);
	return 200;
}

int
get_answer(struct delivery *delivery, const struct lifetime *lifetime)
{
	const char *query = delivery->request->query;

	return query_has_hub(query) ? verify(delivery, query) :
	    say_ready(delivery, lifetime);
}
