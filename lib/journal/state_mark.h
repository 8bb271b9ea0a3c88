/*
 * state_mark: which journal, and which state of it, a seq is about. After a
 * restart of the machine, or with a new .state/shared, the same seq may be
 * another record's: somebody may have restored an older copy.
 *
 * An inode's number may be used again once its file is removed, so the mark
 * also has the time at which the state was made.
 */
#ifndef HOOKLINE_JOURNAL_STATE_MARK_H
#define HOOKLINE_JOURNAL_STATE_MARK_H

#include "journal/cursor_text.h"
#include "journal/shared.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct state_mark {		/* all zero: none */
	uint64_t inode;		/* of .state/shared */
	int64_t made_at;	/* as in it */
	char boot[CLOCK_BOOT_ID_SIZE];
	char journal[CURSOR_JOURNAL_LENGTH + 1]; /* its id; "": not known */
};

/* Sets all but the journal's id. */
static inline void
state_mark_set(struct state_mark *mark, const struct shared *shared,
    uint64_t inode)
{
	mark->inode = inode;
	mark->made_at = shared->made_at;
	memcpy(mark->boot, shared->boot, sizeof mark->boot);
}

/* Whether both are about the same state. None is the same as any. */
static inline bool
state_mark_same(const struct state_mark *one, const struct state_mark *other)
{
	return one->inode != 0 && one->journal[0] != '\0' &&
	    one->inode == other->inode && one->made_at == other->made_at &&
	    memcmp(one->boot, other->boot, sizeof one->boot) == 0 &&
	    memcmp(one->journal, other->journal, sizeof one->journal) == 0;
}

#endif
