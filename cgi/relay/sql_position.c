#include "relay/sql_position.h"

#include "relay/sql_talk.h"
#include "relay/sql_transaction.h"
#include "relay/sql_wire.h"

#include <stdio.h>
#include <string.h>

#define RESULTS (SQL_BEGIN_RESULTS + 2)
/* The server does not notice if a client that waits for a lock goes away, so
 * such a wait is limited. */
#define LOCKS "SET lock_timeout = '5s'"
/* A machine that is cut off in a transaction leaves its locks behind until the
 * server notices. By default that takes two hours, or, if the server has
 * something to send just then, a quarter of an hour. */
static const char *const keepalives[] = {
	"SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
	"SET tcp_keepalives_count = 3",
	"SET tcp_user_timeout = 10000",
	NULL };

static void
add_text(struct sql_values *values, const char *text)
{
	sql_values_bytes(values, SQL_TEXT,
	    (struct span){ text, strlen(text) });
}

/* Adds $1 and $2, which all statements have. */
static void
add_row(struct sql_values *values, const struct sql_server *server,
    const char *journal)
{
	add_text(values, server->relay->name);
	add_text(values, journal);
}

/* Whether a column has a value of this length. */
static bool
has(const PGresult *result, int column, int length)
{
	return PQgetisnull(result, 0, column) == 0 &&
	    PQgetlength(result, 0, column) == length;
}

static enum sql_outcome
take_place(struct sql_server *server, const PGresult *result,
    struct cursor_place *place)
{
	if (PQntuples(result) != 1 || PQnfields(result) != 3 ||
	    !has(result, 0, 8)) {
		(void)snprintf(server->problem, sizeof server->problem,
		    "the row of %s_position is not what it should be",
		    server->relay->table);
		return SQL_FAILED;
	}
	place->seq = sql_wire_read_64(PQgetvalue(result, 0, 0));
	place->id[0] = '\0';
	if (has(result, 1, CURSOR_ID_LENGTH))
		(void)snprintf(place->id, sizeof place->id, "%s",
		    PQgetvalue(result, 0, 1));
	place->received_at = !has(result, 2, 8) ? 0 : sql_wire_time(
	    (int64_t)sql_wire_read_64(PQgetvalue(result, 0, 2)));
	return SQL_DONE;
}

static enum sql_outcome
ask(struct sql_server *server, const struct sql_text *text,
    const char *journal, size_t *count)
{
	struct sql_values values = { 0 };
	enum sql_outcome outcome = sql_begin(server, count);

	add_row(&values, server, journal);
	if (outcome == SQL_DONE)
		outcome = sql_talk_ask(server, text->found, &values);
	if (outcome == SQL_DONE)
		outcome = sql_talk_ask(server, text->read, &values);
	*count += 2;
	return outcome == SQL_DONE ? sql_talk_send(server) : outcome;
}

/* Has the server send keepalives. Servers other than PostgreSQL may refuse, and
 * then do without: as long as they answer, nothing has failed. */
static enum sql_outcome
ask_keepalives(struct sql_server *server)
{
	const char *const *command;
	enum sql_outcome outcome = SQL_DONE;

	for (command = keepalives; *command != NULL && outcome == SQL_DONE;
	    command++) {
		outcome = sql_talk_do(server, *command);
		if (outcome != SQL_STOPPED && PQtransactionStatus(
		    server->connection) == PQTRANS_IDLE)
			outcome = SQL_DONE;
	}
	return outcome;
}

enum sql_outcome
sql_position_read(struct sql_server *server, const struct sql_text *text,
    const char *journal, struct cursor_place *place)
{
	PGresult *results[RESULTS];
	size_t count;
	enum sql_outcome outcome = sql_talk_do(server, LOCKS);

	(void)snprintf(place->journal, sizeof place->journal, "%s", journal);
	if (outcome == SQL_DONE)
		outcome = ask_keepalives(server);
	if (outcome == SQL_DONE)
		outcome = ask(server, text, journal, &count);
	if (outcome == SQL_DONE)
		outcome = sql_talk_answers(server, results, count);
	if (outcome != SQL_DONE)
		return outcome;
	outcome = sql_begun(server, results);
	if (outcome == SQL_DONE)
		outcome = take_place(server, results[count - 1], place);
	sql_talk_clear(results, count);
	return outcome == SQL_DONE ? sql_commit(server) : outcome;
}

enum sql_outcome
sql_position_move(struct sql_server *server, const struct sql_text *text,
    uint64_t old, const struct cursor_place *place)
{
	struct sql_values values = { 0 };

	add_row(&values, server, place->journal);
	sql_values_number(&values, SQL_BIGINT, (int64_t)old);
	sql_values_number(&values, SQL_BIGINT, (int64_t)place->seq);
	add_text(&values, place->id);
	sql_values_number(&values, SQL_TIMESTAMPTZ,
	    sql_wire_stamp(place->received_at));
	return sql_talk_ask(server, text->advance, &values);
}
