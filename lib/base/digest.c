/*
 * OpenSSL declares its one-algorithm functions deprecated in favour of EVP.
 * They are used on purpose: EVP looks for providers, reads openssl.cnf and
 * allocates, which a CGI process would pay for at each request. These compute
 * the same digests with the same assembler, touch nothing else, and cannot
 * fail.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

void
digest_sha256(const struct span *parts, size_t count,
    uint8_t out[DIGEST_SHA256_SIZE])
{
	SHA256_CTX hash;
	size_t i;

	(void)SHA256_Init(&hash);
	for (i = 0; i < count; i++)
		(void)SHA256_Update(&hash, parts[i].bytes, parts[i].length);
	(void)SHA256_Final(out, &hash);
}

bool
digest_equal(const uint8_t *left, const uint8_t *right, size_t length)
{
	return CRYPTO_memcmp(left, right, length) == 0;
}
