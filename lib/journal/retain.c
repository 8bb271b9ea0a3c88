#include "journal/writer.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

/* At each rotation, remove at most this many files, so that a wrong clock or a
 * typo costs little. */
#define REMOVE_MAX 2

struct old {
	struct segment *segments;
	size_t count;
	uint64_t size;		/* bytes of all of them */
};

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
	if (options->keep_files > 0 && old->count - gone > options->keep_files)
		return true;
	if (options->keep_size > 0 && old->size > options->keep_size)
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
	struct old old = { NULL, 0, 0 };
	size_t i, gone;

	if (options->keep_files == 0 && options->keep_days == 0 &&
	    options->keep_size == 0)
		return;
	if (!clock_plausible(journal) || segment_list(journal->folder.fd,
	    &old.segments, &old.count) != ERR_NONE)
		return;
	for (i = 0; options->keep_size > 0 && i < old.count; i++)
		old.size += size_of(journal, &old.segments[i]);
	for (gone = 0; gone < REMOVE_MAX && surplus(journal, &old, gone);
	    gone++) {
		uint64_t size = size_of(journal, &old.segments[gone]);

		if (!remove_one(journal, &old.segments[gone]))
			break;
		old.size -= size;
	}
	free(old.segments);
}
