/*
 * Group commit. Each appender has a ticket for what it wrote. One of them gets
 * the sync lock and leads: it syncs for all that have written by then, while
 * the others sleep on a futex. With 64 writers this stored 66,000 records a
 * second; with one sync each it was 22,000, and with the sync under the append
 * lock 5,800.
 *
 * A file whose sync has failed once is never trusted again. Linux reports the
 * failure to the descriptors that are open at that time and then forgets it,
 * and the page cache goes on showing data that never reached the disk.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/wake.h"

#include <errno.h>
#include <limits.h>

#define SLEEP_MS 20	/* a leader may have died without waking us */
#define PROBE_OFFSET (SHARED_SIZE - 8)

/* All processes that wait for the same sync share a bit. */
static uint32_t
bit_of(uint64_t sync)
{
	return 1u << sync % 32;
}

/*
 * The sync that a seq needs: the one in progress, if the record was there when
 * it began, or the next. If a sync begins meanwhile, this may be one too early;
 * the waiter is then woken, and looks again.
 */
static uint64_t
sync_for(const struct shared *shared, uint64_t seq)
{
	uint64_t sync, last;

	/* Read again until `syncs` has not changed: slot n % 2 is reused two
	 * syncs later. */
	do {
		sync = shared->syncs;
		last = shared->covers[sync % 2];
	} while (sync != shared->syncs);
	return seq <= last ? sync : sync + 1;
}

/* Returns false if nobody has woken us in time. */
static bool
sleep_until_woken(struct shared *shared, uint64_t sync, uint32_t seen)
{
	bool woken;

	/* A kill here leaves the count too high, which costs a needless call at
	 * each sync. */
	atomic_fetch_add(&shared->sleepers, 1);
	woken = wake_wait(&shared->wake, seen, bit_of(sync), SLEEP_MS);
	atomic_fetch_sub(&shared->sleepers, 1);
	return woken;
}

static void
wake_all(struct shared *shared)
{
	atomic_fetch_add(&shared->wake, 1);
	if (shared->sleepers > 0)
		wake_some(&shared->wake, INT_MAX, WAKE_ANY);
}

/* Wakes all that the sync covers, and one of those that came too late for it,
 * which then leads the next. */
static void
wake_covered(struct shared *shared, uint64_t sync)
{
	atomic_fetch_add(&shared->wake, 1);
	if (shared->sleepers == 0)
		return;
	wake_some(&shared->wake, INT_MAX, bit_of(sync));
	wake_some(&shared->wake, 1, bit_of(sync + 1));
}

static enum error
poison(struct journal *journal, const char *reason, int number)
{
	struct shared *shared = journal->shared;

	LOG(LOG_LEVEL_ERROR, "sync-failed", LOG_TEXT("reason", reason),
	    LOG_NUMBER("errno", number),
	    LOG_NUMBER("durable", shared->durable));
	errno = number != 0 ? number : EIO;
	folder_fail(&journal->folder, SEGMENT_LIVE);
	shared->poisoned = shared->generation;
	shared->syncing = 0;
	return ERR_IO;
}

/*
 * The sync succeeded. But does the file still have a name and all its bytes,
 * and does the file system still write at all? When ext4 has aborted its
 * journal, fdatasync() returns 0 to a second process, but a write fails.
 */
static enum error
doubt(struct journal *journal, uint64_t end)
{
	uint64_t probe = journal->shared->syncs;
	struct stat status;

	if (io_fstat(journal->live, &status) == -1)
		return poison(journal, "fstat", errno);
	if (status.st_nlink == 0 || (uint64_t)status.st_size < end) {
		journal->shared->syncing = 0;
		return ERR_IO;
	}
	if (io_pwrite(journal->state_fd, &probe, sizeof probe,
	    PROBE_OFFSET) == -1 && errno != ENOSPC && errno != EDQUOT)
		return poison(journal, "probe", errno);
	return ERR_NONE;
}

enum error
commit_sync(struct journal *journal)
{
	struct shared *shared = journal->shared;
	uint64_t died = shared->syncing;
	uint64_t seq = shared->appended, end = shared->end;
	enum error error;

	/* A leader died in its sync. If that sync failed, the kernel tells us
	 * only if our descriptor is older than that sync. */
	if (died != 0 && journal->live_syncs >= died)
		return poison(journal, "leader-died", 0);
	shared->covers[(shared->syncs + 1) % 2] = seq;
	shared->syncs++;
	shared->sync_mount = journal->folder.mount;
	/* If several leaders died, the first one's sync counts. */
	shared->syncing = died != 0 ? died : shared->syncs;
	if (io_fdatasync(journal->live) == -1)
		return poison(journal, "fdatasync", errno);
	error = doubt(journal, end);
	if (error != ERR_NONE)
		return error;
	if (shared->durable < seq)
		shared->durable = seq;
	shared->syncing = 0;
	return ERR_NONE;
}

enum error
commit_pause(struct journal *journal, enum error (*step)(struct journal *))
{
	enum error error;

	if (journal->folder.remote)
		return step(journal);
	if (io_lock(journal->state_fd, SYNC_WAIT_MS) == -1)
		return error_from_errno(errno);
	error = step(journal);
	io_unlock(journal->state_fd);
	wake_all(journal->shared);
	return error;
}

/* Reads the seq first. A process that adopts a file writes the new generation
 * before the new seq, so the old generation is never seen with a seq of the new
 * file. */
static bool
durable(const struct shared *shared, const struct ticket *ticket)
{
	uint64_t seq = shared->durable;

	return seq >= ticket->seq && shared->generation == ticket->generation;
}

static bool
void_ticket(const struct shared *shared, const struct ticket *ticket)
{
	return shared->poisoned >= ticket->generation ||
	    shared->voided >= ticket->generation;
}

/*
 * The file was rotated after we wrote to it, by one of us or by somebody else.
 * Our record is safe if our descriptor can be synced and its file has a name.
 */
static enum error
sync_own(struct journal *journal, const struct ticket *ticket)
{
	struct stat status;

	if (io_fdatasync(journal->live) == -1 ||
	    io_fstat(journal->live, &status) == -1)
		return ERR_IO;
	if (status.st_nlink == 0 || (uint64_t)status.st_size < ticket->end ||
	    void_ticket(journal->shared, ticket))
		return ERR_IO;
	return ERR_NONE;
}

/* Whether a ticket's fate is known: ERR_NONE if it is durable, ERR_IO if that
 * can no longer be promised. */
static bool
settled(struct journal *journal, const struct ticket *ticket,
    enum error *error)
{
	const struct shared *shared = journal->shared;

	*error = ERR_NONE;
	if (durable(shared, ticket))
		return true;
	*error = ERR_IO;
	if (void_ticket(shared, ticket))
		return true;
	if (shared->generation == ticket->generation)
		return false;
	*error = sync_own(journal, ticket);
	return true;
}

/*
 * Looks again with the sync lock held, and syncs for everybody. If others
 * sleep, we first yield to processes that wait for the processor: they may be
 * about to write, and the sync then covers them as well.
 */
static enum error
lead(struct journal *journal, const struct ticket *ticket)
{
	struct shared *shared = journal->shared;
	enum error error;
	uint64_t sync;

	shared->leading = 1;
	if (!settled(journal, ticket, &error)) {
		if (shared->sleepers > 0)
			io_yield();
		error = commit_sync(journal);
		if (error == ERR_NONE)
			(void)settled(journal, ticket, &error);
	}
	/* Read this before unlocking: the next sync may begin at once. */
	sync = shared->syncs;
	shared->leading = 0;
	io_unlock(journal->state_fd);
	if (error == ERR_NONE)
		wake_covered(shared, sync);
	else
		wake_all(shared);
	return error;
}

enum error
commit_wait(struct journal *journal, const struct ticket *ticket)
{
	struct shared *shared = journal->shared;
	int64_t deadline = clock_monotonic_ms() + COMMIT_WAIT_MS;
	bool woken = true;
	enum error error;

	for (;;) {
		/* Read before looking: a later wake-up then ends the sleep. */
		uint32_t seen = shared->wake;

		if (settled(journal, ticket, &error))
			return error;
		/* A leader holds the lock, unless it died. */
		if (!shared->leading || !woken) {
			if (io_lock(journal->state_fd, 0) == 0)
				return lead(journal, ticket);
			if (errno != EWOULDBLOCK)
				return error_from_errno(errno);
		}
		if (clock_monotonic_ms() >= deadline)
			return ERR_BUSY;
		woken = sleep_until_woken(shared, sync_for(shared,
		    ticket->seq), seen);
	}
}

void
commit_tell(const struct journal *journal)
{
	if (journal->shared != NULL && !journal->folder.remote)
		wake_some(shared_durable_word(journal->shared), INT_MAX,
		    WAKE_ANY);
}
