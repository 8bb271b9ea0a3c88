/*
 * Compresses rotated files with gzip (RFC 1952), in a separate process: the
 * receiver has to go on serving, and its web server may end it at any time.
 * Only one process compresses at a time. The compressed file gets its name when
 * it is whole and on disk; readers use the plain one until that is removed.
 */
#include "journal/writer.h"

#include "base/digits.h"
#include "base/io.h"
#include "base/log.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK ((size_t)64 * 1024)
#define NICENESS 19
#define DESCRIPTORS_MAX (UINT64_C(1) << 20)	/* Linux's own default */

static enum error
copy(int from, gzFile to)
{
	char chunk[CHUNK];
	off_t offset = 0;
	ssize_t got;

	while ((got = io_pread(from, chunk, sizeof chunk, offset)) > 0) {
		if (gzwrite(to, chunk, (unsigned)got) != (int)got)
			return ERR_FULL;
		offset += got;
	}
	return got == 0 ? ERR_NONE : ERR_IO;
}

/* Writes the compressed file under its temporary name, and syncs it. */
static enum error
write_temp(const struct journal *journal, int from)
{
	enum error error;
	gzFile gzip;
	int fd;

	error = folder_create_new(&journal->folder, COMPRESS_TEMP, O_WRONLY,
	    &fd);
	if (error != ERR_NONE)
		return error;
	/* zlib closes its descriptor, but we still have to sync the file. */
	gzip = gzdopen(fcntl(fd, F_DUPFD_CLOEXEC, 3), "wb");
	error = gzip == NULL ? ERR_MEMORY : copy(from, gzip);
	if (gzip != NULL && gzclose(gzip) != Z_OK && error == ERR_NONE)
		error = ERR_FULL;
	if (error == ERR_NONE && io_fsync(fd) == -1)
		error = ERR_IO;
	io_close(fd);
	return error;
}

static enum error
give_name(const struct journal *journal, const char *plain,
    const char *compressed)
{
	const struct folder *folder = &journal->folder;
	enum error error;

	if (io_renameat(folder->fd, COMPRESS_TEMP, folder->fd, compressed) ==
	    -1)
		return error_from_errno(errno);
	error = folder_sync(folder, SEGMENT_ARCHIVE);
	if (error == ERR_NONE && io_unlinkat(folder->fd, plain) == -1)
		error = ERR_IO;
	return error;
}

static enum error
compress_one(const struct journal *journal, struct segment segment)
{
	char plain[SEGMENT_PATH_MAX], compressed[SEGMENT_PATH_MAX];
	enum error error;
	int from;

	segment_path(&segment, plain);
	segment.compressed = true;
	segment_path(&segment, compressed);
	from = io_openat(journal->folder.fd, plain, O_RDONLY, 0);
	if (from == -1)
		return error_from_errno(errno);
	error = write_temp(journal, from);
	io_close(from);
	if (error == ERR_NONE)
		error = give_name(journal, plain, compressed);
	if (error != ERR_NONE) {
		io_unlinkat(journal->folder.fd, COMPRESS_TEMP);
		LOG(LOG_LEVEL_WARNING, "compression-failed",
		    LOG_TEXT("file", plain),
		    LOG_TEXT("error", error_word(error)));
	}
	return error;
}

/* Finds the oldest plain file. The newest one stays plain: it shows the next
 * seq if the state is lost. */
static bool
next_plain(const struct journal *journal, struct segment *plain)
{
	struct segment *segments;
	size_t count, i;
	bool found = false;

	if (segment_list(journal->folder.fd, &segments, &count) != ERR_NONE)
		return false;
	for (i = 0; !found && i + 1 < count; i++) {
		found = !segments[i].compressed;
		*plain = segments[i];
	}
	free(segments);
	return found;
}

/* Returns false if Linux or its headers are older than 5.9. */
static bool
close_between(int first, int last)
{
#ifdef SYS_close_range
	return first > last ||
	    syscall(SYS_close_range, first, last, 0) == 0;
#else
	return first > last;
#endif
}

/* Returns false if /proc is missing or may not be read. */
static bool
close_listed(int kept)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;
	uint64_t fd;

	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL)
		if (decimal_prefix(entry->d_name, strlen(entry->d_name),
		    INT_MAX, &fd) > 0 && fd > 2 && (int)fd != kept &&
		    (int)fd != dirfd(folder))
			(void)close((int)fd);
	closedir(folder);
	return true;
}

/* Closes everything but standard input, output and error, and `kept`. */
static void
close_others(int kept)
{
	struct rlimit limit;
	int fd;

	if ((close_between(3, kept - 1) &&
	    close_between(kept > 2 ? kept + 1 : 3, INT_MAX)) ||
	    close_listed(kept))
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur > DESCRIPTORS_MAX)
		limit.rlim_cur = DESCRIPTORS_MAX;
	for (fd = 3; fd < (int)limit.rlim_cur; fd++)
		if (fd != kept)
			(void)close(fd);
}

/* Closes everything inherited from the server, which would otherwise wait for
 * the end of its pipes. Only our own log file stays open. */
static void
leave_server(void)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setsid();
	if (null != -1) {
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
	}
	close_others(log_descriptor());
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGTERM, SIG_DFL);
	if (nice(NICENESS) == -1)
		return;		/* then it runs at normal priority */
}

static void
work(const struct journal *journal)
{
	struct journal own = { .options = journal->options };
	struct segment plain;
	int lock;

	leave_server();
	own.options.trouble = NULL;
	if (folder_open(&own.options, false, &own.folder) != ERR_NONE)
		return;
	lock = folder_create(&own.folder, COMPRESS_LOCK, O_RDWR);
	if (lock == -1 && folder_clear(&own.folder, COMPRESS_LOCK) == ERR_NONE)
		lock = folder_create(&own.folder, COMPRESS_LOCK, O_RDWR);
	if (lock == -1)
		return;
	/* A process that finds the lock taken leaves its file to the holder, so
	 * the holder looks again after letting go. */
	while (next_plain(&own, &plain) && io_lock(lock, 0) == 0) {
		enum error error = ERR_NONE;

		while (error == ERR_NONE && next_plain(&own, &plain))
			error = compress_one(&own, plain);
		io_unlock(lock);
		if (error != ERR_NONE)
			return;
	}
}

void
compress_start(const struct journal *journal)
{
	pid_t child = fork();

	/* Start a grandchild, so that we need not wait for its end. */
	if (child == 0) {
		if (fork() == 0)
			work(journal);
		_exit(0);
	}
	if (child == -1)
		LOG(LOG_LEVEL_WARNING, "compression-failed",
		    LOG_TEXT("error", "fork"), LOG_NUMBER("errno", errno));
	else
		while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
			;
}
