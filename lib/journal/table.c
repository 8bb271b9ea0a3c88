#include "journal/table.h"

#include "base/io.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT 1
#define NAME_MAX_HERE 32
#define CHUNK 32u		/* slots: a search seldom needs more */

static const char magic[8] = "hookidx";

static void
make_name(uint32_t number, char name[NAME_MAX_HERE])
{
	snprintf(name, NAME_MAX_HERE, ".state/index-%08x", number);
}

static size_t
size_of(uint32_t slots)
{
	return sizeof(struct table_head) +
	    (size_t)slots * sizeof(struct table_slot);
}

uint32_t
table_room(const struct table *table)
{
	return table->head->slots - table->head->slots / 5;
}

uint64_t
table_seq(const struct table *table, const struct table_slot *slot)
{
	return table->head->base + (slot->word >> 32) - 1;
}

void
table_close(struct table *table)
{
	if (table->slots != NULL)
		munmap(table->head, table->size);
	if (table->fd != -1)
		io_close(table->fd);
	free(table);
}

void
table_remove(int directory, uint32_t number)
{
	char name[NAME_MAX_HERE];

	make_name(number, name);
	io_unlinkat(directory, name);
}

static bool
head_ok(const struct table_head *head, uint32_t number, off_t size)
{
	return memcmp(head->magic, magic, sizeof magic) == 0 &&
	    head->layout == LAYOUT && head->number == number &&
	    head->slots >= TABLE_SLOTS_MIN && head->zero == 0 &&
	    (off_t)size_of(head->slots) == size;
}

/* A table with the file `name` open in it, and nothing read yet. */
static struct table *
table_new(int directory, uint32_t number, int flags, mode_t mode,
    enum error *error)
{
	struct table *table = calloc(1, sizeof *table);
	char name[NAME_MAX_HERE];

	*error = ERR_BUSY;
	if (table == NULL)
		return NULL;
	table->head = &table->copy;
	make_name(number, name);
	table->fd = io_openat(directory, name, O_RDWR | flags, mode);
	if (table->fd == -1) {
		*error = error_from_errno(errno);
		free(table);
		return NULL;
	}
	return table;
}

enum error
table_map(struct table *table)
{
	void *map;

	if (table->slots != NULL)
		return ERR_NONE;
	map = io_map(table->fd, table->size, true);

	if (map == NULL)
		return ERR_BUSY;
	table->head = map;
	table->slots = (struct table_slot *)(table->head + 1);
	io_close(table->fd);
	table->fd = -1;
	return ERR_NONE;
}

/* The head of a file of the right size, mapped or read. */
static enum error
take_head(struct table *table, uint32_t number, bool mapped)
{
	struct stat status;
	enum error error = ERR_NONE;

	if (io_fstat(table->fd, &status) == -1)
		return ERR_IO;
	if (status.st_size < (off_t)size_of(TABLE_SLOTS_MIN))
		return ERR_MISSING;
	table->size = (size_t)status.st_size;
	if (mapped)
		error = table_map(table);
	else if (io_pread_all(table->fd, &table->copy, sizeof table->copy,
	    0) != (ssize_t)sizeof table->copy)
		error = ERR_IO;
	if (error != ERR_NONE)
		return error;
	return head_ok(table->head, number, status.st_size) ? ERR_NONE :
	    ERR_MISSING;
}

struct table *
table_open(int directory, uint32_t number, bool mapped, enum error *error)
{
	struct table *table = table_new(directory, number, 0, 0, error);

	if (table == NULL)
		return NULL;
	*error = take_head(table, number, mapped);
	if (*error == ERR_NONE)
		return table;
	table_close(table);
	return NULL;
}

/* Takes the room on the disk first: a hole under a map may be a SIGBUS. */
static enum error
fill_new(struct table *table, bool mapped, const struct table_head *head)
{
	enum error error = ERR_NONE;

	table->size = size_of(head->slots);
	if (io_fallocate(table->fd, (off_t)table->size) == -1)
		return error_from_errno(errno);
	if (mapped)
		error = table_map(table);
	if (error != ERR_NONE)
		return error;
	*table->head = *head;
	return table_flush(table);
}

struct table *
table_create(int directory, uint32_t number, bool mapped, mode_t mode,
    uint32_t slots, uint64_t base, enum error *error)
{
	struct table_head head = { .layout = LAYOUT, .number = number,
	    .slots = slots, .base = base };
	struct table *table;

	memcpy(head.magic, magic, sizeof magic);
	table = table_new(directory, number, O_CREAT | O_TRUNC, mode, error);
	if (table == NULL)
		return NULL;
	*error = fill_new(table, mapped, &head);
	if (*error == ERR_NONE)
		return table;
	table_close(table);
	table_remove(directory, number);
	return NULL;
}

static off_t
offset_of(uint32_t at)
{
	return (off_t)(sizeof(struct table_head) +
	    at * sizeof(struct table_slot));
}

static enum error
slot_read(const struct table *table, uint32_t at, struct table_slot *slot)
{
	if (table->slots != NULL) {
		memcpy(slot->key, table->slots[at].key, sizeof slot->key);
		slot->word = atomic_load_explicit(&table->slots[at].word,
		    memory_order_relaxed);
		return ERR_NONE;
	}
	return io_pread_all(table->fd, slot, sizeof *slot, offset_of(at)) ==
	    (ssize_t)sizeof *slot ? ERR_NONE : ERR_IO;
}

enum error
table_write(struct table *table, uint32_t at, const struct table_slot *slot)
{
	if (table->slots != NULL) {
		memcpy(table->slots[at].key, slot->key, sizeof slot->key);
		atomic_store_explicit(&table->slots[at].word, slot->word,
		    memory_order_release);
		return ERR_NONE;
	}
	return io_pwrite(table->fd, slot, sizeof *slot, offset_of(at)) ==
	    (ssize_t)sizeof *slot ? ERR_NONE : ERR_IO;
}

/* Where a key's search begins: its bits are as good as random. */
static uint32_t
home(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	uint32_t bits;

	memcpy(&bits, key, sizeof bits);
	return (uint32_t)(((uint64_t)bits * table->head->slots) >> 32);
}

void
table_prefetch(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	if (table->slots != NULL)
		__builtin_prefetch(table->slots + home(table, key));
}

/* What the entries of a table can be; anything else is garbage. */
struct bounds {
	uint32_t last_time;
	uint64_t last_number;	/* of the upper half of a word; the first is 1 */
};

static struct bounds
bounds_of(const struct table *table)
{
	const struct table_head *head = table->head;

	return (struct bounds){ head->last_time,
	    head->last_seq < head->base ? 0 : head->last_seq - head->base + 1 };
}

static bool
possible(uint64_t word, const struct bounds *bounds)
{
	return (uint32_t)word <= bounds->last_time && word >> 32 != 0 &&
	    word >> 32 <= bounds->last_number;
}

/* The slots from `at` on, as many as there are in one piece; NULL on failure. */
static const struct table_slot *
slots_at(const struct table *table, uint32_t at,
    struct table_slot chunk[CHUNK], uint32_t *count)
{
	uint32_t left = table->head->slots - at;
	ssize_t size;

	*count = left;
	if (table->slots != NULL)
		return table->slots + at;
	if (*count > CHUNK)
		*count = CHUNK;
	size = (ssize_t)(*count * sizeof *chunk);
	return io_pread_all(table->fd, chunk, (size_t)size, offset_of(at)) ==
	    size ? chunk : NULL;
}

static uint64_t
word_of(const struct table_slot *slot)
{
	return atomic_load_explicit(&slot->word, memory_order_relaxed);
}

/*
 * Looks for the key, or a free slot, among slots that follow one another: at
 * most `*count` of them, and the number of those passed over is left there.
 * `*found` is the one found, with the word that was looked at, whatever may be
 * there a moment later. ERR_MISSING if it goes on behind them.
 */
static enum error
search(const struct table_slot *slots, const struct bounds *bounds,
    const uint8_t key[TABLE_KEY_SIZE], uint32_t *count,
    struct table_slot *found)
{
	uint32_t i;

	for (i = 0; i < *count; i++) {
		uint64_t word = word_of(&slots[i]);

		if (word != 0 && !possible(word, bounds))
			return ERR_IO;
		if (word == 0 || memcmp(slots[i].key, key,
		    TABLE_KEY_SIZE) == 0) {
			*count = i;
			memcpy(found->key, slots[i].key, sizeof found->key);
			found->word = word;
			return ERR_NONE;
		}
	}
	return ERR_MISSING;
}

enum error
table_probe(const struct table *table, const uint8_t key[TABLE_KEY_SIZE],
    uint32_t *at, struct table_slot *slot)
{
	const struct bounds bounds = bounds_of(table);
	struct table_slot chunk[CHUNK];
	uint32_t steps, count;

	*at = home(table, key);
	for (steps = 0; steps < table->head->slots; steps += count) {
		const struct table_slot *slots = slots_at(table, *at, chunk,
		    &count);
		enum error error = slots == NULL ? ERR_IO :
		    search(slots, &bounds, key, &count, slot);

		*at += count;
		if (error != ERR_MISSING)
			return error;
		if (*at == table->head->slots)
			*at = 0;
	}
	return ERR_IO;
}

enum error
table_forget(struct table *table, uint64_t seq)
{
	uint32_t at;

	if (table->head->last_seq <= seq)
		return ERR_NONE;
	for (at = 0; at < table->head->slots; at++) {
		struct table_slot slot;
		enum error error = slot_read(table, at, &slot);

		if (error != ERR_NONE)
			return error;
		if (slot.word == 0 || table_seq(table, &slot) <= seq)
			continue;
		/* No key is all zeros, but for one digest in 2^128. */
		memset(slot.key, 0, sizeof slot.key);
		error = table_write(table, at, &slot);
		if (error != ERR_NONE)
			return error;
	}
	return ERR_NONE;
}

enum error
table_flush(struct table *table)
{
	if (table->slots != NULL)
		return ERR_NONE;
	return io_pwrite(table->fd, table->head, sizeof *table->head, 0) ==
	    (ssize_t)sizeof *table->head ? ERR_NONE : ERR_IO;
}
