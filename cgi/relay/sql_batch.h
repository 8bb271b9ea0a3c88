/*
 * sql_batch: records that a relay has read, ready to be sent to a database.
 */
#ifndef HOOKLINE_RELAY_SQL_BATCH_H
#define HOOKLINE_RELAY_SQL_BATCH_H

#include "base/buffer.h"
#include "relay/source.h"

#include <stdbool.h>
#include <stddef.h>

#define SQL_BATCH_RECORDS 1000
#define SQL_BATCH_BYTES 4000000	/* of rows; one row may be longer */

/* A record that is to be sent. Texts are where they begin in `text`. */
struct sql_item {
	struct cursor_place place;
	size_t line, line_length;	/* as it is in the journal */
	size_t endpoint, endpoint_length;
	size_t key;			/* RECORD_ID_LENGTH bytes */
	size_t occurrence, occurrence_length;
	size_t row, row_length;		/* in `rows` */
	bool fresh;		/* the database does not have its event yet */
};

struct sql_batch {		/* all zero: empty */
	struct sql_item *items;
	size_t count;
	size_t first;		/* those before it are done */
	struct buffer text, rows;
	struct cursor_place last; /* of the records read, wanted or not */
	bool any;		/* there is a `last` */
};

bool sql_batch_full(const struct sql_batch *batch);

/* Adds a record of the source. False if memory is short: then the batch is
 * without it. */
bool sql_batch_add(struct sql_batch *batch, const struct source_record *record);

/* What an item's texts are; valid until another is added. */
struct span sql_batch_line(const struct sql_batch *batch,
    const struct sql_item *item);
struct span sql_batch_endpoint(const struct sql_batch *batch,
    const struct sql_item *item);
struct span sql_batch_key(const struct sql_batch *batch,
    const struct sql_item *item);
struct span sql_batch_occurrence(const struct sql_batch *batch,
    const struct sql_item *item);

/* Empties it. */
void sql_batch_clear(struct sql_batch *batch);

void sql_batch_free(struct sql_batch *batch);

#endif
