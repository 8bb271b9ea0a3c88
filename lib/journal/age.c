/*
 * Decides how old records are, and indexes those that are read again.
 */
#include "journal/writer.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/stamp.h"

/* The index time `seconds` before `now`. */
static uint32_t
ago(uint32_t now, int64_t seconds)
{
	return seconds >= (int64_t)now ? 1 : now - (uint32_t)seconds;
}

uint32_t
age_oldest(const struct journal *journal)
{
	return ago(index_now(), journal->window);
}

/* Looks up a key among those of the index time `oldest` and later. */
static enum error
find(const struct journal *journal, const uint8_t key[JOURNAL_KEY_SIZE],
    uint32_t oldest, uint64_t *seq)
{
	*seq = 0;
	return journal->window > 0 ?
	    index_find(&journal->index, key, oldest, seq) : ERR_NONE;
}

enum error
age_find_any(const struct journal *journal,
    const uint8_t key[JOURNAL_KEY_SIZE], uint64_t *seq)
{
	return find(journal, key, 1, seq);
}

enum error
age_find(const struct journal *journal, uint32_t now,
    struct journal_record *record)
{
	uint32_t oldest = ago(now, journal->window);
	/* Times are whole seconds: it may be almost a second older. */
	uint32_t soon = ago(now, JOURNAL_SOON_SECONDS - 1);
	uint64_t seq = 0;
	enum error error;

	record->seq = 0;
	if (record->repeat == JOURNAL_NEVER)
		return ERR_NONE;
	if (record->repeat == JOURNAL_SOON && oldest < soon)
		oldest = soon;
	error = find(journal, record->key, oldest, &record->seq);
	if (error == ERR_NONE && record->two_keys)
		error = find(journal, record->older_key, oldest, &seq);
	if (record->seq < seq)
		record->seq = seq;
	return error;
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

/* A record's time on the index's clock; 0 if its window is over. */
static uint32_t
index_time(const struct journal *journal, int64_t received_at)
{
	int64_t now = age_now(journal);
	int64_t age = (now - received_at) / CLOCK_SECOND;
	uint32_t index_clock = index_now();

	if (age < 0)
		age = 0;
	if (age > journal->window || age >= (int64_t)index_clock)
		return 0;
	return ago(index_clock, age);
}

/* The same for the line being read. It came after the lines before it, whatever
 * its stamp says. Many come in the same second, and looking at the clocks for
 * each of them takes long. */
static uint32_t
line_time(struct journal *journal)
{
	int64_t second = journal->seen_time / CLOCK_SECOND;

	if (journal->second != second)
		journal->second_time = index_time(journal,
		    journal->seen_time);
	journal->second = second;
	return journal->second_time;
}

/*
 * The same for a record whose repeats only come within minutes (JOURNAL_SOON).
 * Here the clock and the record's own stamp are trusted, even if that makes it
 * too old, since the next event of its kind looks the same. If the stamp is in
 * the future, the clock has stepped back, and the record is new; but in files
 * that were found without their state, such a stamp says nothing.
 */
static uint32_t
soon_time(int64_t received_at, bool found)
{
	int64_t age = clock_now() - received_at;

	if (age < 0)
		age = found ? JOURNAL_SOON_SECONDS * CLOCK_SECOND : 0;
	age /= CLOCK_SECOND;
	return ago(index_now(), age < JOURNAL_SOON_SECONDS ? age :
	    JOURNAL_SOON_SECONDS);
}

/* A line that is read a second time is already in the index, and must not
 * replace a later one. */
static enum error
index_key(struct journal *journal, const uint8_t key[JOURNAL_KEY_SIZE],
    uint32_t time, uint64_t seq)
{
	uint64_t there;
	enum error error = age_find_any(journal, key, &there);

	if (error != ERR_NONE || there >= seq)
		return error;
	error = index_reserve(&journal->index, 1, seq);
	if (error != ERR_NONE)
		return error;
	return index_insert(&journal->index, key, time, seq);
}

/* A line that is read again. */
struct old_line {
	const char *text;
	size_t length;
	bool found;		/* its file was there before this process */
	uint64_t seq;
	int64_t received_at;
	uint32_t time;		/* by the index's clock */
};

static enum error
index_records(struct journal *journal, const struct old_line *line,
    const struct journal_record *records, size_t count)
{
	enum error error = ERR_NONE;
	size_t i;

	for (i = 0; error == ERR_NONE && i < count; i++) {
		if (records[i].repeat == JOURNAL_NEVER)
			continue;
		error = index_key(journal, records[i].key,
		    records[i].repeat == JOURNAL_SOON ?
		    soon_time(line->received_at, line->found) : line->time,
		    line->seq);
	}
	return error;
}

static enum error
index_line(struct journal *journal, struct old_line *line)
{
	const struct journal_options *options = &journal->options;
	struct journal_record own = { .repeat = JOURNAL_IN_WINDOW };
	const struct journal_record *records;
	enum error error;
	size_t count;

	line->time = line_time(journal);
	if (journal->window == 0 || line->time == 0 ||
	    !options->key_of(line->text, line->length, &own))
		return ERR_NONE;
	error = index_records(journal, line, &own, 1);
	/* An older version wrote it. */
	if (error == ERR_NONE && line->found && options->renew != NULL &&
	    line->received_at < relay_id_time(journal)) {
		error = options->renew(options->context, line->text,
		    line->length, &records, &count);
		if (error == ERR_NONE)
			error = index_records(journal, line, records, count);
	}
	return error;
}

enum error
age_line(struct journal *journal, const char *line, size_t length,
    bool found, uint64_t *seq, int64_t *received_at)
{
	struct shared *shared = journal->shared;
	struct old_line old = { .text = line, .length = length,
	    .found = found };
	enum error error;

	if (!stamp_read(line, length, seq, received_at)) {
		*seq = 0;
		journal->foreign++;
		return ERR_NONE;
	}
	if (shared->last_time < *received_at)
		shared->last_time = *received_at;
	if (journal->seen_time < *received_at)
		journal->seen_time = *received_at;
	old.seq = *seq;
	old.received_at = *received_at;
	error = index_line(journal, &old);
	if (error == ERR_NONE && shared->next_seq <= *seq)
		shared->next_seq = *seq + 1;
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
