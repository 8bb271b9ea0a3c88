/*
 * fuzz_journal: a journal whose files may hold anything, and processes that
 * continue it.
 *
 * Input, in parts with "%%%%" between them: settings (see the enum) and
 * actions, one byte each; the live file; a rotated file; a compressed one; the
 * shared state; a table of the index.
 *
 * An action appends one or more records through one of two handles, as two
 * processes would; or it opens a handle again, reads everything, or removes the
 * state. Each record has a number, which makes its key, and our mark.
 *
 *  - Nothing crashes. No append takes longer than allowed, or fails while the
 *    files are in order, apart from junk in them.
 *  - A record that is acknowledged as new is in the files exactly once; one
 *    that is acknowledged as a duplicate is there at least once. Nothing that
 *    comes later changes this.
 *  - Each line that is appended remains whole, byte for byte. A reader sees
 *    rising seqs.
 *
 * With PATCH the state gets this boot and the live file's inode, so that it is
 * trusted even if it is wrong. Then only crashes and hangs count as failures;
 * the same goes if a state is removed while the files are not in the order of
 * their seqs.
 */
#include "fuzz.h"

#include "folder.h"

#include "base/clock.h"
#include "journal/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 16, ACTIONS_MAX = 12, APPEND_MS_MAX = 6000 };

/* The bits of the first byte. */
enum { ROTATE_SMALL = 1, ROTATE_DAILY = 2, NO_WINDOW = 4, LAZY = 8,
    PATCH = 16, NFS = 32 };

struct world {
	struct journal_options options;
	struct journal *handles[2];
	struct fuzz_made made;
	bool removed;		/* an action removed the state */
	unsigned added[NUMBERS]; /* how often acknowledged as new */
	bool known[NUMBERS];	/* acknowledged as a duplicate */
};

static void
open_again(struct world *world, size_t which)
{
	journal_close(world->handles[which]);
	MUST(journal_open(&world->options, &world->handles[which]) ==
	    ERR_NONE);
}

static void
append(struct world *world, size_t which, unsigned first, size_t count)
{
	struct journal_record entries[3];
	char tails[3][FUZZ_TAIL_MAX];
	int64_t began = clock_monotonic_ms();
	enum error error;
	size_t i;

	MUST(world->handles[which] != NULL);
	memset(entries, 0, sizeof entries);
	for (i = 0; i < count; i++) {
		unsigned number = (first + (unsigned)i) % NUMBERS;

		fuzz_number_key(number, entries[i].key);
		entries[i].tail.bytes = tails[i];
		entries[i].tail.length = fuzz_tail(number, tails[i]);
	}
	error = journal_append(world->handles[which], entries, count);
	MUST(clock_monotonic_ms() - began < APPEND_MS_MAX);
	if (world->made.sound)
		MUST(error == ERR_NONE);
	for (i = 0; i < count && error == ERR_NONE; i++) {
		unsigned number = (first + (unsigned)i) % NUMBERS;

		if (entries[i].duplicate)
			world->known[number] = true;
		else
			world->added[number]++;
	}
}

/* Reads all that a reader returns: no reader may loop. */
static void
read_all(const struct world *world, bool durable)
{
	const struct reader_options options = {
		.directory = world->options.directory, .durable = durable };
	struct reader_line line;
	struct reader *reader;
	uint64_t last = 0;

	if (reader_open(&options, &reader) != ERR_NONE)
		return;
	while (reader_next(reader, &line)) {
		MUST(line.seq > last);
		last = line.seq;
		MUST(memchr(line.bytes, '\n', line.length) == NULL);
	}
	reader_close(reader);
}

static void
check_files(const struct world *world)
{
	struct fuzz_census census = { .whole = true };
	unsigned number;

	fuzz_count(world->options.directory, &census);
	if (world->made.believed || (world->removed && !world->made.ascending))
		return;
	MUST(census.whole);
	for (number = 0; number < NUMBERS; number++) {
		/* There may be more if duplicates are kept, or if a line was
		 * written although the append failed. */
		MUST(census.marked[number] >= world->added[number]);
		if (world->options.window > 0)
			MUST(world->added[number] <= 1 &&
			    census.marked[number] <= 1);
		if (world->known[number])
			MUST(census.numbered[number] > 0);
	}
}

static void
act(struct world *world, unsigned action)
{
	unsigned number = action >> 4;

	switch (action & 15) {
	case 8:
	case 9:
		open_again(world, action & 1);
		break;
	case 10:
	case 11:
		read_all(world, action & 1);
		break;
	case 12:
		fuzz_remove_state(world->options.directory, number);
		world->removed = true;
		break;
	case 13:
	case 14:
		append(world, action & 1, number, 3);
		break;
	default:
		append(world, action & 1, number, 1);
	}
}

static struct journal_options
make_options(unsigned settings)
{
	return (struct journal_options){
		.directory = fuzz_folder(), .file_mode = 0640,
		.rotate_size = settings & ROTATE_SMALL ? 600 : 0,
		.rotate_every = settings & ROTATE_DAILY ? PERIOD_DAY :
		    PERIOD_NEVER,
		.window = settings & NO_WINDOW ? 0 : 7 * 24 * 3600,
		.sync = !(settings & LAZY), .nfs = settings & NFS,
		.key_of = fuzz_key_of };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size), actions;
	unsigned settings = fuzz_byte(&input);
	struct world world = { .options = make_options(settings) };
	struct span acts = fuzz_until(&input, "%%%%");
	unsigned count;

	/* A mark in the input would be counted as ours. */
	if (size > 0 && memmem(data, size, FUZZ_MARK, 3) != NULL)
		return 0;
	fuzz_log_start();
	world.made = fuzz_make_folder(&input, settings & PATCH);
	open_again(&world, 0);
	open_again(&world, 1);
	actions = (struct fuzz_input){ acts.bytes, acts.length };
	for (count = 0; count < ACTIONS_MAX && actions.left > 0; count++)
		act(&world, fuzz_byte(&actions));
	read_all(&world, false);
	read_all(&world, true);
	journal_close(world.handles[0]);
	journal_close(world.handles[1]);
	check_files(&world);
	fuzz_log_check();
	fuzz_remove(fuzz_folder());
	return 0;
}
