/*
 * Actors: processes of a play in which every step is fixed.
 */
#include "torture.h"
#include "seam.h"

#include <signal.h>
#include <sys/wait.h>

/* For the next actor: its fault rules, and the numbers of the records it
 * sends. */
static const char *actor_rules;
static uint32_t actor_number, actor_count;

static void
act(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t i;

	world->ledger->slots[0].last = ERR_MISSING;
	seam_arm(actor_rules, 1);
	for (i = 0; i < actor_count && journal != NULL; i++)
		world->ledger->slots[0].last = (uint32_t)ledger_send(world,
		    journal, actor_number + i, 1, NULL);
	world->ledger->slots[0].turns++;
	journal_close(journal);
}

void
actor_set(const char *rules, uint32_t number, uint32_t count)
{
	actor_rules = rules;
	actor_number = number;
	actor_count = count;
}

pid_t
actor_begin(struct world *world)
{
	return crew_begin(world, act);
}

enum error
actor_play(struct world *world, const char *rules, uint32_t number,
    uint32_t count)
{
	actor_set(rules, number, count);
	crew_child(world, act);
	return (enum error)world->ledger->slots[0].last;
}

pid_t
actor_until_stop(struct world *world, const char *rules, uint32_t number)
{
	siginfo_t info;
	pid_t pid;

	actor_set(rules, number, 1);
	pid = crew_begin(world, act);
	if (waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT) ==
	    -1 || info.si_code != CLD_STOPPED)
		world_problem(world, "%s was never reached", rules);
	return pid;
}

enum error
actor_finish(struct world *world, pid_t pid)
{
	kill(pid, SIGCONT);
	crew_end(world, pid);
	return (enum error)world->ledger->slots[0].last;
}

bool
actor_acknowledged(const struct world *world, uint32_t number)
{
	return world->ledger->status[number] & ACKNOWLEDGED;
}
