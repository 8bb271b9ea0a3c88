#include "auth/token.h"

#include "base/digest.h"

#include <string.h>

/*
 * Compares digests, not texts: they have the same length, and how much of two
 * digests is equal says nothing about the texts.
 */
bool
token_equal(const char *expected, const char *given)
{
	const struct span left = { expected, strlen(expected) };
	const struct span right = { given, strlen(given) };
	uint8_t left_digest[DIGEST_SHA256_SIZE];
	uint8_t right_digest[DIGEST_SHA256_SIZE];

	digest_sha256(&left, 1, left_digest);
	digest_sha256(&right, 1, right_digest);
	return digest_equal(left_digest, right_digest, sizeof left_digest) &&
	    left.length > 0;
}

bool
token_challenge_ok(const char *challenge)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._~-";
	size_t length = strspn(challenge, allowed);

	return challenge[length] == '\0' && length >= 1 &&
	    length <= TOKEN_CHALLENGE_MAX;
}
