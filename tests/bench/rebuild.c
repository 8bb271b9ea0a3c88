/*
 * rebuild: how fast a journal's state is rebuilt from its records.
 *
 *   rebuild DIRECTORY
 *
 * The directory has no .state/. Appends one record, as often as it takes until
 * the state is complete. Prints the seconds of processor time that it took.
 */
#include "bench.h"

#include "journal/journal.h"
#include "receiver/internal.h"

#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	static const char tail[] = "\"bench\":0}\n";
	struct journal_options options = { .file_mode = 0640,
		.rotate_size = 64 << 20, .rotate_every = PERIOD_NEVER,
		.window = 7 * 24 * 3600, .key_of = key_of_line };
	struct journal_record record = { .repeat = JOURNAL_NEVER,
		.tail = { tail, sizeof tail - 1 } };
	struct journal *journal;
	enum error error;
	int64_t began;

	if (argc != 2) {
		fputs("usage: rebuild DIRECTORY\n", stderr);
		return 2;
	}
	options.directory = argv[1];
	if (journal_open(&options, &journal) != ERR_NONE)
		bench_fail(argv[1]);
	began = bench_cpu();
	do
		error = journal_append(journal, &record, 1);
	while (error == ERR_BUSY);
	if (error != ERR_NONE)
		bench_fail("journal_append");
	printf("%.3f\n", (double)(bench_cpu() - began) / 1e9);
	journal_close(journal);
	return 0;
}
