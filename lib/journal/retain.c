#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "journal/cursor_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At each rotation, remove at most this many files, so that a wrong clock or a
 * typo costs little. */
#define REMOVE_MAX 2

struct old {
	struct segment *segments;
	size_t count;
	uint64_t size;		/* bytes of all of them */
	char id[CURSOR_JOURNAL_LENGTH + 1];	/* the journal's; "": none */
	uint64_t sent;		/* the last seq that all relays are done with */
};

/*
 * Relays
 */

/*
 * Whether the cursor's record can be in this journal. If a journal was restored
 * at an older seq, it has the same id, but other records from there on: the one
 * with the cursor's seq was received later, or has yet to come. The live file
 * is empty at this point.
 */
static bool
can_fit(const struct journal *journal, const struct old *old,
    const struct cursor_place *place)
{
	size_t i = old->count;

	if (strcmp(place->journal, old->id) != 0 ||
	    place->seq >= journal->shared->next_seq)
		return false;
	while (i > 0 && old->segments[i - 1].first_seq > place->seq)
		i--;
	return i == 0 || old->segments[i - 1].first_time <= place->received_at;
}

/* The last seq that this relay is done with. A relay whose cursor does not fit
 * this journal begins with the oldest record. */
static uint64_t
sent_by(const struct journal *journal, const struct old *old,
    const char *relay)
{
	char name[sizeof RELAY_FOLDER + 64];
	struct cursor_place place;

	if (snprintf(name, sizeof name, RELAY_FOLDER "/%s" RELAY_CURSOR,
	    relay) >= (int)sizeof name ||
	    cursor_text_read(journal->folder.fd, name, &place) != ERR_NONE ||
	    !can_fit(journal, old, &place))
		return 0;
	return place.seq;
}

static void
look_at_relays(const struct journal *journal, struct old *old)
{
	const struct journal_options *options = &journal->options;
	uint64_t sent;
	size_t i;

	old->sent = UINT64_MAX;
	if (options->relay_count > 0)
		(void)cursor_text_journal(journal->folder.fd, old->id);
	for (i = 0; i < options->relay_count; i++) {
		sent = sent_by(journal, old, options->relays[i]);
		if (sent < old->sent)
			old->sent = sent;
	}
}

/* The last seq of a file that is not the newest. */
static uint64_t
last_seq(const struct old *old, size_t i)
{
	return old->segments[i + 1].first_seq - 1;
}

static void
report_unsent(const char *relay, uint64_t first, uint64_t last)
{
	LOG(LOG_LEVEL_ERROR, "removed-unsent", LOG_TEXT("relay", relay),
	    LOG_NUMBER("first", first), LOG_NUMBER("last", last),
	    LOG_TEXT("remedy", "keep_size is too small for what the relay has "
	    "yet to send: see hookctl relays"));
}

/* Says what the relays will never send, now that the file is gone. */
static void
report_all_unsent(const struct journal *journal, const struct old *old,
    size_t gone)
{
	const struct journal_options *options = &journal->options;
	const uint64_t first = old->segments[gone].first_seq;
	const uint64_t last = last_seq(old, gone);
	uint64_t sent;
	size_t i;

	for (i = 0; i < options->relay_count; i++) {
		sent = sent_by(journal, old, options->relays[i]);
		if (sent < last)
			report_unsent(options->relays[i],
			    sent < first ? first : sent + 1, last);
	}
}

/*
 * Files
 */

static uint64_t
size_of(const struct journal *journal, const struct segment *segment)
{
	char path[SEGMENT_PATH_MAX];

	segment_path(segment, path);
	return segment_size(journal->folder.fd, path);
}

/* Whether the oldest file has to go. The newest always stays. */
static bool
surplus(const struct journal *journal, const struct old *old, size_t gone)
{
	const struct journal_options *options = &journal->options;
	int64_t oldest = clock_now() - (int64_t)options->keep_days * CLOCK_DAY;

	if (old->count - gone <= 1)
		return false;
	if (options->keep_size > 0 && old->size > options->keep_size)
		return true;
	if (last_seq(old, gone) > old->sent)
		return false;
	if (options->keep_files > 0 && old->count - gone > options->keep_files)
		return true;
	/* Its last record is no younger than its successor's first, unless a
	 * clock was wrong. So its own first record has to be old, too. */
	return options->keep_days > 0 &&
	    old->segments[gone].first_time < oldest &&
	    old->segments[gone + 1].first_time < oldest;
}

static bool
remove_one(const struct journal *journal, const struct segment *segment)
{
	struct segment twin = *segment;
	char path[SEGMENT_PATH_MAX];

	/* If compression was cut short, remove its unfinished result too. */
	twin.compressed = true;
	segment_path(&twin, path);
	if (!segment->compressed)
		io_unlinkat(journal->folder.fd, path);
	segment_path(segment, path);
	if (io_unlinkat(journal->folder.fd, path) == -1) {
		LOG(LOG_LEVEL_WARNING, "removal-failed",
		    LOG_TEXT("file", path), LOG_NUMBER("errno", errno));
		return false;
	}
	LOG(LOG_LEVEL_INFO, "removed", LOG_TEXT("file", path));
	return true;
}

static bool
clock_plausible(const struct journal *journal)
{
	int64_t window = journal->window;

	if (window == 0)
		window = 7 * 24 * 3600;
	return clock_now() - journal->shared->last_time <=
	    window * CLOCK_SECOND / 2;
}

void
retain(struct journal *journal)
{
	const struct journal_options *options = &journal->options;
	struct old old = { .segments = NULL };
	size_t i, gone;

	if (options->keep_files == 0 && options->keep_days == 0 &&
	    options->keep_size == 0)
		return;
	if (!clock_plausible(journal) || segment_list(journal->folder.fd,
	    &old.segments, &old.count) != ERR_NONE)
		return;
	for (i = 0; options->keep_size > 0 && i < old.count; i++)
		old.size += size_of(journal, &old.segments[i]);
	look_at_relays(journal, &old);
	for (gone = 0; gone < REMOVE_MAX && surplus(journal, &old, gone);
	    gone++) {
		uint64_t size = size_of(journal, &old.segments[gone]);

		if (!remove_one(journal, &old.segments[gone]))
			break;
		if (last_seq(&old, gone) > old.sent)
			report_all_unsent(journal, &old, gone);
		old.size -= size;
	}
	free(old.segments);
}
