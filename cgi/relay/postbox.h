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
enum error postbox_read(const struct postbox *postbox,
    struct cursor_place *place);

/*
 * All records up to this place are done. The cursor's file is written twice a
 * second at most, since that costs syncs; `now` writes it in any case. False,
 * after logging it once, if it cannot be written: another call tries again.
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

/* What postbox_publish() publishes. Its counts of dead letters and position are
 * kept here; the rest is the caller's. */
struct relays_status *postbox_status(struct postbox *postbox);

/* Publishes it, if that has not been done for a quarter of a second. */
void postbox_publish(struct postbox *postbox, bool now);

#endif
