/*
 * Processes that share a journal but differ: one read its configuration before
 * an edit and one after it, one is an older version, one belongs to root.
 */
#include "torture.h"
#include "seam.h"

#include "base/clock.h"
#include "journal/shared.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORKERS 8
#define DAY (24 * 3600)

static void
nfs_or_not(struct world *world)
{
	world->options.nfs = world_random(world, 2) == 0;
}

/* `nfs` is switched back and forth while all are writing. */
static void
nfs_edit(struct world *world)
{
	unsigned i, trials = world->brief ? 10 : 200;

	for (i = 0; i < trials && world->problem[0] == '\0'; i++) {
		world_renew(world);
		world->vary = nfs_or_not;
		world->restless = 20;
		crew_start(world, WORKERS);
		if (!crew_wait(world, WORKERS, 5, 20000))
			world_problem(world, "does not work after an edit");
		crew_replace(world, world_random(world, WORKERS));
		world_sleep(world_random(world, 150));
		crew_stop(world, WORKERS);
		oracle_settle(world);
	}
}

/* Sets what the next process has read: a window, and the configuration's
 * age. */
static void
set_window(struct world *world, int64_t window, int64_t time)
{
	world->options.window = window;
	world->options.settings_time = time;
}

/* Two kinds of process each send a record of their own, and then each sends the
 * other's; these are repeats if `window` is what counts. */
static void
alternate(struct world *world, int64_t one, int64_t one_time, int64_t other,
    int64_t other_time, bool repeats)
{
	uint32_t first = ledger_take(world->ledger, 2);

	set_window(world, one, one_time);
	actor_play(world, NULL, first, 1);
	set_window(world, other, other_time);
	actor_play(world, NULL, first + 1, 1);
	if (!repeats)
		return;
	actor_play(world, NULL, first, 1);
	set_window(world, one, one_time);
	actor_play(world, NULL, first + 1, 1);
}

static void
expect_rebuilds(struct world *world, unsigned wanted, const char *when)
{
	unsigned count = world_logged(world, "state-rebuild");

	if (count != wanted)
		world_problem(world, "%s: %u rebuilds, not %u", when, count,
		    wanted);
}

/* Where processes disagree on the window, the latest configuration counts. */
static void
settings(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 2000), longest = first;
	static char text[RECORD_SIZE];
	uint8_t key[JOURNAL_KEY_SIZE];

	/* One of these is too long to be looked up in the index. */
	while (ledger_record(longest, text, key) < 18000)
		longest++;
	set_window(world, 0, 1);
	actor_play(world, NULL, first, 1);
	actor_play(world, NULL, longest, 1);
	set_window(world, 7 * DAY, 2);
	actor_play(world, NULL, first, 1);
	expect_rebuilds(world, 1, "a first window");
	alternate(world, 7 * DAY, 2, 0, 1, true);
	alternate(world, 0, 1, 7 * DAY, 2, true);
	expect_rebuilds(world, 1, "an older configuration");
	alternate(world, 7 * DAY, 2, 0, 3, false);
	alternate(world, 7 * DAY, 2, 0, 3, false);
	expect_rebuilds(world, 1, "a newer configuration without a window");
	alternate(world, 7 * DAY, 3, 0, 3, true);
	alternate(world, 0, 3, 7 * DAY, 3, true);
	expect_rebuilds(world, 2, "two configurations of the same age");
	set_window(world, 0, 3);
	oracle_settle(world);
}

static void
with_or_without(struct world *world)
{
	if (world_random(world, 2) == 0)
		set_window(world, 0, 1);
	else
		set_window(world, 7 * DAY, 2);
}

/* The same with a crew whose processes repeat each other's records. */
static void
settings_of_a_crew(struct world *world)
{
	set_window(world, 7 * DAY, 2);
	actor_play(world, NULL, ledger_take(world->ledger, 1), 1);
	world->vary = with_or_without;
	world->restless = 20;
	crew_start(world, WORKERS);
	world_sleep(world->seconds * 150);
	crew_stop(world, WORKERS);
	expect_rebuilds(world, 0, "a crew");
	oracle_settle(world);
}

static void
edit_state(const struct world *world, size_t offset, const void *bytes,
    size_t length)
{
	char path[2 * PATH_SIZE];
	int fd;

	snprintf(path, sizeof path, "%s/" SHARED_NAME, world->directory);
	fd = open(path, O_WRONLY);
	if (fd == -1 || pwrite(fd, bytes, length, (off_t)offset) !=
	    (ssize_t)length)
		err(71, "%s", path);
	close(fd);
}

static void
set_version(const struct world *world, uint32_t revision, uint32_t age)
{
	uint32_t touched = clock_boot_seconds() - age;

	edit_state(world, offsetof(struct shared, revision), &revision,
	    sizeof revision);
	edit_state(world, offsetof(struct shared, touched), &touched,
	    sizeof touched);
}

static bool
copy_is(const struct world *world)
{
	return world_shell("cmp -s '%s/" SHARED_NAME "' '%s/copy'",
	    world->directory, world->root) == 0;
}

/* A newer program starts while we are at work. */
static void
meet_newer(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 2);

	if (ledger_send(world, journal, first, 1, NULL) != ERR_NONE)
		ledger_complain(world->ledger, "does not work", 0);
	set_version(world, SHARED_REVISION + 1, 0);
	if (ledger_send(world, journal, first + 1, 1, NULL) != ERR_STALE)
		ledger_complain(world->ledger, "did not give way", 0);
	journal_close(journal);
}

/* We leave a newer program's state alone for a minute after its last use. */
static void
newer_version(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);

	actor_play(world, NULL, first, 1);
	set_version(world, SHARED_REVISION + 1, 5);
	world_shell("cp '%s/" SHARED_NAME "' '%s/copy'", world->directory,
	    world->root);
	if (actor_play(world, NULL, first + 1, 1) != ERR_STALE)
		world_problem(world, "did not give way");
	if (!copy_is(world))
		world_problem(world, "changed a newer program's state");
	set_version(world, SHARED_REVISION + 1, 61);
	if (actor_play(world, NULL, first, 2) != ERR_NONE)
		world_problem(world, "waits for a program that is gone");
	expect_rebuilds(world, 1, "a newer program that is gone");
	crew_child(world, meet_newer);
	set_version(world, SHARED_REVISION + 1, 61);
	oracle_settle(world);
}

/* Version 0.1.0 leaves zeros in the fields that it does not know about. */
static void
older_version(struct world *world)
{
	static const char zeros[SHARED_SIZE - offsetof(struct shared,
	    revision)];
	uint32_t first = ledger_take(world->ledger, 6), i;

	actor_play(world, NULL, first, 3);
	edit_state(world, offsetof(struct shared, revision), zeros,
	    sizeof zeros);
	for (i = 0; i < 4; i++)
		if (actor_play(world, NULL, first + i, 2) != ERR_NONE)
			world_problem(world, "does not work beside an old one");
	expect_rebuilds(world, 1, "an older program's state");
	/* Its index follows another rule, even if all other fields are set. */
	set_version(world, SHARED_REVISION - 1, 0);
	for (i = 0; i < 4; i++)
		actor_play(world, NULL, first + i, 2);
	expect_rebuilds(world, 2, "the previous version's state");
	oracle_settle(world);
}

static void
append_with_other_numbers(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 3), i;

	seam_unstable = true;
	for (i = 0; i < 3; i++)
		if (ledger_send(world, journal, first + i, 1, NULL) !=
		    ERR_UNSAFE)
			ledger_complain(world->ledger, "was not refused", i);
	seam_unstable = false;
	journal_close(journal);
}

/* A file shows a different inode number each time it is opened. */
static void
unstable_numbers(struct world *world)
{
	crew_child(world, append_with_other_numbers);
	oracle_settle(world);
	crew_child(world, append_with_other_numbers);
	expect_rebuilds(world, 0, "inode numbers never match");
	oracle_settle(world);
}

const struct scenario mixed_scenarios[] = {
	{ "nfs-edit", true, nfs_edit },
	{ "settings", true, settings },
	{ "settings-crew", true, settings_of_a_crew },
	{ "newer-version", true, newer_version },
	{ "older-version", true, older_version },
	{ "unstable-numbers", true, unstable_numbers },
	{ NULL, false, NULL }
};
