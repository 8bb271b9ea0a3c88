#include "receiver/internal.h"

#include "auth/client_cert.h"
#include "auth/token.h"
#include "base/clock.h"
#include "http/query.h"

#include <string.h>

#define READ_CHUNK ((size_t)64 * 1024)
#define KEPT_RECORDS 64		/* more are stored at once */

/* A stage returns 0, or the HTTP status that ends the request. After the last
 * one, 0 says that the notification is kept. */
typedef int stage(struct delivery *delivery);

/*
 * The stages of every request
 */

static int
be_configured(struct delivery *delivery)
{
	struct receiver *receiver = delivery->receiver;

	receiver_refresh(receiver,
	    request_last_variable(delivery->request, "DOCUMENT_ROOT"),
	    request_variable(delivery->request, "SCRIPT_FILENAME"));
	if (receiver->status == CONFIG_OK) {
		receiver_confine(receiver);
		return 0;
	}
	if (delivery->request->method != METHOD_POST &&
	    delivery->request->query[0] == '\0')
		answer_word(&delivery->answer, 503,
		    config_status_word(receiver->status));
	return 503;
}

/* Ends the request with a status, for a reason. */
static int
refuse(struct delivery *delivery, int status, enum refusal refusal)
{
	delivery->refusal = refusal;
	return status;
}

static int
find_endpoint(struct delivery *delivery)
{
	const struct config *config = delivery->receiver->config;

	delivery->endpoint = config_endpoint(config, delivery->request->path);
	if (delivery->endpoint == NULL)
		return refuse(delivery, 404, REFUSAL_PATH);
	delivery->keys = delivery->receiver->keys[delivery->endpoint - config->endpoints];
	if (delivery->request->method == METHOD_OTHER)
		return refuse(delivery, 405, REFUSAL_METHOD);
	return 0;
}

/*
 * GET and HEAD
 */

/* In a word why the next notification would not be stored; NULL: it would. */
static const char *
find_hindrance(struct receiver *receiver)
{
	const struct journal_options options =
	    receiver_journal_options(receiver);
	enum error error = journal_check(&options, receiver->config->max_body);

	if (error == ERR_FULL)
		return "disk-full";
	/* What could be made by another process cannot be by this one. */
	if (error != ERR_NONE || receiver_is_bounded(receiver))
		return "not-writable";
	/* Whatever the look at the folder missed, the last attempt to store ran
	 * into. */
	return counters_failing(receiver->counters) ? "failing" : NULL;
}

static int
say_ready(struct delivery *delivery)
{
	const char *hindrance = find_hindrance(delivery->receiver);
	int status = hindrance == NULL ? 200 : 503;

	answer_word(&delivery->answer, status,
	    hindrance == NULL ? "ready" : hindrance);
	return status;
}

/* Meta's verification request. */
static int
verify(struct delivery *delivery)
{
	const char *query = delivery->request->query;
	char mode[QUERY_VALUE_MAX], token[QUERY_VALUE_MAX];
	char challenge[QUERY_VALUE_MAX];

	if (query_hub(query, "mode", mode) != QUERY_ONCE ||
	    query_hub(query, "verify_token", token) != QUERY_ONCE ||
	    query_hub(query, "challenge", challenge) != QUERY_ONCE ||
	    !token_challenge_ok(challenge))
		return refuse(delivery, 400, REFUSAL_HUB_PARAMETERS);
	if (!token_equal(delivery->endpoint->verify_token, token))
		return refuse(delivery, 403, REFUSAL_VERIFY_TOKEN);
	if (strcmp(mode, "subscribe") != 0)
		return refuse(delivery, 403, REFUSAL_HUB_MODE);
	answer_text(&delivery->answer, 200, challenge);
	return 200;
}

static int
answer_get(struct delivery *delivery)
{
	return delivery->request->query[0] == '\0' ? say_ready(delivery) : verify(delivery);
}

/*
 * POST
 */

static int
check_length(struct delivery *delivery)
{
	const struct request *request = delivery->request;

	if (request->length_kind == LENGTH_MALFORMED)
		return refuse(delivery, 400, REFUSAL_CONTENT_LENGTH);
	if (request->length_kind == LENGTH_GIVEN &&
	    request->length > delivery->receiver->config->max_body)
		return refuse(delivery, 413, REFUSAL_TOO_LARGE);
	return 0;
}

/*
 * Reads up to `limit` bytes into the body. 0, or 503 when memory is short or
 * this process gives up, or 400 when the peer breaks off.
 */
static int
read_up_to(struct delivery *delivery, uint64_t limit)
{
	struct buffer *body = &delivery->receiver->body;
	const struct exchange *exchange = delivery->exchange;

	while (body->length < limit) {
		size_t part = limit - body->length < READ_CHUNK ?
		    (size_t)(limit - body->length) : READ_CHUNK;
		ssize_t got;

		if (buffer_reserve(body, part) != ERR_NONE)
			return refuse(delivery, 503, REFUSAL_STORAGE);
		got = exchange->read(exchange->context,
		    body->bytes + body->length, part);
		if (got < 0)
			return refuse(delivery, got == EXCHANGE_GIVEN_UP ?
			    503 : 400, REFUSAL_BODY_BROKEN_OFF);
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
	const struct buffer *body = &delivery->receiver->body;
	bool given = request->length_kind == LENGTH_GIVEN;
	uint64_t limit = given ? request->length :
	    delivery->receiver->config->max_body;
	int status;

	buffer_reset(&delivery->receiver->body, BODY_KEEP);
	/* One more byte tells whether there is too much. */
	status = read_up_to(delivery, limit + 1);
	if (status != 0)
		return status;
	if (given && body->length != limit)
		return refuse(delivery, 400, REFUSAL_BODY_LENGTH);
	if (body->length > limit)
		return refuse(delivery, 413, REFUSAL_TOO_LARGE);
	/* Nothing to store, whatever its signature says. */
	if (body->length == 0)
		return refuse(delivery, 400, REFUSAL_BODY_EMPTY);
	return 0;
}

/* A header's only value; NULL where absent; false where it is repeated. */
static bool
single_header(const struct delivery *delivery, const char *name, const char **value)
{
	*value = NULL;
	return request_header(delivery->request, name, value) != HEADER_REPEATED;
}

static int
check_signature(struct delivery *delivery)
{
	const struct buffer *body = &delivery->receiver->body;
	const char *sha256, *sha1;

	if (!single_header(delivery, "HTTP_X_HUB_SIGNATURE_256", &sha256) ||
	    (sha256 == NULL &&
	    !single_header(delivery, "HTTP_X_HUB_SIGNATURE", &sha1)))
		return refuse(delivery, 401, REFUSAL_SIGNATURE_REPEATED);
	if (sha256 != NULL)
		sha1 = NULL;
	if (!signature_check(delivery->keys, sha256, sha1, body->bytes,
	    body->length, delivery->signature, &delivery->secret))
		return refuse(delivery, 401, sha256 == NULL && sha1 == NULL ?
		    REFUSAL_SIGNATURE_MISSING : REFUSAL_SIGNATURE);
	return 0;
}

static int
check_client_cert(struct delivery *delivery)
{
	const struct request *request = delivery->request;
	const char *cn = delivery->endpoint->client_cert_cn, *subject;
	bool good = true;

	switch (delivery->endpoint->client_cert) {
	case CLIENT_CERT_OFF:
		break;
	case CLIENT_CERT_SERVER:
		good = client_cert_server_ok(
		    request_variable(request, "SSL_CLIENT_VERIFY"),
		    request_variable(request, "SSL_CLIENT_S_DN_CN"), cn);
		/* Of several CNs, Apache gives the first and lighttpd the
		 * last; and a NUL ends what libfcgi hands out. */
		subject = request_variable(request, "SSL_CLIENT_S_DN");
		good = good && (subject == NULL ||
		    client_cert_subject_ok(subject, cn));
		break;
	case CLIENT_CERT_ALB:
		good = request_header_with_commas(request,
		    "HTTP_X_AMZN_MTLS_CLIENTCERT_SUBJECT", &subject) ==
		    HEADER_ONCE && client_cert_subject_ok(subject, cn);
		break;
	}
	return good ? 0 : refuse(delivery, 403, REFUSAL_CLIENT_CERTIFICATE);
}

static int
check_json(struct delivery *delivery)
{
	const struct buffer *body = &delivery->receiver->body;

	switch (notification_parse(delivery->receiver->notification, body->bytes,
	    body->length, delivery->receiver->config->lines == LINES_UPDATE)) {
	case ERR_NONE:
		return 0;
	case ERR_INPUT:
		return refuse(delivery, 400, REFUSAL_NOT_JSON);
	case ERR_MISSING:
	case ERR_UNSAFE:
	case ERR_BUSY:
	case ERR_MEMORY:
	case ERR_FULL:
	case ERR_IO:
	case ERR_DAMAGED:
	case ERR_STALE:
		break;
	}
	return refuse(delivery, 503, REFUSAL_STORAGE);
}

static int
keep(struct delivery *delivery)
{
	struct receiver *receiver = delivery->receiver;
	const struct record_source source = {
		.endpoint = { delivery->endpoint->path,
		    strlen(delivery->endpoint->path) },
		.signature = { delivery->signature, strlen(delivery->signature) },
		.body = { receiver->body.bytes, receiver->body.length } };

	delivery->exchange->hold(delivery->exchange->context);
	delivery->first_record = receiver->batch.count;
	delivery->error = receiver_encode(receiver, &source);
	if (delivery->error == ERR_FULL) {
		receiver_settle(receiver);
		delivery->first_record = receiver->batch.count;
		delivery->error = receiver_encode(receiver, &source);
	}
	delivery->end_record = receiver->batch.count;
	return delivery->error == ERR_NONE ? 0 : refuse(delivery, 503, REFUSAL_STORAGE);
}

static int
answer_post(struct delivery *delivery)
{
	static stage *const stages[] = { check_length, read_body,
	    check_signature, check_client_cert, check_json, keep };
	size_t i;

	for (i = 0; i < sizeof stages / sizeof stages[0]; i++) {
		int status = stages[i](delivery);

		if (status != 0)
			return status;
	}
	return 0;
}

/*
 * The story
 */

static int
handle(struct delivery *delivery)
{
	int status = be_configured(delivery);

	if (status == 0)
		status = find_endpoint(delivery);
	if (status != 0)
		return status;
	return delivery->request->method == METHOD_POST ? answer_post(delivery) :
	    answer_get(delivery);
}

static void
answer(struct delivery *delivery, int status)
{
	const struct exchange *exchange = delivery->exchange;
	char text[ANSWER_MAX];
	size_t length;

	if (delivery->answer.status != status)
		answer_status(&delivery->answer, status);
	receiver_count(delivery, status);
	length = answer_format(&delivery->answer,
	    delivery->request->method == METHOD_HEAD, text);
	(void)exchange->send(exchange->context, text, length);
	exchange->end(exchange->context);
}

void
receiver_settle(void *argument)
{
	struct receiver *receiver = argument;
	size_t i, count = receiver->kept_count;
	enum error error;

	if (count == 0)
		return;
	receiver->kept_count = 0;
	error = receiver_store(receiver, count);
	for (i = 0; i < count; i++) {
		struct delivery *delivery = &receiver->kept[i];

		delivery->error = error;
		answer(delivery, error == ERR_NONE ? 200 :
		    refuse(delivery, 503, REFUSAL_STORAGE));
	}
	trouble_clear(&receiver->trouble);
	receiver_say_due(receiver);
}

void
receiver_handle(void *argument, const struct exchange *exchange)
{
	struct receiver *receiver = argument;
	struct delivery delivery = { .receiver = receiver, .exchange = exchange,
	    .request = exchange->request, .began = clock_monotonic_us() };
	int status;

	if (delivery.request->length_kind == LENGTH_GIVEN)
		delivery.bytes = delivery.request->length;
	status = handle(&delivery);
	if (status != 0) {
		answer(&delivery, status);
		if (delivery.request->method == METHOD_POST)
			receiver_say_due(receiver);
		return;
	}
	receiver->kept[receiver->kept_count++] = delivery;
	if (receiver->kept_count == EXCHANGES_MAX ||
	    receiver->batch.count > KEPT_RECORDS)
		receiver_settle(receiver);
}
