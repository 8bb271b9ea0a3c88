#include "relay/sql.h"

#include "relay/sql_position.h"
#include "relay/sql_state.h"
#include "relay/tell.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 4096		/* records read for a batch, wanted or not */
#define NAP_MS 200		/* while held */
#define BUSY_LEAST_MS 2		/* waits for records, as in http.c */
#define BUSY_MOST_MS 100

static void
connect_server(struct sql *sql)
{
	enum sql_outcome outcome = sql_server_connect(&sql->server);

	sql->placed = false;
	if (outcome == SQL_FAILED)
		sql_fail(sql);
}

/* Logs if the database has lost records, as a promoted standby may have. */
static void
compare(const struct sql *sql, const struct cursor_place *place)
{
	if (strcmp(place->journal, sql->place.journal) == 0 &&
	    place->seq < sql->place.seq)
		LOG(LOG_LEVEL_WARNING, "relay-position-back",
		    LOG_TEXT("relay", sql->relay->name),
		    LOG_NUMBER("first", place->seq + 1),
		    LOG_NUMBER("last", sql->place.seq), LOG_TEXT("problem",
		    "the database does not have them any more"),
		    LOG_TEXT("remedy", "none is needed: they are sent again"));
}

static void
take_place(struct sql *sql, const struct cursor_place *place)
{
	compare(sql, place);
	sql->place = *place;
	sql->placed = true;
	sql->fits = place->id[0] != '\0';
	sql->server.hold_until = 0;
	sql->limit = SQL_BATCH_RECORDS;
	source_begin(sql->source, place->seq > 0 ? place : NULL);
	postbox_status(sql->postbox)->position = place->seq;
	if (place->seq == 0)
		(void)postbox_forget(sql->postbox);
	else if (sql->fits)
		(void)postbox_move(sql->postbox, place, true);
	postbox_publish(sql->postbox, true);
}

/* Reads how far the relay has come in this journal, once the journal has an
 * id. */
static void
read_position(struct sql *sql)
{
	struct source_record record;
	struct cursor_place place = { .seq = 0 };
	char journal[CURSOR_JOURNAL_LENGTH + 1];
	enum sql_outcome outcome;

	if (cursor_journal(sql->config->directory, journal) != ERR_NONE) {
		/* Logs why there is no id, unless the journal is new. */
		sql->found = source_next(sql->source, &record);
		return;
	}
	outcome = sql_position_read(&sql->server, &sql->text, journal, &place);
	if (outcome == SQL_DONE)
		take_place(sql, &place);
	else
		sql_take(sql, outcome == SQL_STOPPED ? SQL_STOPPED :
		    SQL_FAILED);
}

/* Reads the records that are there now into a batch. */
static void
fill(struct sql *sql, struct sql_batch *batch)
{
	struct source_record record;
	unsigned i;

	for (i = 0; i < AT_ONCE && !sql->back && !sql_batch_full(batch); i++) {
		postbox_publish(sql->postbox, false);
		sql->found = source_next(sql->source, &record);
		sql->back = sql->found == SOURCE_BACK;
		if (sql->found != SOURCE_RECORD)
			return;
		if (!sql_batch_add(batch, &record)) {
			strcpy(sql->server.problem, "out of memory");
			sql_fail(sql);
			return;
		}
	}
}

/* The journal is another one, or begins again with its oldest record. */
static void
go_back(struct sql *sql)
{
	bool other = strcmp(source_journal(sql->source),
	    sql->place.journal) != 0;

	sql_begin_again(sql);
	sql->placed = !other;
	sql->fits = false;
}

static void
swap(struct sql *sql)
{
	struct sql_batch *empty = sql->now;

	sql->now = sql->next;
	sql->next = empty;
}

/* Sends a batch, and reads the next one meanwhile. */
static void
send_batch(struct sql *sql)
{
	size_t rest = sql->now->count - sql->now->first;
	enum sql_outcome outcome;

	sql->send.batch = sql->now;
	sql->send.count = sql->buried ? 0 : rest < sql->limit ? rest :
	    sql->limit;
	sql->send.old = sql->place.seq;
	outcome = sql_send_begin(&sql->send);
	if (outcome == SQL_DONE && !relay_must_end())
		fill(sql, sql->next);
	if (outcome == SQL_DONE && sql->server.connection != NULL)
		outcome = sql_send_end(&sql->send);
	if (sql->server.connection != NULL)
		sql_take(sql, outcome);
}

/* Waits for something to send. */
static void
idle(struct sql *sql)
{
	int64_t wait = (clock_monotonic_ms() - sql->active_at) / 4;

	if (sql->server.failures > 0)
		sql_resume(sql);
	if (sql->start->once)
		return;
	source_wait(sql->source, wait < BUSY_LEAST_MS ? BUSY_LEAST_MS :
	    wait > BUSY_MOST_MS ? BUSY_MOST_MS : (int)wait);
	if (sql_server_is_gone(&sql->server)) {
		(void)sql_server_lost(&sql->server);
		sql_fail(sql);
	}
}

static void
step(struct sql *sql)
{
	int64_t rest = sql->server.hold_until - clock_monotonic_ms();

	if (sql->server.failures > 0 && rest > 0) {
		source_wait(sql->source, rest < NAP_MS ? (int)rest : NAP_MS);
		return;
	}
	if (sql->server.connection == NULL) {
		connect_server(sql);
		return;
	}
	if (!sql->placed)
		read_position(sql);
	/* Not if the next batch has been read: its records come after these. */
	if (sql->placed && sql->now->first == 0 && !sql->next->any)
		fill(sql, sql->now);
	if (sql->back)
		go_back(sql);
	else if (sql->placed && sql->now->any)
		send_batch(sql);
	else if (sql->server.connection != NULL)
		idle(sql);
	if (!sql->now->any)
		swap(sql);
}

/*
 * The main loop
 */

/* Whether everything is sent, or sending has to stop. */
static bool
ended(const struct sql *sql)
{
	if (relay_must_end())
		return true;
	if (!sql->start->once)
		return false;
	return sql->given_up || sql->found == SOURCE_FAILED ||
	    (sql->found == SOURCE_NOTHING && !sql->now->any &&
	    !sql->next->any && sql->server.failures == 0);
}

/* Copies the position, for those who look at the cursor or the status. */
static void
copy_place(struct sql *sql, bool now)
{
	if (sql->fits && !sql->back)
		(void)postbox_move(sql->postbox, &sql->place, now);
}

/* Publishes that the journal cannot be read, while the server is well. */
static void
tell_trouble(struct sql *sql)
{
	struct relays_status *status = postbox_status(sql->postbox);

	if (sql->server.failures > 0)
		return;
	if (sql->found == SOURCE_FAILED) {
		status->state = RELAYS_FAILED;
		strcpy(status->text, TELL_UNREADABLE);
	} else if (status->state == RELAYS_FAILED)
		sql_server_tell(&sql->server, NULL);
}

static void
run(struct sql *sql)
{
	struct relays_status *status = postbox_status(sql->postbox);
	const uint64_t removed = status->removed;

	sql->letters.dead_in_row = (unsigned)status->dead_in_row;
	while (!ended(sql)) {
		step(sql);
		status->removed = removed + source_removed(sql->source);
		status->dead_in_row = sql->letters.dead_in_row;
		tell_trouble(sql);
		copy_place(sql, false);
		postbox_publish(sql->postbox, false);
	}
	copy_place(sql, true);
}

static enum relay_exit
result_of(const struct sql *sql)
{
	if (sql->start->once && !relay_must_end() && (sql->given_up ||
	    sql->found == SOURCE_FAILED)) {
		bool read = sql->found != SOURCE_FAILED;

		tell_given_up(sql->postbox, sql->relay->name,
		    read ? NULL : TELL_UNREADABLE, read ? "none is needed once "
		    "the database is well: the next run starts with the same "
		    "record" : TELL_SEE_ABOVE);
		return EXIT_FAILED;
	}
	return sql->letters.buried > 0 ? EXIT_WRONG : EXIT_DONE;
}

static void
free_sql(struct sql *sql)
{
	sql_server_close(&sql->server);
	sql_batch_free(&sql->batches[0]);
	sql_batch_free(&sql->batches[1]);
	sql_send_free(&sql->send);
	free(sql);
}

enum relay_exit
sql_run(const struct relay_start *start, const struct config *config,
    const struct relay *relay, struct source *source, struct postbox *postbox)
{
	struct sql *sql = calloc(1, sizeof *sql);
	enum relay_exit result;

	if (sql == NULL)
		return EXIT_FAILED;
	sql->start = start;
	sql->config = config;
	sql->relay = relay;
	sql->source = source;
	sql->postbox = postbox;
	sql->server = (struct sql_server){ .relay = relay,
	    .postbox = postbox };
	sql_text_make(relay->table, &sql->text);
	sql->send.server = &sql->server;
	sql->send.text = &sql->text;
	sql->now = &sql->batches[0];
	sql->next = &sql->batches[1];
	sql->limit = SQL_BATCH_RECORDS;
	sql_server_tell(&sql->server, NULL);
	run(sql);
	result = result_of(sql);
	free_sql(sql);
	return result;
}
