/*
 * reader: a small program with everything that a reader of a journal needs:
 *
 *   reader DIRECTORY
 *
 * Prints each record, and the time since which requests have been counted, in
 * microseconds. `links` checks what is linked into it.
 */
#include "base/error.h"
#include "journal/counters_view.h"
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

	if (argc != 2) {
		fputs("usage: reader DIRECTORY\n", stderr);
		return 2;
	}
	error = print_records(argv[1]);
	if (error == ERR_NONE)
		error = print_since(argv[1]);
	if (error != ERR_NONE)
		fprintf(stderr, "reader: %s\n", error_word(error));
	return error != ERR_NONE;
}
