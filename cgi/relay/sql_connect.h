/*
 * sql_connect: connects to PostgreSQL in a thread. libpq looks up names without
 * returning in between, and only its function that does not return before the
 * end goes on to the next host when one does not answer in time.
 */
#ifndef HOOKLINE_RELAY_SQL_CONNECT_H
#define HOOKLINE_RELAY_SQL_CONNECT_H

#include "config/config.h"

#include <libpq-fe.h>
#include <stdbool.h>

struct sql_connect;

/* Begins to connect. NULL when memory is short. */
struct sql_connect *sql_connect_begin(const struct relay *relay);

/* Waits up to `wait_ms` milliseconds for the end; whether it has come. A signal
 * ends the wait. */
bool sql_connect_wait(struct sql_connect *connect, int wait_ms);

/* Takes the connection, which may have failed: PQstatus(). NULL if memory was
 * short, or if the end has not come: the thread is then left alone. */
PGconn *sql_connect_end(struct sql_connect *connect);

/* Whether what is sent can be read or changed on its way: the connection, good
 * or bad, is to another machine, whose certificate is not checked. `mode` is
 * set to its sslmode. */
bool sql_connect_is_open(PGconn *connection, char *mode, size_t room);

/* The same by the lists of hosts and addresses, either of which may be NULL.
 * Public for its test. */
bool sql_connect_is_far(const char *hosts, const char *addresses);

#endif
