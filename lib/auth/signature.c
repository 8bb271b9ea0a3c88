#include "auth/signature.h"

#include "auth/hmac.h"
#include "base/digest.h"
#include "base/digits.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct scheme {
	const char *prefix;
	size_t size;		/* of a signature, in bytes */
} schemes[] = {
	[HMAC_SHA256] = { "sha256=", HMAC_SHA256_SIZE },
	[HMAC_SHA1] = { "sha1=", HMAC_SHA1_SIZE },
};

struct signature_keys {
	bool allow_sha1;
	size_t count;
	struct hmac_key *keys[][2];	/* by kind; SHA-1's may be NULL */
};

struct signature_keys *
signature_keys_new(char *const *secrets, size_t count, bool allow_sha1)
{
	struct signature_keys *keys;
	size_t i;

	keys = calloc(1, sizeof *keys + count * sizeof keys->keys[0]);
	if (keys == NULL)
		return NULL;
	keys->allow_sha1 = allow_sha1;
	keys->count = count;
	for (i = 0; i < count; i++) {
		struct hmac_key **of = keys->keys[i];

		of[HMAC_SHA256] = hmac_key_new(HMAC_SHA256, secrets[i]);
		if (allow_sha1)
			of[HMAC_SHA1] = hmac_key_new(HMAC_SHA1, secrets[i]);
		if (of[HMAC_SHA256] == NULL ||
		    (allow_sha1 && of[HMAC_SHA1] == NULL)) {
			signature_keys_free(keys);
			return NULL;
		}
	}
	return keys;
}

void
signature_keys_free(struct signature_keys *keys)
{
	size_t i;

	if (keys == NULL)
		return;
	for (i = 0; i < keys->count; i++) {
		hmac_key_free(keys->keys[i][HMAC_SHA256]);
		hmac_key_free(keys->keys[i][HMAC_SHA1]);
	}
	free(keys);
}

/* Expects the prefix and exactly the right number of digits. Nothing here
 * depends on a secret. */
static bool
decode(const char *header, const struct scheme *scheme, uint8_t *out)
{
	size_t skip = strlen(scheme->prefix);

	return strncmp(header, scheme->prefix, skip) == 0 &&
	    strlen(header + skip) == 2 * scheme->size &&
	    hex_read(header + skip, scheme->size, out);
}

/* The index of the first key whose signature is the given one, or the count of
 * keys. All are tried, the first one last. */
static size_t
find_key(const struct signature_keys *keys, enum hmac_kind kind,
    const void *body, size_t length, const uint8_t *given)
{
	uint8_t mac[HMAC_SHA256_SIZE];
	size_t found = keys->count, i;

	for (i = keys->count; i-- > 0;) {
		hmac_of(keys->keys[i][kind], body, length, mac);
		if (digest_equal(mac, given, schemes[kind].size))
			found = i;
	}
	return found;
}

bool
signature_check(const struct signature_keys *keys, const char *sha256,
    const char *sha1, const void *body, size_t length,
    char matched[SIGNATURE_TEXT_MAX], size_t *place)
{
	const bool strong = sha256 != NULL;
	const enum hmac_kind kind = strong ? HMAC_SHA256 : HMAC_SHA1;
	const struct scheme *scheme = &schemes[kind];
	const char *header = strong ? sha256 : sha1;
	size_t skip = strlen(scheme->prefix), found;
	uint8_t given[HMAC_SHA256_SIZE];

	if (header == NULL || (!strong && !keys->allow_sha1) ||
	    !decode(header, scheme, given))
		return false;
	found = find_key(keys, kind, body, length, given);
	if (found == keys->count)
		return false;
	*place = found;
	memcpy(matched, scheme->prefix, skip);
	hex_write(given, scheme->size, matched + skip);
	return true;
}

bool
signature_well_formed(const char *header, bool sha1)
{
	uint8_t given[HMAC_SHA256_SIZE];

	return decode(header, &schemes[sha1 ? HMAC_SHA1 : HMAC_SHA256],
	    given);
}

bool
signature_is_of(const char *header, bool sha1, const char *secret,
    const void *body, size_t length)
{
	const enum hmac_kind kind = sha1 ? HMAC_SHA1 : HMAC_SHA256;
	uint8_t given[HMAC_SHA256_SIZE], mac[HMAC_SHA256_SIZE];
	struct hmac_key *key;

	if (!decode(header, &schemes[kind], given))
		return false;
	key = hmac_key_new(kind, secret);
	if (key == NULL)
		return false;
	hmac_of(key, body, length, mac);
	hmac_key_free(key);
	return digest_equal(mac, given, schemes[kind].size);
}
