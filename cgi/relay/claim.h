/*
 * claim: the right to send a journal's records, which one hookline-relay has at
 * a time, by a lock in the journal's folder. Another folder in its place has
 * another lock. For family.c.
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

/* Whether there is another folder at this path now, or another file in the
 * lock's place, or none. While there is no folder, the claim is kept. */
bool claim_is_old(const char *directory, const struct claim *claim);

/* Does nothing without a lock. */
void claim_release(struct claim *claim);

#endif
