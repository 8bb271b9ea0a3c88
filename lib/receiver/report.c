#include "receiver/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/counters_layout.h"

#include <sys/file.h>

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Static_assert(HOURLY_KINDS <= COUNTERS_HOURLY, "each has a stamp");

void
report_begin(struct report *report, bool cgi)
{
	report->own_file = cgi ? open("/proc/self/exe",
	    O_RDONLY | O_CLOEXEC) : -1;
}

void
report_end(struct report *report)
{
	if (report->own_file != -1)
		close(report->own_file);
	hint_free(&report->hint);
}

/*
 * Requests
 */

static void
count(const struct delivery *delivery, int status)
{
	bool post = delivery->request->method == METHOD_POST;
	bool stored = post && status == 200;
	struct counters_event event = {
		.endpoint = delivery->endpoint != NULL ?
		    delivery->endpoint->name : NULL,
		.refusal = delivery->refusal,
		.accepted = stored && !delivery->repeat,
		.repeat = stored && delivery->repeat,
		.unavailable = post && status == 503,
		.secret = delivery->secret, .bytes = delivery->bytes,
		.took_us = -1 };

	if (delivery->endpoint != NULL && (stored || event.unavailable))
		event.took_us = clock_monotonic_us() - delivery->began;
	/* An answered plain GET leaves no trace. */
	if (post || delivery->refusal != REFUSAL_NONE)
		counters_add(delivery->setup->counters, &event);
}

/*
 * The endpoint's name for the log, or the path if no endpoint has it. If that
 * contains the path of an endpoint that accepts unsigned notifications, that
 * endpoint's name: anybody who knows such a path can write to the journal.
 */
static const char *
endpoint_name(const struct delivery *delivery)
{
	const struct config *config = delivery->setup->config;
	size_t i;

	if (delivery->endpoint != NULL)
		return delivery->endpoint->name;
	for (i = 0; i < config->endpoint_count; i++) {
		const struct endpoint *endpoint = &config->endpoints[i];

		if (endpoint->accept_unsigned &&
		    strstr(delivery->request->path, endpoint->path) != NULL)
			return endpoint->name;
	}
	return delivery->request->path;
}

/* If nothing could be stored, the line says how to repair that. `hint` may be
 * NULL. */
static void
write_line(const struct delivery *delivery, int status, const char *hint)
{
	const struct log_field about[] = {
		LOG_TEXT("endpoint", endpoint_name(delivery)),
		LOG_NUMBER("bytes", delivery->bytes),
		LOG_TEXT("peer", delivery->peer) };
	struct log_field fields[5 + TROUBLE_FIELDS] = {
		LOG_TEXT("reason", delivery->error != ERR_NONE ?
		    error_word(delivery->error) :
		    refusal_word(delivery->refusal)),
		LOG_TEXT("hint", hint) };
	struct trouble_words trouble_words;
	size_t count = hint != NULL ? 2 : 1;

	memcpy(fields + count, about, sizeof about);
	count += sizeof about / sizeof about[0];
	if (status == 503)
		count += trouble_fields(&delivery->setup->trouble,
		    &trouble_words, fields + count);
	log_event(status == 503 ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    status == 503 ? "unavailable" : "rejected", fields, count);
}

/* For what is on disk, but must not be acknowledged yet. */
static void
write_unpassed(const struct delivery *delivery)
{
	LOG(LOG_LEVEL_ERROR, "not-acknowledged",
	    LOG_TEXT("reason", delivery->unpassed),
	    LOG_TEXT("relay", config_acknowledging(delivery->setup->config)),
	    LOG_NUMBER("seq", delivery->awaited),
	    LOG_TEXT("endpoint", endpoint_name(delivery)),
	    LOG_NUMBER("bytes", delivery->bytes),
	    LOG_TEXT("peer", delivery->peer));
}

/* CGI processes without shared counters share only the program's own file. */
static bool
is_alone(const struct delivery *delivery)
{
	return delivery->setup->cgi &&
	    !counters_shared(delivery->setup->counters);
}

/*
 * Whether a refusal or a repeat gets a line. Among processes that count alone,
 * the one that gets the lock on that file writes, and keeps the lock for a
 * tenth of a second, so there are at most ten lines a second.
 */
static bool
may_write(const struct report *report, const struct delivery *delivery,
    enum counters_about about)
{
	uint64_t left_out;

	if (is_alone(delivery))
		return report->own_file == -1 ||
		    flock(report->own_file, LOCK_EX | LOCK_NB) == 0;
	if (!counters_line(delivery->setup->counters, about, &left_out))
		return false;
	if (left_out > 0 && about == ABOUT_REPEATS)
		LOG(LOG_LEVEL_INFO, "repeat-more",
		    LOG_NUMBER("count", left_out));
	else if (left_out > 0)
		LOG(LOG_LEVEL_WARNING, "rejected-more",
		    LOG_NUMBER("count", left_out));
	return true;
}

/* Ends what may_write() began. */
static void
has_written(const struct report *report, const struct delivery *delivery)
{
	static const struct timespec tenth = { 0, 100000000 };

	if (is_alone(delivery) && report->own_file != -1) {
		nanosleep(&tenth, NULL);
		flock(report->own_file, LOCK_UN);
	}
}

void
report_request(struct report *report, const struct delivery *delivery,
    int status)
{
	bool unpassed = delivery->unpassed != NULL;

	count(delivery, status);
	if ((delivery->refusal == REFUSAL_NONE && !unpassed) ||
	    !may_write(report, delivery, ABOUT_REFUSALS) ||
	    hint_take(&report->hint, delivery))
		return;
	if (unpassed)
		write_unpassed(delivery);
	else
		write_line(delivery, status, NULL);
	has_written(report, delivery);
}

void
report_hinted(struct report *report)
{
	struct hint *hint = &report->hint;

	if (!hint->waits)
		return;
	write_line(&hint->delivery, 401, hint_find(hint));
	has_written(report, &hint->delivery);
	hint->waits = false;
}

/* A process that counts alone logs only one repeat, since each takes a tenth of
 * a second. */
void
report_repeats(const struct report *report, const struct gather *gather)
{
	const struct delivery *delivery;
	uint64_t seq;
	size_t at = 0;

	while (gather_next_repeat(gather, &at, &delivery, &seq)) {
		if (!may_write(report, delivery, ABOUT_REPEATS))
			continue;
		LOG(LOG_LEVEL_INFO, "repeat", LOG_NUMBER("seq", seq),
		    LOG_TEXT("endpoint", delivery->endpoint->name));
		has_written(report, delivery);
		if (is_alone(delivery))
			break;
	}
}

/*
 * Hour by hour
 */

static bool
may_say(struct report *report, const struct setup *setup, enum hourly which)
{
	bool say = !setup->cgi && !report->told[which];

	if (counters_shared(setup->counters))
		return counters_hourly(setup->counters, which);
	report->told[which] = true;
	return say;
}

struct weak {
	struct report *report;
	const struct setup *setup;
	bool asked, say;
};

/* The first warning asks whether all may be logged. */
static void
say_weak(void *argument, const char *text)
{
	struct weak *weak = argument;
	const char *file = weak->setup->config->file;

	if (!weak->asked)
		weak->say = may_say(weak->report, weak->setup, HOURLY_SECRETS);
	weak->asked = true;
	if (weak->say)
		LOG(LOG_LEVEL_WARNING, "config",
		    LOG_TEXT("file", file != NULL ? file : "environment"),
		    LOG_TEXT("warning", text));
}

void
report_due(struct report *report, const struct setup *setup,
    const struct sandbox *sandbox)
{
	struct weak weak = { .report = report, .setup = setup };

	if (setup->config == NULL)
		return;
	if (report->due[HOURLY_SANDBOX] &&
	    may_say(report, setup, HOURLY_SANDBOX))
		LOG(LOG_LEVEL_INFO, "sandbox",
		    LOG_TEXT("landlock", sandbox->files ? "yes" : "no"),
		    LOG_TEXT("seccomp", sandbox->calls ? "yes" : "no"));
	if (report->due[HOURLY_SECRETS])
		config_weak(setup->config, say_weak, &weak);
	memset(report->due, 0, sizeof report->due);
}
