/*
 * seam: makes the system calls of lib/base/io.c fail on demand.
 *
 * Compiled into the library only with -DHOOKLINE_FAULTS. A rule says which
 * calls it applies to and what happens to them; rules are separated by commas.
 *
 *   7:EIO             the 7th of all calls fails
 *   7+:EROFS          that call and all after it fail
 *   fdatasync/2:EIO   the 2nd call of that name fails
 *   fdatasync/ *:20ms every call of that name takes 20 ms longer (no blank)
 *   write/1:short     half of the bytes are written
 *   7:kill            the process kills itself before the 7th call
 *   fdatasync/1:stop  the process stops itself (SIGSTOP) before the call
 *   ~50:EIO           each call fails with a chance of 1 in 50
 *
 * The environment variable HOOKLINE_FAULT sets the rules. If
 * HOOKLINE_FAULT_COUNT names a file, the number of calls so far is kept in it.
 */
#ifndef HOOKLINE_TESTS_SEAM_H
#define HOOKLINE_TESTS_SEAM_H

#include <stdbool.h>
#include <stddef.h>

/* For io.c: the errno to fail with, or 0. */
int seam_fault(const char *call);

/* Whether every file system counts as NFS, on which folders cannot be
 * locked. */
extern bool seam_as_nfs;

/* Whether a file gets a new inode number each time it is opened. */
extern bool seam_unstable;

/* For io.c: this descriptor was just opened; and the inode number to show for
 * it, or for a file's name if `fd` is -1. */
void seam_opened(int fd);
unsigned long seam_number(int fd, unsigned long inode);

/* For io.c: whether this is a folder that must refuse a lock. */
bool seam_refuses_lock(int fd);

/* For io.c: how many of `length` bytes the call should write. */
size_t seam_length(const char *call, size_t length);

/*
 * Replaces the rules, and starts to count at 0 again; NULL or "" removes all
 * rules. `seed` decides the chances of "~". Ends the process if a rule cannot
 * be parsed: no test may pass because of a typo.
 */
void seam_arm(const char *rules, unsigned seed);

/* Calls since the last seam_arm(), and how many of them a rule hit. */
unsigned long seam_calls(void);
unsigned long seam_hits(void);

#endif
