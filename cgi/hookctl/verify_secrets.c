#include "hookctl/verify_secrets.h"

#include "auth/hmac.h"
#include "base/digits.h"
#include "hookctl/verify_line.h"

#include <stdlib.h>
#include <string.h>

/* By enum hmac_kind. */
static const struct scheme {
	const char *prefix;
	size_t size;		/* of a signature, in bytes */
} schemes[] = {
	[HMAC_SHA256] = { "sha256=", HMAC_SHA256_SIZE },
	[HMAC_SHA1] = { "sha1=", HMAC_SHA1_SIZE },
};

struct secret_keys {
	struct hmac_key *(*list)[2];	/* of each secret, by enum hmac_kind */
	size_t count;
	size_t latest;		/* the one that was right last */
};

struct secret_keys *
secret_keys_new(void)
{
	return calloc(1, sizeof(struct secret_keys));
}

void
secret_keys_free(struct secret_keys *keys)
{
	size_t i;

	if (keys == NULL)
		return;
	for (i = 0; i < keys->count; i++) {
		hmac_key_free(keys->list[i][HMAC_SHA256]);
		hmac_key_free(keys->list[i][HMAC_SHA1]);
	}
	free(keys->list);
	free(keys);
}

static enum error
add_one(struct secret_keys *keys, const char *secret)
{
	struct hmac_key *(*more)[2] = realloc(keys->list,
	    (keys->count + 1) * sizeof *more);
	struct hmac_key **of;

	if (more == NULL)
		return ERR_MEMORY;
	keys->list = more;
	of = more[keys->count++];
	of[HMAC_SHA256] = hmac_key_new(HMAC_SHA256, secret);
	of[HMAC_SHA1] = hmac_key_new(HMAC_SHA1, secret);
	return of[HMAC_SHA256] != NULL && of[HMAC_SHA1] != NULL ? ERR_NONE :
	    ERR_MEMORY;
}

enum error
secret_keys_add(struct secret_keys *keys, const struct secrets *secrets)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; i < secrets->count && error == ERR_NONE; i++)
		error = add_one(keys, secrets->texts[i]);
	return error;
}

size_t
secret_keys_count(const struct secret_keys *keys)
{
	return keys->count;
}

enum signed_by
secret_keys_check(struct secret_keys *keys, struct span signature,
    struct span payload, size_t *at)
{
	enum hmac_kind kind = signature.bytes[3] == '2' ? HMAC_SHA256 :
	    HMAC_SHA1;
	const struct scheme *scheme = &schemes[kind];
	size_t skip = strlen(scheme->prefix), digits = 2 * scheme->size, i;
	enum signed_by found = SIGNED_OTHER;

	for (i = 0; i < keys->count; i++) {
		size_t key = (keys->latest + i) % keys->count, differs;
		char right[2 * HMAC_SHA256_SIZE + 1];
		uint8_t mac[HMAC_SHA256_SIZE];

		hmac_of(keys->list[key][kind], payload.bytes, payload.length,
		    mac);
		hex_write(mac, scheme->size, right);
		if (memcmp(signature.bytes + skip, right, digits) == 0) {
			keys->latest = key;
			return SIGNED_RIGHT;
		}
		if (digits_alike(signature.bytes + skip, right, digits,
		    &differs)) {
			found = SIGNED_DAMAGED;
			*at = skip + differs;
		}
	}
	return found;
}
