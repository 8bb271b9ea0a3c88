#include "relay/source.h"

#include "relay/wanted.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/layout.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 2000

struct source {
	const char *directory;
	const struct relay *relay;
	char journal[CURSOR_JOURNAL_LENGTH + 1]; /* "": not known yet */
	struct reader *reader;	/* or NULL: opened at the next read */
	struct cursor_place last; /* the last record that was read */
	bool any;		/* there is a `last` */
	struct cursor_place before; /* and the one before it */
	bool any_before;
	uint64_t seen;		/* its seq, or a later malformed line's */
	struct stat folder, live; /* as they were when last found to be ours */
	int64_t looked_at;	/* in milliseconds */
	uint64_t removed;
	unsigned begun, backs;	/* see source_begun(), source_backs() */
	enum error said;	/* the failure that was logged */
};

struct source *
source_new(const char *directory, const struct relay *relay)
{
	struct source *source = calloc(1, sizeof *source);

	if (source != NULL) {
		source->directory = directory;
		source->relay = relay;
	}
	return source;
}

void
source_free(struct source *source)
{
	if (source == NULL)
		return;
	reader_close(source->reader);
	free(source);
}

void
source_begin(struct source *source, const struct cursor_place *after)
{
	reader_close(source->reader);
	source->reader = NULL;
	source->begun++;
	source->any = after != NULL;
	if (after != NULL) {
		source->last = *after;
		source->seen = after->seq;
	}
}

const char *
source_journal(const struct source *source)
{
	return source->journal;
}

uint64_t
source_removed(const struct source *source)
{
	return source->removed;
}

unsigned
source_begun(const struct source *source)
{
	return source->begun;
}

unsigned
source_backs(const struct source *source)
{
	return source->backs;
}

/*
 * Is it still the same journal?
 */

bool
source_fits(const struct source *source)
{
	enum cursor_fit fit;

	return !source->any || (cursor_compare(source->directory,
	    &source->last, &fit) == ERR_NONE && (fit == CURSOR_FITS ||
	    fit == CURSOR_REMOVED));
}

/* In words, while errno is that of the failure. */
static const char *
problem_of(const struct source *source, enum error error)
{
	if (error == ERR_DAMAGED)
		return RELAY_ID " is malformed: restore it, or remove it to "
		    "send every record in the journal";
	if (error == ERR_BUSY)
		return "how much of it is on disk is not known until its "
		    ".state is made again, at the receiver's next notification";
	if (error != ERR_MISSING)
		return error == ERR_MEMORY ? "out of memory" : strerror(errno);
	return access(source->directory, F_OK) == -1 ?
	    "the folder is missing" : RELAY_ID " is missing: restore it, or "
	    "wait for the next notification, at which the receiver makes it";
}

/* Logs why nothing can be read, once for each new reason. The reader is opened
 * anew later, since its last line may not have been taken. */
static enum source_result
fail(struct source *source, enum error error)
{
	const char *problem = problem_of(source, error);

	if (error != source->said)
		LOG(LOG_LEVEL_ERROR, "relay-unreadable",
		    LOG_TEXT("relay", source->relay->name),
		    LOG_TEXT("directory", source->directory),
		    LOG_TEXT("problem", problem));
	source->said = error;
	reader_close(source->reader);
	source->reader = NULL;
	return SOURCE_FAILED;
}

static void
stat_files(const struct source *source, struct stat *folder, struct stat *live)
{
	char name[4096 + 32];

	memset(folder, 0, sizeof *folder);
	memset(live, 0, sizeof *live);
	(void)stat(source->directory, folder);
	(void)snprintf(name, sizeof name, "%s/" SEGMENT_LIVE,
	    source->directory);
	(void)stat(name, live);
}

/*
 * Whether the files are those that we know, and the live one has not shrunk. If
 * the last look was long ago, that is not enough: an older copy may have been
 * written over the live file, and have outgrown it since.
 */
static bool
unchanged(struct source *source, const struct stat *folder,
    const struct stat *live)
{
	int64_t now = clock_monotonic_ms(), before = source->looked_at;

	source->looked_at = now;
	return now - before < LOOK_MS &&
	    folder->st_dev == source->folder.st_dev &&
	    folder->st_ino == source->folder.st_ino &&
	    live->st_dev == source->live.st_dev &&
	    live->st_ino == source->live.st_ino &&
	    live->st_size >= source->live.st_size;
}

/* Begins again with the oldest record, so that nothing is left out. The
 * destination has to recognize what it gets twice. */
static enum source_result
go_back(struct source *source, const char *why)
{
	LOG(LOG_LEVEL_ERROR, "relay-back",
	    LOG_TEXT("relay", source->relay->name), LOG_TEXT("problem", why),
	    LOG_NUMBER("seq", source->last.seq),
	    LOG_TEXT("remedy", "none is needed: every record in the journal is "
	    "sent, some of them again"));
	source_begin(source, NULL);
	source->backs++;
	return SOURCE_BACK;
}

static enum source_result
judge(struct source *source, enum cursor_fit fit)
{
	switch (fit) {
	case CURSOR_OTHER_RECORD:
		return go_back(source, "the journal has another record with "
		    "the seq of the one that was sent");
	case CURSOR_NO_RECORD:
		return go_back(source, "the journal ends before the record "
		    "that was sent last");
	case CURSOR_OTHER_JOURNAL:
		return go_back(source, "this is another journal");
	case CURSOR_FITS:
	case CURSOR_REMOVED:
		break;
	}
	return SOURCE_NOTHING;
}

/* An empty journal has no id yet. */
static bool
has_records(const char *directory)
{
	struct reader_file *files;
	size_t count;
	bool any = reader_files(directory, &files, &count) == ERR_NONE &&
	    count > 0 && files[0].first_seq > 0;

	free(files);
	return any;
}

/*
 * If the journal's files have changed, after a rotation or because the journal
 * was restored or removed, finds out whether it still holds the last record.
 * SOURCE_NOTHING: all is well.
 */
static enum source_result
check_journal(struct source *source)
{
	struct stat folder, live;
	enum source_result result = SOURCE_NOTHING;
	enum cursor_fit fit;
	enum error error;
	char journal[sizeof source->journal];

	stat_files(source, &folder, &live);
	if (source->reader != NULL && unchanged(source, &folder, &live)) {
		source->live = live;
		return SOURCE_NOTHING;
	}
	error = cursor_journal(source->directory, journal);
	if (error == ERR_MISSING && !source->any &&
	    !has_records(source->directory))
		return SOURCE_NOTHING;
	if (error == ERR_NONE && source->any) {
		error = cursor_compare(source->directory, &source->last, &fit);
		if (error == ERR_NONE)
			result = judge(source, fit);
	}
	if (error != ERR_NONE)
		return fail(source, error);
	/* Not before: what waits to be sent may be another journal's. */
	memcpy(source->journal, journal, sizeof journal);
	if (source->reader != NULL &&
	    (folder.st_ino != source->folder.st_ino ||
	    folder.st_dev != source->folder.st_dev)) {
		reader_close(source->reader);
		source->reader = NULL;
	}
	source->folder = folder;
	source->live = live;
	source->looked_at = clock_monotonic_ms();
	return result;
}

static enum source_result
open_reader(struct source *source)
{
	const struct reader_options options = {
	    .directory = source->directory, .durable = true,
	    .from_seq = source->any ? source->last.seq + 1 : 0 };
	enum error error = reader_open(&options, &source->reader);

	return error == ERR_NONE ? SOURCE_NOTHING : fail(source, error);
}

/*
 * Records
 */

/* Counts and logs the records that are missing before this one. */
static void
note_removed(struct source *source, uint64_t seq)
{
	uint64_t seen = source->seen;

	source->seen = seq;
	if (!source->any || seq <= seen + 1)
		return;
	source->removed += seq - seen - 1;
	LOG(LOG_LEVEL_ERROR, "relay-removed",
	    LOG_TEXT("relay", source->relay->name),
	    LOG_NUMBER("first", seen + 1),
	    LOG_NUMBER("last", seq - 1), LOG_TEXT("problem",
	    "they were removed before they were read"));
}

/* False if the line is not a record that can be sent. */
static bool
take(struct source *source, struct source_record *out)
{
	bool good = cursor_place_of(&out->line, &out->place) &&
	    record_decode(out->line.bytes, out->line.length, &out->record) ==
	    ERR_NONE;

	note_removed(source, out->line.seq);
	if (!good) {
		LOG(LOG_LEVEL_ERROR, "relay-malformed",
		    LOG_TEXT("relay", source->relay->name),
		    LOG_NUMBER("seq", out->line.seq), LOG_TEXT("remedy",
		    "hookctl verify says what is wrong with the line"));
		return false;
	}
	memcpy(out->place.journal, source->journal,
	    sizeof out->place.journal);
	source->before = source->last;
	source->any_before = source->any;
	source->last = out->place;
	source->any = true;
	out->wanted = wanted(source->relay, &out->record);
	return true;
}

/*
 * Looks at the files after each line: if another journal has taken the place of
 * ours, its line must not pass for our next record.
 */
enum source_result
source_next(struct source *source, struct source_record *record)
{
	enum source_result result = source->reader == NULL ?
	    check_journal(source) : SOURCE_NOTHING;
	bool got;

	if (result != SOURCE_NOTHING || source->journal[0] == '\0')
		return result;
	if (source->reader == NULL)
		result = open_reader(source);
	if (result != SOURCE_NOTHING)
		return result;
	do {
		got = reader_next(source->reader, &record->line);
		result = check_journal(source);
		if (result != SOURCE_NOTHING || source->reader == NULL)
			return result;
		if (got && take(source, record))
			return SOURCE_RECORD;
	} while (got);
	if (reader_error(source->reader) != ERR_NONE)
		return fail(source, reader_error(source->reader));
	if (reader_is_unsure(source->reader))
		return fail(source, ERR_BUSY);
	source->said = ERR_NONE;
	return SOURCE_NOTHING;
}

enum source_result
source_put_back(struct source *source)
{
	uint64_t seen = source->seen;

	source_begin(source, source->any_before ? &source->before : NULL);
	source->seen = seen - 1;
	return fail(source, ERR_MEMORY);
}

void
source_wait(struct source *source, int wait_ms)
{
	struct timespec pause = { .tv_nsec = wait_ms * 1000000L };

	if (source->reader != NULL)
		reader_wait(source->reader, wait_ms);
	else
		nanosleep(&pause, NULL);
}
