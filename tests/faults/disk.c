/*
 * There is no room left, on the disk or within the limits of the process.
 */
#include "torture.h"
#include "seam.h"

#include "base/clock.h"
#include "journal/segment.h"
#include "journal/shared.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 8

static rlim_t
live_size(const struct world *world)
{
	char path[2 * PATH_SIZE];
	struct stat status;

	snprintf(path, sizeof path, "%s/" SEGMENT_LIVE, world->directory);
	return stat(path, &status) == 0 ? (rlim_t)status.st_size : 0;
}

static void
append_under_limit(struct world *world)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	struct journal *journal = ledger_journal(world);
	unsigned i, failed = 0;

	signal(SIGXFSZ, SIG_IGN);
	for (i = 0; i < 60 && journal != NULL; i++) {
		uint32_t number = ledger_take(world->ledger, 1);

		/* The limit usually falls in the middle of the next line. */
		limit.rlim_cur = live_size(world) + world_random(world, 400);
		setrlimit(RLIMIT_FSIZE, &limit);
		while (ledger_send(world, journal, number, 1, NULL) !=
		    ERR_NONE) {
			failed++;
			limit.rlim_cur += world_random(world, 8000);
			setrlimit(RLIMIT_FSIZE, &limit);
		}
	}
	world->ledger->slots[0].turns = failed;
	journal_close(journal);
}

/* No file may grow beyond a limit, which falls in the middle of a line. */
static void
file_size_limit(struct world *world)
{
	world->options.rotate_size = 0;
	crew_start(world, 1);
	/* Larger than any file of the state: the limit must not affect
	 * those. */
	while (live_size(world) < 120000)
		world_sleep(1);
	crew_stop(world, 1);
	crew_child(world, append_under_limit);
	oracle_settle(world);
	world_note(world, "%u refused", world->ledger->slots[0].turns);
	if (world->ledger->slots[0].turns == 0)
		world_problem(world, "the limit was never hit");
}

static bool
mount_small(struct world *world, const char *folder, const char *size)
{
	char path[PATH_SIZE + 16], options[32];

	snprintf(path, sizeof path, "%s/%s", world->root, folder);
	snprintf(options, sizeof options, "size=%s", size);
	world_shell("mkdir -p '%s'", path);
	if (power_private(world) &&
	    mount("none", path, "tmpfs", 0, options) == 0)
		return true;
	world_skip(world, "a tmpfs cannot be mounted");
	return false;
}

/* The disk fills up, is emptied, and fills up again. */
static void
full_disk(struct world *world)
{
	unsigned round;

	if (!mount_small(world, "small", "12M"))
		return;
	world_move(world, "small");
	world->options.rotate_size = 100000;
	world->options.keep_size = 0;
	for (round = 0; round < 4 && world->problem[0] == '\0'; round++) {
		uint32_t before;

		world_shell("head -c %u /dev/zero > '%s/small/ballast'",
		    11000000 + world_random(world, 1000000), world->root);
		crew_start(world, WORKERS);
		before = world->ledger->refused;
		while (world->ledger->refused < before + 20)
			world_sleep(5);
		world_shell("rm -f '%s/small/ballast'", world->root);
		if (!crew_wait(world, WORKERS, 3, 20000))
			world_problem(world, "does not work with space freed");
		crew_stop(world, WORKERS);
		oracle_settle(world);
		world_renew(world);
	}
	world_shell("umount '%s/small'", world->root);
}

/* Runs a shell command in the scratch folder. */
static bool
in_root(const struct world *world, const char *command)
{
	return world_shell("cd '%s' && { %s; } > command.log 2>&1",
	    world->root, command) == 0;
}

/* How often the log says that a state was lost. */
static unsigned
state_losses(const struct world *world)
{
	return world_logged(world, "state-rebuild") +
	    world_logged(world, "state-discarded");
}

/* A quota is reached and then lifted: the state must survive intact. */
static void
live_with_quota(struct world *world)
{
	unsigned round, rounds = world->brief ? 1 : 4;

	world->options.rotate_size = 100000;
	for (round = 0; round < rounds && world->problem[0] == '\0'; round++) {
		uint32_t start = world_ms(), before;

		if (!in_root(world, "btrfs qgroup limit 6M small/sub"))
			world_problem(world, "cannot set a quota");
		crew_start(world, WORKERS);
		before = world->ledger->refused;
		while (world->ledger->refused < before + 16 &&
		    world_ms() - start < 20000)
			world_sleep(5);
		if (world->ledger->refused == before)
			world_problem(world, "nothing was refused");
		/* On a busy machine, lifting it may take several tries. */
		in_root(world, "for i in $(seq 50); do "
		    "btrfs qgroup limit none small/sub; "
		    "btrfs qgroup show -r small | grep -q 6.00MiB || break; "
		    "sleep 0.1; done");
		if (!crew_wait(world, WORKERS, 3, 20000))
			world_problem(world, "does not work without a limit");
		crew_stop(world, WORKERS);
		if (state_losses(world) > 0)
			world_problem(world, "the state was lost");
		oracle_settle(world);
		world_note(world, "%u refused", world->ledger->refused);
		world_renew(world);
	}
}

static void
quota(struct world *world)
{
	if (!power_private(world))
		return;
	if (!in_root(world, "truncate -s 256M image && mkfs.btrfs -q image && "
	    "mkdir small && mount -o loop image small && btrfs quota enable "
	    "small && btrfs subvolume create small/sub")) {
		world_skip(world, "no btrfs on a loop device");
		return;
	}
	world_move(world, "small/sub");
	live_with_quota(world);
	in_root(world, "umount small");
}

/* How many seconds remain until rotation is tried again. */
static uint32_t
rest(const struct world *world)
{
	struct shared shared = { .rotate_after = 0 };
	char path[2 * PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof path, "%s/" SHARED_NAME, world->directory);
	file = fopen(path, "r");
	if (file == NULL || fread(&shared, sizeof shared, 1, file) != 1)
		err(71, "%s", path);
	fclose(file);
	return shared.rotate_after - clock_boot_seconds();
}

/* archive/ is on another device: nothing can be rotated, everything is stored,
 * and the log says so once an hour. */
static void
archive_elsewhere(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 40);
	unsigned i;

	if (journal_cannot_rotate(&world->options))
		world_problem(world, "cannot rotate within one device");
	if (!power_private(world) || !in_root(world, "mkdir journal/archive "
	    "&& mount -t tmpfs -o mode=750 none journal/archive"))
		return;
	if (!journal_cannot_rotate(&world->options))
		world_problem(world, "can rotate to another device");
	world->options.rotate_size = 1;
	for (i = 0; i < 4; i++)
		if (actor_play(world, NULL, first + i * 10, 10) != ERR_NONE)
			world_problem(world, "a record was not stored");
	if (world->ledger->refused > 0)
		world_problem(world, "a record was refused");
	if (world_logged(world, "rotation-failed") != 1)
		world_problem(world, "the log has %u lines about it",
		    world_logged(world, "rotation-failed"));
	oracle_settle(world);
	if (rest(world) < 3000)
		world_problem(world, "next rotation in %u s", rest(world));
	in_root(world, "umount journal/archive");
}

/* Files are rotated even without hard links. */
static void
no_links(struct world *world)
{
	world->options.rotate_size = 1;
	actor_play(world, "linkat/*:EPERM", ledger_take(world->ledger, 5), 5);
	if (world_shell("test $(ls '%s/archive' | wc -l) = 4",
	    world->directory) != 0)
		world_problem(world, "files were not rotated");
	oracle_settle(world);
}

const struct scenario disk_scenarios[] = {
	{ "file-size-limit", true, file_size_limit },
	{ "full-disk", true, full_disk },
	{ "quota", true, quota },
	{ "no-links", true, no_links },
	{ "archive-elsewhere", true, archive_elsewhere },
	{ NULL, false, NULL }
};
