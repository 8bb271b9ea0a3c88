/*
 * Processes are killed: at random, by the thousand, and at every call.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 16

static unsigned
rotations(const struct world *world)
{
	char command[PATH_SIZE + 64];
	unsigned count = 0;
	FILE *pipe;

	snprintf(command, sizeof command, "ls -U '%s/archive' | wc -l",
	    world->directory);
	pipe = popen(command, "r");
	if (pipe == NULL || fscanf(pipe, "%u", &count) != 1)
		err(71, "%s", command);
	pclose(pipe);
	return count;
}

/* Kills at random moments, until `kills` processes have been killed. */
static void
kill_at_random(struct world *world, unsigned kills, unsigned limit_ms)
{
	uint32_t start = world_ms();

	crew_start(world, WORKERS);
	while (world->tally.kills < kills && !world->ledger->stop &&
	    world_ms() - start < limit_ms) {
		usleep(world_random(world, 4000));
		crew_replace(world, world_random(world, WORKERS));
	}
	crew_stop(world, WORKERS);
	crew_orphans();
	world_note(world, "%u rotated files", rotations(world));
	oracle_settle(world);
}

static void
random_kills(struct world *world)
{
	kill_at_random(world, world->brief ? 800 : 8000,
	    world->seconds * 2000);
}

static void
random_kills_of_updates_with_gzip(struct world *world)
{
	world->options.rotate_size = 256 * 1024;
	world->options.compress = true;
	kill_at_random(world, world->brief ? 300 : 2500,
	    world->seconds * 2000);
}

/* As on NFS: no map, no futex, one sync for each record; but on a local file
 * system. */
static void
random_kills_as_on_nfs(struct world *world)
{
	world->options.nfs = true;
	seam_as_nfs = true;
	kill_at_random(world, world->brief ? 100 : 1000,
	    world->seconds * 1000);
	seam_as_nfs = false;
}

/* Kills processes while some calls fail in some of them. */
static void
kill_with_faults(struct world *world, const char *const *rules, uint32_t count)
{
	uint32_t start = world_ms();

	crew_start(world, WORKERS);
	while (world_ms() - start < world->seconds * 150) {
		crew_rules(world, world_random(world, 1u << 16),
		    rules[world_random(world, count)]);
		usleep(world_random(world, 50000));
		crew_replace(world, world_random(world, WORKERS));
		crew_replace(world, world_random(world, WORKERS));
	}
	crew_rules(world, 0, "");
	crew_stop(world, WORKERS);
	world_note(world, "%u refused", world->ledger->refused);
	oracle_settle(world);
}

/*
 * State is not lost here while syncs fail. If both happened together, nothing
 * would tell which records of the live file were acknowledged, and a record
 * might rightly be kept twice.
 */
static void
random_kills_and_write_faults(struct world *world)
{
	static const char *const rules[] = { "write/~5:EIO", "write/~5:ENOSPC",
	    "write/~5:short", "write/~5:short,ftruncate/~2:EIO",
	    "fdatasync/~5:EIO", "pwrite/~5:EROFS", "fsync/~2:EIO",
	    "linkat/~2:EMFILE", "renameat/~2:EIO", "unlinkat/~2:EIO",
	    "~60:kill", "fdatasync/~3:kill", "fdatasync/~2:3ms",
	    "flock/~3:ENOLCK" };

	kill_with_faults(world, rules, sizeof rules / sizeof rules[0]);
}

static void
random_kills_and_read_faults(struct world *world)
{
	static const char *const rules[] = { "openat/~5:EMFILE",
	    "openat/~9:EIO", "fstat/~9:EIO", "fstatat/~9:EIO", "pread/~3:EIO",
	    "mmap/~3:ENOMEM", "fallocate/~2:ENOSPC", "openat/~5:EACCES",
	    "~60:kill", "flock/~3:EINTR" };

	kill_with_faults(world, rules, sizeof rules / sizeof rules[0]);
}

static void
one_record(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t number = ledger_take(world->ledger, 1);

	if (journal != NULL && ledger_send(world, journal, number, 1, NULL) !=
	    ERR_NONE)
		ledger_complain(world->ledger, "a single record is refused", 0);
	journal_close(journal);
}

/* Plain CGI: each process opens, appends one record and ends; many at once. */
static void
short_lives(struct world *world)
{
	unsigned i, lives = world->brief ? 300 : 1000;

	for (i = 0; i < lives; i++) {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		if (pid == -1)
			err(71, "fork");
		if (pid == 0) {
			one_record(world);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	if (world->ledger->next != lives)
		world_problem(world, "%u lives", world->ledger->next);
	oracle_settle(world);
}

static void
die_before_acknowledging(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 3);

	if (journal == NULL ||
	    ledger_send(world, journal, first, 3, NULL) != ERR_NONE)
		ledger_complain(world->ledger, "an append fails", 0);
	/* The answer never reached the sender. */
	while (first < world->ledger->next)
		world->ledger->status[first++] = SENT;
	raise(SIGKILL);
}

static void
expect_duplicates(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t i;

	for (i = 0; i < world->ledger->next; i++) {
		bool duplicate = false;

		if (ledger_send(world, journal, i, 1, &duplicate) !=
		    ERR_NONE || !duplicate)
			ledger_complain(world->ledger, "is not a duplicate", i);
	}
	journal_close(journal);
}

static void
acknowledgement_lost(struct world *world)
{
	unsigned i;

	for (i = 0; i < 20; i++) {
		crew_child(world, die_before_acknowledging);
		crew_child(world, expect_duplicates);
		world->tally.kills++;
	}
	oracle_settle(world);
}

const struct scenario kill_scenarios[] = {
	{ "random-kills", true, random_kills },
	{ "random-kills-gzip", true, random_kills_of_updates_with_gzip },
	{ "random-kills-as-on-nfs", true, random_kills_as_on_nfs },
	{ "random-kills-and-write-faults", true,
	    random_kills_and_write_faults },
	{ "random-kills-and-read-faults", true, random_kills_and_read_faults },
	{ "short-lives", true, short_lives },
	{ "acknowledgement-lost", true, acknowledgement_lost },
	{ NULL, false, NULL }
};
