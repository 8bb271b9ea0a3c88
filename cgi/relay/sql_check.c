/* What people ask of a database before anything is sent to it. */
#include "relay/sql.h"

#include "relay/sql_position.h"
#include "relay/sql_send.h"
#include "relay/sql_talk.h"
#include "relay/sql_transaction.h"
#include "relay/sql_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checking {
	struct sql_server server;
	struct sql_text text;
	char encoding[32];	/* of the server */
	uint64_t seq;		/* the position */
	bool placed;		/* there is one */
};

/* A batch without records needs the same tables, columns and rights. */
static enum sql_outcome
try_batch(struct checking *checking)
{
	struct sql_send *send = calloc(1, sizeof *send);
	enum sql_outcome outcome = SQL_FAILED;

	if (send != NULL) {
		send->server = &checking->server;
		send->text = &checking->text;
		outcome = sql_send_try(send);
		sql_send_free(send);
	}
	free(send);
	return outcome;
}

/* The row of this journal, if there is one. */
static enum sql_outcome
look_at_position(struct checking *checking, const struct config *config)
{
	const char *name = checking->server.relay->name;
	char journal[CURSOR_JOURNAL_LENGTH + 1];
	struct sql_values values = { 0 };
	PGresult *result;
	enum sql_outcome outcome;

	if (cursor_journal(config->directory, journal) != ERR_NONE)
		return SQL_DONE;
	sql_values_bytes(&values, SQL_TEXT,
	    (struct span){ name, strlen(name) });
	sql_values_bytes(&values, SQL_TEXT,
	    (struct span){ journal, strlen(journal) });
	outcome = sql_talk_ask(&checking->server, checking->text.peek,
	    &values);
	if (outcome == SQL_DONE)
		outcome = sql_talk_send(&checking->server);
	if (outcome == SQL_DONE)
		outcome = sql_talk_answers(&checking->server, &result, 1);
	if (outcome != SQL_DONE)
		return outcome;
	checking->placed = PQntuples(result) == 1 &&
	    PQgetlength(result, 0, 0) == 8;
	if (checking->placed)
		checking->seq = sql_wire_read_64(PQgetvalue(result, 0, 0));
	PQclear(result);
	return SQL_DONE;
}

static enum sql_outcome
look(struct checking *checking, const struct config *config)
{
	struct sql_server *server = &checking->server;
	enum sql_outcome outcome = sql_server_connect(server);
	const char *encoding;

	if (outcome != SQL_DONE)
		return outcome;
	encoding = PQparameterStatus(server->connection, "server_encoding");
	(void)snprintf(checking->encoding, sizeof checking->encoding, "%s",
	    encoding != NULL ? encoding : "?");
	outcome = try_batch(checking);
	if (outcome == SQL_DONE)
		outcome = sql_talk_do(server, checking->text.look);
	if (outcome == SQL_DONE)
		outcome = look_at_position(checking, config);
	return outcome;
}

/* What is right. */
static void
describe(const struct checking *checking, char *text, size_t room)
{
	const struct sql_server *server = &checking->server;
	char position[64] = "nothing has been sent yet";
	bool strange = strcmp(checking->encoding, "UTF8") != 0;

	if (checking->placed && checking->seq > 0)
		(void)snprintf(position, sizeof position, "sent up to record "
		    "%" PRIu64, checking->seq);
	(void)snprintf(text, room, "the tables of %s are there; %s%s%s%s",
	    server->relay->table, position, server->relay->replicas > 0 ?
	    "; it waits for enough standbys" : "", strange ?
	    "; what its encoding lacks becomes dead letters: " : "",
	    strange ? checking->encoding : "");
}

bool
sql_check(const struct config *config, const struct relay *relay, char *text,
    size_t room)
{
	struct checking checking = { .server.relay = relay };
	bool good;

	sql_text_make(relay->table, &checking.text);
	good = look(&checking, config) == SQL_DONE;
	if (good)
		describe(&checking, text, room);
	else
		(void)snprintf(text, room, "%s", checking.server.problem);
	sql_server_close(&checking.server);
	return good;
}

enum relay_exit
sql_print(const struct relay *relay)
{
	char *tables = sql_text_tables(relay->table, relay->name);
	bool good = tables != NULL && fputs(tables, stdout) >= 0 &&
	    fflush(stdout) == 0;

	free(tables);
	return good ? EXIT_DONE : EXIT_FAILED;
}

enum relay_exit
sql_create(const struct relay *relay)
{
	struct sql_server server = { .relay = relay };
	char *tables = sql_text_tables(relay->table, relay->name);
	enum sql_outcome outcome = sql_server_connect(&server);

	if (tables == NULL)
		outcome = SQL_FAILED;
	else if (outcome == SQL_DONE)
		outcome = sql_talk_do(&server, tables);
	if (outcome == SQL_DONE)
		printf("%s: %s, %s_keys, %s_position and %s_json are there\n",
		    relay->name, relay->table, relay->table, relay->table,
		    relay->table);
	else
		fprintf(stderr, "hookline-relay: %s: %s\n", relay->name,
		    server.problem);
	sql_server_close(&server);
	free(tables);
	return outcome == SQL_DONE ? EXIT_DONE : EXIT_FAILED;
}
