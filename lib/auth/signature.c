#include "auth/signature.h"

#include "base/digest.h"
#include "base/digits.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_PREFIX "sha256="
#define SHA1_PREFIX "sha1="

struct signature_keys {
	bool allow_sha1;
	size_t count;
	struct {
		struct digest_key *sha256;
		struct digest_key *sha1; /* NULL unless SHA-1 is allowed */
	} keys[];
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
		keys->keys[i].sha256 = digest_key_new(DIGEST_SHA256,
		    secrets[i]);
		if (allow_sha1)
			keys->keys[i].sha1 = digest_key_new(DIGEST_SHA1,
			    secrets[i]);
		if (keys->keys[i].sha256 == NULL ||
		    (allow_sha1 && keys->keys[i].sha1 == NULL)) {
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
		digest_key_free(keys->keys[i].sha256);
		digest_key_free(keys->keys[i].sha1);
	}
	free(keys);
}

/* `prefix` and exactly 2 * size digits; nothing here depends on a secret. */
static bool
decode(const char *header, const char *prefix, size_t size, uint8_t *out)
{
	size_t skip = strlen(prefix);

	return strncmp(header, prefix, skip) == 0 &&
	    strlen(header + skip) == 2 * size &&
	    hex_read(header + skip, size, out);
}

static bool
any_key_matches(const struct signature_keys *keys, enum digest_kind kind,
    const void *body, size_t length, const uint8_t *given, size_t size,
    size_t *place)
{
	uint8_t mac[DIGEST_SHA256_SIZE];
	bool matches = false, match;
	size_t i;

	for (i = 0; i < keys->count; i++) {
		digest_mac(kind == DIGEST_SHA256 ? keys->keys[i].sha256 :
		    keys->keys[i].sha1, body, length, mac);
		match = digest_equal(mac, given, size);
		if (match && !matches)
			*place = i;
		matches |= match;
	}
	return matches;
}

bool
signature_check(const struct signature_keys *keys, const char *sha256,
    const char *sha1, const void *body, size_t length,
    char matched[SIGNATURE_TEXT_MAX], size_t *place)
{
	const bool strong = sha256 != NULL;
	const char *header = strong ? sha256 : sha1;
	const char *prefix = strong ? SHA256_PREFIX : SHA1_PREFIX;
	size_t size = strong ? DIGEST_SHA256_SIZE : DIGEST_SHA1_SIZE;
	uint8_t given[DIGEST_SHA256_SIZE];

	if (header == NULL || (!strong && !keys->allow_sha1) ||
	    !decode(header, prefix, size, given))
		return false;
	if (!any_key_matches(keys, strong ? DIGEST_SHA256 : DIGEST_SHA1, body,
	    length, given, size, place))
		return false;
	memcpy(matched, prefix, strlen(prefix));
	hex_write(given, size, matched + strlen(prefix));
	return true;
}
