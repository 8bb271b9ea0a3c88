#include "relay/sql_batch.h"

#include "relay/sql_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP (2 * SQL_BATCH_BYTES)	/* memory of an empty batch */
#define OCCURRENCE_MAX (CURSOR_JOURNAL_LENGTH + 32)

bool
sql_batch_full(const struct sql_batch *batch)
{
	return batch->count >= SQL_BATCH_RECORDS ||
	    batch->rows.length >= SQL_BATCH_BYTES;
}

static bool
make_room(struct sql_batch *batch)
{
	if (batch->items == NULL)
		batch->items = calloc(SQL_BATCH_RECORDS,
		    sizeof *batch->items);
	return batch->items != NULL;
}

/* Where the span of a line is in the copy of it. */
static size_t
moved(const struct source_record *record, struct span span, size_t line)
{
	return line + (size_t)(span.bytes - record->line.bytes);
}

/* Empty for what is known by its key alone. Else the origin: that which the
 * record came with, or its own. */
static enum error
append_occurrence(struct sql_batch *batch, const struct source_record *record,
    struct sql_item *item)
{
	char own[OCCURRENCE_MAX];
	struct span origin = record->record.relayed;
	enum error error;

	item->occurrence = batch->text.length;
	item->occurrence_length = 0;
	if (!record->record.indistinct)
		return ERR_NONE;
	if (origin.bytes == NULL)
		origin = (struct span){ own, (size_t)snprintf(own, sizeof own,
		    "%s/%" PRIu64, record->place.journal, record->place.seq) };
	error = buffer_append(&batch->text, origin.bytes, origin.length);
	item->occurrence_length = origin.length;
	return error;
}

static bool
append(struct sql_batch *batch, const struct source_record *record,
    struct sql_item *item)
{
	const struct reader_line *line = &record->line;

	item->place = record->place;
	item->line = batch->text.length;
	item->line_length = line->length;
	item->endpoint = moved(record, record->record.endpoint, item->line);
	item->endpoint_length = record->record.endpoint.length;
	item->key = moved(record, sql_row_key(&record->record), item->line);
	item->row = batch->rows.length;
	if (buffer_append(&batch->text, line->bytes, line->length) !=
	    ERR_NONE || append_occurrence(batch, record, item) != ERR_NONE ||
	    sql_row_append(&batch->rows, &record->record,
	    record->place.journal) != ERR_NONE)
		return false;
	item->row_length = batch->rows.length - item->row;
	return true;
}

bool
sql_batch_add(struct sql_batch *batch, const struct source_record *record)
{
	const size_t text = batch->text.length;

	if (record->wanted) {
		if (!make_room(batch) || !append(batch, record,
		    &batch->items[batch->count])) {
			batch->text.length = text;
			return false;
		}
		batch->count++;
	}
	batch->last = record->place;
	batch->any = true;
	return true;
}

static struct span
text_at(const struct sql_batch *batch, size_t at, size_t length)
{
	return (struct span){ batch->text.bytes + at, length };
}

struct span
sql_batch_line(const struct sql_batch *batch, const struct sql_item *item)
{
	return text_at(batch, item->line, item->line_length);
}

struct span
sql_batch_endpoint(const struct sql_batch *batch, const struct sql_item *item)
{
	return text_at(batch, item->endpoint, item->endpoint_length);
}

struct span
sql_batch_key(const struct sql_batch *batch, const struct sql_item *item)
{
	return text_at(batch, item->key, RECORD_ID_LENGTH);
}

struct span
sql_batch_occurrence(const struct sql_batch *batch,
    const struct sql_item *item)
{
	return text_at(batch, item->occurrence, item->occurrence_length);
}

void
sql_batch_clear(struct sql_batch *batch)
{
	batch->count = batch->first = 0;
	batch->any = false;
	buffer_reset(&batch->text, KEEP);
	buffer_reset(&batch->rows, KEEP);
}

void
sql_batch_free(struct sql_batch *batch)
{
	free(batch->items);
	buffer_free(&batch->text);
	buffer_free(&batch->rows);
	*batch = (struct sql_batch){ 0 };
}
