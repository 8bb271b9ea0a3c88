/*
 * The states in which a journal may be found. For each there is one step that
 * leads out of it; the step may be interrupted anywhere and repeated. After a
 * step, we look again. To add a state, add a row at the right place in the
 * table below, and the functions that it names.
 */
#include "journal/live.h"
#include "journal/writer.h"

#include "base/log.h"

#define ROUNDS_MAX 12

/* What one look at the journal shows. */
struct sight {
	const struct journal *journal;
	const struct shared *shared;	/* NULL: no usable state */
	bool present;		/* something is at the live name: */
	struct stat live;	/* this */
	bool ours;		/* it is the file that the state calls live */
};

/*
 * What may be found. Each function relies on those before it in the table.
 */

/* It is missing, damaged, from another boot, or not complete yet. */
static bool
state_lost(const struct sight *sight)
{
	return sight->shared == NULL || sight->shared->rebuilding;
}

static bool
sync_failed(const struct sight *sight)
{
	return sight->shared->poisoned >= sight->shared->generation;
}

/* The live file is empty, and not ours, though the folder is. */
static bool
live_foreign(const struct sight *sight)
{
	return sight->present &&
	    folder_replaceable(&sight->journal->folder, &sight->live);
}

/* It is a link, not a regular file, or writable by everybody. */
static bool
live_unusable(const struct sight *sight)
{
	return sight->present && (!S_ISREG(sight->live.st_mode) ||
	    sight->live.st_mode & S_IWOTH);
}

/* The state is new, and has no live file yet. */
static bool
live_unknown(const struct sight *sight)
{
	return !sight->ours && sight->shared->inode == 0;
}

/* The live file is in archive/, but has not been replaced yet. */
static bool
rotation_half_done(const struct sight *sight)
{
	return (!sight->present || (sight->ours && sight->live.st_nlink > 1)) &&
	    rotate_archived(sight->journal);
}

/* Somebody else has removed or renamed it. */
static bool
live_missing(const struct sight *sight)
{
	return !sight->present;
}

/* The rotation is done, but its process died before it could say so. */
static bool
rotation_unrecorded(const struct sight *sight)
{
	return !sight->ours && rotate_archived(sight->journal);
}

/* Somebody else has put another file there. */
static bool
live_replaced(const struct sight *sight)
{
	return !sight->ours;
}

/* Somebody else has truncated it. */
static bool
live_truncated(const struct sight *sight)
{
	return (uint64_t)sight->live.st_size < sight->shared->indexed;
}

/* It is longer than what is in the index. */
static bool
tail_unread(const struct sight *sight)
{
	return (uint64_t)sight->live.st_size > sight->shared->indexed;
}

/*
 * The steps that lead out of each
 */

static enum error
refuse(struct journal *journal)
{
	return folder_refuse_live(&journal->folder);
}

/* Makes what is at the live name the live file. If nothing is there, or
 * somebody else's empty file, we put one of ours there first. */
static enum error
take_live(struct journal *journal)
{
	struct stat live;
	enum error error = live_stat(journal, &live);

	if (error == ERR_MISSING || (error == ERR_NONE &&
	    folder_replaceable(&journal->folder, &live)))
		error = live_replace(journal);
	if (error == ERR_NONE)
		error = live_adopt(journal, live_acknowledged(journal), false);
	return error;
}

/* The size cannot tell old tickets from new ones, so void the old ones. */
static enum error
take_truncated(struct journal *journal)
{
	journal->shared->voided = journal->shared->generation;
	return live_adopt(journal, live_acknowledged(journal), false);
}

/* The states, by name. The first one found counts; if none is, all is well. */
static const struct finding {
	bool (*found)(const struct sight *sight);
	const char *name;	/* in the log; NULL: nothing unusual */
	enum error (*leave)(struct journal *journal);
	bool pause;		/* it needs the sync lock: commit_pause() */
} findings[] = {
	{ state_lost, NULL, rebuild, false },
	{ sync_failed, "after-failed-sync", distrust, true },
	{ live_foreign, "empty-file-of-another", take_live, true },
	{ live_unusable, NULL, refuse, false },
	{ live_unknown, NULL, take_live, true },
	{ rotation_half_done, "rotation-half-done", rotate_go_on, true },
	{ live_missing, "live-file-missing", take_live, true },
	{ rotation_unrecorded, "rotation-unrecorded", rotate_record, true },
	{ live_replaced, "live-file-replaced", take_live, true },
	{ live_truncated, "live-file-truncated", take_truncated, true },
	{ tail_unread, NULL, live_read_tail, true },
};

#define FINDINGS (sizeof findings / sizeof findings[0])

/* Attaches to the state. Just after opening it, checks once that it belongs to
 * these files. A useless state is removed. */
static enum error
attach(struct journal *journal)
{
	enum error error = state_attach(journal);
	const char *why = "index";

	if (error == ERR_NONE)
		error = index_follow(&journal->index);
	if (error == ERR_NONE && journal->doubtful) {
		journal->doubtful = false;
		why = agree_why_not(journal);
		if (why != NULL)
			error = ERR_DAMAGED;
	}
	if (error == ERR_DAMAGED && journal->shared != NULL)
		state_discard(journal, why);
	return error == ERR_DAMAGED ? ERR_NONE : error;
}

/* `*found` is NULL if all is well. */
static enum error
look(struct journal *journal, const struct finding **found)
{
	struct sight sight = { .journal = journal };
	enum error error = attach(journal);
	size_t i;

	sight.shared = journal->shared;
	if (error == ERR_NONE && sight.shared != NULL) {
		error = live_stat(journal, &sight.live);
		sight.present = error == ERR_NONE;
		sight.ours = sight.present &&
		    live_is_ours(journal, &sight.live);
	}
	if (error != ERR_NONE && error != ERR_MISSING)
		return error;
	for (i = 0; i < FINDINGS && !findings[i].found(&sight); i++)
		;
	*found = i < FINDINGS ? &findings[i] : NULL;
	/* If it was overwritten meanwhile, our finding means nothing. */
	return sight.shared == NULL || shared_shape_ok(sight.shared) ?
	    ERR_NONE : ERR_IO;
}

enum error
recover(struct journal *journal)
{
	int round;

	/* The clocks may have been set since lines were last read. */
	journal->second = -1;
	for (round = 0; round < ROUNDS_MAX; round++) {
		const struct finding *found;
		enum error error = look(journal, &found);

		if (error == ERR_NONE && found == NULL)
			return live_open(journal);
		if (error == ERR_NONE)
			error = found->pause ?
			    commit_pause(journal, found->leave) :
			    found->leave(journal);
		/* The caller logs why, and counts how often. */
		if (error != ERR_NONE)
			return error;
		if (found->name != NULL)
			LOG(LOG_LEVEL_WARNING, "recovery",
			    LOG_TEXT("found", found->name),
			    LOG_TEXT("directory", journal->options.directory));
	}
	return ERR_IO;
}
