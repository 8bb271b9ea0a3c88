#include "relay/sql_talk.h"

#include "relay/sql_wire.h"

#define PIECE ((size_t)65536)	/* of data given to libpq at once */

/*
 * Parameters
 */

void
sql_values_bytes(struct sql_values *values, Oid type, struct span bytes)
{
	int n = values->count++;

	values->types[n] = type;
	values->values[n] = bytes.bytes;
	values->lengths[n] = (int)bytes.length;
}

void
sql_values_number(struct sql_values *values, Oid type, int64_t number)
{
	char *bytes = values->numbers[values->count];

	sql_wire_64((uint64_t)number, bytes);
	sql_values_bytes(values, type, (struct span){ bytes, 8 });
}

/*
 * The connection
 */

/* Writes what libpq still has. */
static enum sql_outcome
flush(struct sql_server *server)
{
	enum sql_outcome outcome = SQL_DONE;
	int rest;

	while (outcome == SQL_DONE &&
	    (rest = PQflush(server->connection)) != 0)
		outcome = rest == -1 ? sql_server_lost(server) :
		    sql_server_wait(server, true);
	return outcome;
}

/* Waits for the next result, which may be NULL. */
static enum sql_outcome
next_result(struct sql_server *server, PGresult **result)
{
	enum sql_outcome outcome = flush(server);

	*result = NULL;
	while (outcome == SQL_DONE && PQisBusy(server->connection) != 0)
		outcome = sql_server_wait(server, false);
	if (outcome == SQL_DONE)
		*result = PQgetResult(server->connection);
	return outcome;
}

/* Whether the statement has done what it should. */
static enum sql_outcome
judge(struct sql_server *server, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	    status == PGRES_COPY_IN ? SQL_DONE :
	    sql_server_judge(server, result);
}

/*
 * In a pipeline
 */

enum sql_outcome
sql_talk_ask(struct sql_server *server, const char *command,
    const struct sql_values *values)
{
	static const int binary[SQL_VALUES_MAX] = { 1, 1, 1, 1, 1, 1 };
	static const struct sql_values none = { 0 };

	if (values == NULL)
		values = &none;
	if (PQenterPipelineMode(server->connection) == 1 &&
	    PQsendQueryParams(server->connection, command, values->count,
	    values->types, values->values, values->lengths, binary, 1) == 1)
		return SQL_DONE;
	return sql_server_lost(server);
}

enum sql_outcome
sql_talk_send(struct sql_server *server)
{
	if (PQpipelineSync(server->connection) == 0)
		return sql_server_lost(server);
	return flush(server);
}

/* Takes a statement's result, and the NULL after it. */
static enum sql_outcome
take(struct sql_server *server, PGresult **result)
{
	enum sql_outcome outcome = next_result(server, result);
	PGresult *end;

	if (outcome == SQL_DONE && *result == NULL)
		return sql_server_lost(server);
	if (outcome == SQL_DONE)
		outcome = next_result(server, &end);
	if (outcome == SQL_DONE)
		PQclear(end);
	return outcome;
}

/* Takes all of them, and what ends the pipeline. The first that has failed says
 * why: those after it are not tried. */
static enum sql_outcome
take_all(struct sql_server *server, PGresult **results, size_t count)
{
	enum sql_outcome outcome = SQL_DONE, verdict = SQL_DONE;
	PGresult *sync = NULL;
	size_t i;

	for (i = 0; i < count && outcome == SQL_DONE; i++) {
		outcome = take(server, &results[i]);
		if (outcome == SQL_DONE && verdict == SQL_DONE)
			verdict = judge(server, results[i]);
	}
	if (outcome == SQL_DONE)
		outcome = next_result(server, &sync);
	if (outcome == SQL_DONE &&
	    (PQresultStatus(sync) != PGRES_PIPELINE_SYNC ||
	    PQexitPipelineMode(server->connection) == 0))
		outcome = sql_server_lost(server);
	PQclear(sync);
	return outcome != SQL_DONE ? outcome : verdict;
}

enum sql_outcome
sql_talk_answers(struct sql_server *server, PGresult **results, size_t count)
{
	enum sql_outcome outcome;
	size_t i;

	for (i = 0; i < count; i++)
		results[i] = NULL;
	outcome = take_all(server, results, count);
	if (outcome != SQL_DONE)
		sql_talk_clear(results, count);
	return outcome;
}

void
sql_talk_clear(PGresult **results, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		PQclear(results[i]);
		results[i] = NULL;
	}
}

/*
 * Without one
 */

/* Takes results until there is no more; the first failure counts. */
static enum sql_outcome
take_rest(struct sql_server *server)
{
	enum sql_outcome outcome, verdict = SQL_DONE;
	PGresult *result;

	while ((outcome = next_result(server, &result)) == SQL_DONE &&
	    result != NULL) {
		if (verdict == SQL_DONE)
			verdict = judge(server, result);
		PQclear(result);
	}
	return outcome != SQL_DONE ? outcome : verdict;
}

enum sql_outcome
sql_talk_do(struct sql_server *server, const char *command)
{
	if (PQsendQuery(server->connection, command) == 0)
		return sql_server_lost(server);
	return take_rest(server);
}

enum sql_outcome
sql_talk_copy(struct sql_server *server, const char *command)
{
	enum sql_outcome outcome = SQL_DONE;
	PGresult *result = NULL;

	if (PQsendQuery(server->connection, command) == 0)
		return sql_server_lost(server);
	outcome = next_result(server, &result);
	if (outcome != SQL_DONE)
		return outcome;
	if (PQresultStatus(result) != PGRES_COPY_IN) {
		outcome = judge(server, result);
		(void)take_rest(server);
	}
	PQclear(result);
	return outcome;
}

enum sql_outcome
sql_talk_data(struct sql_server *server, struct span data)
{
	enum sql_outcome outcome = SQL_DONE;
	size_t length;

	while (data.length > 0 && outcome == SQL_DONE) {
		length = data.length < PIECE ? data.length : PIECE;
		if (PQputCopyData(server->connection, data.bytes,
		    (int)length) != 1)
			return sql_server_lost(server);
		data.bytes += length;
		data.length -= length;
		outcome = flush(server);
	}
	return outcome;
}

enum sql_outcome
sql_talk_copied(struct sql_server *server)
{
	if (PQputCopyEnd(server->connection, NULL) != 1)
		return sql_server_lost(server);
	return take_rest(server);
}
