/*
 * claim: the right to send a journal's records. Only one hookline-relay at a
 * time has it: the one that holds the lock in the journal's folder. If the
 * folder is replaced, the new one has a different lock. For family.c.
 */
#ifndef HOOKLINE_RELAY_CLAIM_H
#define HOOKLINE_RELAY_CLAIM_H

#include <stdbool.h>
#include <sys/types.h>

struct claim {
	int lock;		/* -1: none */
	dev_t device;		/* of the folder whose lock it is */
	ino_t inode;
};

/* Waits up to 5 seconds for another relay to end. False, after a log line, if
 * the journal belongs to another user or another relay keeps its lock. */
bool claim_take(const char *directory, struct claim *claim);

/* Whether a different folder is at this path now. If there is none at all, the
 * claim is still good. */
bool claim_is_old(const char *directory, const struct claim *claim);

/* Does nothing without a lock. */
void claim_release(struct claim *claim);

#endif
