/*
 * check_signature: whether the receiver has the same app secrets. What is sent
 * is no JSON, so that nothing is stored whatever happens.
 */
#include "hookctl/check_url.h"

#include "auth/hmac.h"
#include "base/digits.h"

#include <stdio.h>
#include <string.h>

#define FORM "application/x-www-form-urlencoded"

bool
check_sign(const char *secret, const void *body, size_t length,
    char signature[SIGNATURE_TEXT_MAX])
{
	struct hmac_key *key = hmac_key_new(HMAC_SHA256, secret);
	uint8_t mac[HMAC_SHA256_SIZE];

	if (key == NULL)
		return false;
	hmac_of(key, body, length, mac);
	hmac_key_free(key);
	(void)snprintf(signature, SIGNATURE_TEXT_MAX, "sha256=");
	hex_write(mac, sizeof mac, signature + strlen(signature));
	return true;
}

/* Sent as a form, since firewalls refuse a body that is said to be JSON and is
 * not. */
static bool
post_no_json(struct probe *probe, const char *secret)
{
	char id[PROBE_ID_SIZE], text[64], signature[SIGNATURE_TEXT_MAX];

	probe_id(id);
	(void)snprintf(text, sizeof text, "hookctl-check=%s", id);
	return check_sign(secret, text, strlen(text), signature) &&
	    probe_post(probe, &(struct probe_body){ .bytes = text,
	    .length = strlen(text), .type = FORM,
	    .signature = signature });
}

/* Which secret it is about; "" if there is only one. */
static void
name_secret(const struct secrets *secrets, size_t n, char name[64])
{
	name[0] = '\0';
	if (secrets->count > 1)
		(void)snprintf(name, 64, "app secret %zu of %zu: ", n + 1,
		    secrets->count);
}

/* After a signature by one of the secrets. True if the answer is the expected
 * one; otherwise it adds a row. */
static bool
is_accepted(const struct probe *probe, size_t n)
{
	const struct endpoint *endpoint = probe->target->endpoint;
	bool by_certificate = endpoint->client_cert != CLIENT_CERT_OFF;
	char name[64];

	if (probe_said(probe, 400, "bad-request") ||
	    (by_certificate && probe_said(probe, 403, "forbidden")))
		return true;
	name_secret(&endpoint->app_secrets, n, name);
	if (!probe_said(probe, 401, "unauthorized")) {
		probe_blame(probe, "signature", name, "");
		return false;
	}
	report_row(probe->report, "signature", FINDING_FAILURE, "%s401 by "
	    "hookline: the receiver there has another secret", name);
	report_more(probe->report, "App settings > Basic > App secret, of the "
	    "app that sends; then app_secret on both machines");
	report_more(probe->report, "if they are the same: does something drop "
	    "the header X-Hub-Signature-256? hookline's log then has "
	    "reason=signature-missing");
	return false;
}

/* `*let_in` is whether one was read without a client certificate. */
static bool
check_secrets(struct probe *probe, bool *let_in)
{
	const struct secrets *secrets = &probe->target->endpoint->app_secrets;
	bool accepted = true;
	size_t i;

	for (i = 0; i < secrets->count; i++) {
		(void)post_no_json(probe, secrets->texts[i]);
		accepted = is_accepted(probe, i) && accepted;
		*let_in = *let_in || probe->answer.status == 400;
	}
	return accepted;
}

static void
report_right(const struct probe *probe, bool let_in)
{
	const struct endpoint *endpoint = probe->target->endpoint;
	bool one = endpoint->app_secrets.count == 1;

	if (endpoint->client_cert != CLIENT_CERT_OFF && let_in) {
		report_row(probe->report, "signature", FINDING_WARNING,
		    "right, but no client certificate was wanted");
		report_more(probe->report, "client_cert is off in the "
		    "configuration of the receiver there");
		return;
	}
	report_row(probe->report, "signature", FINDING_OK, "%s right (nothing "
	    "was stored)", one ? "the secret is" : "all secrets are");
	if (endpoint->client_cert != CLIENT_CERT_OFF)
		report_more(probe->report, "that Meta's certificate is let in "
		    "cannot be tested: only Meta has it (mTLS)");
}

bool
check_signature(struct probe *probe)
{
	const struct endpoint *endpoint = probe->target->endpoint;
	char wrong[PROBE_ID_SIZE];
	bool right, refused, let_in = false;

	if (endpoint->app_secrets.count == 0) {
		report_row(probe->report, "signature", FINDING_OK,
		    "nothing to check: there is no app secret, and unsigned "
		    "ones are accepted");
		report_more(probe->report, "no other bodies were sent: they "
		    "would be stored");
		return false;
	}
	right = check_secrets(probe, &let_in);
	probe_id(wrong);
	(void)post_no_json(probe, wrong);
	refused = probe_said(probe, 401, "unauthorized");
	if (right && refused) {
		report_right(probe, let_in);
	} else if (right) {
		report_row(probe->report, "signature", FINDING_FAILURE,
		    "a wrong signature is not refused: there is no app secret "
		    "there, or something drops the header");
		report_more(probe->report, "X-Hub-Signature-256 must arrive; "
		    "no other bodies were sent");
	} else if (!refused) {
		report_more(probe->report, "no other bodies were sent, because "
		    "they might be stored");
	}
	return refused;
}
