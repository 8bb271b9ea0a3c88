/*
 * writer: what the writer's files share. Not for users of the journal.
 *
 * The words:
 *   record      one line of the journal
 *   stamp       a record's seq, and when it was received (stamp.h)
 *   seq         1, 2, ...: the number of a record
 *   key         what a record and its repeats have in common
 *   duplicate   a record whose key is in the index: it is not written again
 *   window      how long a key counts, at the longest
 *   segment     one file of records, the live one or one in archive/
 *   live file   the segment at the live name, to which records are appended
 *   archive     the folder of the segments that were live once
 *   rotate      to bring the live file into the archive and begin an empty one
 *   adopt       to make what is at the live name the live file
 *   generation  the number of the live file among all live files so far
 *   state       what writers share in .state/shared (shared.h)
 *   index       which keys the journal holds (index.h); it belongs to the state
 *   indexed     how many bytes of the live file the index knows
 *   tail        what the live file has beyond that; torn: without a newline
 *   rebuild     to make a lost state and index anew from the records
 *   turn        the part of a rebuild that one request does
 *   recover     to bring files, state and index into agreement
 *   appended    written; the last seq that is
 *   durable     on the disk; the last seq that is
 *   ticket      what an appender waits for: a seq in a generation
 *   leader      the process that syncs, for all that wait
 *   poisoned    a generation whose sync failed: it is never trusted again
 *   distrust    to cut a poisoned file at what is durable, and archive it
 *   voided      a generation whose tickets may not be acknowledged any more
 *   noted       what the files were like when the state was last written
 *   foreign     a line that is no record; a file that others have put there
 *   lazy        a journal with sync = false: nobody waits for the disk
 *
 * The files, the story first:
 *   journal.c   open, append, close
 *   append_lock.c  one appender at a time
 *   recover.c   the states in which a journal may be found
 *   state.c     the shared state attached, made, given up
 *   agree.c     whether a state belongs to these files
 *   rebuild.c   state and index made anew from the records
 *   age.c       how old a record counts
 *   live.c      the file at the live name
 *   rotate.c    a new live file
 *   commit.c    durable on the disk, for many at once
 *   distrust.c  a live file whose sync failed
 *   retain.c    old segments removed
 *   compress.c  old segments compressed
 *   relay_id.c  by what others know the journal
 *
 * Two locks, always in this order: the append lock (append_lock.h), and the
 * sync lock, which is the flock(2) of .state/shared: it goes with the map that
 * it protects. Both end with the process that holds them.
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

#define APPEND_WAIT_MS 2500	/* for the append lock */
#define SYNC_WAIT_MS 2000	/* for the sync lock, under the append lock */
#define COMMIT_WAIT_MS 2500	/* for somebody's sync, after it */

struct journal {
	struct journal_options options;
	char *directory;	/* the options', owned */
	struct folder folder;
	int64_t window;		/* seconds: what all processes agreed on */
	bool told;		/* that theirs is not ours */
	int64_t seen_time;	/* the latest stamp that was read so far */
	uint64_t foreign;	/* lines that were no records, in a file */
	int64_t id_time;	/* relay_id_time(); 0: it has not been asked */
	int lock;		/* .state/lock while held; or -1 */
	int state_fd;		/* .state/shared, or -1 */
	uint64_t state_inode;
	bool doubtful;		/* agree.c has not looked at it yet */
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
};

/* What an appender waits for: all up to `seq` in `generation`. */
struct ticket {
	uint64_t generation;
	uint64_t seq;
	uint64_t end;		/* bytes the live file had then */
};

/* All that follows is called under the append lock, but for commit_wait(),
 * rotate_impossible() and compress_start(). */

/* recover.c */
enum error recover(struct journal *journal);

/* state.c */
/* Attaches to the shared state there is. ERR_DAMAGED: there is no usable one;
 * ERR_STALE: a newer version of this program works with it. */
enum error state_attach(struct journal *journal);
/* Lets go of it and of the live file, which is opened anew with the next. */
void state_detach(struct journal *journal);
/* Puts a new one in its place, in which `rebuilding` is set, and attaches. */
enum error state_create(struct journal *journal);
/* Makes sure that nobody finds this state any more, and says why. */
void state_discard(struct journal *journal, const char *reason);
/* Whether a file of the state has become shorter than its map. */
bool state_cut_short(const struct journal *journal);
/* Writes back what is not mapped: on NFS. */
enum error state_flush(struct journal *journal);

/* agree.c */
/* NULL, or in a word why the state does not belong to these files. */
const char *agree_why_not(const struct journal *journal);

/* rebuild.c */
/* Begins a rebuild, or goes on with it, for one turn; `rebuilding` is cleared
 * at its end. ERR_BUSY: somebody else has to go on with it. */
enum error rebuild(struct journal *journal);

/* age.c */
/*
 * What time it is, for the ages of records that are read again. The stamps are
 * believed in relation to one another. The clock is not believed where it says
 * that nothing came for half a window, or that more time has passed since the
 * last record than since the machine was started: a clock that is wrong just
 * now must not make us forget the ids of yesterday.
 */
int64_t age_now(const struct journal *journal);
/* The oldest index time that still counts. */
uint32_t age_oldest(const struct journal *journal);
/* Looks for the record that this one repeats at the index time `now`; its seq
 * is 0 where there is none. */
enum error age_find(const struct journal *journal, uint32_t now,
    struct journal_record *record);
/* Looks a key up, however old it is; `*seq` is 0 where it is not there, or
 * duplicates are kept. */
enum error age_find_any(const struct journal *journal,
    const uint8_t key[JOURNAL_KEY_SIZE], uint64_t *seq);
/* Takes one line of a segment into account, and says what its stamp is; `*seq`
 * is 0 where it is no record. `found`: the line is older than the state. */
enum error age_line(struct journal *journal, const char *line, size_t length,
    bool found, uint64_t *seq, int64_t *received_at);
/* Says how many lines of a segment were no records, and counts anew. */
void age_report(struct journal *journal, const char *file);

/* commit.c */
/* Waits until the ticket is durable. ERR_IO: it cannot be acknowledged any
 * more; ERR_BUSY: somebody's sync takes too long. */
enum error commit_wait(struct journal *journal, const struct ticket *ticket);
/* Syncs all that was appended; with the sync lock. */
enum error commit_sync(struct journal *journal);
/* Takes a step with the sync lock, as the generation changes in it, and wakes
 * all that wait. */
enum error commit_pause(struct journal *journal,
    enum error (*step)(struct journal *journal));

/* distrust.c */
/* Puts the poisoned live file away; with the sync lock. */
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
/* Starts a new live file. Goes on with the old one where that fails and nothing
 * is lost by it. */
enum error rotate(struct journal *journal);
/* Whether archive/ is on another device, so that no file gets there. */
bool rotate_impossible(const struct folder *folder);
/* Whether the file that the state calls live is in archive/. */
bool rotate_archived(const struct journal *journal);
/* Puts it there, under the name of its first record; with the sync lock, as the
 * next two. */
enum error rotate_archive(struct journal *journal);
/* Goes on with a rotation from there. */
enum error rotate_go_on(struct journal *journal);
/* Begins a new generation where only that is missing. All of the old file was
 * synced before it got into archive/, whatever the state says of that. */
enum error rotate_record(struct journal *journal);

/* retain.c */
/* Removes the oldest rotated files, as far as the options say. */
void retain(struct journal *journal);

/* relay_id.c */
/* Makes relay/id where it is not there, durable. A malformed one is left alone,
 * and said once an hour. */
enum error relay_id_ensure(struct journal *journal);

/* When relay/id was made, in microseconds since 1970; INT64_MAX if it is not
 * there. What was received before that was written by an older version, which
 * knew of no such file. */
int64_t relay_id_time(struct journal *journal);

/* compress.c */
/* Starts a process that compresses rotated files; no lock is held. */
void compress_start(const struct journal *journal);

#endif
