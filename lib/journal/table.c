#include "journal/table.h"

#include "base/io.h"
#include "journal/layout.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT 2
#define NAME_MAX_HERE 32
#define CHUNK 64u		/* tags: a search seldom needs more */

static const char magic[8] = "hookidx";

static void
make_name(uint32_t number, char name[NAME_MAX_HERE])
{
	snprintf(name, NAME_MAX_HERE, SEGMENT_STATE "/" TABLE_PREFIX "%08x",
	    number);
}

static size_t
size_of(uint32_t slots)
{
	return sizeof(struct table_head) +
	    slots * (sizeof(struct table_slot) + 1);
}

uint32_t
table_room(const struct table *table)
{
	return table->length - table->length / 5;
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
table_remove(const struct folder *folder, uint32_t number)
{
	char name[NAME_MAX_HERE];

	make_name(number, name);
	io_unlinkat(folder->fd, name);
}

bool
table_cut_short(const struct table *table, const struct folder *folder)
{
	char name[NAME_MAX_HERE];
	struct stat status;

	make_name(table->number, name);
	return io_fstatat(folder->fd, name, &status) == -1 ||
	    (size_t)status.st_size < table->size;
}

static bool
head_ok(const struct table_head *head, uint32_t number, off_t size)
{
	return memcmp(head->magic, magic, sizeof magic) == 0 &&
	    head->layout == LAYOUT && head->number == number &&
	    head->slots >= TABLE_SLOTS_MIN && head->zero == 0 &&
	    (off_t)size_of(head->slots) == size;
}

bool
table_ok(const struct table *table)
{
	return head_ok(table->head, table->number, (off_t)table->size);
}

/* A table without its file. */
static struct table *
table_new(uint32_t number)
{
	struct table *table = calloc(1, sizeof *table);

	if (table == NULL)
		return NULL;
	table->head = &table->copy;
	table->number = number;
	table->fd = -1;
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
take_head(struct table *table, bool mapped)
{
	struct stat status;
	enum error error = ERR_NONE;

	if (io_fstat(table->fd, &status) == -1)
		return ERR_IO;
	if (!S_ISREG(status.st_mode) ||
	    status.st_size < (off_t)size_of(TABLE_SLOTS_MIN))
		return ERR_DAMAGED;
	table->size = (size_t)status.st_size;
	if (mapped)
		error = table_map(table);
	else if (io_pread_all(table->fd, &table->copy, sizeof table->copy,
	    0) != (ssize_t)sizeof table->copy)
		error = ERR_IO;
	if (error != ERR_NONE)
		return error;
	table->length = table->head->slots;
	return table_ok(table) ? ERR_NONE : ERR_DAMAGED;
}

struct table *
table_open(const struct folder *folder, uint32_t number, bool mapped,
    enum error *error)
{
	struct table *table = table_new(number);
	char name[NAME_MAX_HERE];

	*error = ERR_BUSY;
	if (table == NULL)
		return NULL;
	make_name(number, name);
	table->fd = io_openat(folder->fd, name, O_RDWR, 0);
	if (table->fd == -1)
		*error = error_is_damage(errno) ? ERR_DAMAGED :
		    folder_fail(folder, name);
	else
		*error = take_head(table, mapped);
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
	table->length = head->slots;
	*table->head = *head;
	return table_flush(table);
}

/* Never into a file that is there: others may have it in a map. */
static enum error
make_file(struct table *table, const struct folder *folder, bool mapped,
    const struct table_head *head)
{
	char name[NAME_MAX_HERE];
	enum error error;

	make_name(head->number, name);
	error = folder_clear(folder, name);
	if (error != ERR_NONE)
		return error;
	table->fd = folder_create(folder, name, O_RDWR | O_EXCL);
	if (table->fd == -1)
		return folder_fail(folder, name);
	error = fill_new(table, mapped, head);
	if (error == ERR_FULL)
		folder_fail(folder, name);
	return error;
}

struct table *
table_create(const struct folder *folder, uint32_t number, bool mapped,
    uint32_t slots, uint64_t base, enum error *error)
{
	struct table_head head = { .layout = LAYOUT, .number = number,
	    .slots = slots, .base = base };
	struct table *table = table_new(number);

	*error = ERR_BUSY;
	if (table == NULL)
		return NULL;
	memcpy(head.magic, magic, sizeof magic);
	*error = make_file(table, folder, mapped, &head);
	if (*error == ERR_NONE)
		return table;
	table_close(table);
	table_remove(folder, number);
	return NULL;
}

static off_t
slot_offset(uint32_t at)
{
	return (off_t)(sizeof(struct table_head) +
	    at * sizeof(struct table_slot));
}

static off_t
tag_offset(const struct table *table, uint32_t at)
{
	return slot_offset(table->length) + at;
}

/* The tags in the map. */
static uint8_t *
tags_of(const struct table *table)
{
	return (uint8_t *)(table->slots + table->length);
}

/* Not of the bits that say where a search begins. */
static uint8_t
tag_of(const uint8_t key[TABLE_KEY_SIZE])
{
	return key[4] == 0 ? 1 : key[4];
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
	return io_pread_all(table->fd, slot, sizeof *slot,
	    slot_offset(at)) == (ssize_t)sizeof *slot ? ERR_NONE : ERR_IO;
}

enum error
table_write(struct table *table, uint32_t at, const struct table_slot *slot)
{
	uint8_t tag = tag_of(slot->key);

	if (table->slots != NULL) {
		tags_of(table)[at] = tag;
		atomic_signal_fence(memory_order_seq_cst);
		memcpy(table->slots[at].key, slot->key, sizeof slot->key);
		atomic_store_explicit(&table->slots[at].word, slot->word,
		    memory_order_release);
		return ERR_NONE;
	}
	return io_pwrite(table->fd, &tag, 1, tag_offset(table, at)) == 1 &&
	    io_pwrite(table->fd, slot, sizeof *slot, slot_offset(at)) ==
	    (ssize_t)sizeof *slot ? ERR_NONE : ERR_IO;
}

/* Where a key's search begins: its bits are as good as random. */
static uint32_t
home(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	uint32_t bits;

	memcpy(&bits, key, sizeof bits);
	return (uint32_t)(((uint64_t)bits * table->length) >> 32);
}

void
table_prefetch(const struct table *table, const uint8_t key[TABLE_KEY_SIZE])
{
	if (table->slots != NULL)
		__builtin_prefetch(tags_of(table) + home(table, key));
}

/* Whether this is the word of an entry: not that of a slot whose process died
 * behind the tag, and not garbage that somebody wrote over it. */
static bool
is_entry(const struct table *table, uint64_t word)
{
	const struct table_head *head = table->head;
	uint64_t number = word >> 32;	/* seq - base + 1 */

	return (uint32_t)word <= head->last_time && number != 0 &&
	    head->last_seq >= head->base &&
	    number <= head->last_seq - head->base + 1;
}

/* Whether slot `at` is the key's; ERR_MISSING where it is not. */
static enum error
look_at(const struct table *table, uint32_t at,
    const uint8_t key[TABLE_KEY_SIZE], struct table_slot *slot)
{
	enum error error = slot_read(table, at, slot);

	if (error != ERR_NONE)
		return error;
	return is_entry(table, slot->word) &&
	    memcmp(slot->key, key, TABLE_KEY_SIZE) == 0 ? ERR_NONE :
	    ERR_MISSING;
}

/* The tags from `at` on, as many as there are in one piece; NULL on failure. */
static const uint8_t *
tags_at(const struct table *table, uint32_t at, uint8_t chunk[CHUNK],
    uint32_t *count)
{
	*count = table->length - at;
	if (table->slots != NULL)
		return tags_of(table) + at;
	if (*count > CHUNK)
		*count = CHUNK;
	return io_pread_all(table->fd, chunk, *count, tag_offset(table, at)) ==
	    (ssize_t)*count ? chunk : NULL;
}

/*
 * Looks for the key, or a free slot, among the `*count` slots from `at` on,
 * whose tags these are; the number of those passed over is left there. `*slot`
 * is what was looked at, whatever may be there a moment later. ERR_MISSING if
 * it goes on behind them.
 */
static enum error
search(const struct table *table, const uint8_t *tags, uint32_t at,
    const uint8_t key[TABLE_KEY_SIZE], uint32_t *count, struct table_slot *slot)
{
	uint8_t wanted = tag_of(key);
	uint32_t i;

	for (i = 0; i < *count; i++) {
		uint8_t tag = tags[i];
		enum error error = ERR_MISSING;

		if (tag == 0) {
			slot->word = 0;
			error = ERR_NONE;
		} else if (tag == wanted) {
			error = look_at(table, at + i, key, slot);
		}
		if (error != ERR_MISSING) {
			*count = i;
			return error;
		}
	}
	return ERR_MISSING;
}

enum error
table_probe(const struct table *table, const uint8_t key[TABLE_KEY_SIZE],
    uint32_t *at, struct table_slot *slot)
{
	uint8_t chunk[CHUNK];
	uint32_t steps, count;

	*at = home(table, key);
	for (steps = 0; steps < table->length; steps += count) {
		const uint8_t *tags = tags_at(table, *at, chunk, &count);
		enum error error = tags == NULL ? ERR_IO :
		    search(table, tags, *at, key, &count, slot);

		*at += count;
		if (error != ERR_MISSING)
			return error;
		if (*at == table->length)
			*at = 0;
	}
	return ERR_DAMAGED;
}

enum error
table_forget(struct table *table, uint64_t seq)
{
	uint32_t at;

	if (table->head->last_seq <= seq)
		return ERR_NONE;
	for (at = 0; at < table->length; at++) {
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
