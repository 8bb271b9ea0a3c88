/*
 * passed: the heartbeat of a relay, and up to which record a receiver may take
 * the destination to have all (journal/acknowledge.h).
 *
 * A position counts only for the state of the journal that it was compared
 * with: if somebody restores an older copy, the same seqs become other records'.
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
	bool fits;		/* the source's last record is in it */
	unsigned begun;		/* source_begun() when that was found out */
	int64_t compare_at;	/* when to look again, in milliseconds */
	uint64_t seq;		/* up to which all is done; 0: not known */
	unsigned backs;		/* source_backs() when that was said */
};

/* For the journal whose open folder is `directory`, which must last. */
void passed_begin(struct passed *passed, int directory, struct source *source);

/* From now on there is no heartbeat. */
void passed_end(struct passed *passed);

/* All records up to this place are done. Whether that is news. */
bool passed_move(struct passed *passed, const struct cursor_place *place);

/* Puts the heartbeat, and what has been passed, into the status. */
void passed_tell(struct passed *passed, struct relays_status *status);

#endif
