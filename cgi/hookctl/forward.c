/*
 * hookctl forward: sends records on to an HTTP endpoint, and ends.
 *
 * Only one request is in flight at a time, so records arrive in order, and a
 * run that ends early can be continued at one place.
 */
#include "auth/hmac.h"
#include "base/clock.h"
#include "client.h"
#include "deliver.h"
#include "hookctl/forward_options.h"
#include "hookctl/forward_rejects.h"
#include "hookctl/forward_send.h"
#include "hookctl/forward_source.h"
#include "hookctl/output.h"
#include "hookctl/tail_place.h"
#include "hookctl/tail_signals.h"
#include "outgoing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 30000	/* of a request */
#define IN_A_ROW_MAX 10		/* refusals, which are then not the records'
				 * fault any more */

/* One run of the command. */
struct forward {
	const struct forward_options *options;
	struct range range;
	char *directory;	/* NULL: none is known */
	char journal[CURSOR_JOURNAL_LENGTH + 1];
	struct forward_source *source;
	struct filter *filter;
	struct hmac_key *key;
	struct forward_rejects *rejects;
	struct forward_sender sender;
	struct tally tally;
	struct outgoing_way way;
	struct outgoing request;
	struct progress bar;
	int64_t due;		/* with --rate, when the next request may begin;
				 * clock_monotonic_us() */
	uint64_t sent, hidden, unplaced;
	unsigned in_a_row;	/* refusals */
	struct forward_mark row, rest; /* the first of them; the first record
				 * that is not done, its seq 0 if all are */
};

/*
 * Getting ready
 */

static bool
find_key(struct forward *forward)
{
	const struct forward_options *options = forward->options;
	const struct endpoint *endpoint;
	struct config *config;

	if (options->sign == NULL)
		return true;
	config = where_config(&options->where);
	if (config == NULL)
		return false;
	endpoint = where_endpoint(config, options->sign);
	if (endpoint != NULL && endpoint->app_secrets.count == 0)
		note("--sign: the endpoint \"%s\" has no app secret",
		    endpoint->name);
	else if (endpoint != NULL) {
		forward->key = hmac_key_new(HMAC_SHA256,
		    endpoint->app_secrets.texts[0]);
		if (forward->key == NULL)
			note("out of memory");
	}
	config_free(config);
	return forward->key != NULL;
}

/* Finds the journal's folder. With --file, which may be from any journal, this
 * is done only if --directory says which one, for its id. */
static bool
find_directory(struct forward *forward)
{
	const struct forward_options *options = forward->options;

	if (options->file != NULL && options->where.directory == NULL)
		return true;
	forward->directory = where_directory(&options->where);
	if (forward->directory == NULL)
		return false;
	if (cursor_journal(forward->directory, forward->journal) != ERR_NONE)
		forward->journal[0] = '\0';
	return options->dead == NULL ||
	    place_is_outside(forward->directory, options->dead);
}

static bool
prepare(struct forward *forward)
{
	const struct forward_options *options = forward->options;

	if (!find_directory(forward) || !rejects_are_apart(options->dead,
	    options->file) || !find_key(forward))
		return false;
	forward->filter = filter_new(&options->filter);
	forward->sender.client = client_new();
	if (forward->filter == NULL || forward->sender.client == NULL) {
		note("out of memory");
		return false;
	}
	forward->source = options->file != NULL ?
	    forward_file(options->file, &forward->range) :
	    forward_journal(forward->directory, &forward->range,
	    forward->filter);
	if (forward->source == NULL)
		return false;
	forward->rejects = rejects_new(options->dead);
	forward->sender.tally = &forward->tally;
	forward->sender.give_up = options->give_up;
	forward->tally = (struct tally){ .expected = 200,
	    .any_receiver = true };
	forward->way = (struct outgoing_way){ .url = options->url,
	    .ca_file = options->ca_file, .timeout_ms = TIMEOUT_MS,
	    .key = forward->key, .journal = forward->journal[0] != '\0' ?
	    forward->journal : NULL };
	return forward->rejects != NULL;
}

/*
 * Sending
 */

/* Waits until the next request may begin. False if we are asked to end. */
static bool
keep_pace(struct forward *forward)
{
	uint64_t rate = forward->options->rate;
	int64_t now;

	if (rate == 0)
		return true;
	now = clock_monotonic_us();
	if (now < forward->due && !signals_sleep((forward->due - now) / 1000))
		return false;
	if (forward->due < now)
		forward->due = now;
	forward->due += CLOCK_SECOND / (int64_t)rate;
	return true;
}

static bool
taken(struct forward *forward, const struct forward_item *item)
{
	rejects_tell(forward->rejects);
	forward->in_a_row = 0;
	forward->sent++;
	if (item->record.indistinct && !forward->request.origin)
		forward->unplaced++;
	return true;
}

/* The destination does not want the record. */
static bool
refused(struct forward *forward, const struct forward_item *item)
{
	const struct buffer *body = &forward->sender.answer.body;
	bool done;

	if (forward->in_a_row++ == 0)
		forward->row = item->mark;
	if (forward->in_a_row == IN_A_ROW_MAX) {
		note("record %" PRIu64 " was refused, too: %s; it is the %dth "
		    "in a row, so the destination is at fault, not the "
		    "records", item->mark.seq, forward->sender.error,
		    IN_A_ROW_MAX);
		if (forward->options->dead == NULL)
			forward->rest = forward->row;
		return false;
	}
	done = rejects_add(forward->rejects, item, DELIVER_TRIES,
	    forward->sender.error, "", (struct span){ body->bytes,
	    body->length });
	rejects_tell(forward->rejects);
	return done;
}

/* Sends the record's request. False if the run has to end. */
static bool
send_one(struct forward *forward, const struct forward_item *item)
{
	if (!keep_pace(forward))
		return false;
	switch (forward_send(&forward->sender, &forward->request.request,
	    item->mark.seq)) {
	case FORWARD_TAKEN:
		return taken(forward, item);
	case FORWARD_REFUSED:
		return refused(forward, item);
	case FORWARD_GIVEN_UP:
	case FORWARD_STOPPED:
		return false;
	case FORWARD_NO_MEMORY:
		break;
	}
	note("out of memory");
	return false;
}

static bool
take(struct forward *forward, const struct forward_item *item)
{
	enum outgoing_result result;

	if (!filter_passes(forward->filter, &item->record)) {
		forward->hidden++;
		return true;
	}
	result = outgoing_make(&forward->way, &item->record,
	    &forward->request);
	if (result == OUTGOING_READY)
		return send_one(forward, item);
	if (result != OUTGOING_NO_MEMORY)
		return rejects_add(forward->rejects, item, 0,
		    outgoing_reason(result), result == OUTGOING_DAMAGED ? "" :
		    "--sign ENDPOINT signs anew", (struct span){ 0 });
	note("out of memory");
	return false;
}

static void
show_progress(struct forward *forward)
{
	forward->bar.total = forward_total(forward->source);
	if (forward->bar.total > 0)
		progress_step(&forward->bar, forward_passed(forward->source));
}

/* True if all records are done; otherwise a message has said why not. */
static bool
work(struct forward *forward)
{
	struct forward_mark *rest = &forward->rest;
	struct forward_item item;
	enum forward_next next;

	for (;;) {
		next = forward_next(forward->source, &item);
		if (next != FORWARD_RECORD)
			return next == FORWARD_END;
		*rest = item.mark;
		if (signals_stops() > 0 || !take(forward, &item))
			return false;
		rest->seq++;
		rest->line += rest->line > 0;
		show_progress(forward);
	}
}

/*
 * The result
 */

static void
print_count(const char *name, uint64_t count)
{
	char number[32];

	if (count > 0)
		printf("   %s %s", name, number_text(count, number));
}

static void
print_summary(struct forward *forward)
{
	char number[32];

	tally_print(&forward->tally);
	printf("sent %s", number_text(forward->sent, number));
	print_count(forward->options->dead != NULL ? "dead letters" :
	    "left out", rejects_count(forward->rejects));
	print_count("hidden by filters", forward->hidden);
	putchar('\n');
}

/* Warns about indistinct records that were sent without an origin: nothing else
 * tells them from later ones with the same bytes. */
static void
tell_unplaced(const struct forward *forward)
{
	char number[32];

	if (forward->unplaced == 0)
		return;
	note("%s of the records that were sent are indistinct and had no "
	    "origin: of equal ones within 15 minutes, another hookline keeps "
	    "only the first; %s", number_text(forward->unplaced, number),
	    forward->directory == NULL ? "--directory DIR says which journal "
	    "they are from" : "the journal has no id in relay/id");
}

static enum status
judge(const struct forward *forward, bool all)
{
	if (all)
		return rejects_count(forward->rejects) > 0 ||
		    forward_has_gaps(forward->source) ? STATUS_WRONG :
		    STATUS_DONE;
	if (signals_stops() > 0)
		note("stopped by a signal");
	if (forward->rest.seq > 0)
		forward_say_rest(forward->source, &forward->rest);
	return STATUS_FAILED;
}

static enum status
forward_all(struct forward *forward)
{
	bool all;

	if (!prepare(forward))
		return STATUS_FAILED;
	progress_begin(&forward->bar, 0);
	all = work(forward);
	progress_end(&forward->bar);
	rejects_tell(forward->rejects);
	print_summary(forward);
	tell_unplaced(forward);
	return judge(forward, all);
}

static void
clean_up(struct forward *forward)
{
	rejects_free(forward->rejects);
	forward_close(forward->source);
	forward_sender_free(&forward->sender);
	outgoing_free(&forward->request);
	tally_free(&forward->tally);
	filter_free(forward->filter);
	hmac_key_free(forward->key);
	free(forward->directory);
}

static enum status
run(char **words)
{
	struct forward_options options = { .give_up = GIVE_UP };
	struct forward forward = { .options = &options };
	enum status status = options_read(&command_forward, words, &options,
	    &options.url);

	if (status != STATUS_DONE)
		return status;
	status = forward_options_check(&command_forward, &options,
	    &forward.range);
	if (status == STATUS_DONE && !client_available())
		status = fail(STATUS_FAILED, "this hookctl was built without "
		    "network");
	if (status == STATUS_DONE) {
		signals_take();
		status = forward_all(&forward);
	}
	clean_up(&forward);
	options_free(&command_forward, &options);
	return status;
}

const struct command command_forward = {
	.name = "forward",
	.operands = "URL",
	.operands_most = 1,
	.summary = "send records on to an HTTP endpoint, and end",
	.about = "\nWithout a range or a file it sends the whole journal. A "
	    "record is sent as it\ncame, with its signature; updates, "
	    "reformatted and unsigned ones need --sign.\n",
	.options = forward_rows,
	.run = run
};
