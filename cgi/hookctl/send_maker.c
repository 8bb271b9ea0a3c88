#include "hookctl/send_maker.h"

#include "auth/secret.h"
#include "base/clock.h"
#include "base/digits.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the ids of this run begin. Each run counts on from its own place. */
static uint64_t
first_serial(void)
{
	uint64_t random;

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (uint64_t)clock_now();
	return SAMPLE_SERIAL_END / 10 + random % (SAMPLE_SERIAL_END / 5 * 4);
}

/* The characters of a query that need no % (RFC 3986, section 2.3). */
static bool
is_unreserved(char letter)
{
	return letter != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~", letter) != NULL;
}

/* Makes the URL of the verification request. */
static bool
make_query(struct send_maker *maker)
{
	static const char format[] = "%s%chub.mode=subscribe&"
	    "hub.challenge=%s&hub.verify_token=";
	const char *url = maker->url, *token = maker->verify_token;
	size_t room = strlen(url) + sizeof format + sizeof maker->challenge +
	    3 * strlen(token);
	char *at;

	maker->query_url = secret_alloc(room);
	if (maker->query_url == NULL)
		return false;
	(void)snprintf(maker->challenge, sizeof maker->challenge, "%" PRIu64,
	    1000000000 + maker->moment.serial % 1000000000);
	at = maker->query_url + snprintf(maker->query_url, room, format, url,
	    strchr(url, '?') != NULL ? '&' : '?', maker->challenge);
	for (; *token != '\0'; token++)
		at += sprintf(at, is_unreserved(*token) ? "%c" : "%%%02X",
		    (unsigned char)*token);
	return true;
}

bool
send_maker_begin(struct send_maker *maker)
{
	maker->moment.serial = first_serial();
	if (maker->verify_token != NULL)
		return make_query(maker);
	if (maker->secret == NULL)
		return true;
	maker->key1 = hmac_key_new(HMAC_SHA1, maker->secret);
	maker->key256 = hmac_key_new(HMAC_SHA256, maker->secret);
	return maker->key1 != NULL && maker->key256 != NULL;
}

void
send_maker_end(struct send_maker *maker)
{
	hmac_key_free(maker->key1);
	hmac_key_free(maker->key256);
	secret_free(maker->query_url);
}

/* The body's ids are new, its time is now; of those for later, the last one is
 * sent now. */
static bool
write_body(struct send_maker *maker, struct buffer *body)
{
	uint64_t times = maker->repeat * maker->later;
	uint64_t number = maker->made / times, turn = maker->made % times;
	const struct sample *sample =
	    maker->samples[number % maker->sample_count];

	if (turn == 0) {
		if (maker->made > 0)
			maker->moment.serial += maker->batch;
		maker->moment.happened = clock_now() -
		    (int64_t)(maker->later - 1) * CLOCK_SECOND;
	}
	maker->moment.sent = maker->moment.happened +
	    (int64_t)(turn / maker->repeat) * CLOCK_SECOND;
	buffer_reset(body, SIZE_MAX);
	return sample_write(sample, &maker->moment, maker->batch, body);
}

static void
write_signature(const struct hmac_key *key, size_t size,
    const struct client_request *request, const char *name, char *line)
{
	uint8_t mac[HMAC_SHA256_SIZE];

	hmac_of(key, request->body, request->length, mac);
	line += sprintf(line, "%s", name);
	hex_write(mac, size, line);
}

/* In the order in which Meta sends them. */
static void
set_headers(const struct send_maker *maker, struct send_request *out)
{
	const char **header = out->headers;

	*header++ = "User-Agent: facebookexternalua";
	*header++ = "Accept: */*";
	if (out->request.body != NULL)
		*header++ = "Content-Type: application/json";
	if (maker->key256 != NULL) {
		write_signature(maker->key1, HMAC_SHA1_SIZE, &out->request,
		    "X-Hub-Signature: sha1=", out->sha1);
		write_signature(maker->key256, HMAC_SHA256_SIZE,
		    &out->request, "X-Hub-Signature-256: sha256=",
		    out->sha256);
		*header++ = out->sha1;
		*header++ = out->sha256;
	}
	*header = NULL;
	out->request.headers = out->headers;
}

bool
send_make(struct send_maker *maker, struct send_request *out)
{
	struct client_request *request = &out->request;

	*request = (struct client_request){ .method = "POST",
	    .url = maker->url, .timeout_ms = SEND_TIMEOUT_MS,
	    .ca_file = maker->ca_file, .body = maker->file.bytes,
	    .length = maker->file.length };
	if (maker->query_url != NULL) {
		request->method = "GET";
		request->url = maker->query_url;
	} else if (maker->file.bytes == NULL) {
		if (!write_body(maker, &out->body))
			return false;
		request->body = out->body.bytes;
		request->length = out->body.length;
	}
	set_headers(maker, out);
	maker->made++;
	return true;
}
