/*
 * The state is lost, damaged or replaced by a different one; the clock is
 * wrong.
 */
#include "torture.h"

#include "base/clock.h"
#include "journal/segment.h"
#include "journal/shared.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORKERS 8

/* Shell commands, run in .state/. */
static const char *const damages[] = {
	"rm -f shared",
	"rm -f index-*",
	"rm -rf ../.state",
	": > shared",
	"for f in index-*; do : > $f; done",
	"truncate -s 100 shared",
	"truncate -s 5000 shared",
	"for f in index-*; do truncate -s -24 $f; done",
	"head -c 4096 /dev/urandom > shared",
	"head -c 4096 /dev/urandom > new && mv new shared",
	"for f in index-*; do head -c 98352 /dev/urandom > new && mv new $f; "
	    "done",
	/* another layout, in either file */
	"printf '\\077' | dd of=shared bs=1 seek=8 conv=notrunc 2> /dev/null",
	"printf '\\077' | dd of=index-00000001 bs=1 seek=8 conv=notrunc "
	    "2> /dev/null",
	/* another boot */
	"printf 'another' | dd of=shared bs=1 seek=16 conv=notrunc "
	    "2> /dev/null",
	/* another boot, with pages that were not written back before it */
	"printf 'another' | dd of=shared bs=1 seek=16 conv=notrunc "
	    "2> /dev/null; for f in index-*; do head -c 98304 /dev/zero | "
	    "dd of=$f bs=48 seek=1 conv=notrunc 2> /dev/null; done; true",
	"rm -f shared && ln -s /etc/passwd shared",
	"rm -f shared && mkdir shared",
	"cp shared new && mv new shared",
	/* an older copy is brought back */
	"cp -a shared ../../old; sleep 0.02; cp -a ../../old shared",
};

#define DAMAGES (sizeof damages / sizeof damages[0])

static void
damage(struct world *world, size_t which)
{
	world_shell("cd '%s/.state' 2> /dev/null && { %s; } 2> /dev/null; true",
	    world->directory, damages[which]);
}

static void
undo_blocks(struct world *world)
{
	world_shell("cd '%s/.state' 2> /dev/null && { rmdir shared; "
	    "test -L shared && rm shared; } 2> /dev/null; true",
	    world->directory);
}

/* Every record must still be known; "busy" is fine while the state is
 * rebuilt. */
static void
repeat_all(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t i, tries = 0;

	for (i = 0; i < world->ledger->next && tries < 20; ) {
		if (!(world->ledger->status[i] & ACKNOWLEDGED) ||
		    ledger_send(world, journal, i, 1, NULL) == ERR_NONE)
			i++;
		else
			tries++;
	}
	if (tries == 20)
		ledger_complain(world->ledger, "repeats are refused", i);
	journal_close(journal);
}

/* The damage happens between two runs: nothing is forgotten, and appends
 * continue. */
static void
between_runs(struct world *world)
{
	size_t i;

	for (i = 0; i < DAMAGES && world->problem[0] == '\0'; i++) {
		world_renew(world);
		world->options.rotate_size = 16384;
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 10, 20000);
		crew_stop(world, WORKERS);
		damage(world, i);
		undo_blocks(world);
		crew_child(world, repeat_all);
		crew_start(world, WORKERS);
		if (!crew_wait(world, WORKERS, 10, 20000))
			world_problem(world, "does not work after: %s",
			    damages[i]);
		crew_stop(world, WORKERS);
		oracle_settle(world);
		if (world->problem[0] != '\0')
			world_note(world, "after: %s", damages[i]);
	}
}

/*
 * The damage happens while all are writing. No process is expected to survive
 * garbage in a map that it is using, so this only does what the design allows:
 * deletion, truncation, replacement.
 */
static void
while_running(struct world *world)
{
	static const size_t possible[] = { 0, 1, 2, 3, 4, 5, 9, 10 };
	unsigned i, times = world->brief ? 10 : 100;

	world->options.rotate_size = 65536;
	crew_start(world, WORKERS);
	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		size_t which = possible[world_random(world,
		    sizeof possible / sizeof possible[0])];

		crew_wait(world, WORKERS, 2, 20000);
		usleep(world_random(world, 10000));
		damage(world, which);
		if (world_random(world, 2) == 0)
			crew_replace(world, world_random(world, WORKERS));
		if (!crew_wait(world, WORKERS, 2, 30000))
			world_problem(world, "does not work after: %s",
			    damages[which]);
	}
	crew_stop(world, WORKERS);
	oracle_settle(world);
}

/* The clock jumps back and forth by hours, days and decades. */
static void
clocks(struct world *world)
{
	static const long long offsets[] = { 3600, -3600, 0, -86400 * 5,
	    86400 * 3, 86400LL * 365 * 73, 0, -86400LL * 365 * 40, 59, -61 };
	size_t i;

	world->options.rotate_size = 32768;
	world->options.rotate_every = PERIOD_HOUR;
	crew_start(world, WORKERS);
	for (i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		crew_wait(world, WORKERS, 5, 20000);
		world_clock(world, offsets[i]);
		if (!crew_wait(world, WORKERS, 5, 20000))
			world_problem(world, "does not work at %+lld s",
			    offsets[i]);
		crew_replace(world, (unsigned)i % WORKERS);
	}
	crew_stop(world, WORKERS);
	oracle_settle(world);
}

/* The state is lost while the clock is wrong: the ids must still be known. */
static void
clocks_and_rebuilds(struct world *world)
{
	static const long long offsets[] = { 0, 3600, -3600, 7200, -86400 };
	size_t i;

	world->options.rotate_size = 32768;
	for (i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		world_clock(world, offsets[i]);
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 5, 20000);
		damage(world, 2);
		crew_wait(world, WORKERS, 5, 20000);
		crew_stop(world, WORKERS);
	}
	oracle_settle(world);
}

const struct scenario state_scenarios[] = {
	{ "state-between-runs", true, between_runs },
	{ "state-while-running", true, while_running },
	{ "clocks", true, clocks },
	{ "clocks-and-rebuilds", true, clocks_and_rebuilds },
	{ NULL, false, NULL }
};
