#include "relay/sql_state.h"

#include "deliver.h"

#include "base/clock.h"

#include <sys/random.h>

#include <stdio.h>
#include <string.h>

#define AGAIN_MAX 5		/* tries at once, if two were in each other's
				 * way */
#define MOVES_MS 60000		/* SQL_MOVES in this time: somebody else */
#define PAUSE_MOST_MS 60000
#define FAILURES_MAX 3		/* in a row: --once ends */

void
sql_begin_again(struct sql *sql)
{
	sql_batch_clear(sql->now);
	sql_batch_clear(sql->next);
	sql->placed = false;
	sql->buried = false;
	sql->back = false;
}

/* Nothing gets through. It is tried again after at least `pause` ms. */
static void
hold(struct sql *sql, int64_t pause, const char *problem)
{
	struct sql_server *server = &sql->server;
	uint32_t random = 0;
	int64_t own;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_monotonic_ms();
	server->failures++;
	own = deliver_held_pause_ms(server->failures, random);
	server->hold_until = clock_monotonic_ms() + (pause > own ? pause : own);
	sql->given_up = server->failures >= FAILURES_MAX ||
	    pause >= PAUSE_MOST_MS;
	sql_server_tell(server, problem);
}

void
sql_fail(struct sql *sql)
{
	sql_server_close(&sql->server);
	sql_begin_again(sql);
	hold(sql, 0, sql->server.problem);
}

void
sql_resume(struct sql *sql)
{
	sql_server_tell(&sql->server, NULL);
	sql->server.failures = 0;
	sql->server.hold_until = 0;
	sql->server.slow = false;
	sql->again = 0;
}

/* Two that send the same records take turns at moving the position. */
static void
note_move(struct sql *sql)
{
	int64_t now = clock_monotonic_ms();

	sql_begin_again(sql);
	if (sql->moves[SQL_MOVES - 2] == 0 ||
	    now - sql->moves[SQL_MOVES - 2] > MOVES_MS) {
		memmove(sql->moves + 1, sql->moves,
		    (SQL_MOVES - 1) * sizeof sql->moves[0]);
		sql->moves[0] = now;
		return;
	}
	memset(sql->moves, 0, sizeof sql->moves);
	hold(sql, PAUSE_MOST_MS, "somebody else is sending: the position in "
	    "the database moves by itself");
}

/* The server has taken records, and may take more of them at once. */
static void
taken(struct sql *sql)
{
	letters_taken(&sql->letters, sql->active_at);
	sql->limit = 2 * sql->limit < SQL_BATCH_RECORDS ? 2 * sql->limit :
	    SQL_BATCH_RECORDS;
}

static void
committed(struct sql *sql)
{
	struct sql_batch *batch = sql->now;
	size_t count = sql->send.count;

	sql->place = sql->send.place;
	sql->active_at = clock_monotonic_ms();
	batch->first += count;
	sql->buried = false;
	postbox_status(sql->postbox)->sent += count;
	/* If the journal begins again, this is the place of another record by
	 * now. */
	sql->fits = !sql->back;
	if (sql->server.failures > 0)
		sql_resume(sql);
	sql->again = 0;
	if (count > 0)
		taken(sql);
	if (batch->first == batch->count)
		sql_batch_clear(batch);
}

/* The first record of the batch is refused, alone. */
static void
bury(struct sql *sql)
{
	struct sql_batch *batch = sql->now;
	const struct sql_item *item = &batch->items[batch->first];
	char problem[sizeof sql->server.problem + 64];

	if (letters_are_full(&sql->letters)) {
		(void)snprintf(problem, sizeof problem, "%.120s, after ten "
		    "dead letters in a row", sql->server.problem);
		hold(sql, 0, problem);
	} else if (postbox_bury(sql->postbox, item->place.seq,
	    sql_batch_line(batch, item), 1, sql->server.problem,
	    (struct span){ NULL, 0 })) {
		letters_buried(&sql->letters,
		    &(struct letter){ .tries = 1 });
		batch->first++;
		sql->buried = true;
	} else
		hold(sql, 0, "a dead letter cannot be written");
}

void
sql_take(struct sql *sql, enum sql_outcome outcome)
{
	/* If the server was slow, it has answered by now: there is no need to
	 * wait before the next try. */
	if (outcome == SQL_RECORD || outcome == SQL_MOVED ||
	    outcome == SQL_AGAIN)
		sql->server.hold_until = 0;
	switch (outcome) {
	case SQL_DONE:
		committed(sql);
		break;
	case SQL_RECORD:
		if (sql->send.count == 0)
			sql_fail(sql);
		else if (sql->send.count == 1)
			bury(sql);
		else
			sql->limit = (sql->send.count + 1) / 2;
		break;
	case SQL_MOVED:
		note_move(sql);
		break;
	case SQL_AGAIN:
		if (++sql->again >= AGAIN_MAX)
			sql_fail(sql);
		break;
	case SQL_FAILED:
		sql_fail(sql);
		break;
	case SQL_STOPPED:
		sql_server_close(&sql->server);
		break;
	}
}
