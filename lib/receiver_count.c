#include "receiver_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/file.h>

#include <time.h>

static void
count(const struct work *work, int status)
{
	bool post = work->request.method == METHOD_POST;
	bool stored = post && status == 200;
	struct counters_event event = {
		.endpoint = work->endpoint != NULL ? work->endpoint->path :
		    NULL,
		.refusal = work->refusal, .accepted = stored && !work->repeat,
		.repeat = stored && work->repeat,
		.unavailable = post && status == 503, .secret = work->secret,
		.bytes = work->bytes, .took_us = -1 };

	if (work->endpoint != NULL && (stored || event.unavailable))
		event.took_us = clock_monotonic_us() - work->began;
	/* A plain GET that is answered leaves no trace. */
	if (post || work->refusal != REFUSAL_NONE)
		counters_add(work->receiver->counters, &event);
}

/* Where nothing could be stored it says what would mend that. */
static void
write_line(const struct work *work, int status)
{
	struct log_field fields[4 + TROUBLE_FIELDS] = {
		LOG_TEXT("reason", work->error != ERR_NONE ?
		    error_word(work->error) : refusal_word(work->refusal)),
		LOG_TEXT("endpoint", work->endpoint != NULL ?
		    work->endpoint->path : work->request.path),
		LOG_NUMBER("bytes", work->bytes),
		LOG_TEXT("peer", request_variable(&work->request,
		    "REMOTE_ADDR")) };
	struct trouble_words trouble_words;
	size_t count = 4;

	if (status == 503)
		count += trouble_fields(&work->receiver->trouble,
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
say_alone(const struct work *work, int status)
{
	static const struct timespec tenth = { 0, 100000000 };
	int fd = work->receiver->own_file;

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1)
		return;
	write_line(work, status);
	if (fd != -1) {
		nanosleep(&tenth, NULL);
		flock(fd, LOCK_UN);
	}
}

static void
say(const struct work *work, int status)
{
	const struct receiver *receiver = work->receiver;
	uint64_t left_out;

	if (receiver->setup->cgi && !counters_shared(receiver->counters)) {
		say_alone(work, status);
		return;
	}
	if (!counters_line(receiver->counters, &left_out))
		return;
	if (left_out > 0)
		LOG(LOG_LEVEL_WARNING, "rejected-more",
		    LOG_NUMBER("count", left_out));
	write_line(work, status);
}

void
receiver_count(const struct work *work, int status)
{
	count(work, status);
	if (work->refusal != REFUSAL_NONE)
		say(work, status);
}
