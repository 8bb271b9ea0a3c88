#include "receiver/internal.h"

#include "base/clock.h"
#include "http/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARKED_STEP_MS 100

struct receiver {
	struct setup setup;
	struct lifetime lifetime;
	struct report report;
	struct gather gather;
	struct parked parked;
	struct body body;
};

/*
 * One request
 */

/* Ignores one slash at the end of a path unless an endpoint has it. */
static const struct endpoint *
find_endpoint(const struct config *config, const char *path)
{
	const struct endpoint *found = config_endpoint(config, path);
	size_t length = strlen(path);
	char shorter[REQUEST_PATH_MAX];

	if (length == 0 || path[length - 1] != '/' ||
	    (found != NULL && strcmp(found->path, path) == 0))
		return found;
	memcpy(shorter, path, length - 1);
	shorter[length - 1] = '\0';
	return config_endpoint(config, shorter);
}

/* Runs all stages; 0: the notification may be stored. */
static int
check(struct delivery *delivery, const struct lifetime *lifetime)
{
	const struct request *request = delivery->request;
	const struct setup *setup = delivery->setup;
	bool post = request->method == METHOD_POST;

	if (setup->config == NULL) {
		if (!post && !query_has_hub(request->query))
			answer_word(&delivery->answer, 503,
			    config_status_word(setup->status));
		return 503;
	}
	delivery->endpoint = find_endpoint(setup->config, request->path);
	if (delivery->endpoint == NULL)
		return delivery_refuse(delivery, 404, REFUSAL_PATH);
	if (request->method == METHOD_OTHER)
		return delivery_refuse(delivery, 405, REFUSAL_METHOD);
	return post ? post_check(delivery) : get_answer(delivery, lifetime);
}

static void
answer(struct report *report, struct delivery *delivery, int status)
{
	const struct exchange *exchange = delivery->exchange;
	char text[ANSWER_MAX];
	size_t length;

	if (delivery->answer.status != status)
		answer_status(&delivery->answer, status);
	report_request(report, delivery, status);
	/* lighttpd kills a CGI process once it has the answer. */
	if (report->hint.waits)
		exchange->hold(exchange->context);
	length = answer_format(&delivery->answer,
	    delivery->request->method == METHOD_HEAD, text);
	(void)exchange->send(exchange->context, text, length);
	exchange->end(exchange->context);
}

/* Enters the sandbox, unless the journal's folder has yet to be created. */
static void
confine(struct receiver *receiver)
{
	receiver->report.due[HOURLY_SANDBOX] |=
	    lifetime_confine(&receiver->lifetime, &receiver->setup);
}

/*
 * Those that wait
 */

static enum error
open_journal(struct receiver *receiver)
{
	struct setup *setup = &receiver->setup;
	enum error error = setup_open_journal(setup);

	if (error == ERR_NONE)
		confine(receiver);
	if (error == ERR_NONE ||
	    !lifetime_look_at_bounds(&receiver->lifetime, setup))
		return error;
	/* Say this instead: nobody can repair what the sandbox forbids. */
	trouble_clear(&setup->trouble);
	trouble_note(&setup->trouble, -1, setup->directory, ".",
	    "not the folder that this process began with",
	    "none: a new process takes over within a minute");
	return error;
}

/* Stores the records; with ERR_NONE, they are durable. */
static enum error
store(struct receiver *receiver)
{
	struct setup *setup = &receiver->setup;
	struct journal_record *records;
	enum error error = open_journal(receiver);
	size_t count;

	if (error == ERR_NONE) {
		records = gather_records(&receiver->gather, &count);
		error = journal_append(setup->journal, records, count);
		if (error == ERR_STALE && !journal_moved(setup->journal))
			lifetime_outdated(&receiver->lifetime, setup);
	}
	if (error == ERR_NONE)
		counters_stored(setup->counters);
	else if (error != ERR_BUSY)
		counters_failed(setup->counters);
	return error;
}

/* Answers those of the parked whose fate is known; with `last`, all. */
static void
answer_parked(struct receiver *receiver, bool last)
{
	size_t at = receiver->parked.count;
	struct delivery delivery;
	int status;

	while (parked_take(&receiver->parked, &at, last, &delivery, &status))
		answer(&receiver->report, &delivery, status);
}

size_t
receiver_revisit(void *argument, int wait_ms)
{
	struct receiver *receiver = argument;
	struct parked *parked = &receiver->parked;

	if (parked->count == 0)
		return 0;
	parked_look(parked, &receiver->setup, wait_ms);
	answer_parked(receiver, wait_ms < 0);
	return parked->count;
}

/* Waits until fewer than `count` are parked, which takes as long as the
 * configuration allows. */
static void
empty_parked(struct receiver *receiver, size_t count)
{
	while (receiver->parked.count >= count)
		(void)receiver_revisit(receiver, PARKED_STEP_MS);
}

static void
park(struct receiver *receiver, size_t index)
{
	struct gather *gather = &receiver->gather;

	if (parked_is_full(&receiver->parked))
		empty_parked(receiver, EXCHANGES_LIVE);
	parked_add(&receiver->parked, &gather->kept[index],
	    gather_seq(gather, index));
}

static void
settle_gathered(struct receiver *receiver)
{
	struct gather *gather = &receiver->gather;
	enum error error = store(receiver);
	size_t i;

	if (error == ERR_NONE)
		gather_mark_repeats(gather);
	for (i = 0; i < gather->count; i++) {
		struct delivery *delivery = &gather->kept[i];

		if (error == ERR_NONE && parked_must_wait(delivery))
			park(receiver, i);
		else
			answer(&receiver->report, delivery, error == ERR_NONE ?
			    200 : delivery_fail(delivery, error));
	}
	if (error == ERR_NONE)
		report_repeats(&receiver->report, gather);
	gather_clear(gather);
	(void)receiver_revisit(receiver, 0);
	trouble_clear(&receiver->setup.trouble);
	report_due(&receiver->report, &receiver->setup,
	    &receiver->lifetime.sandbox);
}

void
receiver_settle(void *argument)
{
	struct receiver *receiver = argument;

	if (receiver->gather.count > 0)
		settle_gathered(receiver);
	report_hinted(&receiver->report);
}

/* 0: the delivery waits, or has been settled with the others. */
static int
keep(struct receiver *receiver, struct delivery *delivery)
{
	struct gather *gather = &receiver->gather;
	enum gathered gathered = gather_add(gather, delivery);

	if (gathered == GATHER_NO_ROOM) {
		receiver_settle(receiver);
		gathered = gather_add(gather, delivery);
	}
	if (gathered != GATHER_KEPT)
		return delivery_fail(delivery, delivery->error);
	if (gather_is_full(gather))
		receiver_settle(receiver);
	return 0;
}

/*
 * The main path
 */

/* Loads it for a request's variables; both are NULL before the first one. */
static void
load(struct receiver *receiver, const char *document_root,
    const char *script_filename)
{
	struct setup *setup = &receiver->setup;

	setup_load(setup, document_root, script_filename);
	if (setup->config == NULL)
		return;
	receiver->report.due[HOURLY_SECRETS] = true;
	(void)lifetime_look_at_bounds(&receiver->lifetime, setup);
}

void
receiver_handle(void *argument, const struct exchange *exchange)
{
	struct receiver *receiver = argument;
	struct setup *setup = &receiver->setup;
	const struct request *request = exchange->request;
	const char *root = request_last_variable(request, "DOCUMENT_ROOT");
	const char *peer = request_variable(request, "REMOTE_ADDR");
	struct delivery delivery = { .exchange = exchange,
	    .request = request, .setup = setup, .body = &receiver->body,
	    .secret = NO_SECRET, .began = clock_monotonic_us() };
	int status;

	if (peer != NULL)
		(void)snprintf(delivery.peer, sizeof delivery.peer, "%s",
		    peer);
	if (request->length_kind == LENGTH_GIVEN)
		delivery.bytes = request->length;
	if (setup_is_stale(setup, root)) {
		/* Those that wait arrived under the old configuration. */
		receiver_settle(receiver);
		empty_parked(receiver, 1);
		load(receiver, root,
		    request_variable(request, "SCRIPT_FILENAME"));
	}
	if (setup->config != NULL)
		confine(receiver);
	status = check(&delivery, &receiver->lifetime);
	if (status == 0) {
		exchange->hold(exchange->context);
		status = keep(receiver, &delivery);
	}
	if (status == 0)
		return;
	answer(&receiver->report, &delivery, status);
	if (request->method == METHOD_POST)
		report_due(&receiver->report, setup,
		    &receiver->lifetime.sandbox);
}

int
receiver_rest(void *argument)
{
	struct receiver *receiver = argument;

	return lifetime_rest(&receiver->lifetime, &receiver->setup);
}

struct receiver *
receiver_new(const struct receiver_start *start)
{
	struct receiver *receiver = calloc(1, sizeof *receiver);

	if (receiver == NULL)
		return NULL;
	lifetime_begin(&receiver->lifetime);
	report_begin(&receiver->report, start->cgi);
	receiver->body.notification = notification_new();
	if (!setup_begin(&receiver->setup, start) ||
	    receiver->body.notification == NULL) {
		receiver_free(receiver);
		return NULL;
	}
	/* Before the first request, so that the log says what is wrong. */
	if (!start->cgi)
		load(receiver, NULL, NULL);
	return receiver;
}

void
receiver_free(struct receiver *receiver)
{
	if (receiver == NULL)
		return;
	setup_end(&receiver->setup);
	lifetime_free(&receiver->lifetime);
	report_end(&receiver->report);
	gather_free(&receiver->gather);
	notification_free(receiver->body.notification);
	buffer_free(&receiver->body.bytes);
	free(receiver);
}
