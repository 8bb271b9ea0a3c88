/*
 * The clock was at 1970 or days ahead for a while: no young file is removed,
 * and no stored id is forgotten.
 */
#include "torture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY (24 * 3600LL)

/* Sets the clock as it is after a start without a battery. */
static void
at_1970(const struct world *world)
{
	world_clock(world, 3600 - (long long)time(NULL));
}

/* Sends `count` records, which get their own file. */
static void
one_file(struct world *world, unsigned count)
{
	world->options.rotate_size = 1;
	actor_play(world, NULL, ledger_take(world->ledger, 1), 1);
	world->options.rotate_size = 0;
	actor_play(world, NULL, ledger_take(world->ledger, count - 1),
	    count - 1);
}

/* A file of 1970 makes neither earlier files nor itself look old. */
static void
retention_in_1970(struct world *world)
{
	unsigned i;

	world->options.keep_days = 30;
	world_clock(world, 0);
	one_file(world, 3);
	at_1970(world);
	one_file(world, 3);
	world_clock(world, 0);
	for (i = 0; i < 4; i++)
		one_file(world, 2);
	oracle_settle(world);
}

static void
lose_state(const struct world *world)
{
	world_shell("rm -rf '%s/.state'", world->directory);
}

/* Sends every record once more, from processes that have no state. */
static void
repeat_all(struct world *world, const char *when)
{
	uint32_t count = world->ledger->next;

	lose_state(world);
	if (actor_play(world, NULL, 0, count) != ERR_NONE)
		world_problem(world, "%s: refused", when);
	oracle_settle(world);
	if (world->problem[0] != '\0')
		world_note(world, "%s", when);
}

/* Makes four files; `count` of them, from `which` on, have a date other than
 * today. */
static void
odd_file(struct world *world, unsigned which, unsigned count,
    long long offset, const char *when)
{
	unsigned i;

	world_renew(world);
	for (i = 0; i < 4; i++) {
		bool odd = i >= which && i < which + count;

		world_clock(world, odd ? offset : 0);
		if (odd && offset == 0)
			at_1970(world);
		one_file(world, 3);
	}
	world_clock(world, 0);
	repeat_all(world, when);
}

static void
rebuild_of_odd_files(struct world *world)
{
	unsigned which;

	world_in_memory(world);
	/* There is nothing to tell when the first one was written. */
	odd_file(world, 0, 1, 8 * DAY, "a first file of next week");
	odd_file(world, 1, 2, 0, "two files of 1970");
	for (which = 1; which < 4 && world->problem[0] == '\0'; which++) {
		odd_file(world, which, 1, 0, "a file of 1970");
		odd_file(world, which, 1, -8 * DAY, "a file of last week");
		odd_file(world, which, 1, 8 * DAY, "a file of next week");
		odd_file(world, which, 1, 365 * 73 * DAY, "a file of 2099");
	}
}

/* The only file is the live one, with records of two different times. */
static void
live_of_two_times(struct world *world, long long offset)
{
	unsigned i;

	world_renew(world);
	world->options.rotate_size = 0;
	for (i = 0; i < 3; i++) {
		world_clock(world, i == 1 ? offset : 0);
		actor_play(world, NULL, ledger_take(world->ledger, 3), 3);
	}
	repeat_all(world, "a live file of two times");
}

/* The clock is wrong while the state is rebuilt. */
static void
rebuild_at(struct world *world, long long offset, const char *when)
{
	world_renew(world);
	world_clock(world, 0);
	one_file(world, 4);
	one_file(world, 4);
	one_file(world, 4);
	if (offset == 0)
		at_1970(world);
	else
		world_clock(world, offset);
	repeat_all(world, when);
	world_clock(world, 0);
	actor_play(world, NULL, 0, world->ledger->next);
	oracle_settle(world);
}

/* The age of the last record is at most the time since boot, whatever the clock
 * says. */
static void
rebuild_of_old_ones_ahead(struct world *world)
{
	world_renew(world);
	world_clock(world, -5 * DAY);
	one_file(world, 4);
	world_clock(world, 0);
	one_file(world, 4);
	world_clock(world, 3 * DAY);
	repeat_all(world, "three days ahead, of files five days old");
}

static void
rebuild_at_odd_times(struct world *world)
{
	world_in_memory(world);
	live_of_two_times(world, -8 * DAY);
	live_of_two_times(world, 3600 - (long long)time(NULL));
	live_of_two_times(world, 365 * 40 * DAY);
	rebuild_at(world, 8 * DAY, "eight days ahead");
	rebuild_at(world, 3 * DAY, "three days ahead");
	rebuild_of_old_ones_ahead(world);
	rebuild_at(world, 365 * 73 * DAY, "in 2099");
	rebuild_at(world, -8 * DAY, "eight days back");
	rebuild_at(world, 0, "in 1970");
}

const struct scenario years_scenarios[] = {
	{ "retention-in-1970", true, retention_in_1970 },
	{ "rebuild-of-odd-files", true, rebuild_of_odd_files },
	{ "rebuild-at-odd-times", true, rebuild_at_odd_times },
	{ NULL, false, NULL }
};
