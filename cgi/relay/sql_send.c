#include "relay/sql_send.h"

#include "relay/sql_position.h"
#include "relay/sql_talk.h"
#include "relay/sql_transaction.h"
#include "relay/sql_wire.h"

#include <stdlib.h>
#include <string.h>

#define RESULTS (SQL_BEGIN_RESULTS + 2)

/*
 * Keys
 */

static int
compare_spans(struct span one, struct span other)
{
	size_t length = one.length < other.length ? one.length : other.length;
	int order = memcmp(one.bytes, other.bytes, length);

	if (order != 0)
		return order;
	return one.length < other.length ? -1 : one.length > other.length;
}

static int
compare_items(const void *one, const void *other, void *argument)
{
	const struct sql_batch *batch = argument;
	const struct sql_item *a = *(const struct sql_item *const *)one;
	const struct sql_item *b = *(const struct sql_item *const *)other;
	int order = memcmp(sql_batch_key(batch, a).bytes,
	    sql_batch_key(batch, b).bytes, RECORD_ID_LENGTH);

	if (order == 0)
		order = compare_spans(sql_batch_endpoint(batch, a),
		    sql_batch_endpoint(batch, b));
	if (order == 0)
		order = compare_spans(sql_batch_occurrence(batch, a),
		    sql_batch_occurrence(batch, b));
	return order != 0 ? order : a->place.seq < b->place.seq ? -1 : 1;
}

/* All who send add keys in the same order, or two of them could wait for each
 * other. */
static void
sort(struct sql_send *send)
{
	size_t i;

	for (i = 0; i < send->count; i++)
		send->order[i] = &send->batch->items[send->batch->first + i];
	qsort_r(send->order, send->count, sizeof send->order[0],
	    compare_items, send->batch);
}

/* Adds an item's values to the arrays. */
static enum error
add_item(struct sql_send *send, const struct sql_item *item)
{
	char seq[8];
	const struct span values[4] = {
		sql_batch_endpoint(send->batch, item),
		sql_batch_key(send->batch, item),
		sql_batch_occurrence(send->batch, item),
		{ seq, sizeof seq } };
	enum error error = ERR_NONE;
	size_t i;

	sql_wire_64(item->place.seq, seq);
	for (i = 0; i < 4 && error == ERR_NONE; i++) {
		error = buffer_reserve(&send->arrays[i], 4 + values[i].length);
		if (error == ERR_NONE)
			sql_wire_value(&send->arrays[i], values[i]);
	}
	return error;
}

static enum error
make_arrays(struct sql_send *send)
{
	static const uint32_t types[4] = { SQL_TEXT, SQL_TEXT, SQL_TEXT,
		SQL_BIGINT };
	enum error error = ERR_NONE;
	size_t i;

	sort(send);
	for (i = 0; i < 4 && error == ERR_NONE; i++) {
		send->arrays[i].length = 0;
		error = buffer_reserve(&send->arrays[i], SQL_WIRE_ARRAY_HEAD);
		if (error == ERR_NONE)
			sql_wire_array(&send->arrays[i], types[i],
			    send->count);
	}
	for (i = 0; i < send->count && error == ERR_NONE; i++)
		error = add_item(send, send->order[i]);
	return error;
}

static enum sql_outcome
ask_keys(struct sql_send *send)
{
	static const Oid types[4] = { SQL_TEXT_ARRAY, SQL_TEXT_ARRAY,
		SQL_TEXT_ARRAY, SQL_BIGINT_ARRAY };
	struct sql_values values = { 0 };
	size_t i;

	if (make_arrays(send) != ERR_NONE) {
		strcpy(send->server->problem, "out of memory");
		return SQL_FAILED;
	}
	for (i = 0; i < 4; i++)
		sql_values_bytes(&values, types[i], (struct span){
		    send->arrays[i].bytes, send->arrays[i].length });
	return sql_talk_ask(send->server, send->text->keys, &values);
}

static int
compare_seqs(const void *seq, const void *item)
{
	const uint64_t one = *(const uint64_t *)seq;
	const uint64_t other = ((const struct sql_item *)item)->place.seq;

	return one < other ? -1 : one > other;
}

/* Notes which of the items are new. */
static void
mark_fresh(struct sql_send *send, const PGresult *result)
{
	struct sql_item *items = send->batch->items + send->batch->first;
	struct sql_item *item;
	uint64_t seq;
	size_t i;
	int n;

	for (i = 0; i < send->count; i++)
		items[i].fresh = false;
	for (n = 0; n < PQntuples(result); n++) {
		seq = sql_wire_read_64(PQgetvalue(result, n, 0));
		item = bsearch(&seq, items, send->count, sizeof *items,
		    compare_seqs);
		if (item != NULL)
			item->fresh = true;
	}
}

/*
 * Rows
 */

/* The number of items from `from` on that are all new. */
static size_t
run_length(const struct sql_item *from, const struct sql_item *end)
{
	const struct sql_item *at = from;

	while (at < end && at->fresh)
		at++;
	return (size_t)(at - from);
}

static enum sql_outcome
send_rows(struct sql_send *send)
{
	const struct sql_item *at, *end, *last;
	const char *rows;
	enum sql_outcome outcome = SQL_DONE;
	size_t count;

	if (send->count == 0)
		return SQL_DONE;
	rows = send->batch->rows.bytes;
	at = send->batch->items + send->batch->first;
	end = at + send->count;
	for (; at < end && outcome == SQL_DONE; at += count + 1) {
		count = run_length(at, end);
		if (count == 0)
			continue;
		last = at + count - 1;
		outcome = sql_talk_data(send->server, (struct span){
		    rows + at->row, last->row + last->row_length - at->row });
	}
	return outcome;
}

static enum sql_outcome
copy(struct sql_send *send)
{
	static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
	static const char tail[] = { '\377', '\377' };
	enum sql_outcome outcome = sql_talk_copy(send->server,
	    send->text->copy);

	if (outcome == SQL_DONE)
		outcome = sql_talk_data(send->server,
		    (struct span){ head, sizeof head - 1 });
	if (outcome == SQL_DONE)
		outcome = send_rows(send);
	if (outcome == SQL_DONE)
		outcome = sql_talk_data(send->server,
		    (struct span){ tail, sizeof tail });
	return outcome == SQL_DONE ? sql_talk_copied(send->server) : outcome;
}

/*
 * The transaction
 */

static void
set_place(struct sql_send *send)
{
	const struct sql_batch *batch = send->batch;
	size_t end = batch->first + send->count;

	send->place = end == batch->count ? batch->last :
	    batch->items[end - 1].place;
}

enum sql_outcome
sql_send_begin(struct sql_send *send)
{
	enum sql_outcome outcome = sql_begin(send->server, &send->results);

	set_place(send);
	if (outcome == SQL_DONE)
		outcome = sql_position_move(send->server, send->text,
		    send->old, &send->place);
	send->results++;
	if (send->count > 0 && outcome == SQL_DONE) {
		outcome = ask_keys(send);
		send->results++;
	}
	return outcome == SQL_DONE ? sql_talk_send(send->server) : outcome;
}

/* Takes what the first part has brought. */
static enum sql_outcome
take_begin(struct sql_send *send, bool *fresh)
{
	const size_t position = send->results - (send->count > 0 ? 2 : 1);
	PGresult *results[RESULTS];
	enum sql_outcome outcome = sql_talk_answers(send->server, results,
	    send->results);

	*fresh = false;
	if (outcome != SQL_DONE)
		return outcome;
	outcome = sql_begun(send->server, results);
	if (outcome == SQL_DONE &&
	    strcmp(PQcmdTuples(results[position]), "1") != 0)
		outcome = SQL_MOVED;
	if (outcome == SQL_DONE && send->count > 0) {
		mark_fresh(send, results[position + 1]);
		*fresh = PQntuples(results[position + 1]) > 0;
	}
	sql_talk_clear(results, send->results);
	return outcome;
}

enum sql_outcome
sql_send_end(struct sql_send *send)
{
	bool fresh;
	enum sql_outcome outcome = take_begin(send, &fresh);

	if (outcome == SQL_DONE && fresh)
		outcome = copy(send);
	if (outcome == SQL_DONE)
		outcome = sql_commit(send->server);
	else if (outcome != SQL_FAILED && outcome != SQL_STOPPED)
		outcome = sql_roll_back(send->server, outcome);
	return outcome;
}

enum sql_outcome
sql_send_try(struct sql_send *send)
{
	const struct cursor_place nowhere = { .journal = "" };
	PGresult *results[RESULTS];
	enum sql_outcome outcome = sql_begin(send->server, &send->results);

	send->count = 0;
	if (outcome == SQL_DONE)
		outcome = sql_position_move(send->server, send->text, 0,
		    &nowhere);
	if (outcome == SQL_DONE)
		outcome = ask_keys(send);
	if (outcome == SQL_DONE)
		outcome = sql_talk_send(send->server);
	send->results += 2;
	if (outcome == SQL_DONE)
		outcome = sql_talk_answers(send->server, results,
		    send->results);
	if (outcome != SQL_DONE)
		return outcome;
	outcome = sql_begun(send->server, results);
	sql_talk_clear(results, send->results);
	if (outcome == SQL_DONE)
		outcome = copy(send);
	return outcome == SQL_DONE ? sql_roll_back(send->server, outcome) :
	    outcome;
}

void
sql_send_free(struct sql_send *send)
{
	size_t i;

	for (i = 0; i < 4; i++)
		buffer_free(&send->arrays[i]);
}
