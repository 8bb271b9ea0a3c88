/*
 * shared: .state/shared, the state that all writers of a journal map and that
 * readers look at. It is disposable: it can be rebuilt from the records.
 */
#ifndef HOOKLINE_JOURNAL_SHARED_H
#define HOOKLINE_JOURNAL_SHARED_H

#include "base/clock.h"
#include "journal/layout.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SHARED_SIZE 4096	/* bytes of the file */
#define SHARED_LAYOUT 2

/*
 * Raised when earlier indexes become useless. Since revision 2 a record may be
 * found by a key other than its id, and of several records with one key the
 * newest counts. SHARED_LAYOUT stayed the same: version 0.1.0 does not know
 * revisions, and discards a state of any other layout, so it would discard each
 * one that we make.
 */
#define SHARED_REVISION 2

/* The index has the tables first to last; none if first > last. */
struct index_root {
	uint32_t first;
	uint32_t last;
};

/*
 * Fields are written in an order that keeps the state usable if a process is
 * killed between any two instructions. The state may lag behind the files, and
 * recover.c then reads the rest; but it is never ahead of them, or it would
 * vouch for records that do not exist.
 */
struct shared {
	char magic[8];
	uint32_t layout;
	uint16_t rebuilding;	/* 1 until the index is complete */
	uint16_t indexing;	/* 1: no record has been left out */
	char boot[CLOCK_BOOT_ID_SIZE];
	uint8_t lazy;		/* 1: a writer has sync = false */
	char unused[2];

	/* Under the append lock. */
	struct index_root index;
	uint64_t rebuild_from;	/* first seq of the next file to read */
	uint64_t device;	/* of the live file */
	_Atomic uint64_t inode;
	_Atomic uint64_t indexed; /* bytes whose lines are in the index */
	uint64_t synced;	/* bytes that were synced when it became the
				 * live file, whoever wrote them */
	int64_t first_time;	/* of its first record */
	_Atomic uint64_t first_seq; /* 0: it is empty */
	uint64_t next_seq;
	int64_t last_time;	/* of the last record */

	/* Written under both locks, read by everybody. */
	_Atomic uint64_t generation;	/* the live file's number: 1, 2, ... */

	/* Written under the append lock, read by everybody. */
	_Atomic uint64_t end;		/* bytes written to the live file */
	_Atomic uint64_t appended;	/* last seq written */

	/* Written under the sync lock, read by everybody. */
	_Atomic uint64_t durable;	/* last seq known to be on disk */
	_Atomic uint64_t poisoned;	/* the generation whose sync failed: it
					 * must never be synced again */
	_Atomic uint64_t voided;	/* tickets up to this generation must
					 * no longer be acknowledged */
	_Atomic uint64_t syncs;		/* syncs begun so far */
	_Atomic uint64_t syncing;	/* the one in progress; 0: none */
	_Atomic uint64_t covers[2];	/* the last seq that sync n covers, at n
					 * % 2 */
	_Atomic uint32_t leading;	/* 1: a process syncs, or is about to */
	_Atomic uint32_t wake;		/* futex: counts what others wait for */
	_Atomic uint32_t sleepers;	/* at most this many wait for it */
	uint32_t tail;			/* SHARED_LAYOUT again: it is whole */

	/*
	 * Version 0.1.0 does not know the fields below, and its processes may
	 * run beside ours for a while after an upgrade. A state made by one of
	 * them has zeros here, and none of them keeps these fields up to date.
	 */
	uint32_t revision;	/* SHARED_REVISION */
	uint32_t touched;	/* last use, in seconds since boot */

	/* Where the state belongs: a copy of it is not trusted. */
	uint64_t own_device, own_inode;	/* of this file */
	uint64_t folder_device, folder_inode; /* of the journal's folder */

	/* For agree.c: the live file when `noted` was the last seq, and
	 * archive/ when `noted_generation` began. */
	uint64_t noted;
	uint64_t noted_generation;
	uint64_t last_line;	/* where the live file's last line begins, */
	int64_t noted_time;	/* and its stamp */
	uint64_t archive_seq;	/* of the newest rotated file; 0: none */
	int64_t archive_time;

	uint64_t writing;	/* while lines are written: where they end */

	/* A setting that all processes of a journal must share. */
	int64_t settings_time;	/* of the configuration it comes from */
	int64_t window;		/* seconds; 0: duplicates are kept */

	uint64_t sync_mount;	/* the mount of the last leader's folder */

	uint32_t rotate_after;	/* not before; seconds since boot, as below */
	uint32_t failing_since;	/* first failure to read a file; 0: none */
	uint32_t id_seen;	/* when relay/id was last read; 0: never */
	int64_t made_at;	/* when the state was made, in microseconds
				 * since boot; 0: by an older version */
};

_Static_assert(sizeof(struct shared) <= SHARED_SIZE / 2, "room to spare");

/* The half of `durable` that changes with each record. Readers wait for it
 * (wake.h); writers wake them only if options.watched says so. */
static inline const _Atomic uint32_t *
shared_durable_word(const struct shared *shared)
{
	const void *durable = &shared->durable;

	return (const _Atomic uint32_t *)durable +
	    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* Fills in a new state. */
void shared_init(struct shared *shared, int64_t window);

/* Whether these bytes are an undamaged state of this layout. */
bool shared_shape_ok(const struct shared *shared);

/* Whether the state was made since this machine was started. */
bool shared_boot_ok(const struct shared *shared);

#endif
