/*
 * Records that are repeats only for a while, or never: kill -9 before each call
 * of an append, including those between write and index.
 */
#include "torture.h"
#include "seam.h"

#include <stdio.h>

#define CALLS_MAX 200u
#define LATER (16 * 60)		/* seconds; past JOURNAL_SOON_SECONDS */

static uint32_t number;		/* what the next process sends, */
static bool known;		/* and whether it is a repeat */

/* The first attempts may meet records that a dead process did not sync. */
static void
send_one(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	enum error error = ERR_BUSY;
	bool duplicate = false;
	int tries;

	for (tries = 0; tries < 3 && error != ERR_NONE && journal != NULL;
	    tries++)
		error = ledger_send(world, journal, number, 1, &duplicate);
	if (error != ERR_NONE || duplicate != known)
		ledger_complain(world->ledger, known ? "is not a repeat" :
		    "is a repeat", (long)number);
	journal_close(journal);
}

static void
expect(struct world *world, uint32_t which, bool repeat)
{
	number = which;
	known = repeat;
	crew_child(world, send_one);
	if (world->ledger->complaints > 0)
		world_problem(world, "%s", world->ledger->complaint);
}

/* Sends one record, then another in a process that dies before call `call`;
 * false if that process survived. */
static bool
append_and_die(struct world *world, unsigned call, uint32_t first)
{
	char rule[32];

	snprintf(rule, sizeof rule, "%u:kill", call);
	if (actor_play(world, NULL, first, 1) != ERR_NONE)
		world_problem(world, "cannot prepare");
	if (actor_play(world, rule, first + 1, 1) == ERR_NONE)
		return false;
	world->tally.kills++;
	return true;
}

/* If Meta gets no answer, it repeats at once. A quarter of an hour later, the
 * same bytes are a new event, and from then on only the newest record
 * counts. */
static bool
indistinct_killed_at(struct world *world, unsigned call)
{
	uint32_t first, i;
	bool killed;

	world_renew(world);
	world_later(world, 0);
	first = ledger_take(world->ledger, 2);
	killed = append_and_die(world, call, first);
	oracle_settle(world);
	for (i = 0; i < 2; i++)
		expect(world, first + i, true);
	world->ledger->lenient = true;
	world_later(world, LATER);
	for (i = 0; i < 2; i++)
		expect(world, first + i, false);
	for (i = 0; i < 2; i++)
		expect(world, first + i, true);
	world_shell("rm -rf '%s/.state'", world->directory);
	expect(world, first + 1, true);
	expect(world, first, true);
	return killed;
}

/* How many lines of the journal have this number. */
static unsigned
lines_of(struct world *world, uint32_t which)
{
	char command[PATH_SIZE + 128];
	unsigned count = 0;
	FILE *pipe;

	snprintf(command, sizeof command, "cd '%s' && cat archive/* "
	    "notifications.jsonl 2>&- | grep -c '\"n\":%u,'",
	    world->directory, which);
	pipe = popen(command, "r");
	if (pipe == NULL || fscanf(pipe, "%u", &count) != 1)
		world_problem(world, "cannot do: %s", command);
	if (pipe != NULL)
		pclose(pipe);
	return count;
}

/* Every sample that is sent is kept, and none makes us distrust the state. */
static bool
sample_killed_at(struct world *world, unsigned call)
{
	uint32_t first;
	bool killed;

	world_renew(world);
	first = ledger_take(world->ledger, 2);
	killed = append_and_die(world, call, first);
	world->ledger->lenient = true;
	expect(world, first + 1, false);
	expect(world, first, false);
	expect(world, first + 1, false);
	if (lines_of(world, first) != 2 || lines_of(world, first + 1) < 2)
		world_problem(world, "call %u: a sample is missing", call);
	/* No other record is a repeat of a sample, nor is a sample a repeat of
	 * another. */
	ledger_repeat = JOURNAL_IN_WINDOW;
	expect(world, first, false);
	ledger_repeat = JOURNAL_NEVER;
	expect(world, first, false);
	return killed;
}

static void
sweep(struct world *world, enum journal_repeat repeat,
    bool (*killed_at)(struct world *world, unsigned call))
{
	unsigned call = 0;

	world_in_memory(world);
	ledger_repeat = repeat;
	do
		call++;
	while (world->problem[0] == '\0' && killed_at(world, call) &&
	    call < CALLS_MAX);
	if (call < 10 || call == CALLS_MAX)
		world_problem(world, "%u calls", call);
	if (world_logged(world, "state-discarded") > 0)
		world_problem(world, "a state was not trusted");
	ledger_repeat = JOURNAL_IN_WINDOW;
	world_later(world, 0);
}

static void
indistinct(struct world *world)
{
	sweep(world, JOURNAL_SOON, indistinct_killed_at);
}

static void
samples(struct world *world)
{
	sweep(world, JOURNAL_NEVER, sample_killed_at);
}

/* Many processes send the same events all the time, and get killed. */
static void
indistinct_kills(struct world *world)
{
	uint32_t start = world_ms();

	ledger_repeat = JOURNAL_SOON;
	crew_start(world, 8);
	while (world_ms() - start < world->seconds * 150)
		crew_replace(world, world_random(world, 8));
	crew_stop(world, 8);
	oracle_settle(world);
	ledger_repeat = JOURNAL_IN_WINDOW;
}

/* A sync fails after a record has replaced an older one in the index. The new
 * record is cut off, and the older one counts again, although it is too old for
 * its kind. */
static void
forgotten_newest(struct world *world)
{
	uint32_t first;

	ledger_repeat = JOURNAL_SOON;
	first = ledger_take(world->ledger, 1);
	actor_play(world, NULL, first, 1);
	world_later(world, LATER);
	if (actor_play(world, "fdatasync/1+:EIO", first, 1) == ERR_NONE)
		world_problem(world, "acknowledged without a sync");
	world->ledger->lenient = true;
	ledger_repeat = JOURNAL_IN_WINDOW;
	expect(world, first, true);
	ledger_repeat = JOURNAL_SOON;
	expect(world, first, false);
	expect(world, first, true);
	ledger_repeat = JOURNAL_IN_WINDOW;
	world_later(world, 0);
}

const struct scenario repeat_scenarios[] = {
	{ "indistinct-killed", true, indistinct },
	{ "indistinct-kills", true, indistinct_kills },
	{ "samples-killed", true, samples },
	{ "forgotten-newest", true, forgotten_newest },
	{ NULL, false, NULL }
};
