/*
 * postbox: what a relay keeps in the journal's folder: its cursor, its dead
 * letters and its status.
 */
#ifndef HOOKLINE_RELAY_POSTBOX_H
#define HOOKLINE_RELAY_POSTBOX_H

#include "base/error.h"
#include "base/span.h"
#include "journal/cursor.h"
#include "journal/relays.h"

#include <stdbool.h>
#include <stdint.h>

struct postbox;
struct source;

/*
 * Takes the lock of the relay's cursor. The folder relay/ is made if the
 * receiver has not made it yet. ERR_BUSY: another process has the lock;
 * ERR_MISSING: there is no journal. On an error, it has been logged.
 */
enum error postbox_open(const char *directory, const char *name,
    struct postbox **postbox);

/* NULL is allowed. */
void postbox_close(struct postbox *postbox);

/* As cursor_read(); a malformed cursor has been logged. */
enum error postbox_read(struct postbox *postbox, struct cursor_place *place);

/*
 * From now on, what is published has a heartbeat (journal/relays.h), and up to
 * which record receivers may answer 200. `source` must be the one that the
 * records come from, and last until this is called again with NULL, after which
 * there is no heartbeat. A run of --once never has one.
 */
void postbox_beat(struct postbox *postbox, struct source *source);

/*
 * All records up to this place are done. If that is news, it is published at
 * once, since receivers may wait for it: say it as soon as it is true, and never
 * before. Also say it at the start of a run, once the place is known. It may go
 * back. After SOURCE_BACK, no place from before it may be given.
 *
 * The cursor's file is written twice a second at most, since that costs syncs;
 * `now` writes it in any case. False, after logging it once, if it cannot be
 * written: another call tries again.
 */
bool postbox_move(struct postbox *postbox, const struct cursor_place *place,
    bool now);

/* No record is done: removes the cursor. False, after logging it, if that
 * fails. */
bool postbox_forget(struct postbox *postbox);

/* A record that is given up: `error` says why, `answer` is the destination's
 * last one or absent. False, after logging it, if it cannot be kept. */
bool postbox_bury(struct postbox *postbox, uint64_t seq, struct span record,
    uint64_t tries, const char *error, struct span answer);

/* What postbox_publish() publishes. The postbox itself counts the dead letters
 * and sets the position; the caller sets the rest. */
struct relays_status *postbox_status(struct postbox *postbox);

/* Publishes it, if that has not been done for a quarter of a second. To be
 * called at least twice a second, whatever the relay waits for: two seconds
 * after the last time, receivers answer 503. */
void postbox_publish(struct postbox *postbox, bool now);

#endif
