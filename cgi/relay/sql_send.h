/*
 * sql_send: sends records of a batch into the database, in one transaction:
 * first it moves the position, which keeps out others that send the same; then
 * it adds the keys, of which the server returns the new ones; then the rows for
 * these.
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
	uint64_t old;		/* the position's expected seq */

	struct cursor_place place;	/* the position after it */
	size_t results;			/* private, like the rest */
	const struct sql_item *order[SQL_BATCH_RECORDS];
	struct buffer arrays[4];
};

/* Sends the first part. After SQL_DONE, call sql_send_end(); until then, the
 * server is busy and the caller may do other things. */
enum sql_outcome sql_send_begin(struct sql_send *send);

/* Waits for the end. After SQL_DONE, the transaction is committed, and `place`
 * is the position. After SQL_FAILED and SQL_STOPPED, that is not known; after
 * any other result, nothing has changed. */
enum sql_outcome sql_send_end(struct sql_send *send);

/* Tries all statements with no records and without effect. Of the caller's
 * members, only `server` and `text` are needed. */
enum sql_outcome sql_send_try(struct sql_send *send);

void sql_send_free(struct sql_send *send);

#endif
