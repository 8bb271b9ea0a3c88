#include "base/secret.h"

#include <sys/mman.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Some hundred secrets; what does not fit comes from the heap. */
#define ARENA ((size_t)64 * 1024)
#define ALIGN ((size_t)16)

/* The arena is blocks one behind the other; each begins with its size. */
struct block {
	size_t size;
	size_t taken;		/* 0: free */
};

static char *arena;		/* NULL: not had yet, or not to be had */

static struct block *
block_at(size_t offset)
{
	return (struct block *)(void *)(arena + offset);
}

static void
take_arena(void)
{
	void *memory = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return;
	/* Each as far as the system lets us; none is worth failing for. */
	mlock(memory, ARENA);
	madvise(memory, ARENA, MADV_DONTDUMP);
	madvise(memory, ARENA, MADV_WIPEONFORK);
	arena = memory;
	block_at(0)->size = ARENA;
}

/* Joins the free blocks that follow a free one. */
static void
join(size_t offset)
{
	struct block *block = block_at(offset);
	size_t next = offset + block->size;

	while (next < ARENA && block_at(next)->taken == 0) {
		size_t more = block_at(next)->size;

		block->size += more;
		next += more;
	}
}

/* The first free block that is large enough, cut to size. */
static struct block *
from_arena(size_t whole)
{
	size_t offset;

	if (arena == NULL)
		take_arena();
	if (arena == NULL)
		return NULL;
	/* Wiped by a fork: what the parent had in it is gone here. */
	if (block_at(0)->size == 0)
		block_at(0)->size = ARENA;
	for (offset = 0; offset < ARENA; offset += block_at(offset)->size) {
		struct block *block = block_at(offset);

		if (block->taken)
			continue;
		join(offset);
		if (block->size < whole)
			continue;
		if (block->size > whole) {
			block_at(offset + whole)->size = block->size - whole;
			block_at(offset + whole)->taken = 0;
			block->size = whole;
		}
		block->taken = 1;
		memset(block + 1, 0, whole - sizeof *block);
		return block;
	}
	return NULL;
}

static int
in_arena(const struct block *block)
{
	uintptr_t at = (uintptr_t)block, start = (uintptr_t)arena;

	return arena != NULL && at >= start && at < start + ARENA;
}

void *
secret_alloc(size_t size)
{
	size_t whole;
	struct block *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	whole = (sizeof *block + size + ALIGN - 1) / ALIGN * ALIGN;
	block = from_arena(whole);
	if (block == NULL) {
		block = calloc(1, whole);
		if (block == NULL)
			return NULL;
		block->size = whole;
	}
	return block + 1;
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
	struct block *block;

	if (memory == NULL)
		return;
	block = (struct block *)memory - 1;
	if (block->size == 0)
		return;		/* wiped by a fork */
	explicit_bzero(memory, block->size - sizeof *block);
	if (in_arena(block))
		block->taken = 0;
	else
		free(block);
}
