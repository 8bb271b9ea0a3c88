/*
 * table: one file of the index, a hash table of fixed size with open
 * addressing. Entries are added, never moved. See index.h.
 *
 * A key that comes again gets a second entry, and the one with the higher seq
 * counts. If that is forgotten because its record was cut off, the other counts
 * again. A third entry overwrites the older of the two.
 *
 * The file has a head, the slots, and a tag for each slot: one byte of its key,
 * but never 0, which means a free slot. So a search reads bytes that are side
 * by side, and hardly ever looks at the slot of another key.
 *
 * A table is mapped; or it is read and written piece by piece, if it cannot be
 * mapped (NFS) or is not worth the page faults (index.c).
 */
#ifndef HOOKLINE_JOURNAL_TABLE_H
#define HOOKLINE_JOURNAL_TABLE_H

#include "base/error.h"
#include "journal/folder.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_KEY_SIZE 16
#define TABLE_SLOTS_MIN 7680u		/* 192 kB: what a new journal has */
#define TABLE_SLOTS_MAX (1u << 20)	/* 25 MB: what is dropped at once */

struct table_head {
	char magic[8];
	uint32_t layout;
	uint32_t number;
	uint32_t slots;
	uint32_t count;		/* slots in use, or one less after a kill */
	uint64_t base;		/* the seq that is stored as 1 */
	uint64_t last_seq;	/* no entry is above these two */
	uint32_t last_time;
	uint32_t zero;
};

/* No entry if `word` is 0; else seq - base + 1 above the time, 32 bits each. */
struct table_slot {
	uint8_t key[TABLE_KEY_SIZE];
	_Atomic uint64_t word;
};

struct table {
	struct table_head *head; /* in the map, or `own` if there is none */
	struct table_slot *slots; /* in the map, or NULL */
	struct table_head own;	/* as it was when opened: what never changes is
				 * read here, whatever the map says */
	int fd;			/* open only if there is no map */
};

/* The bytes of a file with so many slots: the head, the slots and the tags. */
static inline size_t
table_size(uint32_t slots)
{
	return sizeof(struct table_head) +
	    slots * (sizeof(struct table_slot) + 1);
}

/* Opens table `number` of the journal in this folder. ERR_DAMAGED: it is lost
 * or damaged. On any error, here and below, `*table` is left as it was. */
enum error table_open(const struct folder *folder, uint32_t number,
    bool mapped, struct table **table);

/* Makes an empty table, in place of whatever has its name. */
enum error table_create(const struct folder *folder, uint32_t number,
    bool mapped, uint32_t slots, uint64_t base, struct table **table);

/* Replaces the descriptor of an open table with a map. */
enum error table_map(struct table *table);

void table_close(struct table *table);
void table_remove(const struct folder *folder, uint32_t number);

/* Whether the file of an open table has become shorter than its map. */
bool table_cut_short(const struct table *table, const struct folder *folder);

/* Whether those parts of the head that never change are still as they were when
 * the table was opened: somebody may have overwritten them since. */
bool table_ok(const struct table *table);

/* How many entries it may hold. */
uint32_t table_room(const struct table *table);

uint64_t table_seq(const struct table *table, const struct table_slot *slot);

/* What a search for a key has found. */
struct table_probe {
	struct table_slot newest; /* its entry; `word` is 0: there is none */
	uint32_t entries;	/* how many it has */
	uint32_t oldest;	/* the slot of the one with the lowest seq, */
	uint64_t oldest_word;	/* and its word */
	uint32_t at;		/* where a new one goes: the free slot that ends
				 * the search, or the oldest's */
};

/*
 * Searches for a key. ERR_DAMAGED: no slot is free; ERR_IO: the file cannot be
 * read. Garbage that somebody wrote over an entry is not an entry: we would
 * rather keep a record twice than lose it.
 */
enum error table_search(const struct table *table,
    const uint8_t key[TABLE_KEY_SIZE], struct table_probe *probe);

/* Prefetches the memory that a search for the key looks at first, and where it
 * is likely to be added then. */
void table_prefetch(const struct table *table,
    const uint8_t key[TABLE_KEY_SIZE]);

/* Writes a slot, its tag first and its word last, so that an entry counts only
 * when it is whole. */
enum error table_write(struct table *table, uint32_t at,
    const struct table_slot *slot);

/* Removes every entry whose seq is above `seq`; their slots stay used. */
enum error table_forget(struct table *table, uint64_t seq);

/* Writes the head back if it is not mapped. */
enum error table_flush(struct table *table);

#endif
