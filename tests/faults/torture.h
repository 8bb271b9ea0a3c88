/*
 * torture: shared by the scenarios.
 *
 * A scenario runs in a world: a scratch folder with a journal, and a ledger in
 * shared memory. Every process notes in the ledger at once what it sends and
 * what is acknowledged, so that no kill can undo that. Records are numbered,
 * and the number determines all bytes of the record. Afterwards the oracle
 * reads all files and compares.
 */
#ifndef HOOKLINE_TESTS_TORTURE_H
#define HOOKLINE_TESTS_TORTURE_H

#include "journal/journal.h"

#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_SIZE 256
#define LEDGER_MAX (1u << 22)	/* records of one scenario */
#define SLOTS_MAX 64		/* processes of one crew */

enum { SENT = 1, ACKNOWLEDGED = 2 };

/* What one process is doing; read by its parent and by its fellows. */
struct slot {
	_Atomic uint32_t first, count;	/* sent but not acknowledged yet */
	_Atomic uint32_t turns;		/* calls of journal_append() so far */
	_Atomic uint32_t last;		/* what the last one returned */
};

struct ledger {
	_Atomic uint32_t next;		/* the next number */
	_Atomic bool stop;		/* the crew is to finish */
	_Atomic bool lenient;		/* an outsider may take lines away */
	_Atomic uint32_t order;		/* odd while the rules change */
	char rules[128];		/* the seam's, for those in `whom` */
	_Atomic uint64_t whom;		/* a bit for each slot */
	_Atomic uint32_t complaints;
	char complaint[200];		/* the first one */
	_Atomic uint32_t refused;	/* appends that returned an error */
	_Atomic int64_t slowest;	/* milliseconds of one append */
	struct slot slots[SLOTS_MAX];
	_Atomic uint8_t status[LEDGER_MAX];
	_Atomic uint32_t born[LEDGER_MAX]; /* ms: first sent */
};

struct tally {
	unsigned long sent, acknowledged, found, lost, twice, malformed;
	unsigned long kills, runs;
};

struct world {
	char root[PATH_SIZE];		/* scratch folder for everything */
	char directory[PATH_SIZE];	/* the journal, in it */
	char clock[PATH_SIZE];		/* the file that HOOKLINE_CLOCK names, */
	char boot_clock[PATH_SIZE];	/* and HOOKLINE_BOOT_CLOCK */
	struct journal_options options;
	char group[PATH_SIZE];		/* the crew's control group; "": none */
	void (*vary)(struct world *);	/* called in each child before it opens
					 * the journal; may be NULL */
	uint32_t restless;		/* the journal is opened again after one
					 * append in this many; 0: in a
					 * hundred */
	const char *rules;		/* for settling as well; NULL: none */
	struct ledger *ledger;
	struct tally tally;
	uint64_t random;
	unsigned seconds;		/* how long random parts may take */
	bool brief;			/* --short */
	char problem[400];		/* the first one; "" if there is none */
	char skipped[200];
	char note[200];
	pid_t crew[SLOTS_MAX];
};

struct scenario {
	const char *name;
	bool brief;			/* it is part of --short */
	void (*run)(struct world *world);
};

/* world.c */
/* `base` is the folder to work in; a tmpfs makes a sweep fast. */
void world_open(struct world *world, const char *base);
void world_close(struct world *world);
/* Moves to memory, if there is such a file system, before anything else: memory
 * is fast, and only the order of calls matters. */
void world_in_memory(struct world *world);
/* Puts the journal below another folder of the scratch folder. */
void world_move(struct world *world, const char *folder);
/* Removes a folder and everything in it. */
void world_remove(const char *path);
/* Makes a new, empty journal and ledger; the counts go on. */
void world_renew(struct world *world);
uint32_t world_random(struct world *world, uint32_t below);
void world_problem(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void world_skip(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void world_note(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Runs a shell command, made from the format; returns its exit status. */
int world_shell(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* How often this event is in the log of this world's children. */
unsigned world_logged(const struct world *world, const char *event);
/* Sets the journal's clock this many seconds ahead of the real one. */
void world_clock(const struct world *world, long long offset);
/* The same for the time since boot, too: as if this much time had passed. */
void world_later(const struct world *world, long long offset);
void world_sleep(unsigned ms);
uint32_t world_ms(void);
/* Pretends another boot, as if the machine had been down. */
void world_other_boot(const struct world *world);

/* ledger.c: records, and what is known about them */
#define RECORD_SIZE 24576
/* Which records they repeat; it is noted in them, unless it is the default.
 * Children inherit it. */
extern enum journal_repeat ledger_repeat;
size_t ledger_record(uint32_t number, char out[RECORD_SIZE],
    uint8_t key[JOURNAL_KEY_SIZE]);
journal_key_of ledger_key_of;
/* Takes `count` new numbers, and returns the first. */
uint32_t ledger_take(struct ledger *ledger, uint32_t count);
/* Sends the records first, first + 1 ... in one append, and notes the
 * result. */
enum error ledger_send(struct world *world, struct journal *journal,
    uint32_t first, uint32_t count, bool *duplicate);
/* Sends again what was not acknowledged, as a sender does. */
enum error ledger_resend(struct world *world, struct journal *journal);
struct journal *ledger_journal(struct world *world);
void ledger_complain(struct ledger *ledger, const char *text, long value);

/* actor.c: processes in a play whose every step is fixed */
/* The seam's rules for the next actor, and the numbers it sends. */
void actor_set(const char *rules, uint32_t number, uint32_t count);
pid_t actor_begin(struct world *world);
/* Lets one actor run to its end; returns what its last append returned. */
enum error actor_play(struct world *world, const char *rules, uint32_t number,
    uint32_t count);
/* actor_until_stop() starts one and waits until it stops itself; actor_finish()
 * lets it run to its end. */
pid_t actor_until_stop(struct world *world, const char *rules,
    uint32_t number);
enum error actor_finish(struct world *world, pid_t pid);
bool actor_acknowledged(const struct world *world, uint32_t number);

/* oracle.c */
enum {
	ORACLE_GAPS = 1,	/* seq may have gaps: an outsider took lines */
	ORACLE_LOST = 2,	/* acknowledged lines may be gone, for the same
				 * reason, unless born after `since` */
	ORACLE_TWICE = 4	/* a line may be in `extra` as well */
};
struct oracle {
	int flags;
	uint32_t since;
	const char *extra[4];	/* files besides those of the journal */
	const char *folders[4];	/* and folders of other journals */
};
void oracle_check(struct world *world, const struct oracle *oracle);
/* Resends, appends as a new process, and then checks; nothing is excused. */
void oracle_settle(struct world *world);
/* The same, with this oracle's excuses. */
void oracle_settle_with(struct world *world, const struct oracle *oracle);

/* crew.c: processes that append all the time */
void crew_start(struct world *world, unsigned count);
/* Kills one process, and starts another in its place. */
void crew_replace(struct world *world, unsigned slot);
/* Starts others in place of those that have been killed. */
void crew_revive(struct world *world, unsigned count);
/* Gives the seam's rules to those in `whom`. */
void crew_rules(struct world *world, uint64_t whom, const char *rules);
/* Waits until each has returned from `turns` more appends; false if the time
 * runs out first. */
bool crew_wait(struct world *world, unsigned count, unsigned turns,
    unsigned ms);
/* Lets all finish what they are doing, and waits for them to end. */
void crew_stop(struct world *world, unsigned count);
/* Runs `body` in a child. */
pid_t crew_begin(struct world *world, void (*body)(struct world *));
/* Waits for the child, and returns its wait status. Any death other than by
 * SIGKILL is a problem. */
int crew_end(struct world *world, pid_t pid);
/* Does both of the above. */
int crew_child(struct world *world, void (*body)(struct world *));

/* power.c */
/* From now on, mounts are visible only to this process and its children, and
 * end with them; false, and the scenario is skipped, if that is not allowed. */
bool power_private(struct world *world);

/* Waits for orphaned processes, which compress files. No crew may be
 * running. */
void crew_orphans(void);

/* odd.c */
/* Gives the journal to a user other than root, and makes it reachable for that
 * user; false, and the scenario is skipped, if that is not allowed. */
bool odd_owner(struct world *world, unsigned user);

/* memory.c */
/* Moves this process into world->group. */
void memory_join(const struct world *world);
/* Takes some memory, and never gives it back. */
void memory_take(struct world *world);

extern const struct scenario kill_scenarios[], sweep_scenarios[],
    stall_scenarios[], outside_scenarios[], state_scenarios[],
    disk_scenarios[], power_scenarios[], promise_scenarios[],
    model_scenarios[], memory_scenarios[], mixed_scenarios[],
    moved_scenarios[], stale_scenarios[], odd_scenarios[], years_scenarios[],
    repeat_scenarios[];

#endif
