#include "journal/append_lock.h"
#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>

/*
 * NFS turns flock(2) into a lock on bytes, for which the file must be open for
 * writing. That file can be deleted. So once we have the lock, we check that
 * the name still belongs to our file.
 */
static enum error
lock_file(struct journal *journal, int wait_ms)
{
	const struct folder *folder = &journal->folder;
	struct stat mine, there;

	if (folder_make(folder, SEGMENT_STATE) == -1)
		return folder_fail(folder, SEGMENT_STATE);
	journal->lock = folder_create(folder, LOCK_NAME, O_RDWR);
	if (journal->lock == -1 && errno != EMFILE && errno != ENFILE &&
	    folder_clear(folder, LOCK_NAME) == ERR_NONE)
		journal->lock = folder_create(folder, LOCK_NAME, O_RDWR);
	if (journal->lock == -1)
		return folder_fail(folder, LOCK_NAME);
	if (io_lock(journal->lock, wait_ms) == 0 &&
	    io_fstat(journal->lock, &mine) == 0 &&
	    io_fstatat(folder->fd, LOCK_NAME, &there) == 0 &&
	    mine.st_ino == there.st_ino)
		return ERR_NONE;
	io_close(journal->lock);
	journal->lock = -1;
	return ERR_BUSY;
}

/*
 * The folder's lock is taken whatever the settings are. The file's lock comes
 * second: a process of version 0.1.0 takes only one of the two, and this way
 * either keeps it out.
 */
enum error
append_lock_take(struct journal *journal)
{
	int64_t until = clock_monotonic_ms() + APPEND_WAIT_MS;
	enum error error = ERR_NONE;
	int64_t left;

	if (io_lock(journal->folder.fd, APPEND_WAIT_MS) == -1 &&
	    !(journal->folder.remote && errno == EBADF))
		return folder_fail(&journal->folder, ".");
	if (journal->options.nfs) {
		left = until - clock_monotonic_ms();
		error = lock_file(journal, left > 0 ? (int)left : 0);
	}
	if (error != ERR_NONE)
		io_unlock(journal->folder.fd);
	else if (journal->folder.remote)
		state_detach(journal);
	return error;
}

void
append_lock_release(struct journal *journal)
{
	if (journal->lock != -1)
		io_close(journal->lock);
	journal->lock = -1;
	io_unlock(journal->folder.fd);
}
