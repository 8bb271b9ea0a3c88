#include "journal/backward.h"

#include "journal/kept.h"
#include "journal/line_reader.h"
#include "journal/lines_back.h"
#include "journal/snapshot.h"
#include "journal/stamp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct backward {
	struct backward_options options;
	struct snapshot snapshot;
	size_t left;		/* its files 0 to left - 1 are not done yet */
	uint64_t bound;		/* all records from this seq on are done */

	int fd;			/* of the open file, which is left - 1; -1: none
				 * is open */
	uint64_t file_bound;	/* like `bound`, for this file */
	struct lines_back *lines;	/* if it is plain */
	struct kept kept;	/* if it is compressed: what is left of it, */
	struct reader_line first;	/* and its first record */
	struct reader_line given;	/* the last line from `kept`, or none */

	struct reader_line reached;	/* seq 0: nothing was looked at yet; its
					 * bytes are not valid */
	bool stopped;
	struct left_out left_out;
	enum error error;
};

enum error
backward_open(const struct backward_options *options,
    struct backward **backward)
{
	struct backward *new = calloc(1, sizeof *new);
	enum error error;
	int number;

	*backward = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	new->options = *options;
	new->options.directory = NULL;
	new->fd = -1;
	new->bound = options->before > 0 ? options->before : UINT64_MAX;
	error = snapshot_take(&new->snapshot, options->directory,
	    options->stateless);
	new->left = new->snapshot.count;
	if (new->snapshot.no_archive != 0)
		left_out_errno(&new->left_out, SEGMENT_ARCHIVE,
		    new->snapshot.no_archive);
	if (error == ERR_NONE) {
		*backward = new;
		return ERR_NONE;
	}
	number = errno;
	backward_close(new);
	errno = number;
	return error;
}

static void
close_file(struct backward *backward)
{
	lines_back_close(backward->lines);
	backward->lines = NULL;
	snapshot_close(&backward->snapshot, backward->fd);
	backward->fd = -1;
	kept_free(&backward->kept);
}

void
backward_close(struct backward *backward)
{
	if (backward == NULL)
		return;
	close_file(backward);
	kept_free_line(&backward->given);
	snapshot_free(&backward->snapshot);
	free(backward);
}

/*
 * Which files are read
 */

/* The records of file `i` that are not done have seqs below this. */
static uint64_t
bound_of(const struct backward *backward, size_t i)
{
	uint64_t limit = snapshot_limit(&backward->snapshot, i);

	return backward->bound < limit ? backward->bound : limit;
}

/* The open file, or the one to be opened next. */
static const struct snapshot_file *
file_of(const struct backward *backward)
{
	return &backward->snapshot.files[backward->left - 1];
}

static bool
is_wanted(const struct backward *backward, size_t i)
{
	return backward->snapshot.files[i].first_seq <
	    bound_of(backward, i) && snapshot_has_time(&backward->snapshot,
	    i, backward->options.from, backward->options.to);
}

/* Goes on to the file before this one. */
static void
finish_file(struct backward *backward)
{
	uint64_t first_seq = file_of(backward)->first_seq;

	close_file(backward);
	backward->left--;
	if (first_seq > 0 && first_seq < backward->bound)
		backward->bound = first_seq;
}

/*
 * Lines
 */

/* Reads a line's stamp; false if it is not a record of the open file. */
static bool
is_record(struct backward *backward, struct reader_line *line)
{
	const struct snapshot_file *file = file_of(backward);

	if (stamp_read(line->bytes, line->length, &line->seq,
	    &line->received_at))
		return line->seq >= file->first_seq;
	left_out_line(&backward->left_out, file->name);
	return false;
}

static enum backward_verdict
judge(struct backward *backward, const struct reader_line *line)
{
	enum backward_verdict verdict = backward->options.judge == NULL ?
	    BACKWARD_GIVE : backward->options.judge(backward->options.context,
	    line);

	backward->stopped = verdict == BACKWARD_STOP;
	return verdict;
}

static void
reach(struct backward *backward, const struct reader_line *line)
{
	backward->reached = *line;
	backward->bound = backward->file_bound = line->seq;
}

/* Notes why a file gives no more. */
static void
note_end(struct backward *backward, enum error error)
{
	if (error == ERR_MEMORY)
		backward->error = error;
	else if (error == ERR_INPUT)
		left_out_rest(&backward->left_out, file_of(backward)->name);
	else if (error != ERR_NONE)
		left_out_errno(&backward->left_out, file_of(backward)->name,
		    EIO);
}

/* ---- of a plain file ---- */

/* Begins before the records that are done. */
static enum error
begin_plain(struct backward *backward, uint64_t size)
{
	if (backward->bound < snapshot_limit(&backward->snapshot,
	    backward->left - 1))
		size = lines_back_find(backward->fd, size, backward->bound);
	backward->lines = lines_back_open(backward->fd, size);
	return backward->lines == NULL ? ERR_MEMORY : ERR_NONE;
}

static bool
next_of_plain(struct backward *backward, struct reader_line *line)
{
	enum backward_verdict verdict;

	while (lines_back_next(backward->lines, &line->bytes, &line->length)) {
		if (!is_record(backward, line) ||
		    line->seq >= backward->file_bound)
			continue;
		verdict = judge(backward, line);
		if (verdict == BACKWARD_STOP)
			return false;
		reach(backward, line);
		if (verdict == BACKWARD_GIVE)
			return true;
	}
	note_end(backward, lines_back_error(backward->lines));
	return false;
}

/* ---- of a compressed file ---- */

/* Reads the file up to the records that are done, and keeps the last ones that
 * are wanted. */
static enum error
keep_wanted(struct backward *backward, struct line_reader *lines)
{
	const struct backward_options *options = &backward->options;
	struct reader_line line;
	enum error error = ERR_NONE;
	uint64_t last = 0;

	while (line_reader_next(lines, &line.bytes, &line.length)) {
		if (!is_record(backward, &line) || line.seq <= last)
			continue;
		if (line.seq >= backward->file_bound)
			return ERR_NONE;
		if (last == 0)
			backward->first = line;
		last = line.seq;
		if (judge(backward, &line) == BACKWARD_GIVE)
			error = kept_add(&backward->kept, &line,
			    options->most, options->most_bytes);
		if (error != ERR_NONE || backward->stopped)
			return error;
	}
	/* zlib does not report a file that is empty or cut off. */
	error = line_reader_error(lines);
	return error == ERR_NONE && (line_reader_torn(lines) > 0 ||
	    line_reader_offset(lines) == 0) ? ERR_INPUT : error;
}

/* As keep_wanted(), and notes what could not be read. */
static enum error
begin_compressed(struct backward *backward)
{
	struct line_reader *lines = line_reader_open(backward->fd, true, 0);
	struct left_out before = backward->left_out;

	if (lines == NULL)
		return ERR_MEMORY;
	backward->first.seq = 0;
	note_end(backward, keep_wanted(backward, lines));
	/* If the file is read for the second time, its malformed lines have
	 * been counted already. */
	if (before.lines > 0)
		backward->left_out.lines = before.lines;
	line_reader_close(lines);
	return backward->error;
}

static bool
next_of_compressed(struct backward *backward, struct reader_line *line)
{
	if (backward->stopped)
		return false;
	if (kept_take(&backward->kept, &backward->given)) {
		reach(backward, &backward->given);
		*line = backward->given;
		return true;
	}
	if (!backward->kept.dropped && backward->first.seq > 0)
		reach(backward, &backward->first);
	return false;
}

/*
 * Files
 */

static enum error
begin(struct backward *backward)
{
	size_t i = backward->left - 1;
	uint64_t size;
	enum error error = snapshot_open(&backward->snapshot, i,
	    &backward->fd, &size);

	if (error != ERR_NONE)
		return error;
	backward->file_bound = bound_of(backward, i);
	return file_of(backward)->compressed ? begin_compressed(backward) :
	    begin_plain(backward, size);
}

/* Makes sure that a file is open; false if none is left. */
static bool
have_file(struct backward *backward)
{
	enum error error;

	while (backward->fd == -1 && backward->left > 0) {
		error = ERR_MISSING;
		if (is_wanted(backward, backward->left - 1))
			error = begin(backward);
		if (error == ERR_MEMORY) {
			backward->error = error;
			return false;
		}
		if (error != ERR_NONE && error != ERR_MISSING)
			left_out_errno(&backward->left_out,
			    file_of(backward)->name, errno);
		if (error != ERR_NONE)
			finish_file(backward);
	}
	return backward->fd != -1;
}

/* Gives up this compressed file: each attempt would stop at the same place. */
static void
pass_over(struct backward *backward)
{
	const struct snapshot_file *file = file_of(backward);
	const struct reader_line first = { .seq = file->first_seq,
	    .received_at = file->first_time };

	left_out_errno(&backward->left_out, file->name, EFBIG);
	reach(backward, &first);
	finish_file(backward);
}

bool
backward_next(struct backward *backward, struct reader_line *line)
{
	kept_free_line(&backward->given);
	while (!backward->stopped && have_file(backward)) {
		if (backward->lines != NULL ? next_of_plain(backward, line) :
		    next_of_compressed(backward, line))
			return true;
		if (backward->stopped || backward->error != ERR_NONE)
			break;
		/* A compressed file with more records than were kept has to be
		 * read again. */
		if (backward->kept.dropped)
			close_file(backward);
		else
			finish_file(backward);
	}
	if (backward->stopped && backward->reached.seq == 0 &&
	    backward->lines == NULL && backward->left > 0)
		pass_over(backward);
	return false;
}

/*
 * The result
 */

enum error
backward_error(const struct backward *backward)
{
	return backward->error;
}

const struct left_out *
backward_left_out(const struct backward *backward)
{
	return &backward->left_out;
}

void
backward_blame(struct backward *backward)
{
	left_out_line(&backward->left_out, file_of(backward)->name);
}

uint64_t
backward_oldest(const struct backward *backward)
{
	return backward->snapshot.count > 0 ?
	    backward->snapshot.files[0].first_seq : 0;
}

bool
backward_reached(const struct backward *backward, uint64_t *seq,
    int64_t *received_at)
{
	*seq = backward->reached.seq;
	*received_at = backward->reached.received_at;
	return *seq > 0;
}

bool
backward_goes_on(const struct backward *backward)
{
	size_t i;

	for (i = 0; i < backward->left; i++)
		if (is_wanted(backward, i))
			return true;
	return false;
}
