/*
 * durable: tells readers how far a journal is on disk. It maps the shared state
 * to read it, and takes no lock.
 */
#ifndef HOOKLINE_JOURNAL_DURABLE_H
#define HOOKLINE_JOURNAL_DURABLE_H

#include "journal/shared.h"
#include "journal/state_mark.h"

#include <stdint.h>

struct durable {
	int directory;		/* the journal's folder; not owned */
	const struct shared *shared;	/* mapped, or NULL */
	uint64_t inode;		/* of what is mapped */
	uint32_t seen;		/* shared_durable_word() at the last look */
};

/* The last seq that no power cut can take back; UINT64_MAX if everything in the
 * files is safe. 0: nobody knows, and only rotated files are safe. */
uint64_t durable_seq(struct durable *durable);

/*
 * Which state is there now, without the journal's id, and the last seq that was
 * written under it. False if it cannot be used, or not yet. guard_install()
 * must have been called.
 */
bool durable_mark(struct durable *durable, struct state_mark *mark,
    uint64_t *appended);

/* Waits until the last durable seq may have changed, but at most `wait_ms`
 * milliseconds. */
void durable_wait(const struct durable *durable, int wait_ms);

void durable_close(struct durable *durable);

#endif
