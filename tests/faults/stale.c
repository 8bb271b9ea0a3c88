/*
 * The state is of this boot but older than the files: a backup was restored, or
 * the whole folder was copied meanwhile.
 */
#include "torture.h"

#include "journal/segment.h"
#include "journal/shared.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define WORKERS 8

/* Shell commands in the scratch folder, where `old` is the older .state. */
static const char *const returns[] = {
	"rm -rf journal/.state && mv old journal/.state",
	"cp old/shared journal/.state/shared",
	"cp old/* journal/.state/",
	"cp -a journal new && rm -rf new/.state && cp -a old new/.state && "
	    "mv journal away && mv new journal",
	"mv old/shared journal/.state/shared",
	/* The folder is a copy, but the state's file is the original one. */
	"cp -a journal new && rm -rf new/.state && mv journal/.state "
	    "new/.state && mv journal away && mv new journal",
};

#define RETURNS (sizeof returns / sizeof returns[0])

/* Sends every acknowledged record again. */
static void
repeat_all(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t i;

	for (i = 0; i < world->ledger->next; i++)
		if (world->ledger->status[i] & ACKNOWLEDGED &&
		    ledger_send(world, journal, i, 1, NULL) != ERR_NONE)
			ledger_complain(world->ledger, "refused", i);
	journal_close(journal);
}

static void
save_state(const struct world *world)
{
	world_shell("cd '%s' && rm -rf old away && cp -a journal/.state old",
	    world->root);
}

static void
bring_back(struct world *world, const char *command)
{
	if (world_shell("cd '%s' && %s", world->root, command) != 0)
		world_problem(world, "cannot do: %s", command);
	crew_child(world, repeat_all);
	oracle_settle(world);
	if (world->problem[0] != '\0')
		world_note(world, "%s", command);
}

/* Tries different amounts of work between the copy and its return. */
static void
stale_state(struct world *world)
{
	unsigned i, trials = world->brief ? 6 : 60;

	for (i = 0; i < trials && world->problem[0] == '\0'; i++) {
		world_renew(world);
		world->options.rotate_size = i % 4 < 2 ? 0 : 20000;
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 4, 20000);
		crew_stop(world, WORKERS);
		save_state(world);
		crew_start(world, WORKERS);
		crew_wait(world, WORKERS, 1 + i / 6, 20000);
		crew_stop(world, WORKERS);
		bring_back(world, returns[i % RETURNS]);
	}
}

/* Copies the state `before` records into a file; `after` more go into that file
 * before it is rotated, and `behind` more into the new file. */
static void
one_rotation(struct world *world, unsigned before, unsigned after,
    unsigned behind, const char *command)
{
	uint32_t first;

	world_renew(world);
	first = ledger_take(world->ledger, 2 + before + after + behind);
	/* First makes some older files. */
	world->options.rotate_size = 1;
	actor_play(world, NULL, first, 2);
	first += 2;
	world->options.rotate_size = 0;
	actor_play(world, NULL, first, before);
	save_state(world);
	actor_play(world, NULL, first + before, after);
	if (behind > 0) {
		world->options.rotate_size = 1;
		actor_play(world, NULL, first + before + after, 1);
		world->options.rotate_size = 0;
		actor_play(world, NULL, first + before + after + 1,
		    behind - 1);
	}
	bring_back(world, command);
}

/* The file that the state takes for the live one is now the newest rotated
 * one. */
static void
stale_by_a_rotation(struct world *world)
{
	unsigned before, after, behind;

	world_in_memory(world);
	for (before = 1; before <= (world->brief ? 1 : 2); before++)
		for (after = 0; after <= 2; after++)
			for (behind = 0; behind <= 2; behind++)
				if (world->problem[0] == '\0' &&
				    after + behind > 0)
					one_rotation(world, before, after,
					    behind, returns[1 + before % 2]);
}

/* A process keeps its maps while the bytes on disk are older ones: those are
 * read again only after a reboot or in a copy. */
static void
append_beside_hole(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 4), i;

	for (i = 0; i < 4; i++) {
		if (i == 2)
			save_state(world);
		if (i == 3)
			world_shell("cp '%s'/old/index-* '%s/.state/'",
			    world->root, world->directory);
		ledger_send(world, journal, first + i, 1, NULL);
	}
	journal_close(journal);
}

/* Mapped pages are not written in order: of the last two records, the index may
 * have only the second. Such an index must not be trusted in a copy, after a
 * reboot, or if the file is longer. */
static void
hole_in_index(struct world *world)
{
	world_renew(world);
	world->options.rotate_size = 0;
	crew_child(world, append_beside_hole);
	bring_back(world, "cp -a journal/.state new && rm -rf journal/.state "
	    "&& mv new journal/.state");
	world_renew(world);
	crew_child(world, append_beside_hole);
	world_other_boot(world);
	bring_back(world, "true");
	world_renew(world);
	crew_child(world, append_beside_hole);
	save_state(world);
	actor_play(world, NULL, ledger_take(world->ledger, 1), 1);
	bring_back(world, "cp old/* journal/.state/");
}

/* The index may lack a record that the state knows. */
static void
older_index(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 3);

	world->options.rotate_size = 0;
	actor_play(world, NULL, first, 1);
	save_state(world);
	actor_play(world, NULL, first + 1, 2);
	bring_back(world, "cp old/index-* journal/.state/");
}

/* A backup takes the folder's place and gets today's state, which knows records
 * that are gone. */
static void
newer_state(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 6), i;

	world->options.rotate_size = 0;
	actor_play(world, NULL, first, 3);
	world_shell("cd '%s' && cp -a journal backup && rm -rf backup/.state",
	    world->root);
	actor_play(world, NULL, first + 3, 3);
	world_shell("cd '%s' && mv journal away && mv backup journal && "
	    "mv away/.state journal/.state", world->root);
	world->ledger->lenient = true;
	for (i = 6; i-- > 0; )
		actor_play(world, NULL, first + i, 1);
	oracle_settle(world);
}

static size_t
length_of(uint32_t number)
{
	static char text[RECORD_SIZE];
	uint8_t key[JOURNAL_KEY_SIZE];

	return ledger_record(number, text, key);
}

/* The live file was cut by hand, and happens to be as long as before. */
static void
same_length(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 2000) + 10, twin;

	world->options.rotate_size = 0;
	for (twin = first + 2; length_of(twin) != length_of(first + 1); twin++)
		;
	actor_play(world, NULL, first, 2);
	save_state(world);
	world->ledger->lenient = true;
	world_shell("cd '%s' && head -n 1 notifications.jsonl > ../one && "
	    "cat ../one > notifications.jsonl", world->directory);
	actor_play(world, NULL, twin, 1);
	world_shell("cd '%s' && cp old/shared journal/.state/shared",
	    world->root);
	actor_play(world, NULL, twin, 1);
	oracle_settle_with(world, &(struct oracle){ .flags = ORACLE_GAPS |
	    ORACLE_LOST, .since = UINT32_MAX / 2 });
}

static void
append_around_stop(struct world *world)
{
	struct journal *journal = ledger_journal(world);
	uint32_t first = ledger_take(world->ledger, 3);

	ledger_send(world, journal, first, 2, NULL);
	world_shell("cp '%s/other/.state/shared' '%s/.state/shared'",
	    world->root, world->directory);
	if (ledger_send(world, journal, first, 1, NULL) != ERR_NONE ||
	    ledger_send(world, journal, first + 2, 1, NULL) != ERR_NONE)
		ledger_complain(world->ledger, "does not work", 0);
	journal_close(journal);
}

/* The state of another journal is written over ours while we use it. */
static void
state_of_another(struct world *world)
{
	struct world other = *world;
	char directory[PATH_SIZE + 8];

	snprintf(directory, sizeof directory, "%s/other", world->root);
	world_shell("mkdir -m 750 '%s'", directory);
	other.options.directory = directory;
	actor_play(&other, NULL, ledger_take(world->ledger, 9), 9);
	world_renew(world);
	crew_child(world, append_around_stop);
	oracle_settle(world);
}

/* Saves the state as it is during a sync, and notes another mount in the copy
 * if `mounted`. */
static void
save_amid_sync(struct world *world, uint32_t number, bool mounted)
{
	uint64_t other = 1;
	pid_t leader = actor_until_stop(world, "pwrite/1:stop", number);
	char path[PATH_SIZE + 16];
	int fd;

	save_state(world);
	actor_finish(world, leader);
	snprintf(path, sizeof path, "%s/old/shared", world->root);
	fd = open(path, O_WRONLY);
	if (fd == -1 || (mounted && pwrite(fd, &other, sizeof other,
	    offsetof(struct shared, sync_mount)) != sizeof other))
		err(71, "%s", path);
	close(fd);
}

/* The device went away during a sync and is mounted again: what was
 * acknowledged then must not be cut off or forgotten. */
static void
remounted_amid_sync(struct world *world)
{
	uint32_t first = ledger_take(world->ledger, 4);

	world->options.rotate_size = 0;
	actor_play(world, NULL, first, 2);
	save_amid_sync(world, first + 2, true);
	bring_back(world, "cp old/shared journal/.state/shared");
	world_renew(world);
	first = ledger_take(world->ledger, 4);
	actor_play(world, NULL, first, 2);
	save_amid_sync(world, first + 2, false);
	/* A rotation followed, which this state does not know about. */
	world->options.rotate_size = 1;
	actor_play(world, "write/1:kill", first + 3, 1);
	bring_back(world, "cp old/shared journal/.state/shared");
}

const struct scenario stale_scenarios[] = {
	{ "stale-state", true, stale_state },
	{ "stale-by-a-rotation", true, stale_by_a_rotation },
	{ "hole-in-index", true, hole_in_index },
	{ "older-index", true, older_index },
	{ "newer-state", true, newer_state },
	{ "same-length", true, same_length },
	{ "remounted-amid-sync", true, remounted_amid_sync },
	{ "state-of-another", true, state_of_another },
	{ NULL, false, NULL }
};
