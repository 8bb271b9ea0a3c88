/*
 * reader: a small program with everything that a reader of a journal needs:
 *
 *   reader DIRECTORY [CURSOR DEAD]
 *
 * Prints each record, then the newest one again, and the time since which
 * requests have been counted, in microseconds. With a cursor file it begins after the record that this names,
 * moves it, and makes each record a dead letter. `links` checks what is linked
 * into it.
 */
#include "base/error.h"
#include "journal/backward.h"
#include "journal/counters_view.h"
#include "journal/cursor.h"
#include "journal/dead.h"
#include "journal/reader.h"

#include <inttypes.h>
#include <stdio.h>

static enum error
print_records(const char *directory)
{
	const struct reader_options options = { .directory = directory };
	struct reader_line line;
	struct reader *reader;
	enum error error = reader_open(&options, &reader);

	if (error != ERR_NONE)
		return error;
	while (reader_next(reader, &line))
		printf("%.*s\n", (int)line.length, line.bytes);
	error = reader_error(reader);
	reader_close(reader);
	return error;
}

/* What is done with a record, if there is a cursor. */
static enum error
put_aside(const struct cursor *cursor, const struct dead *dead,
    struct cursor_place *place, const struct reader_line *line)
{
	const struct dead_letter letter = { .dead_at = line->received_at,
	    .by = "reader", .error = "none",
	    .record = { line->bytes, line->length } };
	enum error error = dead_append(dead, &letter);

	if (error == ERR_NONE && !cursor_place_of(line, place))
		error = ERR_INPUT;
	return error == ERR_NONE ? cursor_write(cursor, place) : error;
}

static enum error
go_on(const char *directory, const struct cursor *cursor,
    const struct dead *dead)
{
	struct reader_options options = { .directory = directory,
	    .durable = true };
	struct cursor_place place = { 0 };
	enum cursor_fit fit = CURSOR_NO_RECORD;
	struct reader *reader = NULL;
	struct reader_line line;
	enum error error = cursor_read(cursor, &place);

	if (error == ERR_NONE)
		error = cursor_compare(directory, &place, &fit);
	else if (error == ERR_MISSING)
		error = cursor_journal(directory, place.journal);
	if (fit == CURSOR_FITS)
		options.from_seq = place.seq + 1;
	if (error == ERR_NONE)
		error = reader_open(&options, &reader);
	while (error == ERR_NONE && reader_next(reader, &line))
		error = put_aside(cursor, dead, &place, &line);
	reader_close(reader);
	return error;
}

static enum error
use_cursor(const char *directory, const char *cursor_file,
    const char *dead_file)
{
	struct cursor *cursor;
	struct dead *dead = NULL;
	enum error error = cursor_open(cursor_file, &cursor);

	if (error == ERR_NONE)
		error = dead_open(dead_file, &dead);
	if (error == ERR_NONE)
		error = go_on(directory, cursor, dead);
	dead_close(dead);
	cursor_close(cursor);
	return error;
}

static enum error
print_newest(const char *directory)
{
	const struct backward_options options = { .directory = directory,
	    .from = INT64_MIN, .to = INT64_MAX, .most = 1 };
	struct backward *backward;
	struct reader_line line;
	enum error error = backward_open(&options, &backward);

	if (error != ERR_NONE)
		return error;
	if (backward_next(backward, &line))
		printf("%.*s\n", (int)line.length, line.bytes);
	error = backward_error(backward);
	backward_close(backward);
	return error;
}

static enum error
print_since(const char *directory)
{
	struct counters_view *view;
	enum error error = counters_view_open(-1, directory, &view);

	if (error != ERR_NONE)
		return error;
	printf("%" PRId64 "\n", counters_view_since(view));
	counters_view_close(view);
	return ERR_NONE;
}

int
main(int argc, char **argv)
{
	enum error error;

	if (argc != 2 && argc != 4) {
		fputs("usage: reader DIRECTORY [CURSOR DEAD]\n", stderr);
		return 2;
	}
	error = argc == 4 ? use_cursor(argv[1], argv[2], argv[3]) :
	    print_records(argv[1]);
	if (error == ERR_NONE)
		error = print_newest(argv[1]);
	if (error == ERR_NONE)
		error = print_since(argv[1]);
	if (error != ERR_NONE)
		fprintf(stderr, "reader: %s\n", error_word(error));
	return error != ERR_NONE;
}
