/*
 * digest: SHA-256 and SHA-1 (FIPS 180-4), and HMAC (RFC 2104) with prepared
 * keys. The only module that calls OpenSSL.
 */
#ifndef HOOKLINE_BASE_DIGEST_H
#define HOOKLINE_BASE_DIGEST_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_SIZE 32
#define DIGEST_SHA1_SIZE 20

enum digest_kind { DIGEST_SHA256, DIGEST_SHA1 };

/* SHA-256 over the parts one after the other. */
void digest_sha256(const struct span *parts, size_t count,
    uint8_t out[DIGEST_SHA256_SIZE]);

/* A key whose two HMAC blocks are hashed already; holds secret material. */
struct digest_key;

/* NULL when memory is short. Freed, and wiped, by digest_key_free(), which
 * allows NULL. */
struct digest_key *digest_key_new(enum digest_kind kind, const char *secret);
void digest_key_free(struct digest_key *key);

/* Writes 32 or 20 bytes, by the key's kind. */
void digest_mac(const struct digest_key *key, const void *bytes, size_t length,
    uint8_t out[DIGEST_SHA256_SIZE]);

/* Compares in a time that depends on `length` alone. */
bool digest_equal(const uint8_t *left, const uint8_t *right, size_t length);

#endif
