/*
 * bench: what the measuring programs share: clocks, an end with a message, and
 * the pool, a file of ready-made requests.
 *
 * A pool is the line "SIZE COUNT", filled up with blanks to POOL_HEAD bytes,
 * and then COUNT whole HTTP requests of SIZE bytes each, no two alike. bodies.c
 * writes it; requests.lua (for wrk) and the programs here read it.
 */
#ifndef HOOKLINE_BENCH_H
#define HOOKLINE_BENCH_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define POOL_HEAD 32

/* Nanoseconds: of a clock that only goes forward, and of this process. */
int64_t bench_now(void);
int64_t bench_cpu(void);

/* Says what failed, with errno, and ends the program with status 1. */
noreturn void bench_fail(const char *what);

/* A decimal number above 0, or the end. */
uint64_t bench_number(const char *text);

struct pool {
	const char *bytes;	/* the file, mapped until the program ends */
	size_t size;		/* of a request */
	size_t count;
};

void pool_open(struct pool *pool, const char *path);
/* Request `index`, whole; below the count, or the program ends. */
struct span pool_request(const struct pool *pool, size_t index);
/* The same without its head, or just the value of its signature header. */
struct span pool_body(const struct pool *pool, size_t index);
struct span pool_signature(const struct pool *pool, size_t index);

#endif
