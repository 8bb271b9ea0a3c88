/*
 * sql_connect: connects to PostgreSQL in a thread, as libpq blocks while it
 * looks up names, and only its blocking function goes on to the next host when
 * one does not answer in time.
 */
#ifndef HOOKLINE_RELAY_SQL_CONNECT_H
#define HOOKLINE_RELAY_SQL_CONNECT_H

#include "config/config.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct sql_connect;

/* Begins to connect. NULL when memory is short. */
struct sql_connect *sql_connect_begin(const struct relay *relay);

/* Waits up to `wait_ms` milliseconds, or until a signal comes. True once the
 * attempt has ended. */
bool sql_connect_wait(struct sql_connect *connect, int wait_ms);

/* Takes the connection, which may have failed: see PQstatus(). NULL if memory
 * was short, or if the attempt has not ended: the thread then cleans up
 * itself. */
PGconn *sql_connect_end(struct sql_connect *connect);

/* Whether what is sent could be read or changed on the way: the connection,
 * good or bad, is to another machine, and its certificate is not checked. Sets
 * `mode` to the sslmode. */
bool sql_connect_is_open(PGconn *connection, char *mode, size_t room);

/* Whether one of these hosts and addresses is another machine. Either list may
 * be NULL. Public for its test. */
bool sql_connect_is_far(const char *hosts, const char *addresses);

#endif
