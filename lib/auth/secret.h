/*
 * secret: memory for tokens, secrets and keys. It is kept out of swap if the
 * system allows that, left out of core dumps, zeroed in children of fork(2),
 * and wiped when it is freed.
 */
#ifndef HOOKLINE_AUTH_SECRET_H
#define HOOKLINE_AUTH_SECRET_H

#include <stddef.h>

/* Zeroed memory, aligned for any type; NULL if memory runs out. */
void *secret_alloc(size_t size);

/* A copy of a string; NULL if memory runs out. */
char *secret_copy(const char *text);

/* Wipes and frees; NULL is allowed. */
void secret_free(void *memory);

#endif
