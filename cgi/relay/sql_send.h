/*
 * sql_send: records of a batch into the database, in one transaction with the
 * position: it moves first, which keeps others that send the same away; then
 * the keys, of which the server returns the new ones; then their rows.
 */
#ifndef HOOKLINE_RELAY_SQL_SEND_H
#define HOOKLINE_RELAY_SQL_SEND_H

#include "relay/sql_batch.h"
#include "relay/sql_server.h"
#include "relay/sql_text.h"

struct sql_send {		/* the first members are the caller's */
	struct sql_server *server;
	const struct sql_text *text;
	struct sql_batch *batch;
	size_t count;		/* of its items, from `first` on; may be 0 */
	uint64_t old;		/* the position's seq as it should be */

	struct cursor_place place;	/* the position after it */
	size_t results;			/* private, like the rest */
	const struct sql_item *order[SQL_BATCH_RECORDS];
	struct buffer arrays[4];
};

/* Sends the first part of it. With SQL_DONE, sql_send_end() comes next; until
 * then the server works, and there is time for other things. */
enum sql_outcome sql_send_begin(struct sql_send *send);

/* Waits for the end. After SQL_DONE it is committed, and `place` is the
 * position; after all else but SQL_FAILED and SQL_STOPPED, nothing has
 * happened. */
enum sql_outcome sql_send_end(struct sql_send *send);

/* Tries all statements with no records and without effect. Of the caller's
 * members, only `server` and `text` are needed. */
enum sql_outcome sql_send_try(struct sql_send *send);

void sql_send_free(struct sql_send *send);

#endif
