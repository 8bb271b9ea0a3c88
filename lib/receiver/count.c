#include "receiver/internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/file.h>

#include <time.h>

static void
count(const struct delivery *delivery, int status)
{
	bool post = delivery->request->method == METHOD_POST;
	bool stored = post && status == 200;
	struct counters_event event = {
		.endpoint = delivery->endpoint != NULL ? delivery->endpoint->path :
		    NULL,
		.refusal = delivery->refusal, .accepted = stored && !delivery->repeat,
		.repeat = stored && delivery->repeat,
		.unavailable = post && status == 503, .secret = delivery->secret,
		.bytes = delivery->bytes, .took_us = -1 };

	if (delivery->endpoint != NULL && (stored || event.unavailable))
		event.took_us = clock_monotonic_us() - delivery->began;
	/* A plain GET that is answered leaves no trace. */
	if (post || delivery->refusal != REFUSAL_NONE)
		counters_add(delivery->receiver->counters, &event);
}

/* Where nothing could be stored it says what would mend that. */
static void
write_line(const struct delivery *delivery, int status)
{
	struct log_field fields[4 + TROUBLE_FIELDS] = {
		LOG_TEXT("reason", delivery->error != ERR_NONE ?
		    error_word(delivery->error) : refusal_word(delivery->refusal)),
		LOG_TEXT("endpoint", delivery->endpoint != NULL ?
		    delivery->endpoint->path : delivery->request->path),
		LOG_NUMBER("bytes", delivery->bytes),
		LOG_TEXT("peer", request_variable(delivery->request,
		    "REMOTE_ADDR")) };
	struct trouble_words trouble_words;
	size_t count = 4;

	if (status == 503)
		count += trouble_fields(&delivery->receiver->trouble,
		    &trouble_words, fields + count);
	log_event(status == 503 ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    status == 503 ? "unavailable" : "rejected", fields, count);
}

/*
 * CGI processes that have no counters to share: the one that gets the lock on
 * the program's own file writes its line, and keeps the lock for a tenth of a
 * second, so that there are ten lines in one at most.
 */
static void
say_alone(const struct delivery *delivery, int status)
{
	static const struct timespec tenth = { 0, 100000000 };
	int fd = delivery->receiver->own_file;

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1)
		return;
	write_line(delivery, status);
	if (fd != -1) {
		nanosleep(&tenth, NULL);
		flock(fd, LOCK_UN);
	}
}

static void
say(const struct delivery *delivery, int status)
{
	const struct receiver *receiver = delivery->receiver;
	uint64_t left_out;

	if (receiver->setup->cgi && !counters_shared(receiver->counters)) {
		say_alone(delivery, status);
		return;
	}
	if (!counters_line(receiver->counters, &left_out))
		return;
	if (left_out > 0)
		LOG(LOG_LEVEL_WARNING, "rejected-more",
		    LOG_NUMBER("count", left_out));
	write_line(delivery, status);
}

void
receiver_count(const struct delivery *delivery, int status)
{
	count(delivery, status);
	if (delivery->refusal != REFUSAL_NONE)
		say(delivery, status);
}
