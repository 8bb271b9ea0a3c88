/*
 * Each scenario tests one promise, with a few processes whose every step is
 * fixed.
 */
#include "torture.h"
#include "seam.h"

#include "journal/stamp.h"
#include "journal/segment.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A leader died in its sync. If that sync failed, the kernel does not tell a
 * process that opens the file later, so such a process must not trust its own
 * sync. */
static void
dead_leader_is_distrusted(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);

	actor_play(world, NULL, first, 1);
	actor_play(world, "fdatasync/1:kill", first + 1, 1);
	world->tally.kills++;
	if (actor_play(world, NULL, first + 1, 1) == ERR_NONE)
		world_problem(world, "trusted a dead leader's sync");
	if (actor_play(world, NULL, first + 1, 2) != ERR_NONE)
		world_problem(world, "still does not work");
	oracle_settle(world);
}

/* The redelivery of a record waits until the record is durable. */
static void
duplicate_waits(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 2);
	pid_t leader, other;

	actor_play(world, NULL, first, 1);
	leader = actor_until_stop(world, "fdatasync/1:stop", first + 1);
	actor_set(NULL, first + 1, 1);
	other = actor_begin(world);
	world_sleep(300);
	if (actor_acknowledged(world, first + 1))
		world_problem(world, "acknowledged before it was durable");
	actor_finish(world, leader);
	crew_end(world, other);
	if (!actor_acknowledged(world, first + 1))
		world_problem(world, "not acknowledged afterwards");
	oracle_settle(world);
}

static void
outlive_the_state(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	char state[2 * PATH_SIZE];
	uint32_t first = ledger_take(world->ledger, 4);

	ledger_send(world, journal, first, 1, NULL);
	snprintf(state, sizeof state, "%s/" SEGMENT_STATE, world->directory);
	world_remove(state);
	/* The first of these two goes into a file that is rotated before we can
	 * read it. */
	actor_play(world, NULL, first + 1, 2);
	/* The ledger complains if a repeat is not recognized. */
	if (ledger_send(world, journal, first + 1, 1, NULL) != ERR_NONE ||
	    ledger_send(world, journal, first + 3, 1, NULL) != ERR_NONE)
		ledger_complain(world->ledger, "fails with a new state", 0);
	journal_close(journal);
}

/* Somebody removed the state, and another process made a new one. A process
 * that still has the old one must stop using it. */
static void
lost_state_is_left(struct world *world)
{
	world->options.rotate_size = 1;
	crew_child(world, outlive_the_state);
	oracle_settle(world);
}

static void
open_on_nfs(struct world *world)
{
	struct journal *journal;

	seam_arm("statfs-nfs/*:EIO", 0);
	if (journal_open(&world->options, &journal) != ERR_UNSAFE)
		ledger_complain(world->ledger, "NFS was not refused", 0);
	world->options.nfs = true;
	if (journal_open(&world->options, &journal) != ERR_NONE)
		ledger_complain(world->ledger, "NFS was refused", 0);
	journal_close(journal);
}

/* A journal refuses to work on NFS unless it is told to. */
static void
nfs_is_refused(struct world *world)
{
	crew_child(world, open_on_nfs);
	oracle_settle(world);
}

/* A sync does not cover what is written while it is under way. */
static void
late_record_waits(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);
	pid_t leader, other;

	actor_play(world, NULL, first, 1);
	/* The sync is done, but its success is not announced yet. */
	leader = actor_until_stop(world, "pwrite/1:stop", first + 1);
	actor_set("fdatasync/1+:EIO", first + 2, 1);
	other = actor_begin(world);
	world_sleep(300);
	actor_finish(world, leader);
	crew_end(world, other);
	if (actor_acknowledged(world, first + 2))
		world_problem(world, "acknowledged without a sync");
	if (!actor_acknowledged(world, first + 1))
		world_problem(world, "the leader's own record is refused");
	oracle_settle(world);
}

/*
 * One process has written but not synced. An outsider takes the file away, and
 * others append more than it held. Whatever is acknowledged then must be in a
 * file.
 */
static void
waiter_and_tamper(struct world *world, const char *command, int flags)
{
	struct oracle oracle = { .flags = flags, .since = 2 };
	char moved[2 * PATH_SIZE];
	uint32_t first, i;
	pid_t waiter;

	world_renew(world);
	world->options.rotate_size = 0;
	first = ledger_take(world->ledger, 40);
	actor_play(world, NULL, first, 3);
	waiter = actor_until_stop(world, "flock/2:stop", first + 3);
	world->ledger->lenient = true;
	for (i = 0; i < 40; i++)
		world->ledger->born[first + i] = i < 3 ? 1 : 3;
	world_shell("cd '%s' && %s", world->directory, command);
	actor_play(world, NULL, first + 4, 30);
	actor_finish(world, waiter);
	snprintf(moved, sizeof moved, "%s/moved", world->root);
	oracle.extra[0] = moved;
	for (i = 0; i < 40; i++)	/* sending has changed these */
		world->ledger->born[first + i] = i < 3 ? 1 : 3;
	oracle_settle_with(world, &oracle);
	world_shell("rm -f '%s'", moved);
}

static void
waiter_without_file(struct world *world)
{
	waiter_and_tamper(world, "rm notifications.jsonl",
	    ORACLE_GAPS | ORACLE_LOST);
	waiter_and_tamper(world, ": > notifications.jsonl",
	    ORACLE_GAPS | ORACLE_LOST);
	waiter_and_tamper(world, "mv notifications.jsonl ../moved",
	    ORACLE_GAPS | ORACLE_TWICE);
	waiter_and_tamper(world, "rm notifications.jsonl && "
	    "touch notifications.jsonl", ORACLE_GAPS | ORACLE_LOST);
}

/* A process whose file was renamed must sync it itself, and must not ignore the
 * result. */
static void
moved_waiter_syncs(struct world *world)
{
	const struct oracle oracle = { .flags = ORACLE_GAPS | ORACLE_LOST,
	    .since = UINT32_MAX / 2 };
	uint32_t first = ledger_take(world->ledger, 3);
	pid_t waiter;

	actor_play(world, NULL, first, 1);
	waiter = actor_until_stop(world, "flock/2:stop,fdatasync/1+:EIO",
	    first + 1);
	world->ledger->lenient = true;
	world_shell("cd '%s' && mv notifications.jsonl ../moved",
	    world->directory);
	actor_play(world, NULL, first + 2, 1);
	actor_finish(world, waiter);
	if (actor_acknowledged(world, first + 1))
		world_problem(world, "acknowledged without a sync");
	oracle_settle_with(world, &oracle);
}

/* File systems may leave zeros where bytes had no time to arrive. */
static void
zeros_are_cut_off(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 1);

	actor_play(world, NULL, first, 1);
	world_shell("cd '%s' && { head -c 300 /dev/zero; echo '\"}}'; } >> "
	    SEGMENT_LIVE, world->directory);
	world_other_boot(world);
	oracle_settle(world);
}

/* As long as no new file can be made, the old one remains in use. */
static void
failed_rotation_goes_on(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 20);

	world->options.rotate_size = 2000;
	actor_play(world, NULL, first, 3);
	if (actor_play(world, "renameat/1+:EIO", first + 3, 17) != ERR_NONE ||
	    !actor_acknowledged(world, first + 4) || world->ledger->refused > 0)
		world_problem(world, "refused, though the old file would do");
	oracle_settle(world);
}

/* A batch is one write: a second one would fail. */
static void
send_batch(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 6);

	ledger_send(world, journal, first, 2, NULL);
	seam_arm("write/2+:EIO", 1);
	if (ledger_send(world, journal, first + 2, 4, NULL) != ERR_NONE)
		ledger_complain(world->ledger, "more than one write", 0);
	seam_arm(NULL, 1);
	journal_close(journal);
}

static void
batch_is_one_write(struct world *world)
{
	crew_child(world, send_batch);
	oracle_settle(world);
}

static bool
ends_with_newline(const struct world *world)
{
	return world_shell("test \"$(tail -c 1 '%s/" SEGMENT_LIVE "' | "
	    "od -An -c)\" = '  \\n'", world->directory) == 0;
}

/* If a full disk takes only part of a line, that part is removed again. */
static void
short_write_is_taken_back(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 2);

	actor_play(world, NULL, first, 1);
	if (actor_play(world, "write/1:short", first + 1, 1) == ERR_NONE)
		world_problem(world, "a short write was acknowledged");
	if (!ends_with_newline(world))
		world_problem(world, "half a line is left");
	oracle_settle(world);
}

static int64_t
last_stamp(const struct world *world)
{
	char path[2 * PATH_SIZE], line[RECORD_SIZE + 100];
	int64_t time = 0;
	uint64_t seq;
	FILE *file;

	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, world->directory);
	file = fopen(path, "r");
	if (file == NULL)
		err(71, "%s", path);
	while (fgets(line, sizeof line, file) != NULL)
		if (!stamp_read(line, strlen(line), &seq, &time))
			errx(71, "%s", line);
	fclose(file);
	return time;
}

/* If the clock goes back by up to an hour, the last stamp is repeated; beyond
 * that, the clock is trusted. */
static void
stamps(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);
	int64_t before, after;

	world->options.rotate_size = 0;
	world_clock(world, 0);
	actor_play(world, NULL, first, 1);
	before = last_stamp(world);
	world_clock(world, -3000);
	actor_play(world, NULL, first + 1, 1);
	after = last_stamp(world);
	if (after != before)
		world_problem(world, "the stamp moved by %lld us",
		    (long long)(after - before));
	world_clock(world, -7200);
	actor_play(world, NULL, first + 2, 1);
	after = last_stamp(world);
	if (before - after < 7100 * INT64_C(1000000))
		world_problem(world, "a step of two hours back is not trusted");
	oracle_settle(world);
}

static unsigned
files(const struct world *world)
{
	unsigned count = 0;

	while (world_shell("test $(ls '%s/archive' 2> /dev/null | wc -l) -gt "
	    "%u", world->directory, count) == 0)
		count++;
	return count;
}

/* Neither a wrong date nor a sudden change of the settings empties the
 * archive. */
static void
retention(struct world *world)
{
	const struct oracle oracle = { .flags = ORACLE_GAPS | ORACLE_LOST,
	    .since = UINT32_MAX / 2 };
	uint32_t first = ledger_take(world->ledger, 80);
	unsigned before, after;

	world->options.rotate_size = 2500;
	world_clock(world, 0);
	actor_play(world, NULL, first, 60);
	before = files(world);
	world->options.rotate_every = PERIOD_HOUR;
	world->options.keep_days = 30;
	world_clock(world, 86400LL * 365 * 73);
	actor_play(world, NULL, first + 60, 1);
	after = files(world);
	if (after != before + 1)
		world_problem(world, "in 2099 %u files became %u", before,
		    after);
	world_clock(world, 0);
	world->options.keep_days = 0;
	world->options.keep_files = 1;
	actor_play(world, NULL, first + 61, 1);
	before = files(world);
	if (before != after - 1)
		world_problem(world, "%u files became %u in one step", after,
		    before);
	actor_play(world, NULL, first + 62, 18);
	oracle_settle_with(world, &oracle);
}

const struct scenario promise_scenarios[] = {
	{ "dead-leader-is-distrusted", true, dead_leader_is_distrusted },
	{ "duplicate-waits", true, duplicate_waits },
	{ "lost-state-is-left", true, lost_state_is_left },
	{ "nfs-is-refused", true, nfs_is_refused },
	{ "late-record-waits", true, late_record_waits },
	{ "waiter-without-file", true, waiter_without_file },
	{ "moved-waiter-syncs", true, moved_waiter_syncs },
	{ "zeros-are-cut-off", true, zeros_are_cut_off },
	{ "failed-rotation-goes-on", true, failed_rotation_goes_on },
	{ "batch-is-one-write", true, batch_is_one_write },
	{ "short-write-is-taken-back", true, short_write_is_taken_back },
	{ "stamps", true, stamps },
	{ "retention", true, retention },
	{ NULL, false, NULL }
};
