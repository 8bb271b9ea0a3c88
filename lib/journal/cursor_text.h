/*
 * cursor_text: the contents of relay/id, relay/NAME.cursor and other cursors
 * (cursor.h). The writer reads them too, to keep what a relay has yet to send.
 */
#ifndef HOOKLINE_JOURNAL_CURSOR_TEXT_H
#define HOOKLINE_JOURNAL_CURSOR_TEXT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define CURSOR_JOURNAL_LENGTH 32	/* hexadecimal digits, lower case */
#define CURSOR_ID_LENGTH 64

/* A record, and the journal that it is in. */
struct cursor_place {
	char journal[CURSOR_JOURNAL_LENGTH + 1];
	uint64_t seq;		/* 1 or more */
	char id[CURSOR_ID_LENGTH + 1];
	int64_t received_at;	/* microseconds since 1970 */
};

#define CURSOR_TEXT_MAX 256	/* the longest cursor has 218 bytes */

/* Writes a cursor's line with its newline; returns its length. */
size_t cursor_text_write(const struct cursor_place *place,
    char out[CURSOR_TEXT_MAX]);

/* Reads the cursor of this name in an open folder, without a lock. ERR_MISSING,
 * ERR_DAMAGED: it is empty or malformed; on other errors, errno says why. */
enum error cursor_text_read(int folder, const char *name,
    struct cursor_place *place);

/* The id of the journal in an open folder; errors as above. */
enum error cursor_text_journal(int folder,
    char id[CURSOR_JOURNAL_LENGTH + 1]);

#endif
