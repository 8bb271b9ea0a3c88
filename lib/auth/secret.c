#include "auth/secret.h"

#include <sys/mman.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Room for a few hundred secrets; what does not fit goes on the heap. */
#define UNIT ((size_t)64)
#define UNITS ((size_t)1024)

/* A block is one or more units in a row. Free units are zeroed; in a child of
 * fork(2) all units are. */
struct unit {
	_Alignas(16) char bytes[UNIT];
};

static struct unit *arena;	/* NULL: not mapped yet, or mmap(2) failed */
static uint16_t taken[UNITS];	/* units of the block that begins here, or 0 */

/* A block on the heap. */
struct block {
	size_t size;
	_Alignas(16) char bytes[];
};

static void
take_arena(void)
{
	size_t size = UNITS * UNIT;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return;
	/* The system may refuse any of these; none is worth failing for. */
	(void)mlock(memory, size);
	(void)madvise(memory, size, MADV_DONTDUMP);
	(void)madvise(memory, size, MADV_WIPEONFORK);
	arena = memory;
}

/* The first of `count` free units in a row, or UNITS if there are none. */
static size_t
find_room(size_t count)
{
	size_t start = 0, i = 0;

	while (i - start < count && i < UNITS)
		if (taken[i] != 0)
			start = i += taken[i];
		else
			i++;
	return i - start == count ? start : UNITS;
}

static void *
from_heap(size_t size)
{
	struct block *block = NULL;

	if (size < SIZE_MAX - sizeof *block)
		block = calloc(1, sizeof *block + size);
	if (block == NULL)
		return NULL;
	block->size = size;
	return block->bytes;
}

void *
secret_alloc(size_t size)
{
	size_t count = size / UNIT + 1, start = UNITS;

	if (arena == NULL)
		take_arena();
	if (arena != NULL && count <= UNITS)
		start = find_room(count);
	if (start == UNITS)
		return from_heap(size);
	taken[start] = (uint16_t)count;
	return arena[start].bytes;
}

char *
secret_copy(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = secret_alloc(size);

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

void
secret_free(void *memory)
{
	uintptr_t at = (uintptr_t)memory, start = (uintptr_t)arena;
	struct block *block;

	if (memory == NULL)
		return;
	if (arena != NULL && at >= start && at < start + UNITS * UNIT) {
		uint16_t *count = &taken[(at - start) / UNIT];

		explicit_bzero(memory, *count * UNIT);
		*count = 0;
		return;
	}
	block = (struct block *)(void *)((char *)memory - sizeof *block);
	explicit_bzero(memory, block->size);
	free(block);
}
