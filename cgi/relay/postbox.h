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

/* As cursor_read(); errors other than ERR_MISSING have been logged. */
enum error postbox_read(const struct postbox *postbox,
    struct cursor_place *place);

/*
 * Moves the cursor: all records up to this place are done. The file is written
 * at most twice a second, since that costs syncs, unless `now` is set. If it
 * cannot be written, this is logged once and false is returned; call it again.
 */
bool postbox_move(struct postbox *postbox, const struct cursor_place *place,
    bool now);

/* Writes a dead letter: `error` says why the record is given up, `answer` is
 * the destination's last answer or absent. False, after a log line, if the
 * letter cannot be written. */
bool postbox_bury(struct postbox *postbox, uint64_t seq, struct span record,
    uint64_t tries, const char *error, struct span answer);

/* What postbox_publish() publishes. The postbox itself counts the dead letters
 * and sets the position; the caller sets the rest. */
struct relays_status *postbox_status(struct postbox *postbox);

/* Publishes the status: at most four times a second, unless `now` is set. */
void postbox_publish(struct postbox *postbox, bool now);

#endif
