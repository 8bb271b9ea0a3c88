/*
 * Watches the calls that change the disk, through the linker's --wrap, and has
 * the plays in which the power fails before each of them.
 */
#include "model.h"
#include "seam.h"

#include "base/log.h"
#include "journal/shared.h"

#include <err.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
int __real_ftruncate(int fd, off_t length);
int __wrap_ftruncate(int fd, off_t length);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_linkat(int from_dir, const char *from, int to_dir, const char *to,
    int flags);
int __wrap_linkat(int from_dir, const char *from, int to_dir, const char *to,
    int flags);
int __real_renameat(int from_dir, const char *from, int to_dir,
    const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir,
    const char *to);
int __real_renameat2(int from_dir, const char *from, int to_dir,
    const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir,
    const char *to, unsigned flags);
int __real_unlinkat(int directory, const char *name, int flags);
int __wrap_unlinkat(int directory, const char *name, int flags);

static bool busy;	/* during the model's own calls: ignore them */

static void
crash(const char *call)
{
	if (busy)
		return;
	busy = true;
	model_crash(call);
	busy = false;
}

static int
synced(int fd, int result)
{
	if (result == 0 && !busy)
		model_synced(fd);
	return result;
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t length)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		crash("write");
	return __real_write(fd, bytes, length);
}

int
__wrap_ftruncate(int fd, off_t length)
{
	crash("ftruncate");
	if (!busy)
		model_cutting(fd);
	return __real_ftruncate(fd, length);
}

int
__wrap_fsync(int fd)
{
	crash("fsync");
	return synced(fd, __real_fsync(fd));
}

int
__wrap_fdatasync(int fd)
{
	crash("fdatasync");
	return synced(fd, __real_fdatasync(fd));
}

int
__wrap_linkat(int from_dir, const char *from, int to_dir, const char *to,
    int flags)
{
	crash("linkat");
	return __real_linkat(from_dir, from, to_dir, to, flags);
}

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	crash("renameat");
	return __real_renameat(from_dir, from, to_dir, to);
}

int
__wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned flags)
{
	crash("renameat2");
	return __real_renameat2(from_dir, from, to_dir, to, flags);
}

int
__wrap_unlinkat(int directory, const char *name, int flags)
{
	crash("unlinkat");
	return __real_unlinkat(directory, name, flags);
}

/* Makes `count` appends; every third is repeated, every seventh has two
 * records. */
static void
send(struct world *world, struct journal *journal, unsigned count)
{
	unsigned i;

	for (i = 0; i < count && world->problem[0] == '\0'; i++) {
		uint32_t pair = i % 7 == 6 ? 2 : 1;
		uint32_t first = ledger_take(world->ledger, pair);

		ledger_send(world, journal, first, pair, NULL);
		crash("the answer");
		if (i % 3 == 2)
			ledger_send(world, journal, first, pair, NULL);
	}
}

static void
begin(struct world *world, uint64_t rotate_size, struct journal **journal)
{
	char path[2 * PATH_SIZE];

	world_in_memory(world);
	snprintf(path, sizeof path, "%s/log", world->root);
	log_to(path);
	world->options.rotate_size = rotate_size;
	*journal = ledger_journal(world);
	model_start(world);
}

static void
end(struct world *world, struct journal *journal)
{
	model_stop();
	seam_arm(NULL, 0);
	journal_close(journal);
	oracle_settle(world);
}

static void
model_of_appends(struct world *world)
{
	struct journal *journal;

	begin(world, 2500, &journal);
	send(world, journal, world->brief ? 12 : 40);
	end(world, journal);
}

/* A sync fails; what is cut off afterwards may reappear. */
static void
model_of_failed_syncs(struct world *world)
{
	unsigned i, times = world->brief ? 3 : 9;
	struct journal *journal;

	begin(world, 2500, &journal);
	for (i = 1; i <= times && world->problem[0] == '\0'; i++) {
		char rule[64];

		send(world, journal, 2);
		snprintf(rule, sizeof rule, "fdatasync/%u:EIO", i % 3 + 1);
		seam_arm(rule, 0);
		send(world, journal, 4);
		seam_arm(NULL, 0);
	}
	end(world, journal);
}

/* Lets a failed rotation be retried at once, instead of after a while. */
static void
forget_rest(const struct world *world)
{
	static const uint32_t none;
	char path[2 * PATH_SIZE];
	int fd;

	snprintf(path, sizeof path, "%s/" SHARED_NAME, world->directory);
	fd = open(path, O_WRONLY);
	if (fd == -1 || pwrite(fd, &none, sizeof none,
	    offsetof(struct shared, rotate_after)) != sizeof none)
		err(71, "%s", path);
	close(fd);
}

/* A rotation that failed halfway is finished later. */
static void
model_of_failed_rotations(struct world *world)
{
	static const char *const rules[] = { "linkat/1:EIO", "fsync/1:EIO",
	    "fsync/2:EIO", "renameat/1:EIO", "fsync/3:EIO",
	    "renameat/1:EIO,unlinkat/2:EIO" };
	struct journal *journal;
	size_t i;

	begin(world, 2500, &journal);
	for (i = 0; i < sizeof rules / sizeof rules[0] &&
	    world->problem[0] == '\0'; i++) {
		seam_arm(rules[i], 0);
		send(world, journal, 5);
		seam_arm(NULL, 0);
		forget_rest(world);
		send(world, journal, 1);
	}
	end(world, journal);
}

/* On a file system without hard links, every rotation is by rename; here some
 * fail halfway. */
static void
model_without_links(struct world *world)
{
	static const char *const rules[] = { "linkat/*:EPERM",
	    "linkat/*:EPERM,renameat/1:EIO", "linkat/*:EPERM,renameat/2:EIO",
	    "linkat/*:EPERM,fsync/2:EIO", "linkat/*:EPERM,fsync/3:EIO",
	    "linkat/*:EPERM,renameat/2:EIO,renameat/3:EIO",
	    "linkat/*:EPERM,renameat/2:EIO,fsync/4:EIO" };
	unsigned i, k, times = world->brief ? 2 : 6;
	struct journal *journal;

	begin(world, 900, &journal);
	for (i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		for (k = 0; k < times && world->problem[0] == '\0'; k++) {
			seam_arm(rules[i], 0);
			send(world, journal, 2);
			forget_rest(world);
		}
		seam_arm(rules[0], 0);
		send(world, journal, 1);
	}
	end(world, journal);
}

static uint32_t fellow_number;

/* Writes a record, and dies before any process has synced it. */
static void
write_and_die(struct world *world)
{
	struct journal *journal;

	model_stop();
	world->options.rotate_size = 0;	/* rotation is left to others */
	journal = ledger_journal(world);
	seam_arm("flock/2:kill", 0);
	ledger_send(world, journal, fellow_number, 1, NULL);
}

/* Other processes die before they have synced what they wrote. We receive the
 * same records, and sometimes there is no state to recognize them by. */
static void
model_of_dead_fellows(struct world *world)
{
	unsigned i, times = world->brief ? 15 : 40;
	struct journal *journal;
	char state[2 * PATH_SIZE];

	begin(world, 1000, &journal);
	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		fellow_number = ledger_take(world->ledger, 1);
		crew_child(world, write_and_die);
		world->tally.kills++;
		if (i % 2 == 0)
			send(world, journal, 1);
		snprintf(state, sizeof state, "%s/.state", world->directory);
		if (i % 5 == 3)
			world_remove(state);
		ledger_send(world, journal, fellow_number, 1, NULL);
		crash("the answer");
	}
	end(world, journal);
}

/* Moves the live file into archive/, and dies before the move is durable. */
static void
rotate_and_die(struct world *world)
{
	struct journal *journal;

	model_stop();
	world->options.rotate_size = 1;
	journal = ledger_journal(world);
	seam_arm(world->rules, 0);
	ledger_send(world, journal, fellow_number, 1, NULL);
}

/* What others began must be made durable before we go on. */
static void
model_of_dead_rotators(struct world *world)
{
	static const char *const rules[] = { "fsync/1:kill",
	    "linkat/*:EPERM,fsync/2:kill" };
	unsigned i, times = world->brief ? 4 : 20;
	struct journal *journal;

	begin(world, 0, &journal);
	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		send(world, journal, 2);
		fellow_number = ledger_take(world->ledger, 1);
		world->rules = rules[i % 2];
		crew_child(world, rotate_and_die);
		world->rules = NULL;
		world->tally.kills++;
		ledger_send(world, journal, fellow_number, 1, NULL);
		crash("the answer");
	}
	end(world, journal);
}

/* Creates the journal's id, and dies before the id's name is durable. */
static void
name_and_die(struct world *world)
{
	struct journal *journal;

	model_stop();
	journal = ledger_journal(world);
	/* The first three syncs are those of the live file, its folder and the
	 * id. */
	seam_arm("fsync/4:kill", 0);
	ledger_send(world, journal, fellow_number, 1, NULL);
}

static void
model_of_a_dead_maker(struct world *world)
{
	char id[2 * PATH_SIZE];
	struct journal *journal;

	begin(world, 0, &journal);
	fellow_number = ledger_take(world->ledger, 1);
	crew_child(world, name_and_die);
	world->tally.kills++;
	snprintf(id, sizeof id, "%s/" RELAY_ID, world->directory);
	if (access(id, F_OK) == -1)
		world_problem(world, "the journal got no id");
	send(world, journal, 2);
	end(world, journal);
}

const struct scenario model_scenarios[] = {
	{ "model-appends", true, model_of_appends },
	{ "model-failed-syncs", true, model_of_failed_syncs },
	{ "model-failed-rotations", true, model_of_failed_rotations },
	{ "model-without-links", true, model_without_links },
	{ "model-dead-fellows", true, model_of_dead_fellows },
	{ "model-dead-rotators", true, model_of_dead_rotators },
	{ "model-dead-maker", true, model_of_a_dead_maker },
	{ NULL, false, NULL }
};
