/*
 * signature: X-Hub-Signature-256 and X-Hub-Signature over the raw body
 * (Meta, "Webhooks: Getting Started", "Validating Payloads").
 *
 * Every secret is tried, whether or not another one matched, and signatures are
 * compared in constant time, so that time tells nothing about the secrets.
 */
#ifndef HOOKLINE_AUTH_SIGNATURE_H
#define HOOKLINE_AUTH_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#define SIGNATURE_TEXT_MAX 72	/* "sha256=" + 64 digits + NUL */

/* The prepared keys of one endpoint. */
struct signature_keys;

/* NULL when memory is short. Keeps two hash states of each secret (four with
 * SHA-1) and nothing of its text. With a count of 0, where `secrets` may be
 * NULL, no signature is right. Freed, and wiped, by signature_keys_free(),
 * which allows NULL. */
struct signature_keys *signature_keys_new(char *const *secrets, size_t count,
    bool allow_sha1);
void signature_keys_free(struct signature_keys *keys);

/*
 * True if `sha256` (the value of X-Hub-Signature-256, NULL where absent), or,
 * where that is NULL and SHA-1 is allowed, `sha1` (X-Hub-Signature), is the
 * body's signature under one of the keys. A -256 header that is present but
 * wrong never falls back. `matched` then gets it in lower case and `*place` the
 * place of that key's secret, the first of equal ones; otherwise they are left
 * alone.
 */
bool signature_check(const struct signature_keys *keys, const char *sha256,
    const char *sha1, const void *body, size_t length,
    char matched[SIGNATURE_TEXT_MAX], size_t *place);

/* Whether a header's value, X-Hub-Signature's with `sha1`, may be a signature:
 * it has the right form. */
bool signature_well_formed(const char *header, bool sha1);

/* Whether it is the body's under this one secret: to find out why another one
 * did not do. Of the key that is made for this nothing is left. False, too,
 * when memory is short. */
bool signature_is_of(const char *header, bool sha1, const char *secret,
    const void *body, size_t length);

#endif
