/*
 * passed: the heartbeat of a relay, and the seq up to which a receiver may
 * assume that the destination has all records (journal/acknowledge.h).
 *
 * A position counts only for the state of the journal that it was compared
 * with: if somebody restores an older copy, other records get the same seqs.
 */
#ifndef HOOKLINE_RELAY_PASSED_H
#define HOOKLINE_RELAY_PASSED_H

#include "journal/cursor_text.h"
#include "journal/durable.h"
#include "journal/relays.h"
#include "relay/source.h"

#include <stdbool.h>
#include <stdint.h>

struct passed {
	struct source *source;	/* NULL: there is no heartbeat */
	struct durable durable;
	struct state_mark mark;	/* of the state that was seen last */
	bool fits;		/* that state has the source's last record */
	unsigned begun;		/* source_begun() when `fits` was set */
	int64_t compare_at;	/* when to look again, in milliseconds */
	uint64_t seq;		/* all records up to it are done; 0: unknown */
	unsigned backs;		/* source_backs() when `seq` was set */
};

/* For the journal whose open folder is `directory`, which must last. */
void passed_begin(struct passed *passed, int directory, struct source *source);

/* From now on there is no heartbeat. */
void passed_end(struct passed *passed);

/* Notes that all records up to this place are done. True if that is news. */
bool passed_move(struct passed *passed, const struct cursor_place *place);

/* Puts the heartbeat, and what has been passed, into the status. */
void passed_tell(struct passed *passed, struct relays_status *status);

#endif
