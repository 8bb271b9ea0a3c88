/* base/digest.c says why. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "auth/hmac.h"

#include "auth/secret.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string.h>

#define BLOCK_SIZE 64		/* of SHA-1 and SHA-256 alike */
#define INNER_PAD 0x36
#define OUTER_PAD 0x5c

struct hash {
	enum hmac_kind kind;
	union {
		SHA256_CTX sha256;
		SHA_CTX sha1;
	} state;
};

/* Both have already hashed their padded key block; RFC 2104, section 4. */
struct hmac_key {
	struct hash inner;
	struct hash outer;
};

static size_t
hash_size(const struct hash *hash)
{
	return hash->kind == HMAC_SHA256 ? HMAC_SHA256_SIZE : HMAC_SHA1_SIZE;
}

/* None of OpenSSL's six functions below can fail. */
static void
hash_start(struct hash *hash, enum hmac_kind kind)
{
	hash->kind = kind;
	if (kind == HMAC_SHA256)
		(void)SHA256_Init(&hash->state.sha256);
	else
		(void)SHA1_Init(&hash->state.sha1);
}

static void
hash_add(struct hash *hash, const void *bytes, size_t length)
{
	if (hash->kind == HMAC_SHA256)
		(void)SHA256_Update(&hash->state.sha256, bytes, length);
	else
		(void)SHA1_Update(&hash->state.sha1, bytes, length);
}

static void
hash_finish(struct hash *hash, uint8_t *out)
{
	if (hash->kind == HMAC_SHA256)
		(void)SHA256_Final(out, &hash->state.sha256);
	else
		(void)SHA1_Final(out, &hash->state.sha1);
}

static void
start_padded(struct hash *hash, enum hmac_kind kind,
    const uint8_t block[BLOCK_SIZE], uint8_t pad)
{
	uint8_t padded[BLOCK_SIZE];
	size_t i;

	for (i = 0; i < BLOCK_SIZE; i++)
		padded[i] = block[i] ^ pad;
	hash_start(hash, kind);
	hash_add(hash, padded, BLOCK_SIZE);
	OPENSSL_cleanse(padded, sizeof padded);
}

struct hmac_key *
hmac_key_new(enum hmac_kind kind, const char *secret)
{
	struct hmac_key *key = secret_alloc(sizeof *key);
	uint8_t block[BLOCK_SIZE] = { 0 };
	size_t length = strlen(secret);

	if (key == NULL)
		return NULL;
	if (length > BLOCK_SIZE) {
		hash_start(&key->inner, kind);
		hash_add(&key->inner, secret, length);
		hash_finish(&key->inner, block);
	} else
		memcpy(block, secret, length);
	start_padded(&key->inner, kind, block, INNER_PAD);
	start_padded(&key->outer, kind, block, OUTER_PAD);
	OPENSSL_cleanse(block, sizeof block);
	return key;
}

void
hmac_key_free(struct hmac_key *key)
{
	secret_free(key);
}

void
hmac_of(const struct hmac_key *key, const void *bytes, size_t length,
    uint8_t out[HMAC_SHA256_SIZE])
{
	struct hash hash = key->inner;

	hash_add(&hash, bytes, length);
	hash_finish(&hash, out);
	hash = key->outer;
	hash_add(&hash, out, hash_size(&hash));
	hash_finish(&hash, out);
	OPENSSL_cleanse(&hash, sizeof hash);
}
