#include "relay/sql_transaction.h"

#include "relay/sql_replicas.h"
#include "relay/sql_talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOW "SHOW synchronous_standby_names"

enum sql_outcome
sql_begin(struct sql_server *server, size_t *count)
{
	enum sql_outcome outcome = sql_talk_ask(server, "BEGIN", NULL);

	*count = 1;
	if (server->relay->replicas == 0 || outcome != SQL_DONE)
		return outcome;
	*count = 3;
	outcome = sql_talk_ask(server, "SET LOCAL synchronous_commit = on",
	    NULL);
	return outcome != SQL_DONE ? outcome :
	    sql_talk_ask(server, SHOW, NULL);
}

/* Whether the server waits for enough standbys. */
static enum sql_outcome
judge_names(struct sql_server *server, const PGresult *result)
{
	const char *names = PQntuples(result) == 1 ?
	    PQgetvalue(result, 0, 0) : "";
	uint64_t demanded = sql_replicas_demanded(names);

	if (demanded >= server->relay->replicas)
		return SQL_DONE;
	(void)snprintf(server->problem, sizeof server->problem,
	    "synchronous_standby_names = '%.100s' waits for %" PRIu64
	    " standby%s, and replicas is %" PRIu64, names, demanded,
	    demanded == 1 ? "" : "s", server->relay->replicas);
	return SQL_FAILED;
}

enum sql_outcome
sql_begun(struct sql_server *server, PGresult **results)
{
	return server->relay->replicas == 0 ? SQL_DONE :
	    judge_names(server, results[2]);
}

/* The server answers COMMIT with a warning if it did not wait for a standby,
 * and with ROLLBACK if something had failed before. */
static enum sql_outcome
judge_commit(struct sql_server *server, PGresult *result)
{
	if (strcmp(PQcmdStatus(result), "COMMIT") == 0)
		return server->warned ? SQL_FAILED : SQL_DONE;
	(void)snprintf(server->problem, sizeof server->problem,
	    "the server answered COMMIT with %.40s", PQcmdStatus(result));
	return SQL_FAILED;
}

enum sql_outcome
sql_commit(struct sql_server *server)
{
	const size_t count = server->relay->replicas == 0 ? 1 : 2;
	enum sql_outcome outcome = sql_talk_ask(server, "COMMIT", NULL);
	PGresult *results[2];

	server->warned = false;
	if (count == 2 && outcome == SQL_DONE)
		outcome = sql_talk_ask(server, SHOW, NULL);
	if (outcome == SQL_DONE)
		outcome = sql_talk_send(server);
	if (outcome == SQL_DONE)
		outcome = sql_talk_answers(server, results, count);
	if (outcome == SQL_DONE) {
		outcome = judge_commit(server, results[0]);
		if (outcome == SQL_DONE && count == 2)
			outcome = judge_names(server, results[1]);
		sql_talk_clear(results, count);
	}
	return outcome;
}

enum sql_outcome
sql_roll_back(struct sql_server *server, enum sql_outcome outcome)
{
	char problem[sizeof server->problem];
	enum sql_outcome end;

	memcpy(problem, server->problem, sizeof problem);
	end = sql_talk_do(server, "ROLLBACK");
	if (end != SQL_DONE)
		return end;
	memcpy(server->problem, problem, sizeof problem);
	return outcome;
}
