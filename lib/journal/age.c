/*
 * How old the records are that are read again, and into the index with them.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/stamp.h"

uint32_t
age_oldest(const struct journal *journal)
{
	uint32_t now = index_now();

	if (journal->window >= (int64_t)now)
		return 1;
	return now - (uint32_t)journal->window;
}

int64_t
age_now(const struct journal *journal)
{
	int64_t now = clock_now(), last = journal->shared->last_time;
	int64_t started = clock_boot_seconds() * CLOCK_SECOND;

	if (now - last > journal->window * CLOCK_SECOND / 2)
		return last;
	return now - last < started ? now : last + started;
}

/* A record's time by the index's clock; 0 where its window is over. */
static uint32_t
index_time(const struct journal *journal, int64_t received_at)
{
	int64_t now = age_now(journal);
	int64_t age = (now - received_at) / CLOCK_SECOND;

	if (age < 0)
		age = 0;
	if (age > journal->window || age >= (int64_t)index_now())
		return 0;
	return index_now() - (uint32_t)age;
}

static enum error
index_line(struct journal *journal, const char *line, size_t length,
    uint64_t seq, int64_t received_at)
{
	uint8_t key[JOURNAL_KEY_SIZE];
	uint32_t time = index_time(journal, received_at);
	uint64_t there;
	enum error error;

	if (journal->window == 0 || time == 0 ||
	    !journal->options.key_of(line, length, key))
		return ERR_NONE;
	error = index_find(&journal->index, key, age_oldest(journal),
	    &there);
	if (error != ERR_NONE || there != 0)
		return error;
	error = index_reserve(&journal->index, 1, seq);
	if (error != ERR_NONE)
		return error;
	return index_insert(&journal->index, key, time, seq);
}

enum error
age_line(struct journal *journal, const char *line, size_t length)
{
	struct shared *shared = journal->shared;
	int64_t received_at;
	uint64_t seq;
	enum error error;

	if (!stamp_read(line, length, &seq, &received_at)) {
		journal->foreign++;
		return ERR_NONE;
	}
	if (shared->last_time < received_at)
		shared->last_time = received_at;
	/* It came after those before it, whatever its stamp says. */
	if (journal->seen_time < received_at)
		journal->seen_time = received_at;
	error = index_line(journal, line, length, seq, journal->seen_time);
	if (error == ERR_NONE && shared->next_seq <= seq)
		shared->next_seq = seq + 1;
	return error;
}

void
age_report(struct journal *journal, const char *file)
{
	if (journal->foreign > 0)
		LOG(LOG_LEVEL_WARNING, "foreign-lines",
		    LOG_TEXT("file", file),
		    LOG_NUMBER("count", journal->foreign),
		    LOG_TEXT("directory", journal->options.directory));
	journal->foreign = 0;
}
