/*
 * cursor: a reader's durable place in a journal, for hookctl and the relay.
 *
 *   {"cursor":1,"journal":"<32 hex>","seq":41288,"id":"<64 hex>",
 *    "received_at":"2026-11-21T06:00:00.123456Z"}
 *
 * without the line break: one line in a file of mode 0600. It names the last
 * record that is done. FILE is replaced as a whole: FILE.new is written, synced
 * and renamed, and the folder synced, so that a kill or a power cut leaves
 * either the old cursor or the new one. Its user locks FILE.lock, which is
 * never removed.
 *
 * Links without the writer. The caller decides what to do if a cursor does not
 * fit the journal.
 */
#ifndef HOOKLINE_JOURNAL_CURSOR_H
#define HOOKLINE_JOURNAL_CURSOR_H

#include "base/error.h"
#include "journal/cursor_text.h"
#include "journal/reader.h"

#include <stdbool.h>

struct cursor;

/*
 * Takes the lock of the cursor at `path`. Its folder must exist, but the file
 * need not. ERR_BUSY: another process has the lock. On other errors, errno says
 * why.
 */
enum error cursor_open(const char *path, struct cursor **cursor);

/* Gives the lock back. NULL is allowed. */
void cursor_close(struct cursor *cursor);

/* ERR_MISSING: there is no file, since nothing has been done yet. ERR_DAMAGED:
 * it is empty or malformed. On other errors, errno says why. */
enum error cursor_read(const struct cursor *cursor,
    struct cursor_place *place);

/* Replaces the file. On an error, errno says why, and either the old or the new
 * cursor is there. */
enum error cursor_write(const struct cursor *cursor,
    const struct cursor_place *place);

/* Removes the file, if there is one: nothing has been done. On an error, errno
 * says why. */
enum error cursor_remove(const struct cursor *cursor);

/* The id of the journal in this folder. ERR_MISSING: it has none yet;
 * ERR_DAMAGED: relay/id is malformed. On other errors, errno says why. */
enum error cursor_journal(const char *directory,
    char id[CURSOR_JOURNAL_LENGTH + 1]);

/* Sets all but the journal. False if the line has no id. */
bool cursor_place_of(const struct reader_line *line,
    struct cursor_place *place);

enum cursor_fit {
	CURSOR_FITS,
	CURSOR_REMOVED,		/* its record has been removed by retention */
	CURSOR_OTHER_RECORD,	/* another record has this seq */
	CURSOR_NO_RECORD,	/* no record has this seq, or not yet */
	CURSOR_OTHER_JOURNAL	/* the journal has another id */
};

/* How a cursor fits the journal in this folder. Errors as for
 * cursor_journal(), and what reader_error() says. */
enum error cursor_compare(const char *directory,
    const struct cursor_place *place, enum cursor_fit *fit);

#endif
