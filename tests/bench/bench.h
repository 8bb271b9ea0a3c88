/*
 * bench: shared by the measuring programs: clocks, an error exit, and the pool,
 * a file of ready-made requests.
 *
 * A pool is the line "SIZE COUNT", padded with blanks to POOL_HEAD bytes, and
 * then COUNT complete HTTP requests of SIZE bytes each, no two alike. bodies.c
 * writes it; requests.lua (for wrk) and the programs here read it.
 */
#ifndef HOOKLINE_BENCH_H
#define HOOKLINE_BENCH_H

#include "base/span.h"

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#define POOL_HEAD 32

/* Nanoseconds: on a monotonic clock, and of this process's processor time. */
int64_t bench_now(void);
int64_t bench_cpu(void);

/* Prints what failed, with errno, and ends the program with status 1. */
noreturn void bench_fail(const char *what);

/* Reads a decimal number above 0, or ends the program. */
uint64_t bench_number(const char *text);

struct pool {
	const char *bytes;	/* the file, mapped until the program ends */
	size_t size;		/* of a request */
	size_t count;
};

void pool_open(struct pool *pool, const char *path);
/* The complete request `index`. Ends the program if there are too few. */
struct span pool_request(const struct pool *pool, size_t index);
/* Its body, or only the value of its signature header. */
struct span pool_body(const struct pool *pool, size_t index);
struct span pool_signature(const struct pool *pool, size_t index);

#endif
