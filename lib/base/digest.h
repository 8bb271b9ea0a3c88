/*
 * digest: SHA-256 (FIPS 180-4).
 */
#ifndef HOOKLINE_BASE_DIGEST_H
#define HOOKLINE_BASE_DIGEST_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_SIZE 32

/* SHA-256 of all parts, one after the other. */
void digest_sha256(const struct span *parts, size_t count,
    uint8_t out[DIGEST_SHA256_SIZE]);

/* Compares in a time that depends on `length` alone. */
bool digest_equal(const uint8_t *left, const uint8_t *right, size_t length);

#endif
