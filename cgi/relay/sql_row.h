/*
 * sql_row: a record as a row of the relay's table, in the binary form of COPY.
 */
#ifndef HOOKLINE_RELAY_SQL_ROW_H
#define HOOKLINE_RELAY_SQL_ROW_H

#include "base/buffer.h"
#include "payload/record.h"

/* By this an event is known: its repeat_key, or else its id. */
struct span sql_row_key(const struct record *record);

/*
 * Appends the row. An update line has no signature and payload, the other kind
 * none of what belongs to updates: they are null. ERR_MEMORY: nothing was
 * appended.
 */
enum error sql_row_append(struct buffer *out, const struct record *record,
    const char *journal);

#endif
