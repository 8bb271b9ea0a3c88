#include "hookctl/forward_source.h"

#include "base/clock.h"
#include "base/digits.h"
#include "hookctl/output.h"
#include "hookctl/tail_source.h"
#include "journal/dead.h"
#include "journal/layout.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct forward_source {
	struct range range;
	uint64_t passed, total;
	bool gaps;

	const char *directory;	/* a journal's, or NULL */
	struct filter *filter;
	struct source *journal;
	uint64_t reached, last;	/* seqs: the last one read, and to be read */
	uint64_t end;		/* where the range ends, exclusive; or 0 */

	const char *name;	/* a file's, or NULL */
	FILE *file, *own;	/* what is read; the same, or NULL for stdin */
	char *text;		/* its current line */
	size_t room;
};

static struct forward_source *
new_source(const struct range *range)
{
	struct forward_source *source = calloc(1, sizeof *source);

	if (source == NULL) {
		note("out of memory");
		return NULL;
	}
	source->range = *range;
	return source;
}

void
forward_close(struct forward_source *source)
{
	if (source == NULL)
		return;
	source_close(source->journal);
	if (source->own != NULL)
		(void)fclose(source->own);
	free(source->text);
	free(source);
}

uint64_t
forward_total(const struct forward_source *source)
{
	return source->total;
}

uint64_t
forward_passed(const struct forward_source *source)
{
	return source->passed;
}

bool
forward_has_gaps(const struct forward_source *source)
{
	return source->gaps || (source->journal != NULL &&
	    source_has_gaps(source->journal));
}

static bool
is_in_range(const struct range *range, uint64_t seq, int64_t received_at)
{
	const struct reader_line line = { .received_at = received_at };

	return seq >= range->from_seq && range_has(range, &line);
}

/*
 * The journal
 */

/* Finds the records to read, and opens the journal at the first. */
static bool
open_journal(struct forward_source *source)
{
	const struct range all = { .since = INT64_MIN, .until = INT64_MAX };
	uint64_t first = 0, next = 0;
	enum error error = range_find(source->directory, &source->range, &first,
	    &source->end);

	/* Without a last seq, a busy receiver could keep it going for ever. */
	if (error == ERR_NONE)
		error = range_last(source->directory, &all, 0, NULL, &next);
	if (error != ERR_NONE) {
		note("the journal %s cannot be read: %s", source->directory,
		    error_word(error));
		return false;
	}
	source->last = next > 0 ? next - 1 : 0;
	if (source->end > 0 && source->end <= source->last)
		source->last = source->end - 1;
	source->reached = first > 0 ? first - 1 : 0;
	source->journal = source_open(source->directory, first, true);
	return source->journal != NULL;
}

struct forward_source *
forward_journal(const char *directory, const struct range *range,
    struct filter *filter)
{
	struct forward_source *source;
	bool asked;

	if (!source_wait(directory, false, &asked))
		return NULL;
	source = new_source(range);
	if (source == NULL)
		return NULL;
	source->directory = directory;
	source->filter = filter;
	if (open_journal(source))
		return source;
	forward_close(source);
	return NULL;
}

/* Finds the first and the last record in the range and the filter that may not
 * be on the disk yet. `*first` is 0 if there is none. */
static void
find_unsafe(struct forward_source *source, uint64_t *first, uint64_t *last)
{
	struct source *rest = source_open(source->directory,
	    source->reached > 0 ? source->reached + 1 : 0, false);
	enum source_result result = SOURCE_FAILED;
	struct reader_line line = { 0 };
	struct record record;

	while (rest != NULL && line.seq < source->last) {
		result = source_next(rest, &line, &record);
		if (result != SOURCE_RECORD || line.seq > source->last)
			break;
		if (!is_in_range(&source->range, line.seq, line.received_at) ||
		    !filter_passes(source->filter, &record))
			continue;
		*first = *first == 0 ? line.seq : *first;
		*last = line.seq;
	}
	source->gaps |= *first > 0 || result == SOURCE_FAILED ||
	    result == SOURCE_MOVED;
	source_close(rest);
}

static void
put_time(struct buffer *out, const char *option, int64_t time)
{
	char text[CLOCK_RFC3339_LENGTH + 1];

	if (time == INT64_MIN || time == INT64_MAX)
		return;
	clock_format(time, text);
	(void)buffer_append(out, option, strlen(option));
	(void)buffer_append(out, text, strlen(text));
}

/* Names the records that may not be on the disk yet, and the options that send
 * just those, with the same origins. */
static void
tell_unsafe(const struct forward_source *source, uint64_t first, uint64_t last)
{
	struct buffer options = { 0 };
	char seqs[64], number[DECIMAL_SIZE];

	(void)buffer_append(&options, number, decimal_write(first, number));
	put_time(&options, " --since ", source->range.since);
	put_time(&options, " --until ", source->range.until);
	filter_describe(source->filter, &options);
	note("left out for now: %s may not be on the disk yet; \"--directory "
	    "%s --file %s/" SEGMENT_LIVE " --from-seq %.*s\" sends %s all the "
	    "same", seqs_text(first, last, seqs), source->directory,
	    source->directory, (int)options.length, options.bytes,
	    first == last ? "it" : "them");
	buffer_free(&options);
}

/* Ends the run, with a message if it leaves out records that may not be on the
 * disk yet. */
static enum forward_next
end_of_journal(struct forward_source *source)
{
	uint64_t first = 0, last = 0;

	if (source->reached < source->last)
		find_unsafe(source, &first, &last);
	if (first > 0) {
		source_tell_unsure(source->directory);
		tell_unsafe(source, first, last);
	}
	return FORWARD_END;
}

/* Notes that a record was read. */
static void
pass(struct forward_source *source, uint64_t seq)
{
	if (source->total == 0)
		source->total = source->last - seq + 1;
	source->passed = source->total - (source->last - seq);
	source->reached = seq;
}

static enum forward_next
next_of_journal(struct forward_source *source, struct forward_item *item)
{
	struct reader_line line;

	while (source->reached < source->last) {
		switch (source_next(source->journal, &line, &item->record)) {
		case SOURCE_RECORD:
			break;
		case SOURCE_NONE:
			return end_of_journal(source);
		case SOURCE_MOVED:
			note("%s was replaced by another folder",
			    source->directory);
			return FORWARD_FAILED;
		case SOURCE_FAILED:
			return FORWARD_FAILED;
		}
		if (line.seq > source->last)
			break;
		pass(source, line.seq);
		if (!is_in_range(&source->range, line.seq, line.received_at))
			continue;
		item->line = (struct span){ line.bytes, line.length };
		item->mark = (struct forward_mark){ .seq = line.seq };
		return FORWARD_RECORD;
	}
	return FORWARD_END;
}

/*
 * A file
 */

/* Counts the lines of a regular file. False if it is compressed or cannot be
 * read, after a message. */
static bool
look_at(struct forward_source *source)
{
	char part[65536], last = '\n';
	struct stat status;
	size_t got, i;
	bool begin = true;

	if (fstat(fileno(source->file), &status) == -1 ||
	    !S_ISREG(status.st_mode))
		return true;
	while ((got = fread(part, 1, sizeof part, source->file)) > 0) {
		if (begin && got > 1 && memcmp(part, "\x1f\x8b", 2) == 0) {
			note("%s is compressed: zcat %s | hookctl forward "
			    "--file - ...", source->name, source->name);
			return false;
		}
		for (i = 0; i < got; i++)
			source->total += part[i] == '\n';
		last = part[got - 1];
		begin = false;
	}
	source->total += last != '\n';
	if (fseek(source->file, 0, SEEK_SET) == 0)
		return true;
	note("%s: %s", source->name, strerror(errno));
	return false;
}

struct forward_source *
forward_file(const char *name, const struct range *range)
{
	struct forward_source *source = new_source(range);

	if (source == NULL)
		return NULL;
	source->name = name;
	source->file = stdin;
	if (strcmp(name, "-") == 0)
		return source;
	source->file = source->own = fopen(name, "re");
	if (source->file == NULL)
		note("%s: %s", name, strerror(errno));
	else if (look_at(source))
		return source;
	forward_close(source);
	return NULL;
}

/* Whether the line is a record, or a dead letter that holds one. */
static bool
read_line(struct span line, struct forward_item *item)
{
	item->line = line;
	if (record_decode(line.bytes, line.length, &item->record) == ERR_NONE)
		return true;
	return dead_record(line, &item->line) && record_decode(
	    item->line.bytes, item->line.length, &item->record) == ERR_NONE;
}

static void
skip_line(struct forward_source *source)
{
	if (!source->gaps)
		note("line %" PRIu64 " of %s is neither a record nor a dead "
		    "letter; such lines are skipped", source->passed,
		    source->name);
	source->gaps = true;
}

static enum forward_next
next_of_file(struct forward_source *source, struct forward_item *item)
{
	struct span line;
	ssize_t got;

	for (;;) {
		errno = 0;
		got = getline(&source->text, &source->room, source->file);
		if (got == -1 && feof(source->file))
			return FORWARD_END;
		if (got == -1) {
			note("%s: %s", source->name, strerror(errno));
			return FORWARD_FAILED;
		}
		source->passed++;
		line = (struct span){ source->text, (size_t)got };
		if (line.bytes[line.length - 1] == '\n')
			line.length--;
		if (!read_line(line, item))
			skip_line(source);
		else if (is_in_range(&source->range, item->record.seq,
		    item->record.received_at))
			break;
	}
	item->mark = (struct forward_mark){ .seq = item->record.seq,
	    .line = source->passed };
	return FORWARD_RECORD;
}

enum forward_next
forward_next(struct forward_source *source, struct forward_item *item)
{
	return source->directory != NULL ? next_of_journal(source, item) :
	    next_of_file(source, item);
}

void
forward_say_rest(const struct forward_source *source,
    const struct forward_mark *mark)
{
	if (source->directory != NULL)
		note("go on with --from-seq %" PRIu64, mark->seq);
	else if (source->own == NULL)
		note("go on with line %" PRIu64 " of standard input",
		    mark->line);
	else
		note("go on with: tail -n +%" PRIu64 " %s | hookctl forward "
		    "--file - ...", mark->line, source->name);
}
