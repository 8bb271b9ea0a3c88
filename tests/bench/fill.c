/*
 * fill: appends records to a journal, as a receiver with `sync = false` does.
 *
 *   fill DIRECTORY FIRST COUNT [WINDOW]
 *
 * Appends records numbered FIRST to FIRST + COUNT - 1, of about 450 bytes. The
 * index keeps all ids; only the newest rotated files are kept, so that ten
 * million records fit on a disk. Prints the nanoseconds per record of the
 * second half, in processor time and in elapsed time (during the first half,
 * the process touches the index's pages for the first time), then those of the
 * slowest record. With a WINDOW of seconds, shorter than the usual week, older
 * ids expire meanwhile.
 */
#include "bench.h"

#include "journal/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	(void)line;
	(void)length;
	(void)record;
	return false;
}

/* Two rounds of a mixing function spread the keys evenly, as digests are. */
static void
make_key(uint64_t number, uint8_t key[JOURNAL_KEY_SIZE])
{
	uint64_t half[2] = { number * UINT64_C(0x9e3779b97f4a7c15), number };

	half[0] ^= half[0] >> 31;
	half[0] *= UINT64_C(0xbf58476d1ce4e5b9);
	half[0] ^= half[0] >> 29;
	memcpy(key, half, sizeof half);
}

/* The nanoseconds of the slowest append. */
static int64_t
fill(struct journal *journal, uint64_t first, uint64_t count)
{
	char tail[400];
	struct journal_record entry = { .tail = { tail, sizeof tail } };
	int64_t before = bench_now(), slowest = 0;
	uint64_t number;

	memset(tail, 'x', sizeof tail);
	memcpy(tail, "\"payload\":\"", 11);
	memcpy(tail + sizeof tail - 3, "\"}\n", 3);
	for (number = first; number < first + count; number++) {
		int64_t now;

		make_key(number, entry.key);
		errno = EEXIST;
		if (journal_append(journal, &entry, 1) != ERR_NONE ||
		    entry.duplicate)
			bench_fail("journal_append");
		now = bench_now();
		if (now - before > slowest)
			slowest = now - before;
		before = now;
	}
	return slowest;
}

int
main(int argc, char **argv)
{
	struct journal_options options = { .file_mode = 0640,
		.rotate_size = 64 << 20, .rotate_every = PERIOD_NEVER,
		.keep_size = 128 << 20, .window = 7 * 24 * 3600,
		.key_of = key_of };
	struct journal *journal;
	uint64_t first, count;
	int64_t cpu, now, slowest, other;

	if (argc != 4 && argc != 5) {
		fputs("usage: fill DIRECTORY FIRST COUNT [WINDOW]\n", stderr);
		return 2;
	}
	options.directory = argv[1];
	/* If root opens the journal, it does not create this folder. */
	if (mkdir(argv[1], 0750) == -1 && errno != EEXIST)
		bench_fail(argv[1]);
	first = bench_number(argv[2]);
	count = bench_number(argv[3]);
	if (argc == 5)
		options.window = (int64_t)bench_number(argv[4]);
	if (journal_open(&options, &journal) != ERR_NONE)
		bench_fail(argv[1]);
	slowest = fill(journal, first, count - count / 2);
	cpu = bench_cpu();
	now = bench_now();
	other = fill(journal, first + count - count / 2, count / 2);
	printf("%.1f %.1f %lld\n",
	    (double)(bench_cpu() - cpu) * 2 / (double)count,
	    (double)(bench_now() - now) * 2 / (double)count,
	    (long long)(other > slowest ? other : slowest));
	journal_close(journal);
	return 0;
}
