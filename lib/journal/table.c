#include "journal/table.h"

#include "base/io.h"
#include "journal/layout.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT 2
#define NAME_SIZE 32
#define CHUNK 64u		/* tags: a search seldom needs more */

static const char magic[8] = "hookidx";

static void
make_name(uint32_t number, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, SEGMENT_STATE "/" TABLE_PREFIX "%08x",
	    number);
}

uint32_t
table_room(const struct table *table)
{
	return table->own.slots - table->own.slots / 5;
}

uint64_t
table_seq(const struct table *table, const struct table_slot *slot)
{
	return table->head->base + (slot->word >> 32) - 1;
}

/* Whether this is the head of a table with this number and size. */
static bool
head_ok(const struct table_head *head, uint32_t number, size_t size)
{
	return memcmp(head->magic, magic, sizeof magic) == 0 &&
	    head->layout == LAYOUT && head->number == number &&
	    head->slots >= TABLE_SLOTS_MIN && head->zero == 0 &&
	    table_size(head->slots) == size;
}

bool
table_ok(const struct table *table)
{
	return head_ok(table->head, table->own.number,
	    table_size(table->own.slots));
}

void
table_remove(const struct folder *folder, uint32_t number)
{
	char name[NAME_SIZE];

	make_name(number, name);
	io_unlinkat(folder->fd, name);
}

bool
table_cut_short(const struct table *table, const struct folder *folder)
{
	char name[NAME_SIZE];
	struct stat status;

	make_name(table->own.number, name);
	return io_fstatat(folder->fd, name, &status) == -1 ||
	    (size_t)status.st_size < table_size(table->own.slots);
}

/* Allocates a table that has no file yet. */
static struct table *
table_new(void)
{
	struct table *table = calloc(1, sizeof *table);

	if (table == NULL)
		return NULL;
	table->head = &table->own;
	table->fd = -1;
	return table;
}

void
table_close(struct table *table)
{
	if (table->slots != NULL)
		munmap(table->head, table_size(table->own.slots));
	if (table->fd != -1)
		io_close(table->fd);
	free(table);
}

enum error
table_map(struct table *table)
{
	void *map;

	if (table->slots != NULL)
		return ERR_NONE;
	map = io_map(table->fd, table_size(table->own.slots), true);
	if (map == NULL)
		return ERR_MEMORY;
	table->head = map;
	table->slots = (struct table_slot *)(table->head + 1);
	io_close(table->fd);
	table->fd = -1;
	return ERR_NONE;
}

/* Hands over a table once it has its file, or frees it after an error. */
static enum error
finish(struct table *new, enum error error, bool mapped, struct table **table)
{
	if (error == ERR_NONE && mapped)
		error = table_map(new);
	if (error == ERR_NONE)
		*table = new;
	else
		table_close(new);
	return error;
}

static enum error
open_file(struct table *table, const struct folder *folder, uint32_t number)
{
	char name[NAME_SIZE];
	struct stat status;
	ssize_t got;

	make_name(number, name);
	table->fd = io_openat(folder->fd, name, O_RDWR, 0);
	if (table->fd == -1)
		return error_is_damage(errno) ? ERR_DAMAGED :
		    folder_fail(folder, name);
	if (io_fstat(table->fd, &status) == -1)
		return ERR_IO;
	if (!S_ISREG(status.st_mode))
		return ERR_DAMAGED;
	got = io_pread_all(table->fd, &table->own, sizeof table->own, 0);
	if (got == -1)
		return ERR_IO;
	return got == (ssize_t)sizeof table->own &&
	    head_ok(&table->own, number, (size_t)status.st_size) ? ERR_NONE :
	    ERR_DAMAGED;
}

enum error
table_open(const struct folder *folder, uint32_t number, bool mapped,
    struct table **table)
{
	struct table *new = table_new();

	return new == NULL ? ERR_MEMORY :
	    finish(new, open_file(new, folder, number), mapped, table);
}

/* Never reuses an existing file: others may have mapped it. Takes the room on
 * the disk first: touching a hole in a map may raise SIGBUS. */
static enum error
make_file(struct table *table, const struct folder *folder)
{
	char name[NAME_SIZE];
	enum error error;

	make_name(table->own.number, name);
	error = folder_create_new(folder, name, O_RDWR, &table->fd);
	if (error != ERR_NONE)
		return error;
	if (io_fallocate(table->fd, (off_t)table_size(table->own.slots)) == -1)
		return folder_fail(folder, name);
	return table_flush(table);
}

enum error
table_create(const struct folder *folder, uint32_t number, bool mapped,
    uint32_t slots, uint64_t base, struct table **table)
{
	struct table *new = table_new();
	enum error error;

	if (new == NULL)
		return ERR_MEMORY;
	memcpy(new->own.magic, magic, sizeof magic);
	new->own.layout = LAYOUT;
	new->own.number = number;
	new->own.slots = slots;
	new->own.base = base;
	error = finish(new, make_file(new, folder), mapped, table);
	if (error != ERR_NONE)
		table_remove(folder, number);
	return error;
}

static size_t
slot_offset(uint32_t at)
{
	return sizeof(struct table_head) + at * sizeof(struct table_slot);
}

static size_t
tag_offset(const struct table *table, uint32_t at)
{
	return slot_offset(table->own.slots) + at;
}

/* A piece of the table, in the map or read into the buffer; NULL if it cannot
 * be read. */
static const void *
get(const struct table *table, size_t offset, void *buffer, size_t length)
{
	if (table->slots != NULL)
		return (const char *)table->head + offset;
	return io_pread_all(table->fd, buffer, length, (off_t)offset) ==
	    (ssize_t)length ? buffer : NULL;
}

/* Writes a piece of it. Pieces are written in the order of the calls. */
static bool
put(struct table *table, size_t offset, const void *bytes, size_t length)
{
	if (table->slots == NULL)
		return io_pwrite(table->fd, bytes, length, (off_t)offset) ==
		    (ssize_t)length;
	memcpy((char *)table->head + offset, bytes, length);
	atomic_signal_fence(memory_order_seq_cst);
	return true;
}

/* Copies a slot, since others may change it a moment later. */
static bool
read_slot(const struct table *table, uint32_t at, struct table_slot *slot)
{
	const struct table_slot *there = get(table, slot_offset(at), slot,
	    sizeof *slot);

	if (there == NULL)
		return false;
	*slot = *there;
	return true;
}

/* Uses none of the bits that decide where a search begins. */
static uint8_t
tag_of(const uint8_t key[TABLE_KEY_SIZE])
{
	return key[4] == 0 ? 1 : key[4];
}

enum error
table_write(struct table *table, uint32_t at, const struct table_slot *slot)
{
	uint8_t tag = tag_of(slot->key);
	size_t offset = slot_offset(at);

	return put(table, tag_offset(table, at), &tag, 1) &&
	    put(table, offset, slot->key, sizeof slot->key) &&
	    put(table, offset + offsetof(struct table_slot, word),
	    &slot->word, sizeof slot->word) ? ERR_NONE : ERR_IO;
}

/* Where the search for a key begins: its bits are as good as random. */
static uint32_t
home(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	uint32_t bits;

	memcpy(&bits, key, sizeof bits);
	return (uint32_t)(((uint64_t)bits * table->own.slots) >> 32);
}

void
table_prefetch(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	uint32_t at = home(table, key);

	if (table->slots == NULL)
		return;
	__builtin_prefetch((const char *)table->head + tag_offset(table, at));
	__builtin_prefetch(&table->slots[at]);
}

/* Whether this word is an entry's. It may belong to a slot whose process died
 * after it wrote the tag, or be garbage that somebody wrote over it. */
static bool
is_entry(const struct table *table, uint64_t word)
{
	const struct table_head *head = table->head;
	uint64_t number = word >> 32;	/* seq - base + 1 */

	return (uint32_t)word <= head->last_time && number != 0 &&
	    head->last_seq >= head->base &&
	    number <= head->last_seq - head->base + 1;
}

/* What a row of slots tells a search. */
enum look { LOOK_FURTHER, LOOK_ENDED, LOOK_FAILED };

/* Looks at a slot whose tag is the key's; false if it cannot be read. */
static bool
look_at(const struct table *table, uint32_t at,
    const uint8_t key[TABLE_KEY_SIZE], struct table_probe *probe)
{
	struct table_slot slot;

	if (!read_slot(table, at, &slot))
		return false;
	if (!is_entry(table, slot.word) ||
	    memcmp(slot.key, key, TABLE_KEY_SIZE) != 0)
		return true;
	if (probe->entries++ == 0 || slot.word < probe->oldest_word) {
		probe->oldest = at;
		probe->oldest_word = slot.word;
	}
	if (slot.word > probe->newest.word)
		probe->newest = slot;
	return true;
}

/* Looks at `count` slots with these tags, beginning at `probe->at`, which it
 * leaves where it stopped. */
static enum look
look_along(const struct table *table, const uint8_t *tags, uint32_t count,
    const uint8_t key[TABLE_KEY_SIZE], struct table_probe *probe)
{
	uint8_t wanted = tag_of(key);
	uint32_t i, first = probe->at;

	for (i = 0; i < count && tags[i] != 0; i++)
		if (tags[i] == wanted && !look_at(table, first + i, key, probe))
			return LOOK_FAILED;
	probe->at = first + i;
	return i < count ? LOOK_ENDED : LOOK_FURTHER;
}

enum error
table_search(const struct table *table, const uint8_t key[TABLE_KEY_SIZE],
    struct table_probe *probe)
{
	uint8_t chunk[CHUNK];
	uint32_t steps, count, slots = table->own.slots;
	enum look look = LOOK_FURTHER;

	*probe = (struct table_probe){ .at = home(table, key) };
	for (steps = 0; look == LOOK_FURTHER && steps < slots; steps += count) {
		const uint8_t *tags;

		probe->at %= slots;
		count = slots - probe->at;
		if (count > CHUNK)
			count = CHUNK;
		tags = get(table, tag_offset(table, probe->at), chunk, count);
		look = tags == NULL ? LOOK_FAILED :
		    look_along(table, tags, count, key, probe);
	}
	if (probe->entries > 1)
		probe->at = probe->oldest;
	return look == LOOK_ENDED ? ERR_NONE :
	    look == LOOK_FAILED ? ERR_IO : ERR_DAMAGED;
}

enum error
table_forget(struct table *table, uint64_t seq)
{
	struct table_slot slot;
	enum error error = ERR_NONE;
	uint32_t at;

	if (table->head->last_seq <= seq)
		return ERR_NONE;
	for (at = 0; error == ERR_NONE && at < table->own.slots; at++) {
		if (!read_slot(table, at, &slot))
			return ERR_IO;
		if (slot.word == 0 || table_seq(table, &slot) <= seq)
			continue;
		/* No key is all zeros, except for one digest in 2^128. */
		memset(slot.key, 0, sizeof slot.key);
		error = table_write(table, at, &slot);
	}
	return error;
}

enum error
table_flush(struct table *table)
{
	if (table->slots != NULL)
		return ERR_NONE;
	return io_pwrite(table->fd, table->head, sizeof *table->head, 0) ==
	    (ssize_t)sizeof *table->head ? ERR_NONE : ERR_IO;
}
