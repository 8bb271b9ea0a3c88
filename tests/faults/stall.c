/*
 * Processes stop, and syncs fail or are slow, while others wait.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"
#include "journal/shared.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 8

/* Waits until the process has stopped itself or died. */
static bool
wait_for_stop(struct world *world, unsigned slot)
{
	siginfo_t info;
	unsigned i;

	for (i = 0; i < 2000; i++) {
		memset(&info, 0, sizeof info);
		if (waitid(P_PID, (id_t)world->crew[slot], &info,
		    WSTOPPED | WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid != 0)
			return true;
		world_sleep(1);
	}
	world_problem(world, "worker %u never stopped", slot);
	return false;
}

static uint32_t
acknowledged(const struct world *world)
{
	uint32_t i, count = 0;

	for (i = 0; i < world->ledger->next; i++)
		count += world->ledger->status[i] == (SENT | ACKNOWLEDGED);
	return count;
}

static struct shared *
map_shared(const struct world *world)
{
	char path[2 * PATH_SIZE];
	struct shared *shared;
	int fd;

	snprintf(path, sizeof path, "%s/" SHARED_NAME, world->directory);
	fd = open(path, O_RDWR);
	if (fd == -1)
		err(71, "%s", path);
	shared = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	if (shared == MAP_FAILED)
		err(71, "mmap");
	close(fd);
	return shared;
}

/* One process stops where the rule says. While it is stopped, the others are
 * refused, each in time; once it goes on, so do all. */
static void
stop_one(struct world *world, const char *rule)
{
	uint32_t before;

	crew_start(world, WORKERS);
	crew_wait(world, WORKERS, 5, 20000);
	crew_rules(world, 1, rule);
	if (wait_for_stop(world, 0)) {
		world_sleep(20);
		before = acknowledged(world);
		world->ledger->slowest = 0;
		world_sleep(8500);
		if (acknowledged(world) > before)
			world_problem(world, "%u acknowledged meanwhile",
			    acknowledged(world) - before);
		if (world->ledger->refused == 0)
			world_problem(world, "nothing was refused");
		if (world->ledger->slowest > 8500)
			world_problem(world, "refused only after %lld ms",
			    (long long)world->ledger->slowest);
		kill(world->crew[0], SIGCONT);
	}
	crew_rules(world, 0, "");
	if (!crew_wait(world, WORKERS, 5, 20000))
		world_problem(world, "does not work after SIGCONT");
	crew_stop(world, WORKERS);
	oracle_settle(world);
}

static void
stopped_leader(struct world *world)
{
	stop_one(world, "fdatasync/1:stop");
}

static void
stopped_lock_holder(struct world *world)
{
	stop_one(world, "write/1:stop");
}

/* The leader dies in its sync while others are waiting for it. */
static void
killed_leader(struct world *world)
{
	unsigned i, times = world->brief ? 20 : 200;

	crew_start(world, WORKERS);
	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		unsigned slot = world_random(world, WORKERS);

		crew_wait(world, WORKERS, 1, 20000);
		crew_rules(world, (uint64_t)1 << slot, i % 3 == 0 ?
		    "fdatasync/1:kill" : i % 3 == 1 ? "fdatasync/1:stop" :
		    "pwrite/1:kill");
		wait_for_stop(world, slot);
		if (i % 3 == 1)
			world_sleep(world_random(world, 30));
		crew_rules(world, 0, "");
		crew_replace(world, slot);
	}
	crew_stop(world, WORKERS);
	oracle_settle(world);
}

static void
slow_disk(struct world *world)
{
	unsigned turns = world->brief ? 20 : 100;

	crew_start(world, 16);
	crew_wait(world, 16, 2, 20000);
	crew_rules(world, ~(uint64_t)0, "fdatasync/*:20ms");
	if (!crew_wait(world, 16, turns, turns * 400))
		world_problem(world, "slower than one sync for each record");
	crew_rules(world, ~(uint64_t)0, "fdatasync/*:3500ms");
	crew_wait(world, 16, 2, 30000);
	crew_rules(world, 0, "");
	if (!crew_wait(world, 16, 2, 30000))
		world_problem(world, "still does not work");
	crew_stop(world, 16);
	world_note(world, "%u refused, slowest %lld ms",
	    world->ledger->refused, (long long)world->ledger->slowest);
	oracle_settle(world);
}

/*
 * The sync of one process fails while others have written and are waiting. All
 * of them are refused, none of their records may count as stored, and the file
 * whose sync failed ends with the last durable record.
 */
static void
one_failed_sync(struct world *world, const char *rule)
{
	struct shared *shared;
	uint64_t durable, failed;
	uint32_t before, ms;

	crew_start(world, WORKERS);
	crew_wait(world, WORKERS, 3, 20000);
	shared = map_shared(world);
	/* The leader stops before its sync, so that all others have written and
	 * wait. */
	crew_rules(world, 1, rule);
	if (!wait_for_stop(world, 0))
		return;
	world_sleep(1000);
	durable = shared->durable;
	failed = shared->generation;
	before = acknowledged(world);
	kill(world->crew[0], SIGCONT);
	for (ms = 0; shared->generation == failed && ms < 5000; ms++)
		world_sleep(1);
	if (shared->generation == failed)
		world_problem(world, "no new file was made");
	if (shared->poisoned < failed)
		world_problem(world, "the file is not poisoned: %llu",
		    (unsigned long long)shared->poisoned);
	if (world->ledger->refused < WORKERS - 1)
		world_problem(world, "only %u refused",
		    world->ledger->refused);
	crew_rules(world, 0, "");
	if (!crew_wait(world, WORKERS, 3, 20000))
		world_problem(world, "still does not work");
	crew_stop(world, WORKERS);
	world_note(world, "durable %llu, acknowledged %u before",
	    (unsigned long long)durable, before);
	if (world_shell("cd '%s/archive' && test \"$(cat \"$(ls | head -n 1)\""
	    " | tail -n 1 | sed 's/{\"seq\":\\([0-9]*\\),.*/\\1/')\" = %llu",
	    world->directory, (unsigned long long)durable) != 0)
		world_problem(world, "the file does not end at %llu",
		    (unsigned long long)durable);
	munmap(shared, SHARED_SIZE);
	oracle_settle(world);
}

static void
failed_sync(struct world *world)
{
	world->options.rotate_size = 0;
	one_failed_sync(world, "fdatasync/1:stop,fdatasync/1:EIO");
}

/* fdatasync() succeeds, but the file system no longer accepts writes. */
static void
failed_probe(struct world *world)
{
	world->options.rotate_size = 0;
	one_failed_sync(world, "fdatasync/1:stop,pwrite/1:EROFS");
}

/* The disk is gone for all processes for a while, then comes back. */
static void
failing_for_long(struct world *world)
{
	static const char *const rules[] = { "fdatasync/*:EIO",
	    "fsync/*:EIO", "pwrite/*:EROFS", "write/*:ENOSPC",
	    "openat/*:EMFILE", "fdatasync/*:EIO,linkat/*:EIO" };
	size_t i;

	world->options.rotate_size = 16384;
	crew_start(world, WORKERS);
	for (i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		uint32_t before;

		crew_wait(world, WORKERS, 3, 20000);
		crew_rules(world, ~(uint64_t)0, rules[i]);
		crew_wait(world, WORKERS, 10, 20000);
		before = acknowledged(world);
		crew_rules(world, 0, "");
		if (!crew_wait(world, WORKERS, 5, 20000) ||
		    acknowledged(world) <= before)
			world_problem(world, "does not work after %s",
			    rules[i]);
	}
	crew_stop(world, WORKERS);
	world_note(world, "%u refused", world->ledger->refused);
	oracle_settle(world);
}

const struct scenario stall_scenarios[] = {
	{ "stopped-leader", true, stopped_leader },
	{ "stopped-lock-holder", false, stopped_lock_holder },
	{ "killed-leader", true, killed_leader },
	{ "slow-disk", false, slow_disk },
	{ "failed-sync", true, failed_sync },
	{ "failed-probe", true, failed_probe },
	{ "failing-for-long", true, failing_for_long },
	{ NULL, false, NULL }
};
