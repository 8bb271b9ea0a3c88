/*
 * Memory runs out: the kernel kills the process that uses most of it, whatever
 * that process is doing; or a process is refused any more memory.
 */
#include "torture.h"

#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKERS 8
#define GROUP_LIMIT "20000000"
#define KILLS_MIN 20

/* Control groups, version 2 and version 1. */
static const struct {
	const char *base, *limit;
} versions[] = {
	{ "/sys/fs/cgroup", "memory.max" },
	{ "/sys/fs/cgroup/memory", "memory.limit_in_bytes" },
};

static bool
write_word(const char *folder, const char *name, const char *word)
{
	char path[2 * PATH_SIZE];
	FILE *file;
	bool good;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "r+");
	if (file == NULL)
		return false;
	good = fputs(word, file) != EOF;
	return fclose(file) == 0 && good;
}

/* Makes a control group with little memory, for the crew to run in. */
static bool
make_group(struct world *world)
{
	size_t i;

	for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
		snprintf(world->group, sizeof world->group, "%s/hookline-%d",
		    versions[i].base, (int)getpid());
		if (mkdir(world->group, 0755) == -1)
			continue;
		if (write_word(world->group, versions[i].limit, GROUP_LIMIT)) {
			/* If files could be swapped out, they would take no
			 * memory. */
			write_word(world->group, "memory.swap.max", "0");
			return true;
		}
		rmdir(world->group);
	}
	world->group[0] = '\0';
	world_skip(world, "no control group for memory");
	return false;
}

void
memory_join(const struct world *world)
{
	if (!write_word(world->group, "cgroup.procs", "0"))
		err(71, "%s", world->group);
}

/* The memory is never freed, so that in the end there is too little. */
void
memory_take(struct world *world)
{
	static char *all;
	size_t size = sizeof all + world_random(world, 150000);
	char *more = malloc(size);

	if (more == NULL)
		return;
	memset(more, 1, size);
	memcpy(more, &all, sizeof all);
	all = more;
}

static void
out_of_memory(struct world *world)
{
	unsigned kills = world->brief ? KILLS_MIN : 10 * KILLS_MIN;
	uint32_t start = world_ms();

	if (!make_group(world))
		return;
	crew_start(world, WORKERS);
	while (world->tally.kills < kills && world->problem[0] == '\0' &&
	    world_ms() - start < 60000) {
		world_sleep(1);
		crew_revive(world, WORKERS);
	}
	crew_stop(world, WORKERS);
	if (world->tally.kills < KILLS_MIN)
		world_problem(world, "only %lu processes were killed",
		    world->tally.kills);
	rmdir(world->group);
	world->group[0] = '\0';
	oracle_settle(world);
}

/* Takes all that is left of the heap, and keeps it. */
static void
use_up_heap(void)
{
	size_t size;

	for (size = 65536; size >= 16; size /= 2)
		while (malloc(size) != NULL)
			;
}

/* A process gets no memory during an append, and gets it again afterwards. */
static void
send_in_need(struct world *world)
{
	const struct rlimit none = { 1, RLIM_INFINITY };
	const struct rlimit usual = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned i;

	mallopt(M_MMAP_THRESHOLD, 1);
	malloc_trim(0);
	for (i = 0; i < 60; i++) {
		struct journal *journal = ledger_journal(world);
		uint32_t count = 1 + i % 4;
		uint32_t first = ledger_take(world->ledger, count);

		setrlimit(RLIMIT_DATA, &none);
		use_up_heap();
		ledger_send(world, journal, first, count, NULL);
		setrlimit(RLIMIT_DATA, &usual);
		if (ledger_send(world, journal, first, count, NULL) !=
		    ERR_NONE)
			ledger_complain(world->ledger, "does not work", i);
		journal_close(journal);
	}
}

static void
no_memory_for_lines(struct world *world)
{
	world->options.rotate_size = 0;
	crew_child(world, send_in_need);
	world_note(world, "%u refused", world->ledger->refused);
	if (world->ledger->refused == 0)
		world_problem(world, "nothing was refused");
	oracle_settle(world);
}

const struct scenario memory_scenarios[] = {
	{ "out-of-memory", true, out_of_memory },
	{ "no-memory-for-lines", true, no_memory_for_lines },
	{ NULL, false, NULL }
};
