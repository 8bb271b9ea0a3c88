/*
 * sql_talk: statements to the server, in libpq's pipeline mode: several go
 * there at once, and their results come back together.
 */
#ifndef HOOKLINE_RELAY_SQL_TALK_H
#define HOOKLINE_RELAY_SQL_TALK_H

#include "base/span.h"
#include "relay/sql_server.h"

#include <stddef.h>

#define SQL_VALUES_MAX 6

/* The parameters $1, $2 … of a statement, in binary. All zero at first. */
struct sql_values {
	int count;
	Oid types[SQL_VALUES_MAX];
	const char *values[SQL_VALUES_MAX];
	int lengths[SQL_VALUES_MAX];
	char numbers[SQL_VALUES_MAX][8];
};

/* Add one. The bytes must last. */
void sql_values_bytes(struct sql_values *values, Oid type, struct span bytes);
void sql_values_number(struct sql_values *values, Oid type, int64_t number);

/* Takes a statement; the values, NULL for none, are copied. */
enum sql_outcome sql_talk_ask(struct sql_server *server, const char *command,
    const struct sql_values *values);

/* Sends what has been asked. */
enum sql_outcome sql_talk_send(struct sql_server *server);

/*
 * Waits for the results of all `count` statements, values in binary. Unless
 * SQL_DONE is returned, at least one has failed, and all results are NULL.
 */
enum sql_outcome sql_talk_answers(struct sql_server *server,
    PGresult **results, size_t count);
void sql_talk_clear(PGresult **results, size_t count);

/* One statement, or several of those without results, from beginning to end. */
enum sql_outcome sql_talk_do(struct sql_server *server, const char *command);

/* COPY … FROM STDIN, the data, as often as need be, and the end. */
enum sql_outcome sql_talk_copy(struct sql_server *server, const char *command);
enum sql_outcome sql_talk_data(struct sql_server *server, struct span data);
enum sql_outcome sql_talk_copied(struct sql_server *server);

#endif
