#include "hookctl/tail_range.h"

#include "hookctl/tail_signals.h"

#include "base/clock.h"
#include "when.h"

#include <stdlib.h>

static enum status
read_time(const struct command *command, const char *name, const char *text,
    bool utc, int64_t *time)
{
	if (text == NULL || when_parse(text, clock_now(), utc, time))
		return STATUS_DONE;
	return usage_error(command, "--%s: \"%s\" is not " WHEN_FORMS,
	    name, text);
}

enum status
range_read(const struct command *command, const char *since, const char *until,
    bool utc, struct range *range)
{
	enum status status;

	*range = (struct range){ .since = INT64_MIN, .until = INT64_MAX };
	status = read_time(command, "since", since, utc, &range->since);
	if (status == STATUS_DONE)
		status = read_time(command, "until", until, utc,
		    &range->until);
	if (status == STATUS_DONE && range->since > range->until)
		status = usage_error(command, "--since is later than "
		    "--until");
	return status;
}

bool
range_has(const struct range *range, const struct reader_line *line)
{
	return line->received_at >= range->since &&
	    line->received_at <= range->until;
}

/* The live file without a record has no seq. */
static size_t
without_empty(const struct reader_file *files, size_t count)
{
	while (count > 0 && files[count - 1].first_seq == 0)
		count--;
	return count;
}

/* The first file that may hold something in the range. As the clock may have
 * been wrong, a file is left out only if the next one begins too early, too. */
static size_t
first_file(const struct reader_file *files, size_t count,
    const struct range *range)
{
	size_t i = 0;

	while (i + 1 < count && (files[i + 1].first_seq <= range->from_seq ||
	    (range->since != INT64_MIN &&
	    files[i + 1].first_time < range->since - CLOCK_SECOND)))
		i++;
	return i;
}

/* The file after the last one that may. */
static size_t
last_file(const struct reader_file *files, size_t count,
    const struct range *range)
{
	while (count > 0 && files[count - 1].first_time > range->until)
		count--;
	return count;
}

static enum error
list(const char *directory, struct reader_file **files, size_t *count)
{
	enum error error = reader_files(directory, files, count);

	*count = without_empty(*files, *count);
	return error;
}

static uint64_t
start_of(const struct reader_file *files, size_t count,
    const struct range *range)
{
	size_t i = first_file(files, count, range);
	uint64_t seq = i > 0 ? files[i].first_seq : 0;

	return seq > range->from_seq ? seq : range->from_seq;
}

enum error
range_find(const char *directory, const struct range *range, uint64_t *first,
    uint64_t *end)
{
	struct reader_file *files;
	size_t count, last;
	enum error error = list(directory, &files, &count);

	if (error != ERR_NONE)
		return error;
	*first = start_of(files, count, range);
	last = last_file(files, count, range);
	*end = last < count ? files[last].first_seq : 0;
	free(files);
	return ERR_NONE;
}

/*
 * The last records
 */

/* A search in one file. */
struct search {
	const struct range *range;
	struct filter *filter;
	uint64_t count;		/* how many are still wanted */
	struct buffer found;	/* the seqs of those that pass */
	uint64_t last;		/* the last seq that was read; 0: none */
};

static uint64_t
found_count(const struct search *search)
{
	return search->found.length / sizeof(uint64_t);
}

static uint64_t
found_at(const struct search *search, uint64_t i)
{
	uint64_t seq;

	memcpy(&seq, search->found.bytes + i * sizeof seq, sizeof seq);
	return seq;
}

/* Keeps the last ones, if there are twice as many. */
static void
trim(struct search *search)
{
	size_t keep = (size_t)search->count * sizeof(uint64_t);

	if (found_count(search) < 1024 || search->found.length / 2 < keep)
		return;
	memmove(search->found.bytes, search->found.bytes +
	    search->found.length - keep, keep);
	search->found.length = keep;
}

static bool
passes(const struct search *search, const struct reader_line *line)
{
	struct record record;

	return line->seq >= search->range->from_seq &&
	    range_has(search->range, line) &&
	    record_decode(line->bytes, line->length, &record) == ERR_NONE &&
	    filter_passes(search->filter, &record);
}

static enum error
consider(struct search *search, const struct reader_line *line)
{
	search->last = line->seq;
	if (search->count == 0 || !passes(search, line))
		return ERR_NONE;
	trim(search);
	return buffer_append(&search->found, &line->seq, sizeof line->seq);
}

/* Reads what is at `first` or above it, and below `end` unless that is 0. */
static enum error
search_part(struct search *search, const char *directory, uint64_t first,
    uint64_t end)
{
	const struct reader_options options = { .directory = directory,
	    .from_seq = first };
	struct reader_line line;
	struct reader *reader;
	enum error error = reader_open(&options, &reader);

	search->found.length = 0;
	while (error == ERR_NONE && signals_stops() == 0) {
		if (!reader_next(reader, &line)) {
			error = reader_error(reader);
			break;
		}
		if (end != 0 && line.seq >= end)
			break;
		error = consider(search, &line);
	}
	reader_close(reader);
	return error;
}

enum error
range_last(const char *directory, const struct range *range, uint64_t count,
    struct filter *filter, uint64_t *first)
{
	struct search search = { .range = range, .filter = filter,
	    .count = count };
	struct reader_file *files;
	size_t all, i;
	uint64_t end;
	enum error error = list(directory, &files, &all);

	if (error != ERR_NONE)
		return error;
	*first = start_of(files, all, range);
	for (i = last_file(files, all, range); i > 0; i--) {
		end = i < all ? files[i].first_seq : 0;
		error = search_part(&search, directory,
		    files[i - 1].first_seq, end);
		if (error != ERR_NONE)
			break;
		if (count == 0 || found_count(&search) >= search.count) {
			*first = count == 0 ? search.last + 1 : found_at(
			    &search, found_count(&search) - search.count);
			break;
		}
		search.count -= found_count(&search);
		if (files[i - 1].first_seq <= *first)
			break;
	}
	free(files);
	buffer_free(&search.found);
	return error;
}
