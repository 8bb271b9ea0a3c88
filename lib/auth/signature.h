/*
 * signature: X-Hub-Signature-256 and X-Hub-Signature over the raw body
 * (Meta, "Webhooks: Getting Started", "Validating Payloads").
 *
 * Every secret is tried, whether or not another one matched, and signatures are
 * compared in constant time, so that timing reveals nothing about the secrets.
 */
#ifndef HOOKLINE_AUTH_SIGNATURE_H
#define HOOKLINE_AUTH_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#define SIGNATURE_TEXT_MAX 72	/* "sha256=" + 64 digits + NUL */

/* The prepared keys of one endpoint. */
struct signature_keys;

/* NULL if memory runs out. Keeps two hash states of each secret (four with
 * SHA-1) and nothing of its text. With a count of 0, `secrets` may be NULL and
 * no signature matches. signature_keys_free() wipes and frees them, and accepts
 * NULL. */
struct signature_keys *signature_keys_new(char *const *secrets, size_t count,
    bool allow_sha1);
void signature_keys_free(struct signature_keys *keys);

/*
 * True if `sha256` (the value of X-Hub-Signature-256, or NULL) is the body's
 * signature under one of the keys. Only if it is NULL and SHA-1 is allowed is
 * `sha1` (X-Hub-Signature) checked instead. If true, `matched` gets the
 * signature in lower case, and `*place` the index of that key's secret, the
 * first of equal ones. Otherwise both are unchanged.
 */
bool signature_check(const struct signature_keys *keys, const char *sha256,
    const char *sha1, const void *body, size_t length,
    char matched[SIGNATURE_TEXT_MAX], size_t *place);

/* Whether a header's value has the form of a signature: X-Hub-Signature's if
 * `sha1` is set, else X-Hub-Signature-256's. */
bool signature_well_formed(const char *header, bool sha1);

/* Whether the header is the body's signature under this one secret; used to
 * find out why the right secret did not match. The key made for this is wiped.
 * Also false if memory runs out. */
bool signature_is_of(const char *header, bool sha1, const char *secret,
    const void *body, size_t length);

#endif
