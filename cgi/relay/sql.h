/*
 * sql: sends a relay's records into a PostgreSQL database, in batches. The
 * tables are in sql_text.h.
 *
 * A batch has what is there, and is never waited for. It is one transaction,
 * which also moves the relay's position in the database. That row alone decides
 * what is sent, and it is read after each connect, since another server may
 * have taken over that lacks the last commits. relay/NAME.cursor is a copy of
 * it, for retention and hookctl.
 *
 * If the server refuses a record (SQLSTATE class 22 or 23), the batch is halved
 * until that one is alone: it becomes a dead letter. Any other error is the
 * server's: the connection is closed, and all is tried again, after up to a
 * minute.
 */
#ifndef HOOKLINE_RELAY_SQL_H
#define HOOKLINE_RELAY_SQL_H

#include "relay/postbox.h"
#include "relay/relay.h"
#include "relay/source.h"

/* Sends until the process must end, or, with `once`, until there is nothing
 * left to send, or nothing gets through. */
enum relay_exit sql_run(const struct relay_start *start,
    const struct config *config, const struct relay *relay,
    struct source *source, struct postbox *postbox);

/* Connects, and looks whether all is ready for records. Writes the result in
 * words; true if it is. */
bool sql_check(const struct config *config, const struct relay *relay,
    char *text, size_t room);

/* Prints the statements that make the tables. */
enum relay_exit sql_print(const struct relay *relay);

/* Makes the tables that do not exist, and says so. */
enum relay_exit sql_create(const struct relay *relay);

#endif
