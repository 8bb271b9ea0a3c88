/*
 * An outsider rotates, truncates or removes the live file while processes
 * append and wait for the disk.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 8

/* A shell command in the journal's folder; $A is a folder outside it. */
struct tamper {
	const char *command;
	int flags;		/* what the oracle must excuse */
	const char *kept;	/* the file that the lines went to, or NULL */
};

static const struct tamper moved = { "mv notifications.jsonl \"$A/moved\"",
	ORACLE_GAPS | ORACLE_TWICE, "moved" };
static const struct tamper created = { "mv notifications.jsonl \"$A/moved\" "
	"&& (set -C; : > notifications.jsonl) 2> /dev/null; true",
	ORACLE_GAPS | ORACLE_TWICE, "moved" };
static const struct tamper removed = { "rm -f notifications.jsonl",
	ORACLE_GAPS | ORACLE_LOST, NULL };
static const struct tamper truncated = { ": > notifications.jsonl",
	ORACLE_GAPS | ORACLE_LOST, NULL };
static const struct tamper copied = { "cp notifications.jsonl \"$A/moved\" "
	"&& : > notifications.jsonl", ORACLE_GAPS | ORACLE_LOST |
	ORACLE_TWICE, "moved" };
/* As an editor does: the same lines in a new file. */
static const struct tamper edited = { "cp notifications.jsonl copy && "
	"mv copy notifications.jsonl", ORACLE_GAPS | ORACLE_LOST, NULL };
/* The link takes the name in one step, so that the last command removes the
 * link, not a new live file. */
static const struct tamper linked = { "ln -s \"$A/elsewhere\" link && "
	"ln notifications.jsonl \"$A/moved\" && "
	"mv -T link notifications.jsonl && sleep 0.05 && "
	"rm -f notifications.jsonl", ORACLE_GAPS | ORACLE_TWICE, "moved" };
static const struct tamper foldered = { "mv notifications.jsonl "
	"\"$A/moved\" && mkdir notifications.jsonl 2> /dev/null && "
	"sleep 0.05 && rmdir notifications.jsonl",
	ORACLE_GAPS | ORACLE_TWICE, "moved" };

static void
tamper_once(struct world *world, const struct tamper *tamper)
{
	world->ledger->lenient = true;
	world_shell("cd '%s' && A='%s' && %s", world->directory, world->root,
	    tamper->command);
}

static void
check(struct world *world, const struct tamper *tamper, uint32_t since)
{
	struct oracle oracle = { .flags = tamper->flags, .since = since };
	char path[2 * PATH_SIZE];

	if (tamper->kept != NULL) {
		snprintf(path, sizeof path, "%s/%s", world->root,
		    tamper->kept);
		oracle.extra[0] = path;
	}
	oracle_settle_with(world, &oracle);
	world_shell("rm -f '%s/moved'", world->root);
	snprintf(path, sizeof path, "%s/elsewhere", world->root);
	if (access(path, F_OK) == 0)
		world_problem(world, "wrote through a link");
}

/* The outsider acts at a random moment while all are busy. */
static void
at_random(struct world *world, const struct tamper *tamper)
{
	unsigned i, times = world->brief ? 5 : 40;

	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		uint32_t since;

		world_renew(world);
		/* Outsiders do not touch rotated files. */
		world->options.rotate_size = 0;
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 2, 20000);
		usleep(world_random(world, 20000));
		tamper_once(world, tamper);
		since = world_ms();
		if (!crew_wait(world, WORKERS, 3, 20000))
			world_problem(world, "still does not work");
		crew_stop(world, WORKERS);
		check(world, tamper, since);
	}
}

static void
wait_for_stop(struct world *world, unsigned slot)
{
	siginfo_t info;

	if (waitid(P_PID, (id_t)world->crew[slot], &info, WSTOPPED | WEXITED |
	    WNOWAIT) == -1)
		world_problem(world, "worker %u is gone", slot);
}

/*
 * The outsider acts while one process has written and is about to sync, and all
 * others wait for it. From then on, everything acknowledged must be in a file;
 * only records acknowledged before that are excused.
 */
static void
under_the_leader(struct world *world, const struct tamper *tamper)
{
	unsigned i, times = world->brief ? 5 : 25;

	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		uint32_t n;

		world_renew(world);
		world->options.rotate_size = 0;
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 2, 20000);
		crew_rules(world, 1, "fdatasync/1:stop");
		wait_for_stop(world, 0);
		world_sleep(30);
		world->ledger->lenient = true;
		/* The outsider may have taken what was acknowledged so far:
		 * that is excused. What follows is not. */
		for (n = 0; n < world->ledger->next; n++)
			world->ledger->born[n] = world->ledger->status[n] &
			    ACKNOWLEDGED ? 1 : 3;
		tamper_once(world, tamper);
		crew_rules(world, 0, "");
		kill(world->crew[0], SIGCONT);
		if (!crew_wait(world, WORKERS, 3, 20000))
			world_problem(world, "still does not work");
		crew_stop(world, WORKERS);
		check(world, tamper, 2);
	}
}

#define BOTH(name)							\
static void								\
name##_at_random(struct world *world)					\
{									\
	at_random(world, &name);					\
}									\
static void								\
name##_under_the_leader(struct world *world)				\
{									\
	under_the_leader(world, &name);					\
}

BOTH(moved)
BOTH(created)
BOTH(removed)
BOTH(truncated)
BOTH(copied)
BOTH(edited)
BOTH(linked)
BOTH(foldered)

const struct scenario outside_scenarios[] = {
	{ "outside-mv", true, moved_at_random },
	{ "outside-mv-leader", true, moved_under_the_leader },
	{ "outside-create", false, created_at_random },
	{ "outside-create-leader", true, created_under_the_leader },
	{ "outside-rm", true, removed_at_random },
	{ "outside-rm-leader", true, removed_under_the_leader },
	{ "outside-truncate", true, truncated_at_random },
	{ "outside-truncate-leader", true, truncated_under_the_leader },
	{ "outside-copytruncate", false, copied_at_random },
	{ "outside-copytruncate-leader", true, copied_under_the_leader },
	{ "outside-edit", true, edited_at_random },
	{ "outside-edit-leader", false, edited_under_the_leader },
	{ "outside-symlink", true, linked_at_random },
	{ "outside-symlink-leader", false, linked_under_the_leader },
	{ "outside-folder", true, foldered_at_random },
	{ "outside-folder-leader", false, foldered_under_the_leader },
	{ NULL, false, NULL }
};
