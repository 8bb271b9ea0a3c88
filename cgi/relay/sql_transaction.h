/*
 * sql_transaction: the beginning and the end of each of a relay's transactions,
 * and whether it has reached as many standbys as `replicas` wants.
 */
#ifndef HOOKLINE_RELAY_SQL_TRANSACTION_H
#define HOOKLINE_RELAY_SQL_TRANSACTION_H

#include "relay/sql_server.h"

#include <stddef.h>

#define SQL_BEGIN_RESULTS 3

/* Asks for a new transaction (sql_talk.h). The first `count` results are its
 * answers, at most SQL_BEGIN_RESULTS. */
enum sql_outcome sql_begin(struct sql_server *server, size_t *count);

/* Judges them: SQL_FAILED: the server waits for too few standbys. */
enum sql_outcome sql_begun(struct sql_server *server, PGresult **results);

/*
 * Commits. SQL_FAILED: either nobody knows whether it is committed, or it is,
 * but on too few servers. The position has to be read again.
 */
enum sql_outcome sql_commit(struct sql_server *server);

/* Ends the transaction without effect. Returns `outcome`, or how it failed. */
enum sql_outcome sql_roll_back(struct sql_server *server,
    enum sql_outcome outcome);

#endif
