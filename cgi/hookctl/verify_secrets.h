/*
 * verify_secrets: whether a record's signature was made with one of the app
 * secrets.
 */
#ifndef HOOKLINE_HOOKCTL_VERIFY_SECRETS_H
#define HOOKLINE_HOOKCTL_VERIFY_SECRETS_H

#include "base/span.h"
#include "config/config.h"

#include <stddef.h>

struct secret_keys;

/* NULL if memory runs out. */
struct secret_keys *secret_keys_new(void);
void secret_keys_free(struct secret_keys *keys); /* NULL is allowed */

/* Adds secrets, without keeping their text. ERR_MEMORY: not all were added. */
enum error secret_keys_add(struct secret_keys *keys,
    const struct secrets *secrets);

size_t secret_keys_count(const struct secret_keys *keys);

enum signed_by {
	SIGNED_RIGHT,		/* with one of the secrets */
	SIGNED_OTHER,		/* with none of them */
	SIGNED_DAMAGED		/* with one of them, but some digits differ */
};

/* Checks a signature: "sha256=" or "sha1=", and digits in lower case. With
 * SIGNED_DAMAGED, `*at` is its first byte that differs. The secret that was
 * right last time is tried first. */
enum signed_by secret_keys_check(struct secret_keys *keys,
    struct span signature, struct span payload, size_t *at);

#endif
