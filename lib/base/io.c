#include "base/io.h"

#include "base/clock.h"

#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A lock is seldom held for more than a few microseconds, so letting its holder
 * run costs less than going to sleep and being woken. */
#define YIELDS 8
#define YIELD_LONG_US 5000	/* a yield this long: others use whole slices */
#define YIELD_REST 10		/* no yield for this many times as long */

#ifdef HOOKLINE_FAULTS
#include "../tests/faults/seam.h"
#define FAULT(call, failed)						\
	do {								\
		int fault_ = seam_fault(call);				\
		if (fault_ != 0) {					\
			errno = fault_;					\
			return failed;					\
		}							\
	} while (0)
#define FAULT_LENGTH(call, length) ((length) = seam_length(call, length))
#define FAULT_OPENED(fd) seam_opened(fd)
#define FAULT_NUMBER(fd, status)					\
	((status)->st_ino = seam_number(fd, (status)->st_ino))
#else
#define FAULT(call, failed) do { } while (0)
#define FAULT_LENGTH(call, length) do { } while (0)
#define FAULT_OPENED(fd) do { } while (0)
#define FAULT_NUMBER(fd, status) do { } while (0)
#endif

/* Repeats the call while signals interrupt it. */
#define AGAIN(result, call)						\
	do								\
		(result) = (call);					\
	while ((result) == -1 && errno == EINTR)

int
io_openat(int directory, const char *name, int flags, mode_t mode)
{
	int fd;

	FAULT("openat", -1);
	AGAIN(fd, openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK, mode));
	FAULT_OPENED(fd);
	return fd;
}

int
io_close(int fd)
{
	/* Linux frees the descriptor even if it reports EINTR. */
	return close(fd);
}

ssize_t
io_write(int fd, const void *bytes, size_t length)
{
	ssize_t written;

	FAULT("write", -1);
	FAULT_LENGTH("write", length);
	AGAIN(written, write(fd, bytes, length));
	return written;
}

ssize_t
io_pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
	ssize_t written;

	FAULT("pwrite", -1);
	FAULT_LENGTH("pwrite", length);
	AGAIN(written, pwrite(fd, bytes, length, offset));
	return written;
}

ssize_t
io_pread(int fd, void *bytes, size_t length, off_t offset)
{
	ssize_t got;

	FAULT("pread", -1);
	AGAIN(got, pread(fd, bytes, length, offset));
	return got;
}

ssize_t
io_pread_all(int fd, void *bytes, size_t length, off_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = io_pread(fd, (char *)bytes + done, length - done,
		    offset + (off_t)done);

		if (got == -1)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/* The two syncs are not repeated after EINTR, since the kernel reports an error
 * only once. */
int
io_fdatasync(int fd)
{
	FAULT("fdatasync", -1);
	return fdatasync(fd);
}

int
io_fsync(int fd)
{
	FAULT("fsync", -1);
	return fsync(fd);
}

int
io_ftruncate(int fd, off_t length)
{
	int result;

	FAULT("ftruncate", -1);
	AGAIN(result, ftruncate(fd, length));
	return result;
}

/* Writes zeros over the whole length. */
static int
fill(int fd, off_t length)
{
	static const char zeros[65536];
	off_t done = 0;

	while (done < length) {
		size_t part = sizeof zeros;
		ssize_t written;

		if ((off_t)part > length - done)
			part = (size_t)(length - done);
		written = io_pwrite(fd, zeros, part, done);
		if (written <= 0)
			return -1;
		done += written;
	}
	return 0;
}

int
io_fallocate(int fd, off_t length)
{
	int result;

	FAULT("fallocate", -1);
	AGAIN(result, fallocate(fd, 0, 0, length));
	if (result == -1 && (errno == EOPNOTSUPP || errno == ENOSYS))
		result = fill(fd, length);
	return result;
}

int
io_fstat(int fd, struct stat *status)
{
	int result;

	FAULT("fstat", -1);
	result = fstat(fd, status);
	FAULT_NUMBER(fd, status);
	return result;
}

int
io_fstatat(int directory, const char *name, struct stat *status)
{
	int result;

	FAULT("fstatat", -1);
	result = fstatat(directory, name, status, AT_SYMLINK_NOFOLLOW);
	FAULT_NUMBER(-1, status);
	return result;
}

int
io_linkat(int from_dir, const char *from, int to_dir, const char *to)
{
	FAULT("linkat", -1);
	return linkat(from_dir, from, to_dir, to, 0);
}

int
io_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	FAULT("renameat", -1);
	return renameat(from_dir, from, to_dir, to);
}

int
io_unlinkat(int directory, const char *name)
{
	FAULT("unlinkat", -1);
	return unlinkat(directory, name, 0);
}

int
io_mkdirat(int directory, const char *name, mode_t mode)
{
	FAULT("mkdirat", -1);
	return mkdirat(directory, name, mode);
}

int
io_fchown(int fd, uid_t owner, gid_t group)
{
	FAULT("fchown", -1);
	return fchown(fd, owner, group);
}

/* For file systems without RENAME_NOREPLACE; safe because the caller holds a
 * lock. */
static int
rename_if_free(int directory, const char *from, const char *to)
{
	struct stat status;

	if (fstatat(directory, to, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return errno == ENOENT ? renameat(directory, from, directory, to) : -1;
}

int
io_rename_new(int directory, const char *from, const char *to)
{
	FAULT("renameat", -1);
#ifdef RENAME_NOREPLACE /* musl before 1.2.5 has neither it nor statx() */
	if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
#endif
	return rename_if_free(directory, from, to);
}

mode_t
io_folder_mode(mode_t file_mode)
{
	return file_mode | (file_mode & 0444) >> 2;
}

void *
io_map(int fd, size_t length, bool writable)
{
	void *map;

	FAULT("mmap", NULL);
	map = mmap(NULL, length, writable ? PROT_READ | PROT_WRITE : PROT_READ,
	    MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}

static void
interrupt(int number)
{
	(void)number;
}

/*
 * Waits for the lock in the kernel's queue. A repeating alarm interrupts the
 * wait; it repeats in case the first one comes before the wait begins.
 */
static int
lock_until_alarm(int fd, int wait_ms)
{
	struct sigaction action = { .sa_handler = interrupt }, old_action;
	struct itimerval off = { { 0, 0 }, { 0, 0 } };
	struct itimerval timer = { { 0, 10000 },
	    { wait_ms / 1000, wait_ms % 1000 * 1000 } };
	int result, number;

	if (sigaction(SIGALRM, &action, &old_action) == -1)
		return -1;
	if (setitimer(ITIMER_REAL, &timer, NULL) == -1)
		return -1;
	result = flock(fd, LOCK_EX);
	number = errno;
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old_action, NULL);
	errno = number == EINTR ? EAGAIN : number;
	return result;
}

bool
io_yield(void)
{
	static int64_t not_before;
	int64_t before = clock_monotonic_us(), after;

	if (before < not_before)
		return false;
	sched_yield();
	after = clock_monotonic_us();
	if (after - before > YIELD_LONG_US)
		not_before = after + YIELD_REST * (after - before);
	return true;
}

int
io_lock(int fd, int wait_ms)
{
	int tries;

	FAULT("flock", -1);
#ifdef HOOKLINE_FAULTS
	if (seam_refuses_lock(fd)) {
		errno = EBADF;
		return -1;
	}
#endif
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || wait_ms <= 0)
		return -1;
	for (tries = 0; tries < YIELDS && io_yield(); tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
	}
	return lock_until_alarm(fd, wait_ms);
}

int
io_unlock(int fd)
{
	return flock(fd, LOCK_UN);
}

int
io_is_nfs(int fd)
{
	struct statfs system;

#ifdef HOOKLINE_FAULTS
	if (seam_as_nfs || seam_fault("statfs-nfs") != 0)
		return 1;
#endif
	if (fstatfs(fd, &system) == -1)
		return -1;
	return system.f_type == NFS_SUPER_MAGIC;
}

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

uint64_t
io_mount(int fd)
{
#ifdef STATX_TYPE
	struct statx status;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &status) == 0 &&
	    (status.stx_mask & STATX_MNT_ID_UNIQUE))
		return status.stx_mnt_id;
#endif
	(void)fd;
	return 0;
}

void
io_fill_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd > 2)
		close(fd);
}
