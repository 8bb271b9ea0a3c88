/*
 * Each system call in turn fails, is the last one of its process, or is only
 * done in part. The plays that this happens in pass through all states of the
 * journal.
 */
#include "torture.h"
#include "seam.h"

#include "journal/segment.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALL 2000u
#define WRITES 12u		/* no play makes more writes */

struct play {
	const char *name;
	unsigned before;	/* records that exist beforehand, in small
				 * files */
	void (*prepare)(struct world *world);
	const char *always;	/* a rule added to the sweep's, or NULL */
};

static const struct play *play;
static const char *damage;	/* done in .state/ when a rule stops it */
static bool compressing;	/* if not, that play is left out: it is slow */
static char rule[96];
static unsigned long calls;	/* made in the last play */

static void
append_before(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	unsigned i;

	for (i = 0; i < play->before; i++)
		if (ledger_send(world, journal, ledger_take(world->ledger, 1),
		    1, NULL) != ERR_NONE)
			ledger_complain(world->ledger, "cannot prepare", i);
	journal_close(journal);
}

static void
in_directory(const struct world *world, const char *name,
    char path[2 * PATH_SIZE])
{
	snprintf(path, 2 * PATH_SIZE, "%s/%s", world->directory, name);
}

static void
tear_tail(struct world *world)
{
	char path[2 * PATH_SIZE];
	FILE *file;

	in_directory(world, SEGMENT_LIVE, path);
	file = fopen(path, "a");
	if (file == NULL || fputs("{\"seq\":9,\"received_at\":\"20", file) < 0 ||
	    fclose(file) != 0)
		err(71, "%s", path);
}

static void
lose_state(struct world *world)
{
	char path[2 * PATH_SIZE];

	in_directory(world, ".state", path);
	world_remove(path);
}

/* Leaves a link in archive/, and nothing else, as a process that died there
 * does. */
static void
half_rotate(struct world *world)
{
	char path[2 * PATH_SIZE];
	char head[128] = "";
	unsigned long long seq;
	FILE *file;

	in_directory(world, SEGMENT_LIVE, path);
	file = fopen(path, "r");
	if (file == NULL || fgets(head, sizeof head, file) == NULL ||
	    sscanf(head, "{\"seq\":%llu", &seq) != 1)
		errx(71, "%s", path);
	fclose(file);
	/* 2026-11-21T06:00:00.123456Z becomes 20261121T060000Z. */
	head[strcspn(head, ".")] = '\0';
	world_shell("cd '%s' && mkdir -p archive && "
	    "ln notifications.jsonl archive/notifications-%012llu-$(echo '%s'"
	    " | sed 's/.*received_at\":\"//' | tr -d ':-')Z.jsonl", world->directory, seq, head);
}

static void
half_rotate_and_lose_state(struct world *world)
{
	half_rotate(world);
	lose_state(world);
}

static void
compress(struct world *world)
{
	world->options.compress = true;
}

static void
other_boot(struct world *world)
{
	world_other_boot(world);
}

static void
remove_live(struct world *world)
{
	world->ledger->lenient = true;
	world_shell("mv '%s/" SEGMENT_LIVE "' '%s/moved'", world->directory,
	    world->root);
}

static const struct play plays[] = {
	{ "first-start", 0, NULL, NULL },
	{ "append", 3, NULL, NULL },
	{ "compression", 14, compress, NULL },
	{ "rotation", 14, NULL, NULL },
	{ "rebuild", 14, lose_state, NULL },
	{ "other-boot", 14, other_boot, NULL },
	{ "torn-tail", 5, tear_tail, NULL },
	{ "half-rotation", 5, half_rotate, NULL },
	{ "half-rotation-rebuild", 14, half_rotate_and_lose_state, NULL },
	{ "moved-away", 5, remove_live, NULL },
	{ "failed-sync", 5, NULL, "fdatasync/2:EIO" },
	{ "failed-sync-of-first", 0, NULL, "fdatasync/1:EIO" },
	{ "failed-sync-rebuild", 14, lose_state, "fdatasync/1:EIO" },
	{ "failed-probe", 5, NULL, "pwrite/1:EROFS" },
};

/* The life of one process under the rule: it sends records and repeats some. */
static void
act(struct world *world, struct journal *journal)
{
	uint32_t first = ledger_take(world->ledger, 6), i;

	for (i = 0; i < 3; i++)
		ledger_send(world, journal, first + i, 1, NULL);
	ledger_send(world, journal, first + 1, 1, NULL);
	ledger_send(world, journal, first + 2, 4, NULL);
}

static void
note_calls(struct world *world)
{
	world->ledger->slots[0].turns = (uint32_t)seam_calls();
	world->ledger->slots[0].last = (uint32_t)seam_hits();
}

/* A map that is truncated in the middle of a call costs only that call. */
static bool
takes_new_record(struct world *world, struct journal *journal)
{
	uint32_t number = ledger_take(world->ledger, 1);

	return ledger_send(world, journal, number, 1, NULL) == ERR_NONE ||
	    (damage != NULL &&
	    ledger_send(world, journal, number, 1, NULL) == ERR_NONE);
}

static void
perform(struct world *world)
{
	struct journal *journal;

	seam_arm(rule, 1);
	if (journal_open(&world->options, &journal) == ERR_NONE)
		act(world, journal);
	note_calls(world);
	seam_arm(NULL, 0);
	/* The fault is gone: the same process must work again by itself. */
	if (journal == NULL)
		journal = ledger_journal(world);
	if (ledger_resend(world, journal) != ERR_NONE)
		ledger_complain(world->ledger, "still does not work", 0);
	if (!takes_new_record(world, journal))
		ledger_complain(world->ledger, "not a new record", 0);
	journal_close(journal);
}

static void
set_stage(struct world *world)
{
	world_renew(world);
	/* The next rotation must not be what finishes a half rotation. */
	world->options.rotate_size = play->prepare == half_rotate ? 100000 :
	    2500;
	world->options.compress = false;
	if (play->before > 0)
		crew_child(world, append_before);
	if (play->prepare != NULL)
		play->prepare(world);
}

/* Puts the number in place of the rule's "#". */
static void
make_rule(const char *what, unsigned nth)
{
	const char *mark = strchr(what, '#');

	snprintf(rule, sizeof rule, "%.*s%u%s%s%s", (int)(mark - what), what,
	    nth, mark + 1, play->always != NULL ? "," : "",
	    play->always != NULL ? play->always : "");
}

/* The process stops under the rule, the state is damaged, and the process goes
 * on. */
static int
perform_with_damage(struct world *world)
{
	siginfo_t info = { .si_code = 0 };
	pid_t pid = crew_begin(world, perform);

	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
	if (info.si_code == CLD_STOPPED) {
		world_shell("cd '%s/.state' 2> /dev/null && { %s; }",
		    world->directory, damage);
		kill(pid, SIGCONT);
	}
	return crew_end(world, pid);
}

/* Returns false if the play makes fewer calls than `nth`. */
static bool
run_play(struct world *world, unsigned nth, const char *what)
{
	char extra[2 * PATH_SIZE];
	struct oracle oracle = { 0 };
	int status;

	set_stage(world);
	if (play->prepare == remove_live) {
		snprintf(extra, sizeof extra, "%s/moved", world->root);
		oracle.extra[0] = extra;
		oracle.flags = ORACLE_GAPS | ORACLE_TWICE;
	}
	make_rule(what, nth);
	status = damage != NULL ? perform_with_damage(world) :
	    crew_child(world, perform);
	crew_orphans();
	world->tally.kills += WIFSIGNALED(status);
	calls = world->ledger->slots[0].turns;
	oracle_settle_with(world, &oracle);
	if (world->problem[0] != '\0' && strstr(world->problem, "[") == NULL) {
		size_t length = strlen(world->problem);

		snprintf(world->problem + length,
		    sizeof world->problem - length, " [%s, %s]", play->name,
		    rule);
	}
	return WIFSIGNALED(status) || nth <= calls;
}

/* The rule has a "#" for the number of the call; numbers above `last` are not
 * tried. */
static void
sweep(struct world *world, const char *what, unsigned step, unsigned last)
{
	size_t i;

	for (i = 0; i < sizeof plays / sizeof plays[0]; i++) {
		unsigned nth = 1 + world_random(world, step);

		play = &plays[i];
		if (play->prepare == compress && !compressing)
			continue;
		/* If a file is found without a state and its sync fails, nobody
		 * knows what was durable: its lines are kept, and repeats of
		 * them are stored again (journal.h). */
		if (damage != NULL && play->always != NULL)
			continue;
		while (nth <= last && world->problem[0] == '\0' &&
		    run_play(world, nth, what))
			nth += 1 + (step > 1 ? world_random(world,
			    2 * step - 1) : 0);
	}
}

static void
kill_at_every_call(struct world *world)
{
	world_in_memory(world);
	compressing = true;
	sweep(world, "#:kill", world->brief ? 12 : 1, ALL);
}

/* On a file system without hard links, every rotation is by rename. */
static void
kill_without_links(struct world *world)
{
	world_in_memory(world);
	world->rules = "linkat/*:EPERM";
	compressing = false;
	sweep(world, "#:kill,linkat/*:EPERM", world->brief ? 60 : 1, ALL);
	sweep(world, "#:EIO,linkat/*:EPERM", world->brief ? 120 : 1, ALL);
}

static void
short_writes(struct world *world)
{
	const unsigned step = world->brief ? 6 : 1;

	world_in_memory(world);
	compressing = false;
	sweep(world, "write/#:short", step, WRITES);
	sweep(world, "pwrite/#:short", step, WRITES);
	sweep(world, "write/#:short,ftruncate/*:EIO", step, WRITES);
	sweep(world, "write/#:short,ftruncate/1:kill", step, WRITES);
}

static void
sweep_errno(struct world *world, const char *name)
{
	char what[64];

	compressing = strcmp(name, "EIO") == 0;
	snprintf(what, sizeof what, "#:%s", name);
	sweep(world, what, world->brief ? 60 : 1, ALL);
	snprintf(what, sizeof what, "#+:%s", name);
	sweep(world, what, world->brief ? 120 : 3, ALL);
}

static void
every_call_fails(struct world *world)
{
	static const char *const names[] = { "EIO", "ENOSPC", "EDQUOT",
	    "EROFS", "EINTR", "ENOLCK", "EMFILE", "EACCES" };
	size_t i;

	world_in_memory(world);
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		sweep_errno(world, names[i]);
}

static void
state_lost_at_every_call(struct world *world)
{
	static const char *const damages[] = { "truncate -s 100 shared",
	    ": > shared", "rm -rf ../.state", "rm -f shared",
	    "for f in index-*; do : > $f; done" };
	size_t i;

	world_in_memory(world);
	compressing = false;
	for (i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		damage = damages[i];
		sweep(world, "#:stop", world->brief ? 45 : 1, ALL);
		if (world->problem[0] != '\0') {
			world_note(world, "%s", damage);
			break;
		}
	}
	damage = NULL;
}

const struct scenario sweep_scenarios[] = {
	{ "kill-at-every-call", true, kill_at_every_call },
	{ "no-links-kill-at-every-call", true, kill_without_links },
	{ "short-writes", true, short_writes },
	{ "every-call-fails", true, every_call_fails },
	{ "state-lost-at-every-call", true, state_lost_at_every_call },
	{ NULL, false, NULL }
};
