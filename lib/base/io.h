/*
 * io: every system call that touches the journal's files, in one place.
 *
 * Each function does what its namesake does, returns what it returns and sets
 * errno. It repeats the call after EINTR if that is safe. Since they are all
 * here, a test build (HOOKLINE_FAULTS) can make any call fail, or kill the
 * process there: see tests/faults/.
 */
#ifndef HOOKLINE_BASE_IO_H
#define HOOKLINE_BASE_IO_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Always with O_CLOEXEC, O_NOFOLLOW and O_NONBLOCK, so that a FIFO in the
 * file's place cannot block us. */
int io_openat(int directory, const char *name, int flags, mode_t mode);
int io_close(int fd);
ssize_t io_write(int fd, const void *bytes, size_t length);
ssize_t io_pwrite(int fd, const void *bytes, size_t length, off_t offset);
ssize_t io_pread(int fd, void *bytes, size_t length, off_t offset);
int io_fdatasync(int fd);
int io_fsync(int fd);
int io_ftruncate(int fd, off_t length);
/* Allocates from the first byte on; writes zeros if the file system cannot. */
int io_fallocate(int fd, off_t length);
int io_fstat(int fd, struct stat *status);
/* Never follows a symbolic link. */
int io_fstatat(int directory, const char *name, struct stat *status);
int io_linkat(int from_dir, const char *from, int to_dir, const char *to);
int io_renameat(int from_dir, const char *from, int to_dir, const char *to);
int io_unlinkat(int directory, const char *name);
int io_mkdirat(int directory, const char *name, mode_t mode);
int io_fchown(int fd, uid_t owner, gid_t group);
/* Fails with EEXIST instead of replacing a file. */
int io_rename_new(int directory, const char *from, const char *to);

/* The mode of a folder for files of this mode: x is set wherever r is. */
mode_t io_folder_mode(mode_t file_mode);

/* Maps the file's first `length` bytes, shared; NULL on failure. */
void *io_map(int fd, size_t length, bool writable);

/*
 * Lets other processes run. Does nothing and returns false if that has recently
 * taken long: beside busy programs, each call costs whole time slices.
 */
bool io_yield(void);

/*
 * Takes the exclusive flock(2) of `fd`, waiting at most `wait_ms` milliseconds
 * (0: not at all). Returns 0, or -1 with errno EAGAIN when the time is up, or
 * another errno on failure. Uses SIGALRM.
 */
int io_lock(int fd, int wait_ms);
int io_unlock(int fd);

/* 1 if the open file is on NFS, 0 if it is not, -1 on failure. */
int io_is_nfs(int fd);

/* The id of the mount that the descriptor was opened on, unique until the next
 * boot; 0 if the kernel (before 6.8) has none. */
uint64_t io_mount(int fd);

/* For the start of a program: opens /dev/null for each of the descriptors 0 to
 * 2 that is closed, so that no other file can become one of them. */
void io_fill_standard(void);

/* Reads until `length` bytes or end of file; returns the count, or -1. */
ssize_t io_pread_all(int fd, void *bytes, size_t length, off_t offset);

#endif
