/*
 * check_verification: what Meta asks when somebody enters the URL.
 */
#include "hookctl/check_url.h"

#include "auth/secret.h"

#include <stdio.h>
#include <string.h>

#define CHALLENGE_DIGITS 10
#define TOKEN_MAX ((size_t)2048)	/* more than hookline reads */

/* Appends text to a query: everything but letters and digits is encoded. */
static void
append_encoded(char *query, size_t room, const char *text)
{
	size_t at = strlen(query);

	for (; *text != '\0' && at + 4 <= room; text++)
		if (strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz-._~", *text) != NULL)
			query[at++] = *text;
		else
			at += (size_t)snprintf(query + at, room - at, "%%%02X",
			    (unsigned char)*text);
	query[at] = '\0';
}

/* Asks as Meta does; `challenge` gets what was sent. */
static bool
ask(struct probe *probe, const char *token,
    char challenge[CHALLENGE_DIGITS + 1])
{
	char id[PROBE_ID_SIZE];
	char *query = secret_alloc(3 * TOKEN_MAX);
	bool answered;
	size_t i;

	if (query == NULL)
		return false;
	probe_id(id);
	for (i = 0; i < CHALLENGE_DIGITS; i++)
		challenge[i] = (char)('1' + id[i] % 9);
	challenge[i] = '\0';
	(void)snprintf(query, 3 * TOKEN_MAX, "hub.mode=subscribe&"
	    "hub.challenge=%s&hub.verify_token=", challenge);
	append_encoded(query, 3 * TOKEN_MAX, token);
	answered = probe_get(probe, query, NULL);
	secret_free(query);
	return answered;
}

static void
report(const struct probe *probe, const char *text, const char *mend)
{
	report_row(probe->report, "verification", FINDING_FAILURE, "%s", text);
	report_more(probe->report, "%s", mend);
}

/* The challenge with something around it, or another answer altogether. */
static bool
report_altered(const struct probe *probe, const char *challenge)
{
	const struct buffer *body = &probe->answer.body;
	char coding[64];

	if (probe->answer.status != 200)
		return false;
	if (client_header(&probe->answer, "Content-Encoding", coding,
	    sizeof coding)) {
		report(probe, "the challenge came back compressed, and Meta "
		    "cannot read it", "switch compression off for this path");
		return true;
	}
	if (probe_said(probe, 200, "ready")) {
		report(probe, "\"ready\" came back in place of the challenge",
		    "the query is lost, or a cache does not look at it: "
		    "RewriteRule keeps it with QSA");
		return true;
	}
	if (body->length <= strlen(challenge) || memmem(body->bytes,
	    body->length, challenge, strlen(challenge)) == NULL)
		return false;
	report_row(probe->report, "verification", FINDING_FAILURE,
	    "%zu bytes came back around the challenge",
	    body->length - strlen(challenge));
	report_more(probe->report, "Meta wants the challenge alone: switch off "
	    "what adds them (panel, auto_append_file, CDN)");
	return true;
}

/* The right token was not answered by the challenge. */
static void
report_wrong(const struct probe *probe, const char *challenge)
{
	if (probe_said(probe, 403, "forbidden"))
		report(probe, "403 by hookline: the verify token there is "
		    "another one", "verify_token of this configuration and of "
		    "the one on that machine must be the same");
	else if (probe_said(probe, 400, "bad-request"))
		report(probe, "400 by hookline: the query arrives changed",
		    "a rewrite on the way drops or repeats hub.* parameters");
	else if (!report_altered(probe, challenge))
		probe_blame(probe, "verification", "", "");
}

void
check_verification(struct probe *probe)
{
	const struct secrets *tokens = &probe->target->endpoint->verify_tokens;
	char challenge[CHALLENGE_DIGITS + 1], wrong[PROBE_ID_SIZE];

	if (!probe_is_private(probe)) {
		report_row(probe->report, "verification", FINDING_WARNING,
		    "not tested: the token goes over https, or to this "
		    "machine, only");
		return;
	}
	if (!ask(probe, tokens->texts[0], challenge) ||
	    probe->answer.status != 200 || !probe_body_is(probe, challenge)) {
		report_wrong(probe, challenge);
		return;
	}
	probe_id(wrong);
	if (ask(probe, wrong, challenge) &&
	    probe_said(probe, 403, "forbidden"))
		report_row(probe->report, "verification", FINDING_OK,
		    "the challenge alone came back; a wrong token gets 403");
	else if (probe_body_is(probe, challenge))
		report(probe, "a wrong token is accepted as well",
		    "it is not this hookline that answers there");
	else
		probe_blame(probe, "verification", "a wrong token: ", "");
}
