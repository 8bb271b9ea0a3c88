/*
 * append_lock: one appender at a time, whatever its version and settings are.
 *
 * The lock is the flock(2) of the journal's folder, which nobody can delete or
 * replace while files are in it. On NFS a folder takes no lock; where NFS is
 * allowed, .state/lock is locked as well. A lock ends with its process.
 */
#ifndef HOOKLINE_JOURNAL_APPEND_LOCK_H
#define HOOKLINE_JOURNAL_APPEND_LOCK_H

#include "base/error.h"

struct journal;

/* Waits up to APPEND_WAIT_MS; then ERR_BUSY. On NFS it also forgets what was
 * read of the state: others may have written it since. */
enum error append_lock_take(struct journal *journal);
void append_lock_release(struct journal *journal);

#endif
