/*
 * durable: tells readers how far a journal is on disk. It maps the shared state
 * to read it, and takes no lock.
 */
#ifndef HOOKLINE_JOURNAL_DURABLE_H
#define HOOKLINE_JOURNAL_DURABLE_H

#include "journal/shared.h"

#include <stdint.h>

struct durable {
	int directory;		/* the journal's folder; not owned */
	const struct shared *shared;	/* mapped, or NULL */
	uint64_t inode;		/* of what is mapped */
};

/* The last seq that no power cut can take back; UINT64_MAX if everything in the
 * files is safe. 0: nobody knows, and only rotated files are safe. */
uint64_t durable_seq(struct durable *durable);

/* Waits until that may have changed, but at most `wait_ms` milliseconds. */
void durable_wait(const struct durable *durable, int wait_ms);

void durable_close(struct durable *durable);

#endif
