/*
 * sql_server: the connection to a relay's database, and whose fault it is when
 * something fails. Whatever it waits for, the relay's status is published.
 */
#ifndef HOOKLINE_RELAY_SQL_SERVER_H
#define HOOKLINE_RELAY_SQL_SERVER_H

#include "config/config.h"
#include "relay/postbox.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum sql_outcome {
	SQL_DONE,
	SQL_RECORD,		/* a record's fault: class 22 or 23 */
	SQL_MOVED,		/* the position is not what it was */
	SQL_AGAIN,		/* nobody's: the same may succeed at once */
	SQL_FAILED,		/* the server's: connect again, later */
	SQL_STOPPED		/* the process must end */
};

struct sql_server {
	const struct relay *relay;
	struct postbox *postbox; /* NULL: nothing is published */
	PGconn *connection;	/* NULL: none */
	char problem[RELAYS_TEXT_SIZE]; /* what went wrong last */
	bool warned;		/* a WARNING has come; see `problem` */
	unsigned failures;	/* in a row */
	int64_t hold_until;	/* after them */
	int64_t asked_at;	/* when it last did something */
	int64_t stop_at;	/* 0: the process need not end */
	bool slow;		/* it has not done anything for `timeout` */
	bool said;		/* that the connection is open to others */
};

/* In all of these, SQL_FAILED and SQL_RECORD have set `problem`. */

enum sql_outcome sql_server_connect(struct sql_server *server);

/* Does nothing without a connection. */
void sql_server_close(struct sql_server *server);

/* Waits until something has come, or, if it `writes`, may be written. A server
 * that does nothing for a minute has failed. */
enum sql_outcome sql_server_wait(struct sql_server *server, bool writes);

/* What the connection says is wrong. */
enum sql_outcome sql_server_lost(struct sql_server *server);

/* What the result of a statement says. */
enum sql_outcome sql_server_judge(struct sql_server *server,
    const PGresult *result);

/* Whether an idle connection has been closed by the server. */
bool sql_server_is_gone(struct sql_server *server);

/* Publishes and logs that records get through, or why they do not. */
void sql_server_tell(struct sql_server *server, const char *problem);

#endif
