/*
 * token: the verification request's secret and challenge (Meta, "Webhooks:
 * Getting Started", "Verification Requests").
 */
#ifndef HOOKLINE_AUTH_TOKEN_H
#define HOOKLINE_AUTH_TOKEN_H

#include <stdbool.h>

#define TOKEN_CHALLENGE_MAX 256

/* Compares in a time that does not depend on where or how the texts differ. An
 * empty expected token equals nothing. */
bool token_equal(const char *expected, const char *given);

/* Whether it has 1 to 256 characters, all of A-Z a-z 0-9 . _ ~ - */
bool token_challenge_ok(const char *challenge);

#endif
