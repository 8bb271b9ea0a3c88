/*
 * No room on the disk, or in the limits of the process.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"

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

		/* Most often in the middle of the next line. */
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

/* A file may not grow beyond a limit that lies in the middle of a line. */
static void
file_size_limit(struct world *world)
{
	world->options.rotate_size = 0;
	crew_start(world, 1);
	/* Beyond the size of the state's files, which are not meant here. */
	while (live_size(world) < 120000)
		world_sleep(1);
	crew_stop(world, 1);
	crew_child(world, append_under_limit);
	oracle_settle(world);
	world_note(world, "%u refused", world->ledger->slots[0].turns);
	if (world->ledger->slots[0].turns == 0)
		world_problem(world, "the limit never hit");
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
			world_problem(world, "not well with room");
		crew_stop(world, WORKERS);
		oracle_settle(world);
		world_renew(world);
	}
	world_shell("umount '%s/small'", world->root);
}

const struct scenario disk_scenarios[] = {
	{ "file-size-limit", true, file_size_limit },
	{ "full-disk", true, full_disk },
	{ NULL, false, NULL }
};
