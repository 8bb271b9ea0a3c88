/*
 * io: every system call that touches the journal's files, in one place.
 *
 * Each function does what its namesake does and returns what it returns, with
 * errno set, retried after EINTR where that is safe. One place, so that a
 * build for the tests (HOOKLINE_FAULTS) can fail or kill the process at any of
 * them: see tests/faults/.
 */
#ifndef HOOKLINE_BASE_IO_H
#define HOOKLINE_BASE_IO_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Always with O_CLOEXEC, O_NOFOLLOW and O_NONBLOCK: a FIFO that somebody has
 * put at the name must not hold us. */
int io_openat(int directory, const char *name, int flags, mode_t mode);
int io_close(int fd);
ssize_t io_write(int fd, const void *bytes, size_t length);
ssize_t io_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t io_pread(int fd, void *bytes, size_t length, off_t offset);
int io_fdatasync(int fd);
int io_fsync(int fd);
int io_ftruncate(int fd, off_t length);
/* From the first byte on, even where the file system has no such call. */
int io_fallocate(int fd, off_t length);
int io_fstat(int fd, struct stat *status);
/* Never follows a symbolic link. */
int io_fstatat(int directory, const char *name, struct stat *status);
int io_linkat(int from_dir, const char *from, int to_dir, const char *to);
int io_renameat(int from_dir, const char *from, int to_dir, const char *to);
int io_unlinkat(int directory, const char *name);
int io_mkdirat(int directory, const char *name, mode_t mode);
int io_fchown(int fd, uid_t owner, gid_t group);
/* Renames, but never over anything: EEXIST. */
int io_rename_new(int directory, const char *from, const char *to);

/* The mode of a folder for files of a mode: x where r is. */
mode_t io_folder_mode(mode_t file_mode);

/* mmap() of the file's first bytes, shared; NULL on failure. */
void *io_map(int fd, size_t length, bool writable);

/*
 * Gives the processor to others that wait for it. Does nothing and returns
 * false where that took long lately: beside strangers that calculate, it costs
 * whole slices of their time.
 */
bool io_yield(void);

/*
 * Takes the exclusive flock(2) of `fd`, waiting at most `wait_ms`
 * milliseconds (0: not at all). 0, or -1 with errno EAGAIN when the time is
 * over, or another errno when the lock cannot be had. Uses SIGALRM.
 */
int io_lock(int fd, int wait_ms);
int io_unlock(int fd);

/* 1 where the open file is on NFS, 0 where it is not, -1 on failure. */
int io_is_nfs(int fd);

/* The number of the mount that the descriptor was opened on, which no other has
 * until the machine is started anew; 0 where the kernel (before 6.8) has
 * none. */
uint64_t io_mount(int fd);

/* pread() until `length` bytes or end of file; the count, or -1. */
ssize_t io_pread_all(int fd, void *bytes, size_t length, off_t offset);

#endif
