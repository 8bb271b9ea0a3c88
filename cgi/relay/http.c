#include "relay/http.h"

#include "relay/sender.h"
#include "relay/tell.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 4096		/* records read beyond the first one not done */
#define AT_ONCE 1000		/* unwanted records skipped without a pause */
#define BUSY_LEAST_MS 2		/* waits: while more could be sent */
#define BUSY_MOST_MS 100
#define FULL_MS 250		/* while no more could be */
#define IDLE_MS 250		/* see postbox_publish() */
#define AWAITED_MS 2		/* while receivers wait for records to pass */

static int64_t
now_ms(void)
{
	return clock_monotonic_ms();
}

static size_t
flying(const struct sender *sender)
{
	return sender->count - client_pool_idle(sender->pool);
}

static bool
any_used(const struct sender *sender)
{
	size_t i;

	for (i = 0; i < sender->count; i++)
		if (sender->parcels[i].used)
			return true;
	return false;
}

/*
 * Sending
 */

/* Copies the record into a parcel. False if memory is short. */
static bool
pack(struct parcel *parcel, const struct source_record *record)
{
	parcel->line.length = 0;
	if (buffer_append(&parcel->line, record->line.bytes,
	    record->line.length) != ERR_NONE)
		return false;
	parcel->letter = (struct letter){ 0 };
	parcel->grave.dug = false;
	parcel->due = 0;
	parcel->used = record_decode(parcel->line.bytes, parcel->line.length,
	    &parcel->record) == ERR_NONE;
	return parcel->used;
}

/* Sends the record, or buries one that can never be sent. */
static void
launch(struct sender *sender, struct parcel *parcel)
{
	enum outgoing_result result = outgoing_make(&sender->way,
	    &parcel->record, &parcel->outgoing);

	if (result == OUTGOING_READY && client_pool_begin(sender->pool,
	    &parcel->outgoing.request, parcel)) {
		parcel->flying = true;
		parcel->launch = ++sender->launches;
		sender->active_at = now_ms();
	} else if (result == OUTGOING_READY || result == OUTGOING_NO_MEMORY)
		parcel->due = now_ms() + SENDER_AGAIN_MS;
	else
		sender_give_up(sender, parcel, outgoing_reason(result),
		    (struct span){ NULL, 0 });
}

/* Reads the next record to be sent. NULL if there is none now, or no room for
 * it, or if it comes after many records that the relay does not want. */
static struct parcel *
next_parcel(struct sender *sender)
{
	struct parcel *parcel = sender_free(sender);
	struct source_record record;
	unsigned i;

	for (i = 0; i < AT_ONCE && parcel != NULL &&
	    !window_full(sender->window); i++) {
		postbox_publish(sender->postbox, false);
		sender->found = source_next(sender->source, &record);
		sender->back = sender->found == SOURCE_BACK;
		if (sender->found != SOURCE_RECORD)
			break;
		if (record.wanted && !pack(parcel, &record)) {
			sender->found = source_put_back(sender->source);
			break;
		}
		if (record.wanted) {
			parcel->number = window_add(sender->window,
			    &record.place);
			return parcel;
		}
		window_pass(sender->window, &record.place);
	}
	return NULL;
}

/* Whether another request may begin now. */
static bool
may_launch(const struct sender *sender, int64_t now)
{
	if (client_pool_idle(sender->pool) == 0 || sender->stop_at != 0 ||
	    now < sender->hold_until || sender->back)
		return false;
	return sender->failures < SENDER_PROBING || flying(sender) == 0;
}

/* The next record to try, or NULL. If in_flight is 1, a record that waits for
 * another try has the only parcel. It holds up the rest: the order is kept. */
static struct parcel *
choose(struct sender *sender, int64_t now)
{
	bool probing = sender->failures >= SENDER_PROBING;
	struct parcel *parcel = probing ? next_parcel(sender) :
	    sender_due(sender, now);

	if (parcel != NULL)
		return parcel;
	return probing ? sender_due(sender, now) : next_parcel(sender);
}

static void
fill(struct sender *sender)
{
	struct parcel *parcel;
	int64_t now = now_ms();

	/* Not for long: each dead letter is synced, and a signal may come. */
	while (may_launch(sender, now) && now_ms() - now < BUSY_MOST_MS) {
		parcel = choose(sender, now);
		if (parcel == NULL)
			break;
		if (parcel->grave.dug)
			sender_bury(sender, parcel);
		else
			launch(sender, parcel);
	}
}

/*
 * The main loop
 */

/* Forgets all records, to begin the journal again. None is in flight. */
static void
begin_again(struct sender *sender)
{
	size_t i;

	for (i = 0; i < sender->count; i++)
		sender->parcels[i].used = false;
	window_clear(sender->window);
	sender->back = false;
}

/* How long to sleep before looking for new records: longer, the longer nothing
 * has happened. */
static int
nap(const struct sender *sender, int64_t now)
{
	int64_t wait = (now - sender->active_at) / 4;

	if (!may_launch(sender, now))
		return FULL_MS;
	if (sender->awaited && flying(sender) > 0)
		return AWAITED_MS;
	return wait < BUSY_LEAST_MS ? BUSY_LEAST_MS :
	    wait > BUSY_MOST_MS ? BUSY_MOST_MS : (int)wait;
}

/* How long to wait, while no request is in flight. */
static int
patience(const struct sender *sender, int64_t now)
{
	int64_t until = now + nap(sender, now);
	size_t i;

	if (now < sender->hold_until)
		return (int)(sender->hold_until - now < IDLE_MS ?
		    sender->hold_until - now : IDLE_MS);
	for (i = 0; i < sender->count; i++)
		if (sender->parcels[i].used && sender->parcels[i].due < until)
			until = sender->parcels[i].due;
	return until > now ? (int)(until - now) : 0;
}

/* Whether to go on reading without a wait. */
static bool
may_read(struct sender *sender, int64_t now)
{
	return sender->back || (sender->found == SOURCE_RECORD &&
	    may_launch(sender, now) && sender_free(sender) != NULL &&
	    !window_full(sender->window));
}

/* Waits for an answer and judges it, or waits for something to send. */
static void
wait(struct sender *sender)
{
	int64_t now = now_ms();
	const struct client_answer *answer;
	struct parcel *parcel;
	void *context;

	if (flying(sender) == 0) {
		if (sender->stop_at == 0 && !may_read(sender, now))
			source_wait(sender->source, patience(sender, now));
		return;
	}
	answer = client_pool_take(sender->pool, nap(sender, now), &context);
	if (answer == NULL)
		return;
	sender->active_at = now_ms();
	parcel = context;
	parcel->flying = false;
	sender_judge(sender, parcel, answer);
}

/* Whether a run of --once is to give up. */
static bool
gives_up(const struct sender *sender, int64_t now)
{
	return sender->found == SOURCE_FAILED || sender->stuck ||
	    sender->failures >= SENDER_PROBING ||
	    sender->hold_until - now > TELL_LONG_MS;
}

/* Whether everything is sent, or sending has to stop. */
static bool
ended(struct sender *sender)
{
	int64_t now = now_ms();

	if (sender->stop_at == 0 && relay_must_end())
		sender->stop_at = now + RELAY_STOP_MS - 2 * SENDER_AGAIN_MS;
	if (sender->stop_at != 0)
		return flying(sender) == 0 || now >= sender->stop_at;
	if (!sender->start->once)
		return false;
	return flying(sender) == 0 && (gives_up(sender, now) ||
	    (sender->found == SOURCE_NOTHING && !any_used(sender)));
}

/* False if the cursor could not be written at the end. */
static bool
run(struct sender *sender)
{
	struct relays_status *status = postbox_status(sender->postbox);
	const uint64_t removed = status->removed;
	const struct cursor_place *place;

	sender->letters.dead_in_row = (unsigned)status->dead_in_row;
	while (!ended(sender)) {
		if (sender->back && flying(sender) == 0)
			begin_again(sender);
		fill(sender);
		wait(sender);
		status->removed = removed + source_removed(sender->source);
		status->dead_in_row = sender->letters.dead_in_row;
		sender_tell_trouble(sender);
		place = window_place(sender->window);
		if (place != NULL && !sender->back)
			(void)postbox_move(sender->postbox, place, false);
		postbox_publish(sender->postbox, false);
	}
	place = window_place(sender->window);
	return place == NULL || sender->back ||
	    postbox_move(sender->postbox, place, true);
}

/* Says why a run of --once has not done everything. */
static void
tell_failure(const struct sender *sender, bool saved)
{
	const char *remedy = sender_remedy(sender), *problem =
	    !saved ? "its cursor cannot be written" :
	    sender->found == SOURCE_FAILED ? TELL_UNREADABLE : NULL;

	if (problem != NULL || sender->stuck)
		remedy = TELL_SEE_ABOVE;
	tell_given_up(sender->postbox, sender->relay->name, problem, remedy);
}

static enum relay_exit
result_of(const struct sender *sender, bool saved)
{
	if (sender->start->once && (!saved || gives_up(sender, now_ms()))) {
		tell_failure(sender, saved);
		return EXIT_FAILED;
	}
	return sender->letters.buried > 0 ? EXIT_WRONG : EXIT_DONE;
}

/* The key for signing anew; NULL if `sign` is not set or memory is short. */
static struct hmac_key *
key_of(const struct config *config, const struct relay *relay)
{
	const struct endpoint *endpoint =
	    config_named_endpoint(config, relay->sign);

	return endpoint == NULL ? NULL :
	    hmac_key_new(HMAC_SHA256, endpoint->app_secrets.texts[0]);
}

static void
free_sender(struct sender *sender, struct hmac_key *key)
{
	size_t i;

	client_pool_free(sender->pool);
	window_free(sender->window);
	hmac_key_free(key);
	for (i = 0; i < sender->count; i++) {
		buffer_free(&sender->parcels[i].line);
		outgoing_free(&sender->parcels[i].outgoing);
	}
	free(sender);
}

enum relay_exit
http_run(const struct relay_start *start, const struct config *config,
    const struct relay *relay, struct source *source, struct postbox *postbox)
{
	const size_t count = (size_t)relay->in_flight;
	struct sender *sender = calloc(1, sizeof *sender +
	    count * sizeof sender->parcels[0]);
	struct hmac_key *key = key_of(config, relay);
	enum relay_exit result = EXIT_FAILED;

	if (sender == NULL) {
		hmac_key_free(key);
		return EXIT_FAILED;
	}
	sender->start = start;
	sender->relay = relay;
	sender->source = source;
	sender->postbox = postbox;
	sender->awaited = strcmp(config->acknowledge, relay->name) == 0;
	sender->count = count;
	sender->window = window_new(count == 1 ? 1 : AHEAD);
	sender->pool = client_pool_new(count);
	sender->way = (struct outgoing_way){ .url = relay->url, .key = key,
	    .timeout_ms = (int64_t)relay->timeout * 1000,
	    .journal = source_journal(source) };
	if (sender->window != NULL && sender->pool != NULL &&
	    (key != NULL || *relay->sign == '\0')) {
		sender_tell(sender, NULL);
		result = result_of(sender, run(sender));
	}
	free_sender(sender, key);
	return result;
}

bool
http_check(const struct relay *relay, char *text, size_t room)
{
	const struct client_request request = { .method = "GET",
	    .url = relay->url, .timeout_ms = (int64_t)relay->timeout * 1000 };
	struct client_answer answer = { 0 };
	struct client *client = client_new();
	bool good = client != NULL && client_send(client, &request, &answer);

	if (good)
		(void)snprintf(text, room, "there is an answer: HTTP %d",
		    answer.status);
	else
		(void)snprintf(text, room, "%s", client == NULL ?
		    "out of memory" : answer.error);
	client_answer_free(&answer);
	client_free(client);
	return good;
}
