/*
 * sql_text: the SQL of a relay's tables. It keeps to what PostgreSQL has in
 * common with the servers that speak its protocol: no triggers, no functions,
 * no locks but those of an UPDATE.
 *
 *   TABLE            the records, one row for each: sql_row.h
 *   TABLE_keys       the events that TABLE has or had, for recognizing them
 *   TABLE_position   how far each relay has come in each journal
 *   TABLE_json       TABLE, with json instead of text
 */
#ifndef HOOKLINE_RELAY_SQL_TEXT_H
#define HOOKLINE_RELAY_SQL_TEXT_H

#define SQL_COLUMNS 25		/* of TABLE, as `copy` gives them */

/* Parameters are described where a statement is sent. */
struct sql_text {
	char found[256];	/* makes a position of 0 if there is none */
	char read[256];		/* the position, whose row it locks */
	char advance[256];	/* the position, if it is still the old one */
	char keys[256];		/* adds keys; returns the seqs of new ones */
	char copy[512];		/* adds rows, in binary */
	char look[512];		/* no rows of the view, for --check */
	char peek[256];		/* the position, for --check */
};

void sql_text_make(const char *table, struct sql_text *text);

/* The statements that make what does not exist yet, with comments; the caller
 * frees them. NULL if memory is short. */
char *sql_text_tables(const char *table, const char *relay);

#endif
