/*
 * sql_state: what a relay knows while it sends to a database, and what becomes
 * of a batch by how it went. For sql.c, which sends them.
 */
#ifndef HOOKLINE_RELAY_SQL_STATE_H
#define HOOKLINE_RELAY_SQL_STATE_H

#include "relay/letters.h"
#include "relay/relay.h"
#include "relay/sql_batch.h"
#include "relay/sql_send.h"
#include "relay/sql_server.h"
#include "relay/sql_text.h"

#define SQL_MOVES 3

struct sql {
	const struct relay_start *start;
	const struct config *config;
	const struct relay *relay;
	struct source *source;
	struct postbox *postbox;
	struct sql_server server;
	struct sql_text text;
	struct sql_send send;
	struct sql_batch batches[2];	/* one is sent while the next one is
					 * read */
	struct sql_batch *now, *next;
	struct cursor_place place;	/* the position in the database */
	bool placed;			/* it is known */
	bool fits;			/* it is that of a record of the journal
					 * as it is being read */
	size_t limit;			/* of a transaction, in records */
	bool buried;			/* what the position has to pass now */
	unsigned again;
	int64_t moves[SQL_MOVES];	/* when the position was not what it
					 * should have been; newest first */
	struct letters letters;
	enum source_result found;	/* by the last look for a record */
	bool back;			/* the journal begins again */
	bool given_up;			/* by --once */
	int64_t active_at;		/* the last commit */
};

/* Forgets what was read; the position is read again, and then the journal from
 * there. */
void sql_begin_again(struct sql *sql);

/* The server's fault, which its `problem` names. */
void sql_fail(struct sql *sql);

/* The server takes records, or would. */
void sql_resume(struct sql *sql);

/* Takes what has become of the records that were sent last. */
void sql_take(struct sql *sql, enum sql_outcome outcome);

#endif
