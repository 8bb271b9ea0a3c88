/*
 * writer: what the writer's files share. Not for users of the journal.
 *
 *   journal.c   open, append, close: the story
 *   folder.c    the folder, before it is used
 *   check.c     whether an append would stand a chance
 *   state.c     the shared state in .state/shared, the append lock
 *   agree.c     whether a state belongs to these files
 *   commit.c    durable on disk, for many at once
 *   recover.c   the named states in which a journal may be found
 *   distrust.c  a live file whose sync failed
 *   rebuild.c   the index made anew from the lines
 *   age.c       how old they count, one by one
 *   rotate.c    a new live file
 *   retain.c    old files removed
 *   compress.c  old files compressed
 *
 * Two locks, always in this order: the append lock, which is the flock(2) of
 * the journal's directory (it cannot be deleted or replaced while files stand
 * in it), and the sync lock, which is that of .state/shared (it goes with the
 * map that it protects). Both vanish with the process that holds them.
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
	struct folder folder;
	int64_t window;		/* seconds: what all processes agreed on */
	bool told;		/* that theirs is not ours */
	int64_t seen_time;	/* the youngest stamp that was read so far */
	uint64_t foreign;	/* lines that were no records, in a file */
	int lock;		/* .state/lock while held; or -1 */
	int state_fd;		/* .state/shared, or -1 */
	uint64_t state_inode;
	bool doubtful;		/* it was not looked at by agree.c yet */
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
};

/* What an appender waits for: all up to `seq` in `generation`. */
struct ticket {
	uint64_t generation;
	uint64_t seq;
	uint64_t end;		/* bytes the live file had then */
};

/* state.c */
enum error state_lock(struct journal *journal);
void state_unlock(struct journal *journal);
/* Attaches to the shared state there is. ERR_DAMAGED: there is no usable one;
 * ERR_STALE: a newer version of this program works with it. */
enum error state_attach(struct journal *journal);
void state_detach(struct journal *journal);
/* Puts a new one in its place, in which `rebuilding` is set. */
enum error state_create(struct journal *journal);
/* Makes sure that nobody finds this state any more, and says why; under the
 * append lock. */
void state_discard(struct journal *journal, const char *reason);
/* Whether a file of the state has become shorter than its map. */
bool state_cut_short(const struct journal *journal);
enum error state_flush(struct journal *journal);

/* agree.c */
/* NULL, or in a word why the state is none of these files'. */
const char *agree_why_not(const struct journal *journal);

/* commit.c */
/* Waits until the ticket is durable; no lock is held. */
enum error commit_wait(struct journal *journal, const struct ticket *ticket);
/* Takes the sync lock under the append lock, to change the generation. */
enum error commit_block(struct journal *journal);
void commit_unblock(struct journal *journal);
/* Syncs all that was appended; the sync lock is held. */
enum error commit_sync(struct journal *journal);

/* recover.c */
/* Brings files, state and index into agreement; under the append lock. */
enum error recover(struct journal *journal);

/* distrust.c */
/* Puts the distrusted live file away; both locks are held. */
enum error distrust(struct journal *journal);
/* What stands at the live name. ERR_MISSING only where nothing does: whatever
 * else goes wrong must not make us put an empty file there. */
enum error distrust_stat_live(const struct journal *journal,
    struct stat *live);
/* The last seq that a file which is not ours may not take with it. */
uint64_t distrust_known(const struct journal *journal);

/* age.c */
/*
 * What time it is, for the ages of records that are read again. The stamps are
 * believed in relation to one another; the clock only where it does not say
 * that for half a window nothing came, or that more time has passed since the
 * last record than since the machine was started. A clock that is wrong in this
 * very moment must not make us forget the ids of yesterday.
 */
int64_t age_now(const struct journal *journal);
/* Takes one line of the live or an old file into account. */
enum error age_line(struct journal *journal, const char *line, size_t length);
/* Says how many lines of a file were no records, and begins anew. */
void age_report(struct journal *journal, const char *file);
/* The oldest index time that still counts. */
uint32_t age_oldest(const struct journal *journal);

/* rebuild.c */
/* Makes the state anew, or goes on with that. ERR_BUSY: more to do. */
enum error rebuild(struct journal *journal);
/* rotate.c: both locks are held but in rotate_due() and rotate() */
/* Whether `more` bytes at the time `now` belong into a new file. */
bool rotate_due(const struct journal *journal, int64_t now, size_t more);
/* Starts a new live file; goes on with the old one where that fails and
 * nothing is lost by it. */
enum error rotate(struct journal *journal);
/* Whether the file that the state calls live stands in archive/. */
bool rotate_archived(const struct journal *journal);
/* Puts it there, under the name of its first record. */
enum error rotate_archive(struct journal *journal);
/* Puts a new empty file at the live name. */
enum error rotate_replace(struct journal *journal);
/* Begins a new generation with what stands at the live name now. Ids above
 * `keep` are forgotten; with `reuse` their seqs are given out again. */
enum error rotate_adopt(struct journal *journal, uint64_t keep, bool reuse);
/* Whether archive/ is on another device, so that no file gets there. */
bool rotate_impossible(const struct folder *folder);
/* Opens what stands at the live name; any lock. */
enum error rotate_open(struct journal *journal);

/* retain.c */
/* Removes the oldest rotated files, as far as the options say. */
void retain(struct journal *journal);

/* compress.c */
/* Starts a process that compresses rotated files; no lock is held. */
void compress_start(const struct journal *journal);

#endif
