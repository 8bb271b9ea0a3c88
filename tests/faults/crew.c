#include "torture.h"
#include "seam.h"

#include "base/log.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Arms the seam with this process's fault rules, if they have changed. */
static void
obey(struct world *world, unsigned slot, uint32_t *order)
{
	struct ledger *ledger = world->ledger;
	uint32_t now = ledger->order;
	char rules[sizeof ledger->rules];

	if (now == *order || now % 2 == 1)
		return;
	memcpy(rules, ledger->rules, sizeof rules);
	if (ledger->order != now)
		return;		/* they have just changed again */
	*order = now;
	seam_arm(ledger->whom >> slot & 1 ? rules : NULL,
	    world_random(world, 1u << 30));
}

static void
send_slot(struct world *world, struct journal *journal, struct slot *slot,
    uint32_t first, uint32_t count)
{
	enum error error;

	slot->count = 0;
	slot->first = first;
	slot->count = count;
	error = ledger_send(world, journal, first, count, NULL);
	slot->last = error;
	slot->turns++;
	if (error == ERR_NONE)
		slot->count = 0;
	else			/* a sender does not retry at once */
		world_sleep(1 + world_random(world, 4));
}

/* Sends what others have sent, acknowledged or not, as a redelivery may do. */
static void
repeat(struct world *world, struct journal *journal, struct slot *slot)
{
	struct ledger *ledger = world->ledger;
	struct slot *other = &ledger->slots[world_random(world, SLOTS_MAX)];
	uint32_t first = other->first, count = other->count;

	if (count == 0 && ledger->next > 0) {
		count = 1;
		first = world_random(world, ledger->next);
		if (world_random(world, 2) == 0 && ledger->next > 200)
			first = ledger->next - 1 - world_random(world, 100);
		if (!(ledger->status[first] & SENT))
			return;
	}
	if (count > 0)
		send_slot(world, journal, slot, first, count);
}

/* Whether to open the journal again: because it has moved, or by chance. */
static bool
is_over(struct world *world, const struct slot *slot,
    const struct journal *journal)
{
	uint32_t often = world->restless > 0 ? world->restless : 100;

	return (slot->last != ERR_NONE && journal_moved(journal)) ||
	    world_random(world, often) == 0;
}

static void
work(struct world *world, unsigned number)
{
	struct ledger *ledger = world->ledger;
	struct slot *slot = &ledger->slots[number];
	struct journal *journal = ledger_journal(world);
	uint32_t order = 0;

	while (!ledger->stop) {
		uint32_t count = 1, luck = world_random(world, 100);

		obey(world, number, &order);
		/* A fault may have made journal_open() fail. */
		if (journal == NULL)
			journal = ledger_journal(world);
		if (journal == NULL)
			continue;
		if (world->group[0] != '\0')
			memory_take(world);
		if (slot->count > 0)
			send_slot(world, journal, slot, slot->first,
			    slot->count);
		else if (luck < 15)
			repeat(world, journal, slot);
		else {
			if (luck < 25)
				count += world_random(world, 4);
			send_slot(world, journal, slot,
			    ledger_take(ledger, count), count);
		}
		if (is_over(world, slot, journal)) {
			journal_close(journal);
			journal = ledger_journal(world);
		}
	}
	journal_close(journal);
}

/* The child gets its own randomness and log, and dies with its parent. */
static pid_t
fork_child(struct world *world)
{
	char path[PATH_SIZE + 8];
	uint64_t random = world->random ^
	    (uint64_t)world_random(world, 1u << 31) << 32;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == -1)
		err(71, "fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	world->random = random | 1;
	snprintf(path, sizeof path, "%s.log", world->directory);
	log_to(path);
	return 0;
}

static void
hire(struct world *world, unsigned slot)
{
	world->crew[slot] = fork_child(world);
	if (world->crew[slot] != 0)
		return;
	if (world->group[0] != '\0')
		memory_join(world);
	work(world, slot);
	_exit(0);
}

void
crew_start(struct world *world, unsigned count)
{
	unsigned i;

	world->ledger->stop = false;
	for (i = 0; i < count; i++)
		hire(world, i);
}

static void
replace_killed(struct world *world, unsigned slot, int status)
{
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		world_problem(world, "a worker ended with status %#x", status);
	world->tally.kills++;
	hire(world, slot);
}

void
crew_replace(struct world *world, unsigned slot)
{
	int status;

	kill(world->crew[slot], SIGKILL);
	waitpid(world->crew[slot], &status, 0);
	replace_killed(world, slot, status);
}

void
crew_revive(struct world *world, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		int status;

		if (waitpid(world->crew[i], &status, WNOHANG) > 0)
			replace_killed(world, i, status);
	}
}

void
crew_rules(struct world *world, uint64_t whom, const char *rules)
{
	struct ledger *ledger = world->ledger;

	ledger->order++;	/* odd: the rules are being changed */
	snprintf(ledger->rules, sizeof ledger->rules, "%s", rules);
	ledger->whom = whom;
	ledger->order++;
}

bool
crew_wait(struct world *world, unsigned count, unsigned turns, unsigned ms)
{
	uint32_t start = world_ms(), before[SLOTS_MAX];
	unsigned i;

	for (i = 0; i < count; i++)
		before[i] = world->ledger->slots[i].turns;
	for (i = 0; i < count; ) {
		if (world->ledger->slots[i].turns - before[i] >= turns) {
			i++;
			continue;
		}
		if (world_ms() - start > ms)
			return false;
		world_sleep(1);
	}
	return true;
}

void
crew_stop(struct world *world, unsigned count)
{
	unsigned i;

	world->ledger->stop = true;
	for (i = 0; i < count; i++) {
		int status;

		kill(world->crew[i], SIGCONT);
		waitpid(world->crew[i], &status, 0);
		if (status != 0 && (!WIFSIGNALED(status) ||
		    WTERMSIG(status) != SIGKILL))
			world_problem(world, "a worker ended with status %#x",
			    status);
	}
}

pid_t
crew_begin(struct world *world, void (*body)(struct world *))
{
	pid_t pid = fork_child(world);

	if (pid != 0)
		return pid;
	body(world);
	_exit(0);
}

int
crew_end(struct world *world, pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	if (status != 0 && (!WIFSIGNALED(status) ||
	    WTERMSIG(status) != SIGKILL))
		world_problem(world, "a child ended with status %#x", status);
	return status;
}

int
crew_child(struct world *world, void (*body)(struct world *))
{
	return crew_end(world, crew_begin(world, body));
}

/* Orphaned processes become children of this one: see main(). */
void
crew_orphans(void)
{
	while (wait(NULL) > 0)
		;
}
