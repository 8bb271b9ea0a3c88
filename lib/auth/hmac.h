/*
 * hmac: HMAC with SHA-256 or SHA-1 (RFC 2104), from keys prepared once.
 */
#ifndef HOOKLINE_AUTH_HMAC_H
#define HOOKLINE_AUTH_HMAC_H

#include <stddef.h>
#include <stdint.h>

#define HMAC_SHA256_SIZE 32
#define HMAC_SHA1_SIZE 20

enum hmac_kind { HMAC_SHA256, HMAC_SHA1 };

/* A key with its two padded blocks already hashed; holds secret material. */
struct hmac_key;

/* NULL if memory runs out. hmac_key_free() wipes it, and accepts NULL. */
struct hmac_key *hmac_key_new(enum hmac_kind kind, const char *secret);
void hmac_key_free(struct hmac_key *key);

/* Writes 32 or 20 bytes, depending on the key's kind. */
void hmac_of(const struct hmac_key *key, const void *bytes, size_t length,
    uint8_t out[HMAC_SHA256_SIZE]);

#endif
