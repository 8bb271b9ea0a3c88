/*
 * Oddities in a journal's folder: names in archive/ that are not files,
 * unreadable files, other things in place of the state, somebody else's files.
 * The processes belong to a user other than root, without root's powers.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"
#include "journal/trouble.h"

#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534u
#define WORKERS 8
#define PATIENCE 30		/* seconds; what takes longer hangs */

static unsigned user;

/* The process becomes that user for good; an alarm ends it if it hangs. */
static void
become_user(struct world *world)
{
	(void)world;
	if (geteuid() != user && (setresgid(user, user, user) == -1 ||
	    setresuid(user, user, user) == -1))
		err(71, "setresuid");
	alarm(PATIENCE);
}

/* About every second process stays root. */
static void
become_user_or_not(struct world *world)
{
	if (world_random(world, 2) == 0)
		become_user(world);
}

bool
odd_owner(struct world *world, unsigned owner)
{
	user = owner;
	if (geteuid() != 0) {
		world_skip(world, "another user's folder needs root");
		return false;
	}
	world_shell("chmod 711 '%s' && chown %u:%u '%s'", world->root, owner,
	    owner, world->directory);
	return true;
}

/* A new journal that belongs to a user other than root, as do all processes. */
static bool
begin(struct world *world)
{
	world_renew(world);
	if (!odd_owner(world, NOBODY))
		return false;
	world->vary = become_user;
	return true;
}

/* Sends three records, which get their own file. */
static uint32_t
one_file(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);

	world->options.rotate_size = 1;
	actor_play(world, NULL, first, 1);
	world->options.rotate_size = 0;
	if (actor_play(world, NULL, first + 1, 2) != ERR_NONE)
		world_problem(world, "cannot prepare");
	return first;
}

static void
in_archive(struct world *world, const char *command)
{
	if (world_shell("cd '%s/archive' && { %s; }", world->directory,
	    command) != 0)
		world_problem(world, "cannot do: %s", command);
}

static const char odd_names[] = "n=notifications-00000000000; "
    "t=-20260101T000000Z.jsonl; ";

/* The state is lost: one append finds every record that can be read. */
static void
names_in_archive(struct world *world)
{
	char command[600];
	uint32_t hidden, i;

	if (!begin(world))
		return;
	one_file(world);
	hidden = one_file(world);
	one_file(world);
	one_file(world);
	in_archive(world, "chmod 0 notifications-000000000004-*");
	snprintf(command, sizeof command, "%sln -s /etc/passwd ${n}2$t && "
	    "ln -s nowhere ${n}3$t && mkdir ${n}5$t && mkfifo ${n}6$t && "
	    "rm -rf ../.state", odd_names);
	in_archive(world, command);
	if (actor_play(world, NULL, ledger_take(world->ledger, 1), 1) !=
	    ERR_NONE)
		world_problem(world, "took several appends");
	for (i = 0; i < world->ledger->next; i++)
		if (i < hidden || i >= hidden + 3)
			actor_play(world, NULL, i, 1);
	/* The log names each oddity. Then they are repaired as a user would do
	 * it. */
	snprintf(command, sizeof command, "%sfor i in 2 3 4 5 6; do "
	    "grep -q \"segment-passed-over .*${n}$i-\" ../../journal.log || "
	    "exit 1; done; rm -r ${n}[2356]$t; chmod 640 *", odd_names);
	in_archive(world, command);
	oracle_settle(world);
}

/* If only an unreadable file can tell the next seq, some seqs are skipped. */
static void
unreadable_newest(struct world *world)
{
	const struct oracle oracle = { .flags = ORACLE_GAPS };

	if (!begin(world))
		return;
	one_file(world);
	one_file(world);
	world->options.rotate_size = 1;
	actor_play(world, "write/1:kill", ledger_take(world->ledger, 1), 1);
	in_archive(world, "test ! -s ../" SEGMENT_LIVE " && "
	    "chmod 0 notifications-000000000004-* && rm -rf ../.state");
	if (actor_play(world, NULL, ledger_take(world->ledger, 3), 3) !=
	    ERR_NONE)
		world_problem(world, "took several appends");
	in_archive(world, "chmod 640 *");
	oracle_settle_with(world, &oracle);
}

/* At the live file's name, only a regular file is opened. */
static void
live_is_no_file(struct world *world)
{
	static const char *const kinds[] = { "mkfifo -m 644", "mkdir",
	    "ln -s /dev/null" };
	size_t i;

	for (i = 0; i < 2 * sizeof kinds / sizeof kinds[0]; i++) {
		if (!begin(world))
			return;
		one_file(world);
		world_shell("cd '%s' && mv " SEGMENT_LIVE " kept && %s "
		    SEGMENT_LIVE "%s", world->directory, kinds[i / 2],
		    i % 2 == 0 ? "" : " && rm -rf .state");
		if (actor_play(world, NULL, ledger_take(world->ledger, 1), 1)
		    != ERR_UNSAFE)
			world_problem(world, "%s: not refused", kinds[i / 2]);
		world_shell("cd '%s' && rm -r " SEGMENT_LIVE " && mv kept "
		    SEGMENT_LIVE, world->directory);
		oracle_settle(world);
	}
}

/* Shell commands in .state/, where $f is the name of the file to damage. */
static const char *const damages[] = {
	/* in place: processes that have mapped the file see it */
	"head -c 7680 /dev/zero | tr '\\0' '\\377' | dd of=$f bs=64k "
	    "seek=184368 oflag=seek_bytes conv=notrunc",
	"head -c $(stat -c %s $f) /dev/zero | tr '\\0' '\\377' | dd of=$f "
	    "bs=64k conv=notrunc",
	"head -c $(stat -c %s $f) /dev/zero | dd of=$f bs=64k conv=notrunc",
	": > $f",
	/* the file is replaced */
	"rm -f $f; mkdir $f && chown 65534 $f",
	"rm -f $f; mkdir -p $f/not/empty && chown -R 65534 $f",
	"rm -f $f; ln -s /etc/passwd $f",
	"rm -f $f; ln -s nowhere $f",
	"rm -f $f; mkfifo -m 666 $f",
	"rm -f $f; : > $f; chmod 600 $f",
	"cp $f new || : > new; chmod 600 new; mv -f new $f",
};

#define DAMAGES (sizeof damages / sizeof damages[0])

static const char *const damaged[] = { "index-00000001", "shared", "next",
    "shared.new", "lock", "compress", "compress.gz" };

#define DAMAGED (sizeof damaged / sizeof damaged[0])

/* Sends each record again, then a new one, each in its own call. */
static void
send_all(struct world *world, struct journal *journal)
{
	uint32_t i, count = world->ledger->next;

	for (i = 0; i < count; i++)
		if (ledger_send(world, journal, i, 1, NULL) != ERR_NONE)
			ledger_complain(world->ledger, "a repeat is refused",
			    i);
	if (ledger_send(world, journal, ledger_take(world->ledger, 1), 1,
	    NULL) != ERR_NONE)
		ledger_complain(world->ledger, "a record is refused", i);
}

/* Maps everything, then stops for the damage; the first record after it is
 * new. */
static void
go_on(struct world *world)
{
	struct journal *journal = ledger_journal(world);

	send_all(world, journal);
	kill(getpid(), SIGSTOP);
	if (ledger_send(world, journal, ledger_take(world->ledger, 1), 1,
	    NULL) != ERR_NONE)
		ledger_complain(world->ledger, "took several appends", 0);
	send_all(world, journal);
	journal_close(journal);
}

static void
come_anew(struct world *world)
{
	struct journal *journal = ledger_journal(world);

	send_all(world, journal);
	journal_close(journal);
}

/* With `beside`, a process from before the damage goes on; otherwise all are
 * new. */
static void
damage_one(struct world *world, const char *name, const char *damage,
    bool beside)
{
	siginfo_t info;
	pid_t pid;

	one_file(world);
	one_file(world);
	world->options.nfs = strcmp(name, "lock") == 0;
	world->options.compress = strncmp(name, "compress", 8) == 0;
	world->options.rotate_size = 1;
	pid = crew_begin(world, go_on);
	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
	/* The files belong to the processes' user, unless the command changes
	 * that. */
	world_shell("cd '%s/.state' && f=%s && { test -e $f || touch $f; } && "
	    "{ %s; } 2> /dev/null", world->directory, name, damage);
	if (!beside) {
		kill(pid, SIGKILL);
		kill(pid, SIGCONT);
		crew_end(world, pid);
		crew_child(world, come_anew);
	} else {
		kill(pid, SIGCONT);
		crew_end(world, pid);
		crew_child(world, come_anew);
	}
	crew_orphans();
	oracle_settle(world);
	if (world_logged(world, "rotation-failed") +
	    world_logged(world, "compression-failed") > 0)
		world_problem(world, "a rotation failed");
	if (world->problem[0] != '\0')
		world_note(world, "%s, %s%s", name, damage,
		    beside ? ", beside" : "");
}

/* Whatever is wrong in .state/ is made anew at once. */
static void
damaged_state(struct world *world)
{
	size_t i, k;
	unsigned step = 0, only = world->brief ? world_random(world, 9) : 0;

	world_in_memory(world);
	for (i = 0; i < DAMAGED; i++)
		for (k = i == 0 ? 0 : 1; k < DAMAGES; k++) {
			/* Processes map the first two files. */
			if (world->brief && i >= 2 && step++ % 9 != only)
				continue;
			if (world->problem[0] != '\0' || !begin(world))
				return;
			damage_one(world, damaged[i], damages[k], true);
			if (world->problem[0] != '\0' || !begin(world))
				return;
			damage_one(world, damaged[i], damages[k], false);
		}
}

static void
expect_owner(struct world *world, const char *when)
{
	if (world_shell("test -z \"$(find '%s' ! -uid %u -o ! -gid %u)\"",
	    world->directory, user, user) != 0)
		world_problem(world, "%s: some file is not the owner's", when);
}

/* Files that root makes in somebody's folder belong to the folder's owner. */
static void
run_by_root(struct world *world)
{
	if (!odd_owner(world, 33))
		return;
	world->options.nfs = true;
	world->options.compress = true;
	world->options.rotate_size = 1;
	actor_play(world, NULL, ledger_take(world->ledger, 5), 5);
	crew_orphans();
	expect_owner(world, "after root alone");
	world->vary = become_user;
	if (actor_play(world, NULL, ledger_take(world->ledger, 5), 5) !=
	    ERR_NONE)
		world_problem(world, "root has locked out the owner");
	world->options.rotate_size = 20000;
	world->vary = become_user_or_not;
	world->restless = 30;
	crew_start(world, WORKERS);
	if (!crew_wait(world, WORKERS, 20, 20000))
		world_problem(world, "does not work side by side");
	crew_replace(world, 0);
	crew_stop(world, WORKERS);
	crew_orphans();
	expect_owner(world, "after a crew");
	oracle_settle(world);
	crew_orphans();
	expect_owner(world, "in the end");
}

/* Does under a crew what logrotate's "create 0640 root adm" does. */
static void
empty_foreign_file(struct world *world)
{
	struct oracle oracle = { .flags = ORACLE_GAPS | ORACLE_TWICE };
	unsigned i, times = world->brief ? 3 : 30;
	char moved[PATH_SIZE + 16];

	snprintf(moved, sizeof moved, "%s/moved", world->root);
	oracle.extra[0] = moved;
	for (i = 0; i < times && world->problem[0] == '\0'; i++) {
		if (!begin(world))
			return;
		world->options.rotate_size = 0;
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 2, 20000);
		world->ledger->lenient = true;
		world_shell("cd '%s' && : > ../empty && chmod 640 ../empty && "
		    "ln " SEGMENT_LIVE " ../moved && mv ../empty " SEGMENT_LIVE,
		    world->directory);
		if (!crew_wait(world, WORKERS, 3, 20000))
			world_problem(world, "fails with an empty file");
		crew_stop(world, WORKERS);
		oracle_settle_with(world, &oracle);
		world_shell("rm -f '%s'", moved);
		expect_owner(world, "a new live file");
	}
}

static void
meet_foreign_file(struct world *world)
{
	static struct trouble trouble;
	struct journal *journal;

	world->options.trouble = &trouble;
	journal = ledger_journal(world);
	if (ledger_send(world, journal, ledger_take(world->ledger, 1), 1,
	    NULL) != ERR_UNSAFE)
		ledger_complain(world->ledger, "not refused", 0);
	if (trouble.reason == NULL ||
	    strstr(trouble.path, SEGMENT_LIVE) == NULL)
		ledger_complain(world->ledger, "the file is not named", 0);
	journal_close(journal);
}

/* Somebody else's file is never replaced unless it is empty. */
static void
full_foreign_file(struct world *world)
{
	if (!begin(world))
		return;
	one_file(world);
	world_shell("cd '%s' && mv " SEGMENT_LIVE " ../kept && echo theirs > "
	    SEGMENT_LIVE " && chmod 640 " SEGMENT_LIVE, world->directory);
	crew_child(world, meet_foreign_file);
	if (world_shell("cd '%s' && grep -qx theirs " SEGMENT_LIVE " && "
	    "mv ../kept " SEGMENT_LIVE, world->directory) != 0)
		world_problem(world, "replaced somebody's file");
	oracle_settle(world);
}

const struct scenario odd_scenarios[] = {
	{ "odd-names", true, names_in_archive },
	{ "odd-newest", true, unreadable_newest },
	{ "odd-live-file", true, live_is_no_file },
	{ "damaged-state", true, damaged_state },
	{ "run-by-root", true, run_by_root },
	{ "foreign-empty-file", true, empty_foreign_file },
	{ "foreign-file", true, full_foreign_file },
	{ NULL, false, NULL }
};
