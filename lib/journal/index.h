/*
 * index: the keys that the journal holds, so that each record is stored once.
 *
 * It is a cache of the log in .state/: hash tables that are filled one after
 * the other, each in a file of its own. A full table is not touched again until
 * it is dropped as a whole, when its newest entry has expired, so nothing ever
 * has to be rehashed or swept. A new table has room for three quarters as many
 * ids as there are, or for half as many once tables are being dropped. At 25
 * bytes a slot and 80 % full, that is 63 bytes an id at worst, with 10 tables
 * for a million ids and 21 for ten million.
 *
 * Times here are seconds of a clock that nobody can set (CLOCK_BOOTTIME; the
 * state does not outlive a boot), so that a wrong date expires nothing.
 *
 * All calls are made under the journal's append lock. A process may be killed
 * at any instruction: an entry counts from the moment its last word is stored.
 */
#ifndef HOOKLINE_JOURNAL_INDEX_H
#define HOOKLINE_JOURNAL_INDEX_H

#include "base/error.h"
#include "journal/shared.h"
#include "journal/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_KEY_SIZE TABLE_KEY_SIZE
#define INDEX_TABLES_MAX 256

struct index {			/* this process's view; zero before use */
	const struct folder *folder; /* the journal's; not owned */
	bool mapped;		/* false: pread and pwrite, on NFS */
	struct index_root *root; /* in the shared state; not owned */
	struct table *tables[INDEX_TABLES_MAX];
	size_t count;		/* tables[0] is root->first */
	unsigned rounds;	/* counts the first calls of index_follow() */
	bool filling;		/* many entries are being added: a rebuild */
};

/* Seconds since boot, plus a constant, so that no time is ever 0. */
uint32_t index_now(void);

/* Opens and closes tables until the view is what `root` says. ERR_DAMAGED: a
 * table is lost or damaged, and the index has to be rebuilt. */
enum error index_follow(struct index *index);

/* Maps all tables of the view now, for many searches to come. Does nothing on
 * NFS. */
enum error index_map(struct index *index);

/*
 * Looks up a key: the highest seq that was inserted for it, or 0 if there is
 * none or that entry is older than `oldest`. ERR_IO: a table cannot be read;
 * ERR_DAMAGED, here and below: the index has to be rebuilt.
 */
enum error index_find(const struct index *index,
    const uint8_t key[INDEX_KEY_SIZE], uint32_t oldest, uint64_t *seq);

/* Makes room for `count` more entries from `seq` on. */
enum error index_reserve(struct index *index, size_t count, uint64_t seq);

/* Adds an entry that index_reserve() made room for; its seq must be above those
 * that the key has already. */
enum error index_insert(struct index *index,
    const uint8_t key[INDEX_KEY_SIZE], uint32_t time, uint64_t seq);

/* Removes every entry whose seq is above `seq`; the one that its key had before
 * that counts again. */
enum error index_forget(struct index *index, uint64_t seq);

/* Drops the oldest table if all of it is older than `oldest`; the newest table
 * always stays. */
void index_expire(struct index *index, uint32_t oldest);

/* Writes back what is not mapped. */
enum error index_flush(struct index *index);

/* Whether a file of the view has become shorter than its map. */
bool index_cut_short(const struct index *index);

/* Closes the view; the files stay. */
void index_detach(struct index *index);

#endif
