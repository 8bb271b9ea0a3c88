/*
 * sql_position: how far a relay has come in a journal: its row in
 * TABLE_position, which alone decides what is sent.
 */
#ifndef HOOKLINE_RELAY_SQL_POSITION_H
#define HOOKLINE_RELAY_SQL_POSITION_H

#include "journal/cursor.h"
#include "relay/sql_server.h"
#include "relay/sql_text.h"

/*
 * Reads the row, and makes it first if it is missing. The row is locked and
 * written, and the transaction committed like any other. So an earlier
 * connection cannot be in the middle of something any more, and with
 * `replicas`, the position has reached as many standbys as a batch does. A seq
 * of 0 means that nothing has been sent. If the row lacks an id or a time, or
 * has a malformed one, they are "" and 0, which match no record.
 */
enum sql_outcome sql_position_read(struct sql_server *server,
    const struct sql_text *text, const char *journal,
    struct cursor_place *place);

/* Asks to move the position from `old` to `place` in the current transaction.
 * PQcmdTuples() of the result is "1" if it was at `old`. */
enum sql_outcome sql_position_move(struct sql_server *server,
    const struct sql_text *text, uint64_t old,
    const struct cursor_place *place);

#endif
