#include "bench.h"

#include "base/digits.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
bench_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t
bench_cpu(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void
bench_fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
	    strerror(errno));
	exit(1);
}

uint64_t
bench_number(const char *text)
{
	uint64_t number = 0;

	errno = EINVAL;
	if (!decimal_read(text, strlen(text), UINT64_MAX, &number) ||
	    number == 0)
		bench_fail(text);
	return number;
}

void
pool_open(struct pool *pool, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &status) == -1)
		bench_fail(path);
	pool->bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED,
	    fd, 0);
	if (pool->bytes == MAP_FAILED)
		bench_fail(path);
	close(fd);
	errno = EINVAL;
	if (sscanf(pool->bytes, "%zu %zu", &pool->size, &pool->count) != 2 ||
	    POOL_HEAD + pool->size * pool->count != (size_t)status.st_size)
		bench_fail(path);
}

struct span
pool_request(const struct pool *pool, size_t index)
{
	if (index >= pool->count) {
		errno = ERANGE;
		bench_fail("the pool is too small");
	}
	return (struct span){ pool->bytes + POOL_HEAD + index * pool->size,
	    pool->size };
}

/* From just after the first `mark` to the end. */
static struct span
behind(struct span text, const char *mark)
{
	size_t length = strlen(mark);
	const char *at = memmem(text.bytes, text.length, mark, length);

	if (at == NULL)
		bench_fail("a request is malformed");
	at += length;
	return (struct span){ at,
	    (size_t)(text.bytes + text.length - at) };
}

struct span
pool_body(const struct pool *pool, size_t index)
{
	return behind(pool_request(pool, index), "\r\n\r\n");
}

struct span
pool_signature(const struct pool *pool, size_t index)
{
	struct span value = behind(pool_request(pool, index),
	    "X-Hub-Signature-256: ");

	value.length -= behind(value, "\r\n").length + 2;
	return value;
}
