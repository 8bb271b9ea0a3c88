/*
 * sql_position: how far a relay has come in a journal, as the row of
 * TABLE_position says. Nothing else decides what is sent.
 */
#ifndef HOOKLINE_RELAY_SQL_POSITION_H
#define HOOKLINE_RELAY_SQL_POSITION_H

#include "journal/cursor.h"
#include "relay/sql_server.h"
#include "relay/sql_text.h"

/*
 * Reads the row, after making it if there is none. It is locked and written,
 * and the transaction committed like any other: so what an earlier connection
 * may still be doing is over, and with `replicas` the position that comes back
 * has reached as many standbys as a batch does. A seq of 0 means that nothing
 * has been sent. If the row lacks an id or a time, or has a malformed one, they
 * are "" and 0, which fit no record.
 */
enum sql_outcome sql_position_read(struct sql_server *server,
    const struct sql_text *text, const char *journal,
    struct cursor_place *place);

/* Asks to move it from `old` to `place` in the transaction that is under way.
 * The result's PQcmdTuples() is "1" if it was at `old`. */
enum sql_outcome sql_position_move(struct sql_server *server,
    const struct sql_text *text, uint64_t old,
    const struct cursor_place *place);

#endif
