/*
 * sql_row: a record as a row of the relay's table, in the binary form of COPY.
 */
#ifndef HOOKLINE_RELAY_SQL_ROW_H
#define HOOKLINE_RELAY_SQL_ROW_H

#include "base/buffer.h"
#include "payload/record.h"

/* The key that identifies an event: its repeat_key, or else its id. */
struct span sql_row_key(const struct record *record);

/*
 * Appends the row. Columns that a line does not have are null: signature and
 * payload for an update, all that belongs to updates for a notification.
 * ERR_MEMORY: nothing was appended.
 */
enum error sql_row_append(struct buffer *out, const struct record *record,
    const char *journal);

#endif
