#include "relay/passed.h"

#include "base/clock.h"

#include <string.h>

#define COMPARE_MS 1000	/* between two comparisons with the same state */

void
passed_begin(struct passed *passed, int directory, struct source *source)
{
	passed->durable.directory = directory;
	passed->source = source;
}

void
passed_end(struct passed *passed)
{
	durable_close(&passed->durable);
	passed->source = NULL;
}

bool
passed_move(struct passed *passed, const struct cursor_place *place)
{
	unsigned backs;

	if (passed->source == NULL)
		return false;
	backs = source_backs(passed->source);
	if (passed->seq == place->seq && passed->backs == backs)
		return false;
	passed->seq = place->seq;
	passed->backs = backs;
	return true;
}

/*
 * Compares the last record that was read with the journal as it is now, after
 * the state was seen: all that was read before it is then this journal's, too.
 * The journal's id is read again from time to time.
 */
static void
compare(struct passed *passed, int64_t now)
{
	char id[sizeof passed->mark.journal] = "";

	if (cursor_text_journal(passed->durable.directory, id) != ERR_NONE ||
	    strcmp(id, passed->mark.journal) != 0)
		passed->fits = false;
	if (!passed->fits) {
		memcpy(passed->mark.journal, id, sizeof id);
		passed->fits = source_fits(passed->source);
	}
	passed->begun = source_begun(passed->source);
	passed->compare_at = now + COMPARE_MS;
}

/* Looks which state is there; returns the last seq that was written under it, 0
 * if nothing may be said about it. */
static uint64_t
look(struct passed *passed)
{
	struct state_mark mark = { 0 };
	int64_t now = clock_monotonic_ms();
	uint64_t appended = 0;
	bool another;

	if (!durable_mark(&passed->durable, &mark, &appended))
		return 0;
	memcpy(mark.journal, passed->mark.journal, sizeof mark.journal);
	another = mark.inode != passed->mark.inode ||
	    mark.made_at != passed->mark.made_at ||
	    memcmp(mark.boot, passed->mark.boot, sizeof mark.boot) != 0;
	passed->mark = mark;
	if (another || passed->begun != source_begun(passed->source)) {
		passed->fits = false;
		compare(passed, now);
	} else if (now >= passed->compare_at)
		compare(passed, now);
	return passed->fits ? appended : 0;
}

/* What was done before the journal began again counts no more. */
void
passed_tell(struct passed *passed, struct relays_status *status)
{
	uint64_t appended;

	if (passed->source == NULL)
		return;
	appended = look(passed);
	if (passed->backs != source_backs(passed->source))
		passed->seq = 0;
	passed->backs = source_backs(passed->source);
	status->mark = passed->mark;
	status->passed = passed->seq < appended ? passed->seq : appended;
	status->beat_at = clock_boottime_us();
}
