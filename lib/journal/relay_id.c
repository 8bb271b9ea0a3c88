/*
 * The journal's id: 32 hex digits in relay/id. Cursors, and records that were
 * relayed to another host, identify the journal by it. So it is on disk before
 * the first record is acknowledged, and it never changes.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/cursor_text.h"

#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define ID_BYTES 16
#define ID_DIGITS ((size_t)2 * ID_BYTES)
#define LOOK_S 3600		/* seconds between two looks at it */

/* Linux before 3.17 has no getrandom(). */
static bool
fill_random(void *bytes, size_t length)
{
	bool done = getrandom(bytes, length, 0) == (ssize_t)length;
	int fd = done ? -1 : io_openat(AT_FDCWD, "/dev/urandom", O_RDONLY, 0);

	if (fd != -1) {
		done = io_pread(fd, bytes, length, 0) == (ssize_t)length;
		io_close(fd);
	}
	return done;
}

static enum error
write_id(const struct folder *folder, int fd)
{
	uint8_t bytes[ID_BYTES];
	char text[ID_DIGITS + 1];
	ssize_t written = -1;

	if (fill_random(bytes, sizeof bytes)) {
		hex_write(bytes, sizeof bytes, text);
		text[ID_DIGITS] = '\n';
		written = io_write(fd, text, sizeof text);
	}
	if (written == (ssize_t)sizeof text && io_fsync(fd) == 0)
		return ERR_NONE;
	if (written >= 0 && written < (ssize_t)sizeof text)
		errno = ENOSPC;
	return folder_fail(folder, RELAY_ID_NEW);
}

static enum error
make(const struct folder *folder)
{
	int fd;
	enum error error = folder_create_new(folder, RELAY_ID_NEW, O_WRONLY,
	    &fd);

	if (error != ERR_NONE)
		return error;
	error = write_id(folder, fd);
	io_close(fd);
	if (error == ERR_NONE && io_renameat(folder->fd, RELAY_ID_NEW,
	    folder->fd, RELAY_ID) == -1)
		error = folder_fail(folder, RELAY_ID);
	return error;
}

/* The newline may be missing: people write this file, too. */
static bool
is_id(int fd)
{
	char text[ID_DIGITS + 2];
	ssize_t length = io_pread_all(fd, text, sizeof text, 0);

	return (length == (ssize_t)ID_DIGITS ||
	    (length == (ssize_t)ID_DIGITS + 1 && text[ID_DIGITS] == '\n')) &&
	    hex_is_lower(text, ID_DIGITS);
}

/* Keeps the file that is there, whatever it holds. Syncs it, since its maker
 * may have been killed before doing so. */
static enum error
keep(const struct folder *folder)
{
	int fd = io_openat(folder->fd, RELAY_ID, O_RDONLY, 0);
	enum error error = ERR_NONE;

	if (fd == -1 && errno == ENOENT)
		return make(folder);
	if (fd == -1 && !error_is_damage(errno))
		return folder_fail(folder, RELAY_ID);
	if (fd == -1 || !is_id(fd))
		LOG(LOG_LEVEL_ERROR, "relay-id-malformed",
		    LOG_TEXT("directory", folder->path),
		    LOG_TEXT("file", RELAY_ID),
		    LOG_TEXT("remedy", "restore it from a backup, or remove "
		    "it: a new one is then made"));
	else if (io_fsync(fd) == -1)
		error = folder_fail(folder, RELAY_ID);
	if (fd != -1)
		io_close(fd);
	return error;
}

static enum error
look(const struct folder *folder)
{
	struct stat status;
	enum error error;

	if (folder_make(folder, RELAY_FOLDER) == -1 ||
	    io_fstatat(folder->fd, RELAY_FOLDER, &status) == -1)
		return folder_fail(folder, RELAY_FOLDER);
	if (status.st_mode & S_IWOTH)
		return folder_refuse(folder, RELAY_FOLDER,
		    FOLDER_WORLD_WRITABLE);
	error = keep(folder);
	if (error == ERR_NONE)
		error = folder_sync(folder, RELAY_FOLDER);
	return error == ERR_NONE ? folder_sync(folder, ".") : error;
}

int64_t
relay_id_time(struct journal *journal)
{
	struct stat status;

	if (journal->id_time != 0)
		return journal->id_time;
	journal->id_time = INT64_MAX;
	if (io_fstatat(journal->folder.fd, RELAY_ID, &status) == 0)
		journal->id_time = clock_of(&status.st_mtim);
	return journal->id_time;
}

/* A process looks for the id once after it has opened the journal; the state
 * remembers when it was last read. */
enum error
relay_id_ensure(struct journal *journal)
{
	struct shared *shared = journal->shared;
	uint32_t now = clock_boot_seconds();
	struct stat status;
	enum error error;

	if (journal->has_id)
		return ERR_NONE;
	if (shared->id_seen == 0 || now - shared->id_seen >= LOOK_S ||
	    io_fstatat(journal->folder.fd, RELAY_ID, &status) == -1) {
		error = look(&journal->folder);
		if (error != ERR_NONE)
			return error;
		shared->id_seen = now;
	}
	journal->has_id = true;
	journal->id_time = 0;
	return ERR_NONE;
}

/* If the id is malformed, the mark has none, and is the same as no other. */
static void
read_id(struct journal *journal, const struct stat *status)
{
	struct state_mark *mark = &journal->mark;

	memset(mark->journal, 0, sizeof mark->journal);
	if (cursor_text_journal(journal->folder.fd, mark->journal) != ERR_NONE)
		memset(mark->journal, 0, sizeof mark->journal);
	journal->mark_inode = status->st_ino;
	journal->mark_time = clock_of(&status->st_ctim);
}

enum error
relay_id_mark(struct journal *journal)
{
	struct stat status;
	enum error error;

	state_mark_set(&journal->mark, journal->shared, journal->state_inode);
	if (io_fstatat(journal->folder.fd, RELAY_ID, &status) == -1) {
		journal->has_id = false;
		error = relay_id_ensure(journal);
		if (error != ERR_NONE)
			return error;
		if (io_fstatat(journal->folder.fd, RELAY_ID, &status) == -1)
			return error_from_errno(errno);
	}
	if (status.st_ino != journal->mark_inode ||
	    clock_of(&status.st_ctim) != journal->mark_time)
		read_id(journal, &status);
	return ERR_NONE;
}
