/*
 * The journal's folder is moved away, removed or mounted over while processes
 * use it. Nothing may be acknowledged unless it is in the folder that is at the
 * path.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORKERS 8

/* A shell command in the scratch folder, where the journal is `journal`. */
struct swap {
	const char *command;
	bool removes;		/* destroys lines for good */
	bool mounts;
};

/* An older copy has no state, as is usual for a backup. */
static const struct swap swaps[] = {
	{ "mv journal side && mkdir -m 750 journal", false, false },
	{ "mv journal side && sleep 0.01 && mkdir -m 750 journal", false,
	    false },
	{ "mkdir older && cp journal/notifications.jsonl older/ && "
	    "sleep 0.01 && mv journal side && mv older journal", false,
	    false },
	{ "cp -a journal older && sleep 0.01 && mv journal side && "
	    "mv older journal", false, false },
	{ "mv journal side && mkdir -m 750 journal && sleep 0.02 && "
	    "mv journal other && mv side journal", false, false },
	{ "until rm -rf journal; do :; done 2> /dev/null; sleep 0.01; "
	    "mkdir -m 750 journal", true, false },
	{ "mount -t tmpfs -o mode=750 none journal", true, true },
};

#define SWAPS (sizeof swaps / sizeof swaps[0])

static bool
can_do(struct world *world, const struct swap *swap)
{
	return !swap->mounts || power_private(world);
}

static void
do_swap(struct world *world, const struct swap *swap)
{
	world->ledger->lenient = true;
	if (world_shell("cd '%s' && { %s; }", world->root, swap->command) != 0)
		world_problem(world, "cannot do: %s", swap->command);
}

static void
clean_up(struct world *world, const struct swap *swap)
{
	if (swap->mounts)
		world_shell("umount '%s'", world->directory);
	world_shell("cd '%s' && rm -rf side other older", world->root);
}

/* Whatever was first sent after the swap must be in the journal; earlier
 * records may be in another folder. */
static void
check(struct world *world, const struct swap *swap, uint32_t since)
{
	struct oracle oracle = { .flags = ORACLE_GAPS | ORACLE_LOST |
	    ORACLE_TWICE, .since = since };
	char side[PATH_SIZE + 16], other[PATH_SIZE + 16];

	oracle_settle_with(world, &oracle);
	if (swap->removes)
		return;
	snprintf(side, sizeof side, "%s/side", world->root);
	snprintf(other, sizeof other, "%s/other", world->root);
	oracle.flags = ORACLE_GAPS | ORACLE_TWICE;
	oracle.folders[0] = side;
	oracle.folders[1] = other;
	oracle_check(world, &oracle);
}

static void
swap_once(struct world *world, const struct swap *swap)
{
	uint32_t since;

	world_renew(world);
	/* Outsiders do not touch rotated files. */
	world->options.rotate_size = 0;
	crew_start(world, WORKERS);
	crew_wait(world, WORKERS, 3, 20000);
	usleep(world_random(world, 20000));
	do_swap(world, swap);
	since = world_ms();
	if (!crew_wait(world, WORKERS, 3, 20000))
		world_problem(world, "does not work after: %s", swap->command);
	crew_stop(world, WORKERS);
	check(world, swap, since);
	if (world->problem[0] != '\0')
		world_note(world, "%s", swap->command);
	else
		clean_up(world, swap);
}

/* The folder is swapped at a random moment. */
static void
at_random(struct world *world)
{
	unsigned i, times = (world->brief ? 1 : 20) * (unsigned)SWAPS;

	for (i = 0; i < times && world->problem[0] == '\0'; i++)
		if (can_do(world, &swaps[i % SWAPS]))
			swap_once(world, &swaps[i % SWAPS]);
}

/* Two folders are swapped many times under one crew, each with what it held
 * before. */
static void
to_and_fro(struct world *world)
{
	const struct oracle oracle = { .flags = ORACLE_GAPS | ORACLE_TWICE,
	    .folders = { NULL } };
	struct oracle both = oracle;
	char side[PATH_SIZE + 16];
	uint32_t start = world_ms();
	unsigned swaps_done = 0;

	snprintf(side, sizeof side, "%s/side", world->root);
	both.folders[0] = side;
	world->options.rotate_size = 65536;
	world_shell("mkdir -m 750 '%s'", side);
	crew_start(world, WORKERS);
	world->ledger->lenient = true;
	while (world_ms() - start < world->seconds * 250 &&
	    world->problem[0] == '\0') {
		usleep(world_random(world, 30000));
		world_shell("cd '%s' && mv journal third && mv side journal "
		    "&& mv third side", world->root);
		if (swaps_done++ % 4 == 0)
			crew_replace(world, world_random(world, WORKERS));
	}
	if (!crew_wait(world, WORKERS, 3, 20000))
		world_problem(world, "does not work after many swaps");
	crew_stop(world, WORKERS);
	world_note(world, "%u swaps, %u refused", swaps_done,
	    world->ledger->refused);
	oracle_settle_with(world, &both);
}

/* The folder goes when a process has just opened the journal, or reaches one of
 * the steps below. */
static void
in_the_middle(struct world *world, const struct swap *swap, const char *rules)
{
	uint32_t first;
	enum error error;
	pid_t actor;

	world_renew(world);
	first = ledger_take(world->ledger, 3);
	actor_play(world, NULL, first, 1);
	actor = actor_until_stop(world, rules, first + 1);
	do_swap(world, swap);
	error = actor_finish(world, actor);
	/* Some commands bring the folder back in time. */
	if (strstr(swap->command, "side journal") == NULL &&
	    error == ERR_NONE)
		world_problem(world, "%s: error %d after: %s", rules, error,
		    swap->command);
	if (actor_play(world, NULL, first + 2, 1) != ERR_NONE)
		world_problem(world, "does not work after: %s", swap->command);
	check(world, swap, UINT32_MAX / 2);
	clean_up(world, swap);
}

static void
at_each_step(struct world *world)
{
	/* Before the append lock, the write, the sync lock, the sync, and the
	 * probe after it. */
	static const char *const steps[] = { "flock/1:stop", "write/1:stop",
	    "flock/2:stop", "fdatasync/1:stop", "pwrite/1:stop" };
	size_t i, k;

	world_in_memory(world);
	for (i = 0; i < SWAPS && can_do(world, &swaps[i]); i++)
		for (k = world->brief ? i % 2 : 0;
		    k < sizeof steps / sizeof steps[0] &&
		    world->problem[0] == '\0'; k += world->brief ? 2 : 1)
			in_the_middle(world, &swaps[i], steps[k]);
}

const struct scenario moved_scenarios[] = {
	{ "folder-moved", true, at_random },
	{ "folder-to-and-fro", true, to_and_fro },
	{ "folder-at-each-step", true, at_each_step },
	{ NULL, false, NULL }
};
