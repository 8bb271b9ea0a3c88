/*
 * journal: one directory of JSON lines to which many processes append at once.
 * layout.h shows what is in it.
 *
 * Promised on a local file system that honours fdatasync(2), as ext4 and XFS do
 * (the tests include power cuts on both):
 *
 *  1. When journal_append() returns ERR_NONE, the records and everything
 *     before them are on stable storage (unless `sync` is off).
 *  2. A record that repeats another (enum journal_repeat) is not written again,
 *     no matter which process, restart, rotation or crash came between. It is
 *     reported as done only when the first one is durable.
 *  3. Every line of every file is one whole record.
 *  4. The records are the only truth. Whatever is in .state/ may be deleted at
 *     any time, and is rebuilt from them. If that is not possible (for ids
 *     whose files retention has removed), a record is kept, not dropped.
 *  5. The files are plain: no header, no padding, nothing rewritten.
 *
 * Nothing is promised on a device that reports syncs it has not made, after
 * others have edited the files, or if several hosts use one directory. A record
 * that was written but could not be made durable is cut off again, so `tail -F`
 * may have shown a line that the journal does not contain. If half a line was
 * cut off and overwritten between two looks of a `tail` that does not use
 * inotify, it may show a mixture of the two. If the state is lost, and the sync
 * of the file that is found fails too, nobody knows how much of it was durable:
 * its records are kept, and repeats of them are stored again.
 *
 * One journal belongs to one process and one thread; processes find one another
 * through the directory. Never carry one across fork(2).
 */
#ifndef HOOKLINE_JOURNAL_JOURNAL_H
#define HOOKLINE_JOURNAL_JOURNAL_H

#include "base/error.h"
#include "base/span.h"

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_KEY_SIZE 16

enum journal_period { PERIOD_NEVER, PERIOD_HOUR, PERIOD_DAY };

/*
 * Which record with the same key does a record repeat? If there are several,
 * only the one with the highest seq counts. Its age is the time since it was
 * stored: a repeat does not renew it. If `window` is 0, it repeats none.
 */
enum journal_repeat {
	JOURNAL_IN_WINDOW,	/* one stored within `window` */
	JOURNAL_SOON,		/* also within JOURNAL_SOON_SECONDS */
	JOURNAL_NEVER		/* none */
};

#define JOURNAL_SOON_SECONDS (15 * 60)

/* One record to be appended. */
struct journal_record {
	uint8_t key[JOURNAL_KEY_SIZE];	/* it is stored under this one */
	uint8_t older_key[JOURNAL_KEY_SIZE]; /* with `two_keys`, it is looked up
				 * by this, too: older lines have it */
	bool two_keys;
	enum journal_repeat repeat;
	struct span tail;	/* the line after received_at, from a member's
				 * opening quote to "}\n" */
	bool duplicate;		/* result: it is a repeat and was not written */
	uint64_t seq;		/* result: its own, or the repeated record's */
};

/* Finds `key` and `repeat` of a stored line when the index is rebuilt; false if
 * it has none. The line is whole, without its newline. */
typedef bool journal_key_of(const char *line, size_t length,
    struct journal_record *record);

/* Finds `key` and `repeat` of the records that this version would make from
 * what a line of an older version holds; none if key_of finds the same. They
 * are the callee's, valid until its next call. ERR_MEMORY: out of memory. */
typedef enum error journal_renew(void *context, const char *line,
    size_t length, const struct journal_record **records, size_t *count);

struct trouble;

struct journal_options {
	const char *directory;	/* absolute; created if its parent exists */
	mode_t file_mode;	/* of files; folders get x wherever it has r */
	uint64_t rotate_size;	/* bytes; 0: never by size */
	enum journal_period rotate_every;
	uint64_t keep_files;	/* rotated files; 0: keep all */
	uint64_t keep_days;	/* 0: for ever */
	uint64_t keep_size;	/* bytes of rotated files; 0: no limit */
	bool compress;		/* rotated files, with gzip (RFC 1952) */
	const char *const *relays; /* names: what they have yet to send is not
				 * removed, except by keep_size */
	size_t relay_count;
	bool watched;		/* a relay is to send new records at once: wake
				 * it, and keep a mark of them */
	int64_t window;		/* seconds; 0: duplicates are kept */
	bool sync;		/* false: promise 1 is not given */
	bool nfs;		/* NFS is allowed: there is no shared memory
				 * then, and each append syncs for itself */
	journal_key_of *key_of;
	journal_renew *renew;	/* NULL: key_of knows older lines, too */
	void *context;		/* renew's */
	int64_t settings_time;	/* when the options were last changed, in
				 * microseconds: if processes disagree on
				 * `window`, the latest counts for all */
	struct trouble *trouble; /* where to say what is wrong, or NULL; must
				  * outlive the journal */
};

struct journal;
struct state_mark;

/*
 * Opens a journal, and creates what is missing. Root does not create the
 * folder, since it would belong to root. ERR_UNSAFE: everybody may write to the
 * folder, or it is on NFS without `nfs`; ERR_MISSING: it has no parent folder;
 * other errors as in error.h. The options' directory is copied; the rest must
 * outlive the journal.
 */
enum error journal_open(const struct journal_options *options,
    struct journal **journal);

/* NULL is allowed. */
void journal_close(struct journal *journal);

/* Whether another folder, or none, is at the path now. The journal must then be
 * opened again. */
bool journal_moved(const struct journal *journal);

/*
 * Appends the records in order, with consecutive seqs and one time, in one
 * write; repeats of what was there before the call are left out. Returns when
 * all of them, repeats included, are durable. On any error nothing is
 * acknowledged; some of them may be in the file all the same, and are then
 * recognised when they come again. It waits for locks and other processes no
 * longer than nine seconds in all; its own sync takes as long as the disk
 * needs.
 *
 * ERR_BUSY: others held a lock, or synced, for too long, or the state is still
 * being rebuilt: try later. ERR_STALE: the folder has been replaced, or a newer
 * version of this program is at work: open the journal again.
 */
enum error journal_append(struct journal *journal,
    struct journal_record *records, size_t count);

/* With options.watched: what the seqs of the last append are about. */
const struct state_mark *journal_mark(const struct journal *journal);

/*
 * Whether an append of up to `largest` bytes would stand a chance: the live
 * file and the state (or the folder, if they do not exist yet) can be opened
 * for writing, and there is room. Writes nothing and takes no lock. On any
 * error, the options' trouble says what is wrong.
 */
enum error journal_check(const struct journal_options *options,
    uint64_t largest);

/* Whether files cannot be rotated because archive/ is on another device. */
bool journal_cannot_rotate(const struct journal_options *options);

#endif
