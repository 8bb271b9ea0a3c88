/*
 * sql_transaction: begins and ends each transaction of a relay, and checks that
 * it has reached as many standbys as `replicas` demands.
 */
#ifndef HOOKLINE_RELAY_SQL_TRANSACTION_H
#define HOOKLINE_RELAY_SQL_TRANSACTION_H

#include "relay/sql_server.h"

#include <stddef.h>

#define SQL_BEGIN_RESULTS 3

/* Queues the beginning of a transaction (sql_talk.h). The first `*count`
 * results, at most SQL_BEGIN_RESULTS, are for sql_begun(). */
enum sql_outcome sql_begin(struct sql_server *server, size_t *count);

/* Judges these results. SQL_FAILED: the server waits for too few standbys. */
enum sql_outcome sql_begun(struct sql_server *server, PGresult **results);

/*
 * Commits. SQL_FAILED: it is not known whether the transaction is committed, or
 * it is, but on too few servers. The position has to be read again.
 */
enum sql_outcome sql_commit(struct sql_server *server);

/* Rolls the transaction back. Returns `outcome`, or the failure to do so. */
enum sql_outcome sql_roll_back(struct sql_server *server,
    enum sql_outcome outcome);

#endif
