/*
 * shared: the state that all writers of a journal map, .state/shared, and at
 * which readers look. Disposable: it is made anew from the records.
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
 * What version 0.1.0 does not know. It rises where an index made by the last
 * one is of no use; 2: a record may be known by something else than its id, and
 * of records with one key the newest counts. The layout stays: 0.1.0 throws
 * away what has another one, and would do so with each state that we make.
 */
#define SHARED_REVISION 2

/* Which tables the index has: first .. last; none where first > last. */
struct index_root {
	uint32_t first;
	uint32_t last;
};

/*
 * Written in an order that leaves it usable after a kill between any two
 * instructions: it may be behind the files, and is then brought up to date from
 * them (recover.c), but never ahead of them.
 */
struct shared {
	char magic[8];
	uint32_t layout;
	uint16_t rebuilding;	/* 1 until the index is whole */
	uint16_t indexing;	/* 1: every record since has been indexed */
	char boot[CLOCK_BOOT_ID_SIZE];
	uint8_t lazy;		/* 1: a writer has sync = false */
	char unused[2];

	/* Under the append lock. */
	struct index_root index;
	uint64_t rebuild_from;	/* first seq of the next file to be read */
	uint64_t device;	/* of the live file */
	_Atomic uint64_t inode;
	_Atomic uint64_t indexed; /* its bytes whose lines the index knows */
	uint64_t synced;	/* its bytes that were synced when it became
				 * the live file, whoever wrote them */
	int64_t first_time;	/* of its first record */
	_Atomic uint64_t first_seq; /* 0: it is empty */
	uint64_t next_seq;
	int64_t last_time;	/* of the last record */

	/* Under both locks; read by everybody. */
	_Atomic uint64_t generation;	/* 1, 2, ...: live files so far */

	/* Under the append lock; read by everybody. */
	_Atomic uint64_t end;		/* bytes written to the live file */
	_Atomic uint64_t appended;	/* last seq written */

	/* Under the sync lock; read by everybody. */
	_Atomic uint64_t durable;	/* last seq known to be on the disk */
	_Atomic uint64_t poisoned;	/* the generation whose sync failed: it
					 * must never be synced again */
	_Atomic uint64_t voided;	/* no ticket up to this generation may
					 * be acknowledged any more */
	_Atomic uint64_t syncs;		/* syncs begun so far */
	_Atomic uint64_t syncing;	/* the one that goes on; 0: none */
	_Atomic uint64_t covers[2];	/* the last seq that sync n is for, at
					 * n % 2 */
	_Atomic uint32_t leading;	/* 1: somebody syncs, or is about to */
	_Atomic uint32_t wake;		/* futex: counts what others wait for */
	_Atomic uint32_t sleepers;	/* at least: those that wait for it */
	uint32_t tail;			/* SHARED_LAYOUT again: not cut short */

	/*
	 * Version 0.1.0 knows nothing of what follows, and its processes may
	 * work beside ours for a while after an upgrade: a state made by one of
	 * them has zeros here, and none of them keeps these fields up to date.
	 */
	uint32_t revision;	/* SHARED_REVISION */
	uint32_t touched;	/* when it was last used, in seconds since
				 * the machine was started */

	/* Where it belongs: a copy of a state is not believed. */
	uint64_t own_device, own_inode;	/* of this file */
	uint64_t folder_device, folder_inode; /* of the journal's folder */

	/* What the live file was when `noted` was the last seq, and archive/
	 * when `noted_generation` began. */
	uint64_t noted;
	uint64_t noted_generation;
	uint64_t last_line;	/* byte at which the live file's last begins, */
	int64_t noted_time;	/* and its stamp */
	uint64_t archive_seq;	/* the newest rotated file's name; 0: none */
	int64_t archive_time;

	uint64_t writing;	/* while lines are written: where they end */

	/* A setting that all processes of a journal have to share. */
	int64_t settings_time;	/* of the configuration it comes from */
	int64_t window;		/* seconds; 0: duplicates are kept */

	uint64_t sync_mount;	/* the mount on which the leader opened it */

	uint32_t rotate_after;	/* not before; both in seconds as above */
	uint32_t failing_since;	/* of the file a rebuild cannot read; 0: none */
	uint32_t id_seen;	/* when relay/id was last read; 0: never */
};

_Static_assert(sizeof(struct shared) <= SHARED_SIZE / 2, "room to spare");

/* Fills in all that a new state begins with. */
void shared_init(struct shared *shared, int64_t window);

/* Whether these bytes are a state, of this layout and not damaged. */
bool shared_shape_ok(const struct shared *shared);

/* Whether it was made since this machine was started. */
bool shared_boot_ok(const struct shared *shared);

#endif
