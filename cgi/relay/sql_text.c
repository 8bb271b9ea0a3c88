#include "relay/sql_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS "journal, seq, received_at, id, key, endpoint, object, " \
	"signature, repeat_key, \"distinct\", relayed, reformatted, " \
	"payload, delivery_id, update_index, update_count, entry_id, " \
	"entry_time, \"array\", field, meta_id, envelope, entry, value, " \
	"\"update\""

/* In all of them, @ is the table's name. */
static const char found_pattern[] = "INSERT INTO \"@_position\" "
	"(relay, journal, seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING";
static const char read_pattern[] = "UPDATE \"@_position\" SET seq = seq "
	"WHERE relay = $1 AND journal = $2 RETURNING seq, id, received_at";
static const char advance_pattern[] = "UPDATE \"@_position\" "
	"SET seq = $4, id = $5, received_at = $6 "
	"WHERE relay = $1 AND journal = $2 AND seq = $3";
static const char keys_pattern[] = "INSERT INTO \"@_keys\" "
	"(endpoint, key, occurrence, seq) "
	"SELECT * FROM unnest($1::text[], $2::text[], $3::text[], "
	"$4::bigint[]) ON CONFLICT DO NOTHING RETURNING seq";
static const char copy_pattern[] = "COPY \"@\" (" COLUMNS ") "
	"FROM STDIN (FORMAT binary)";
static const char look_pattern[] = "SELECT " COLUMNS " FROM \"@_json\" LIMIT 0";
static const char peek_pattern[] = "SELECT seq FROM \"@_position\" "
	"WHERE relay = $1 AND journal = $2";

static const char tables[] =
"-- One row for each event. Strings are as in the journal, without quotes and\n"
"-- with their escapes; what a record does not have is null. It has no unique\n"
"-- key, so that it may be partitioned by received_at.\n"
"CREATE TABLE IF NOT EXISTS \"@\" (\n"
"	journal       text NOT NULL,     -- the id of the journal, and\n"
"	seq           bigint NOT NULL,   -- the number of the record in it\n"
"	received_at   timestamptz NOT NULL,\n"
"	id            text NOT NULL,\n"
"	key           text NOT NULL,     -- repeat_key, or else id\n"
"	endpoint      text NOT NULL,\n"
"	object        text,\n"
"	signature     text,\n"
"	repeat_key    text,\n"
"	\"distinct\"    boolean NOT NULL,\n"
"	relayed       text,              -- its origin: a journal's id/seq\n"
"	reformatted   boolean NOT NULL,\n"
"	payload       text,              -- the bytes as they were sent\n"
"\n"
"	-- With lines = \"update\", instead of signature and payload:\n"
"	delivery_id   text,\n"
"	update_index  bigint,\n"
"	update_count  bigint,\n"
"	entry_id      text,\n"
"	entry_time    text,\n"
"	\"array\"       text,\n"
"	field         text,\n"
"	meta_id       text,\n"
"	envelope      text,\n"
"	entry         text,\n"
"	value         text,\n"
"	\"update\"      text\n"
");\n"
"CREATE INDEX IF NOT EXISTS \"@_received_at\" ON \"@\" (received_at);\n"
"\n"
"-- The events that have come. An event whose row is here is not added again.\n"
"-- occurrence is empty; if the record is not distinct, it is its origin.\n"
"CREATE TABLE IF NOT EXISTS \"@_keys\" (\n"
"	endpoint      text NOT NULL,\n"
"	key           text NOT NULL,\n"
"	occurrence    text NOT NULL,\n"
"	seq           bigint NOT NULL,   -- of the record that came first\n"
"	PRIMARY KEY (endpoint, key, occurrence)\n"
");\n"
"\n"
"-- How far each relay has come in each journal: all records up to seq are\n"
"-- done. The relay goes by this alone.\n"
"CREATE TABLE IF NOT EXISTS \"@_position\" (\n"
"	relay         text NOT NULL,\n"
"	journal       text NOT NULL,\n"
"	seq           bigint NOT NULL,\n"
"	id            text,\n"
"	received_at   timestamptz,\n"
"	PRIMARY KEY (relay, journal)\n"
");\n"
"\n"
"-- json, not jsonb, which refuses \\u0000 and unpaired surrogates.\n"
"CREATE OR REPLACE VIEW \"@_json\" AS SELECT\n"
"	journal, seq, received_at, id, key, endpoint, object, signature,\n"
"	repeat_key, \"distinct\", relayed, reformatted,\n"
"	CAST(payload AS json) AS payload,\n"
"	delivery_id, update_index, update_count, entry_id, entry_time,\n"
"	\"array\", field, meta_id,\n"
"	CAST(envelope AS json) AS envelope, CAST(entry AS json) AS entry,\n"
"	CAST(value AS json) AS value, CAST(\"update\" AS json) AS \"update\"\n"
"FROM \"@\";\n";

/* Writes the pattern with the table's name; returns the end. The room is
 * enough: config_is_table() limits the name, and so does the configuration. */
static char *
expand(const char *pattern, const char *table, char *out)
{
	for (; *pattern != '\0'; pattern++)
		if (*pattern == '@')
			out = stpcpy(out, table);
		else
			*out++ = *pattern;
	*out = '\0';
	return out;
}

void
sql_text_make(const char *table, struct sql_text *text)
{
	expand(found_pattern, table, text->found);
	expand(read_pattern, table, text->read);
	expand(advance_pattern, table, text->advance);
	expand(keys_pattern, table, text->keys);
	expand(copy_pattern, table, text->copy);
	expand(look_pattern, table, text->look);
	expand(peek_pattern, table, text->peek);
}

char *
sql_text_tables(const char *table, const char *relay)
{
	char *text = malloc(sizeof tables + 64 + strlen(relay) +
	    20 * strlen(table)), *at = text;

	if (text == NULL)
		return NULL;
	at += sprintf(at, "-- The tables of hookline's relay %s.\n\n", relay);
	expand(tables, table, at);
	return text;
}
