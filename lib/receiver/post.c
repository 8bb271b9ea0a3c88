#include "receiver/internal.h"

#include "auth/client_cert.h"
#include "journal/origin.h"

#include <stdio.h>
#include <string.h>

#define READ_CHUNK ((size_t)64 * 1024)

typedef int stage(struct delivery *delivery);

static int
check_length(struct delivery *delivery)
{
	const struct request *request = delivery->request;

	if (request->length_kind == LENGTH_MALFORMED)
		return delivery_refuse(delivery, 400, REFUSAL_CONTENT_LENGTH);
	if (request->length_kind == LENGTH_GIVEN &&
	    request->length > delivery->setup->config->max_body)
		return delivery_refuse(delivery, 413, REFUSAL_TOO_LARGE);
	return 0;
}

/*
 * Reads up to `limit` bytes into the body. Returns 0; 503 if memory runs out
 * or this process gives up; or 400 if the peer breaks off.
 */
static int
read_up_to(struct delivery *delivery, uint64_t limit)
{
	const struct exchange *exchange = delivery->exchange;
	struct buffer *body = &delivery->body->bytes;

	while (body->length < limit) {
		size_t part = limit - body->length < READ_CHUNK ?
		    (size_t)(limit - body->length) : READ_CHUNK;
		enum error error = buffer_reserve(body, part);
		ssize_t got;

		if (error != ERR_NONE)
			return delivery_fail(delivery, error);
		got = exchange->read(exchange->context,
		    body->bytes + body->length, part);
		if (got < 0)
			return delivery_refuse(delivery,
			    got == EXCHANGE_GIVEN_UP ? 503 : 400,
			    REFUSAL_BODY_BROKEN_OFF);
		if (got == 0)
			break;
		body->length += (size_t)got;
		delivery->bytes = body->length;
	}
	return 0;
}

static int
read_body(struct delivery *delivery)
{
	const struct request *request = delivery->request;
	struct buffer *body = &delivery->body->bytes;
	bool given = request->length_kind == LENGTH_GIVEN;
	uint64_t limit = given ? request->length :
	    delivery->setup->config->max_body;
	int status;

	buffer_reset(body, BODY_KEEP);
	/* One more byte shows whether there is too much. */
	status = read_up_to(delivery, limit + 1);
	if (status != 0)
		return status;
	if (given && body->length != limit)
		return delivery_refuse(delivery, 400, REFUSAL_BODY_LENGTH);
	if (body->length > limit)
		return delivery_refuse(delivery, 413, REFUSAL_TOO_LARGE);
	/* Nothing to store, whatever its signature says. */
	if (body->length == 0)
		return delivery_refuse(delivery, 400, REFUSAL_BODY_EMPTY);
	return 0;
}

/* Keeps a refused signature for a hint. */
static void
note_refused(struct delivery *delivery, const char *sha256, const char *sha1)
{
	const char *given = sha256 != NULL ? sha256 : sha1;

	delivery->sha1 = sha256 == NULL;
	if (signature_well_formed(given, delivery->sha1))
		(void)snprintf(delivery->signature, sizeof delivery->signature,
		    "%s", given);
}

static int
check_signature(struct delivery *delivery)
{
	const struct buffer *body = &delivery->body->bytes;
	const struct endpoint *endpoint = delivery->endpoint;
	const struct setup *setup = delivery->setup;
	const struct signature_keys *keys =
	    setup->keys[endpoint - setup->config->endpoints];
	const char *sha256 = NULL, *sha1 = NULL;

	/* Without a secret, no signature proves anything. */
	if (endpoint->app_secrets.count == 0)
		return 0;
	/* SHA-1 counts only if there is no SHA-256. */
	if (request_header(delivery->request, "HTTP_X_HUB_SIGNATURE_256",
	    &sha256) == HEADER_REPEATED || (sha256 == NULL &&
	    request_header(delivery->request, "HTTP_X_HUB_SIGNATURE",
	    &sha1) == HEADER_REPEATED))
		return delivery_refuse(delivery, 401,
		    REFUSAL_SIGNATURE_REPEATED);
	if (signature_check(keys, sha256, sha1, body->bytes, body->length,
	    delivery->signature, &delivery->secret))
		return 0;
	if (sha256 == NULL && sha1 == NULL)
		return endpoint->accept_unsigned ? 0 : delivery_refuse(delivery,
		    401, REFUSAL_SIGNATURE_MISSING);
	note_refused(delivery, sha256, sha1);
	return delivery_refuse(delivery, 401, REFUSAL_SIGNATURE);
}

/* Reads which record of which journal a hookline relay is sending on. Only a
 * sender who knows a secret is believed. */
static int
read_origin(struct delivery *delivery)
{
	const char *value;
	struct span origin;

	if (delivery->signature[0] == '\0' || request_header(delivery->request,
	    "HTTP_X_HOOKLINE_ORIGIN", &value) != HEADER_ONCE)
		return 0;
	origin = (struct span){ value, strlen(value) };
	if (origin_well_formed(origin))
		delivery->relayed = origin;
	return 0;
}

static bool
has_client_cert(const struct request *request, const struct endpoint *endpoint)
{
	const char *cn = endpoint->client_cert_cn, *subject;

	switch (endpoint->client_cert) {
	case CLIENT_CERT_OFF:
		return true;
	case CLIENT_CERT_SERVER:
		/* Of several CNs, Apache gives the first and lighttpd the last;
		 * and libfcgi's values end at a NUL. */
		subject = request_variable(request, "SSL_CLIENT_S_DN");
		return client_cert_server_ok(
		    request_variable(request, "SSL_CLIENT_VERIFY"),
		    request_variable(request, "SSL_CLIENT_S_DN_CN"), cn) &&
		    (subject == NULL || client_cert_subject_ok(subject, cn));
	case CLIENT_CERT_ALB:
		return request_header_with_commas(request,
		    "HTTP_X_AMZN_MTLS_CLIENTCERT_SUBJECT", &subject) ==
		    HEADER_ONCE && client_cert_subject_ok(subject, cn);
	}
	return false;
}

static int
check_client_cert(struct delivery *delivery)
{
	return has_client_cert(delivery->request, delivery->endpoint) ? 0 :
	    delivery_refuse(delivery, 403, REFUSAL_CLIENT_CERTIFICATE);
}

static int
check_json(struct delivery *delivery)
{
	struct body *body = delivery->body;
	enum error error = notification_parse(body->notification,
	    body->bytes.bytes, body->bytes.length,
	    delivery->setup->config->lines == LINES_UPDATE);

	if (error == ERR_INPUT)
		return delivery_refuse(delivery, 400, REFUSAL_NOT_JSON);
	return error == ERR_NONE ? 0 : delivery_fail(delivery, error);
}

int
post_check(struct delivery *delivery)
{
	static stage *const stages[] = { check_length, read_body,
	    check_signature, read_origin, check_client_cert, check_json };
	int status = 0;
	size_t i;

	for (i = 0; status == 0 && i < sizeof stages / sizeof stages[0]; i++)
		status = stages[i](delivery);
	return status;
}
