#include "receiver/internal.h"

#include "auth/secret.h"

#include <stdio.h>
#include <string.h>

#define HINT_BODY_MAX ((size_t)64 * 1024)
#define HINT_MACS 32		/* half for the endpoint's own secrets, half for
				 * those of other endpoints */

bool
hint_take(struct hint *hint, const struct delivery *delivery)
{
	const struct buffer *body = &delivery->body->bytes;
	uint64_t left_out;

	if (hint->waits || delivery->refusal != REFUSAL_SIGNATURE ||
	    delivery->signature[0] == '\0' || body->length > HINT_BODY_MAX ||
	    !counters_line(delivery->setup->counters, ABOUT_HINTS, &left_out))
		return false;
	buffer_reset(&hint->body, HINT_BODY_MAX);
	/* Adds a newline, in case one was lost on the way. */
	if (buffer_append(&hint->body, body->bytes, body->length) != ERR_NONE ||
	    buffer_append(&hint->body, "\n", 1) != ERR_NONE)
		return false;
	hint->delivery = *delivery;
	hint->delivery.exchange = NULL;
	hint->delivery.request = NULL;
	hint->length = body->length;
	hint->waits = true;
	return true;
}

/*
 * Checks whether the signature is that of the first `length` bytes under a
 * secret. A match does not end the search, so that its duration tells nothing.
 */
static void
try(struct hint *hint, const char *secret, size_t length, const char *word,
    const char *name)
{
	const struct delivery *delivery = &hint->delivery;

	if (hint->macs == 0)
		return;
	hint->macs--;
	if (signature_is_of(delivery->signature, delivery->sha1, secret,
	    hint->body.bytes, length) && hint->text[0] == '\0')
		(void)snprintf(hint->text, sizeof hint->text, "%s%s", word,
		    name);
}

static void
try_unquoted(struct hint *hint, const char *secret)
{
	size_t length = strlen(secret);
	char *bare;

	if (length < 3 || (secret[0] != '"' && secret[0] != '\'') ||
	    secret[length - 1] != secret[0])
		return;
	bare = secret_copy(secret + 1);
	if (bare == NULL)
		return;
	bare[length - 2] = '\0';
	try(hint, bare, hint->length, "secret-quoted", "");
	secret_free(bare);
}

static void
try_own(struct hint *hint, const struct secrets *secrets)
{
	const char *body = hint->body.bytes;
	size_t length = hint->length, less = length, i;

	if (less > 0 && body[less - 1] == '\n')
		less--;
	if (less < length && less > 0 && body[less - 1] == '\r')
		less--;
	for (i = 0; i < secrets->count; i++) {
		const char *secret = secrets->texts[i];

		if (hint->delivery.sha1)
			try(hint, secret, length, "sha1-only", "");
		try_unquoted(hint, secret);
		if (less < length)
			try(hint, secret, less, "newline-added", "");
		try(hint, secret, length + 1, "newline-lost", "");
	}
}

static void
try_others(struct hint *hint, const struct config *config)
{
	size_t i, n;

	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *other = &config->endpoints[i];

		for (n = 0; other != hint->delivery.endpoint &&
		    n < other->app_secrets.count; n++)
			try(hint, other->app_secrets.texts[n], hint->length,
			    "secret-of:", other->name);
	}
}

const char *
hint_find(struct hint *hint)
{
	const struct delivery *delivery = &hint->delivery;

	hint->text[0] = '\0';
	hint->macs = HINT_MACS / 2;
	try_own(hint, &delivery->endpoint->app_secrets);
	hint->macs = HINT_MACS / 2;
	try_others(hint, delivery->setup->config);
	return hint->text[0] != '\0' ? hint->text : NULL;
}

void
hint_free(struct hint *hint)
{
	buffer_free(&hint->body);
}
