/*
 * writer: what the writer's files share. Not for users of the journal.
 *
 * The words:
 *   record      one line of the journal
 *   stamp       a record's seq, and when it was received (stamp.h)
 *   seq         a record's number: 1, 2, ...
 *   key         what a record and its repeats have in common
 *   duplicate   a record whose key is in the index: it is not written again
 *   window      how long a key counts, at most
 *   segment     one file of records, the live one or one in archive/
 *   live file   the segment at the live name, to which records are appended
 *   archive     the folder of the segments that are no longer live
 *   rotate      to move the live file into the archive and begin an empty one
 *   adopt       to accept the file at the live name as the live file
 *   generation  the live file's number: 1 for the first one, and so on
 *   state       what writers share in .state/shared (shared.h)
 *   index       the keys that the journal holds (index.h); part of the state
 *   indexed     how many bytes of the live file are in the index
 *   tail        what the live file has beyond that; torn: without a newline
 *   rebuild     to make a lost state and index again from the records
 *   turn        the part of a rebuild that one request does
 *   recover     to bring files, state and index into agreement
 *   appended    written; or the last seq that is written
 *   durable     on disk; or the last seq that is on disk
 *   ticket      what an appender waits for: a seq in a generation
 *   leader      the process that syncs, for all that wait
 *   poisoned    a generation whose sync failed: it is never trusted again
 *   distrust    to cut a poisoned file at what is durable, and archive it
 *   voided      a generation whose tickets may not be acknowledged any more
 *   noted       what the files looked like when the state was last written
 *   foreign     a line that is not a record; a file that others put there
 *   lazy        a journal with sync = false: nobody waits for the disk
 *
 * The files, the main story first:
 *   journal.c   opens, appends, closes
 *   append_lock.c  lets one appender in at a time
 *   recover.c   lists the states in which a journal may be found
 *   state.c     attaches to the shared state, makes it, gives it up
 *   agree.c     checks whether a state belongs to these files
 *   rebuild.c   makes state and index again from the records
 *   age.c       decides how old a record is, and whether it still counts
 *   live.c      handles the file at the live name
 *   rotate.c    starts a new live file
 *   commit.c    makes records durable, many with one sync
 *   distrust.c  puts away a live file whose sync failed
 *   retain.c    removes old segments
 *   compress.c  compresses old segments
 *   relay_id.c  keeps the id by which others know the journal
 *
 * There are two locks, always taken in this order: the append lock
 * (append_lock.h), and the sync lock, which is the flock(2) of .state/shared,
 * so that it goes with the map that it protects. Both end with the process that
 * holds them.
 */
#ifndef HOOKLINE_JOURNAL_WRITER_H
#define HOOKLINE_JOURNAL_WRITER_H

#include "base/buffer.h"
#include "journal/folder.h"
#include "journal/index.h"
#include "journal/journal.h"
#include "journal/layout.h"
#include "journal/segment.h"
#include "journal/shared.h"
#include "journal/state_mark.h"

#define APPEND_WAIT_MS 2500	/* for the append lock */
#define SYNC_WAIT_MS 2000	/* for the sync lock, under the append lock */
#define COMMIT_WAIT_MS 2500	/* for another's sync, without that lock */

struct journal {
	struct journal_options options;
	char *directory;	/* a copy of the options', owned */
	struct folder folder;
	int64_t window;		/* seconds: what all processes agreed on */
	bool told;		/* we have logged that ours differs */
	int64_t seen_time;	/* the latest time that has been read so far */
	int64_t second;		/* of the last line that was read, or -1, */
	uint32_t second_time;	/* and when that was by the index's clock */
	uint64_t foreign;	/* lines of a file that were not records */
	int64_t id_time;	/* relay_id_time(); 0: not asked yet */
	int lock;		/* .state/lock while held, or -1 */
	int state_fd;		/* .state/shared, or -1 */
	uint64_t state_inode;
	bool doubtful;		/* agree.c has not checked it yet */
	struct shared *shared;	/* the map, or `copy` on NFS, or NULL */
	struct shared copy;
	int live;		/* the live file, or -1 */
	uint64_t live_device;
	uint64_t live_inode;
	uint64_t live_generation;
	uint64_t live_syncs;	/* shared->syncs just after it was opened */
	struct index index;
	struct buffer lines;
	bool rotated;		/* in this call of journal_append() */
	bool has_id;		/* relay/id was there when we looked */
	struct state_mark mark;	/* with options.watched: of the last append */
	uint64_t mark_inode;	/* of the relay/id that it has, and when that */
	int64_t mark_time;	/* was last changed */
};

/* An appender waits until everything up to `seq` in `generation` is durable. */
struct ticket {
	uint64_t generation;
	uint64_t seq;
	uint64_t end;		/* length of the live file then */
};

/* All functions below are called under the append lock, except commit_wait(),
 * rotate_impossible() and compress_start(). */

/* recover.c */
enum error recover(struct journal *journal);

/* state.c */
/* Attaches to the shared state. ERR_DAMAGED: there is no usable one; ERR_STALE:
 * a newer version of this program is using it. */
enum error state_attach(struct journal *journal);
/* Lets go of it and of the live file, which is reopened with the next state. */
void state_detach(struct journal *journal);
/* Puts a new one in its place, with `rebuilding` set, and attaches to it. */
enum error state_create(struct journal *journal);
/* Removes this state, so that nobody finds it any more, and logs why. */
void state_discard(struct journal *journal, const char *reason);
/* Whether a file of the state has become shorter than its map. */
bool state_cut_short(const struct journal *journal);
/* On NFS, where nothing is mapped: writes the state back. */
enum error state_flush(struct journal *journal);

/* agree.c */
/* A word for why the state does not belong to these files; NULL if it does. */
const char *agree_why_not(const struct journal *journal);

/* rebuild.c */
/* Begins or continues a rebuild, for one turn, and clears `rebuilding` when it
 * is done. ERR_BUSY: another request has to continue it. */
enum error rebuild(struct journal *journal);

/* age.c */
/*
 * The time from which ages are counted when old records are read again. Their
 * stamps are trusted in relation to one another. The clock is not trusted if it
 * says that nothing came for half a window, or that more time has passed since
 * the last record than since the machine was started: a clock that is wrong at
 * the moment must not make us forget yesterday's ids.
 */
int64_t age_now(const struct journal *journal);
/* The oldest index time that still counts. */
uint32_t age_oldest(const struct journal *journal);
/* Looks for the record that this one repeats at the index time `now`, and puts
 * its seq into `record`, or 0 if there is none. */
enum error age_find(const struct journal *journal, uint32_t now,
    struct journal_record *record);
/* Looks up a key of any age; `*seq` is 0 if it is not there, or if duplicates
 * are kept. */
enum error age_find_any(const struct journal *journal,
    const uint8_t key[JOURNAL_KEY_SIZE], uint64_t *seq);
/* Takes one line of a segment into account, and reads its stamp; `*seq` is 0 if
 * it is not a record. `found`: the line is older than the state. */
enum error age_line(struct journal *journal, const char *line, size_t length,
    bool found, uint64_t *seq, int64_t *received_at);
/* Logs how many lines of a segment were not records, and resets the count. */
void age_report(struct journal *journal, const char *file);

/* commit.c */
/* Waits until the ticket is durable. ERR_IO: it cannot be acknowledged any
 * more; ERR_BUSY: somebody's sync is taking too long. */
enum error commit_wait(struct journal *journal, const struct ticket *ticket);
/* Syncs all that was appended. Needs the sync lock. */
enum error commit_sync(struct journal *journal);
/* Wakes the readers that wait for what is durable now. Needs no lock. */
void commit_tell(const struct journal *journal);
/* Takes a step under the sync lock, since it changes the generation, and then
 * wakes all that wait. */
enum error commit_pause(struct journal *journal,
    enum error (*step)(struct journal *journal));

/* distrust.c */
/* Puts the poisoned live file into archive/. Needs the sync lock. */
enum error distrust(struct journal *journal);
/*
 * Cuts an old file at its successor's first record: the cut that followed a
 * failed sync may not have reached the disk before the machine went down. What
 * is cut off is kept beside it, in case somebody has mixed two journals' files.
 */
enum error distrust_cut(const struct journal *journal, const char *path,
    uint64_t offset);

/* rotate.c */
/* Whether `more` bytes at the time `now` belong in a new file. */
bool rotate_due(const struct journal *journal, int64_t now, size_t more);
/* Starts a new live file. If that fails harmlessly, the old one goes on. */
enum error rotate(struct journal *journal);
/* Whether archive/ is on another device, so that no file can be moved there. */
bool rotate_impossible(const struct folder *folder);
/* Whether the file that the state calls live is already in archive/. */
bool rotate_archived(const struct journal *journal);
/* Puts it there, under the name of its first record. Needs the sync lock, as do
 * the next two. */
enum error rotate_archive(struct journal *journal);
/* Finishes a rotation that got this far. */
enum error rotate_go_on(struct journal *journal);
/* Begins a new generation, if only that is missing. All of the old file was
 * synced before it got into archive/, whatever the state says. */
enum error rotate_record(struct journal *journal);

/* retain.c */
/* Removes the oldest rotated files, as the options require. */
void retain(struct journal *journal);

/* relay_id.c */
/* Makes sure that relay/id exists and is durable. If it is malformed, it is
 * left alone, and that is logged once an hour. */
enum error relay_id_ensure(struct journal *journal);

/* Fills in the journal's mark. Notices that somebody has replaced relay/id, and
 * makes a new one if it was removed. */
enum error relay_id_mark(struct journal *journal);

/* When relay/id was made, in microseconds since 1970; INT64_MAX if it is not
 * there. What was received before that was written by an older version, which
 * knew of no such file. */
int64_t relay_id_time(struct journal *journal);

/* compress.c */
/* Starts a process that compresses rotated files. Hold no lock when you call
 * it: the child would keep it. */
void compress_start(const struct journal *journal);

#endif
