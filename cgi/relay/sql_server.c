#include "relay/sql_server.h"

#include "relay/relay.h"
#include "relay/sql_connect.h"
#include "relay/tell.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define TICK_MS 200		/* between two looks at anything else */
#define PATIENCE_MS 60000	/* for a server that does nothing */
#define STANDBYS_MS 600000	/* the same, while it may wait for standbys */
#define CLEAN_UP_MS 2000	/* of RELAY_STOP_MS */

/*
 * What went wrong
 */

/* Puts the lines of a message of libpq into one; lines that begin with a tab
 * are its advice. */
static void
explain(struct sql_server *server, const char *message)
{
	char *at = server->problem;
	const char *end = at + sizeof server->problem;
	size_t length;

	(void)snprintf(at, sizeof server->problem, "the connection failed");
	while (*message != '\0' && end - at > 3) {
		length = strcspn(message, "\n");
		if (length > 0 && *message != '\t')
			at += snprintf(at, (size_t)(end - at), "%s%.*s",
			    at == server->problem ? "" : "; ", (int)length,
			    message);
		if (at > end)
			at = server->problem + sizeof server->problem;
		message += length;
		message += *message == '\n';
	}
}

enum sql_outcome
sql_server_lost(struct sql_server *server)
{
	explain(server, PQerrorMessage(server->connection));
	return SQL_FAILED;
}

enum sql_outcome
sql_server_judge(struct sql_server *server, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result,
	    PG_DIAG_MESSAGE_PRIMARY);

	if (PQstatus(server->connection) == CONNECTION_BAD || state == NULL)
		return sql_server_lost(server);
	(void)snprintf(server->problem, sizeof server->problem,
	    "%s: %.*s%s%s", state, 120, text != NULL ? text : "",
	    strcmp(state, "42P01") == 0 ? "; hookline-relay --create " : "",
	    strcmp(state, "42P01") == 0 ? server->relay->name : "");
	if (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0)
		return SQL_RECORD;
	/* Two transactions were in each other's way, and this one gave in. */
	if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
		return SQL_AGAIN;
	return SQL_FAILED;
}

/* Warnings matter at a COMMIT; the rest is of no interest. */
static void
take_notice(void *argument, const PGresult *result)
{
	struct sql_server *server = argument;
	const char *text = PQresultErrorField(result,
	    PG_DIAG_MESSAGE_PRIMARY);
	const char *level = PQresultErrorField(result,
	    PG_DIAG_SEVERITY_NONLOCALIZED);

	if (level != NULL && strcmp(level, "WARNING") != 0)
		return;
	server->warned = true;
	(void)snprintf(server->problem, sizeof server->problem, "%.*s", 150,
	    text != NULL ? text : "a warning");
}

void
sql_server_tell(struct sql_server *server, const char *problem)
{
	if (server->postbox != NULL)
		tell(server->postbox, &(struct tidings){
		    .relay = server->relay->name, .problem = problem,
		    .failures = server->failures, .worth = 1, .each = true,
		    .next_try = server->hold_until, .said = &server->told });
}

/*
 * Waiting
 */

/* A new connection would have to wait for the end of a COMMIT, too. */
static int64_t
patience(const struct sql_server *server)
{
	int64_t timeout = (int64_t)server->relay->timeout * 1000;
	int64_t least = server->commits && server->relay->replicas > 0 ?
	    STANDBYS_MS : PATIENCE_MS;

	return timeout > least ? timeout : least;
}

static void
describe_slow(struct sql_server *server, int64_t now)
{
	(void)snprintf(server->problem, sizeof server->problem,
	    "the server has not answered %sfor %d s%s", server->commits ?
	    "COMMIT " : "", (int)((now - server->asked_at) / 1000),
	    server->commits ? ": it may be waiting for standbys" : "");
}

/* Says that the server is slow, and for how long that will be borne. */
static void
tell_slow(struct sql_server *server, int64_t now)
{
	server->slow = true;
	server->failures++;
	server->hold_until = server->asked_at + patience(server);
	describe_slow(server, now);
	sql_server_tell(server, server->problem);
}

/* What has to be done while nothing happens. */
static enum sql_outcome
tick(struct sql_server *server)
{
	int64_t now = clock_monotonic_ms();

	if (server->postbox != NULL)
		postbox_publish(server->postbox, false);
	if (server->stop_at == 0 && relay_must_end())
		server->stop_at = now + RELAY_STOP_MS - CLEAN_UP_MS;
	if (server->stop_at != 0 && now >= server->stop_at)
		return SQL_STOPPED;
	if (now - server->asked_at >= patience(server)) {
		describe_slow(server, now);
		return SQL_FAILED;
	}
	if (!server->slow && now - server->asked_at >=
	    (int64_t)server->relay->timeout * 1000)
		tell_slow(server, now);
	return SQL_DONE;
}

enum sql_outcome
sql_server_wait(struct sql_server *server, bool writes)
{
	struct pollfd socket = { .fd = PQsocket(server->connection),
	    .events = (short)(POLLIN | (writes ? POLLOUT : 0)) };
	enum sql_outcome outcome = SQL_DONE;
	int count;

	server->asked_at = clock_monotonic_ms();
	while ((count = poll(&socket, 1, TICK_MS)) <= 0 &&
	    outcome == SQL_DONE)
		outcome = count == -1 && errno != EINTR ?
		    sql_server_lost(server) : tick(server);
	if (outcome != SQL_DONE)
		return outcome;
	if ((socket.revents & ~POLLOUT) != 0 &&
	    PQconsumeInput(server->connection) == 0)
		return sql_server_lost(server);
	return tick(server);
}

/*
 * Connecting
 */

/* Says once that others can read what is sent. */
static void
warn(struct sql_server *server)
{
	char mode[32];

	if (server->said || !sql_connect_is_open(server->connection, mode,
	    sizeof mode))
		return;
	server->said = true;
	LOG(LOG_LEVEL_WARNING, "relay-unverified",
	    LOG_TEXT("relay", server->relay->name),
	    LOG_TEXT("sslmode", mode), LOG_TEXT("problem",
	    "it is not checked who the server is: others on the way could "
	    "read and change what is sent"),
	    LOG_TEXT("remedy", "sslmode=verify-full in the relay's url"));
}

static enum sql_outcome
take_connection(struct sql_server *server)
{
	if (server->connection == NULL) {
		explain(server, "out of memory");
		return SQL_FAILED;
	}
	warn(server);
	PQsetNoticeReceiver(server->connection, take_notice, server);
	if (PQstatus(server->connection) == CONNECTION_OK &&
	    PQsetnonblocking(server->connection, 1) == 0)
		return SQL_DONE;
	return sql_server_lost(server);
}

enum sql_outcome
sql_server_connect(struct sql_server *server)
{
	struct sql_connect *connect = sql_connect_begin(server->relay);
	enum sql_outcome outcome;
	bool done = connect == NULL;

	server->asked_at = clock_monotonic_ms();
	server->slow = server->commits = false;
	while (!done && !relay_must_end()) {
		done = sql_connect_wait(connect, TICK_MS);
		if (server->postbox != NULL)
			postbox_publish(server->postbox, false);
	}
	if (connect != NULL)
		server->connection = sql_connect_end(connect);
	if (!done)
		return SQL_STOPPED;
	outcome = take_connection(server);
	if (outcome != SQL_DONE)
		sql_server_close(server);
	return outcome;
}

void
sql_server_close(struct sql_server *server)
{
	PQfinish(server->connection);
	server->connection = NULL;
}

bool
sql_server_is_gone(struct sql_server *server)
{
	struct pollfd socket = { .fd = PQsocket(server->connection),
	    .events = POLLIN };

	if (poll(&socket, 1, 0) != 1)
		return false;
	return PQconsumeInput(server->connection) == 0 ||
	    PQstatus(server->connection) == CONNECTION_BAD;
}
