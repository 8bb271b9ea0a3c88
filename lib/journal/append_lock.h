/*
 * append_lock: lets one appender in at a time, whatever its version and
 * settings.
 *
 * The lock is the flock(2) of the journal's folder, which nobody can delete or
 * replace while files are in it. On NFS a folder cannot be locked, so
 * .state/lock is locked as well if NFS is allowed. Both locks end with the
 * process that holds them.
 */
#ifndef HOOKLINE_JOURNAL_APPEND_LOCK_H
#define HOOKLINE_JOURNAL_APPEND_LOCK_H

#include "base/error.h"

struct journal;

/* Waits up to APPEND_WAIT_MS, then returns ERR_BUSY. On NFS it also forgets
 * what it has read of the state, since others may have written to it. */
enum error append_lock_take(struct journal *journal);
void append_lock_release(struct journal *journal);

#endif
