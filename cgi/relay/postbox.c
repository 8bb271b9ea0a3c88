#include "relay/postbox.h"

#include "base/clock.h"
#include "base/log.h"
#include "journal/dead.h"
#include "journal/layout.h"
#include "relay/passed.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOVE_MS 500		/* at least, between two writes of the cursor */
#define PUBLISH_MS 250

struct postbox {
	int directory;
	char *cursor_path, *dead_path;
	char by[RELAYS_NAME_SIZE + 8];	/* "relay second-host" */
	const char *name;
	struct cursor *cursor;
	struct relays_slot *slot;
	struct relays_status status;
	struct passed passed;
	uint64_t moved;		/* the seq that the cursor's file has */
	int64_t move_at, publish_at;
	bool said;		/* the cursor's failure was logged */
};

/*
 * Opening
 */

static char *
path_of(const char *directory, const char *name, const char *suffix)
{
	char *path;

	return asprintf(&path, "%s/" RELAY_FOLDER "/%s%s", directory, name,
	    suffix) < 0 ? NULL : path;
}

/* Makes relay/ as the receiver does: with the owner and mode of the journal's
 * folder. */
static enum error
make_folder(const struct postbox *postbox)
{
	struct stat status;

	if (fstat(postbox->directory, &status) == -1)
		return ERR_IO;
	if (mkdirat(postbox->directory, RELAY_FOLDER,
	    status.st_mode & 07777) == -1 && errno != EEXIST)
		return error_from_errno(errno);
	return ERR_NONE;
}

static enum error
open_all(struct postbox *postbox, const char *directory)
{
	enum error error;

	postbox->directory = open(directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (postbox->directory == -1)
		return error_from_errno(errno);
	error = make_folder(postbox);
	if (error != ERR_NONE)
		return error;
	postbox->cursor_path = path_of(directory, postbox->name,
	    RELAY_CURSOR);
	postbox->dead_path = path_of(directory, postbox->name, RELAY_DEAD);
	postbox->slot = relays_open(postbox->directory, postbox->name);
	if (postbox->cursor_path == NULL || postbox->dead_path == NULL ||
	    postbox->slot == NULL)
		return ERR_MEMORY;
	return cursor_open(postbox->cursor_path, &postbox->cursor);
}

/* Goes on from the counts that were last published. */
static void
take_over(struct postbox *postbox)
{
	struct relays_status *status = &postbox->status;

	if (relays_look(postbox->directory, postbox->name, status) !=
	    ERR_NONE)
		memset(status, 0, sizeof *status);
	status->state = RELAYS_STARTING;
	status->tries = 0;
	status->next_try = 0;
	status->text[0] = '\0';
	/* What another process has passed is to be compared anew. */
	status->beat_at = 0;
	status->passed = 0;
	memset(&status->mark, 0, sizeof status->mark);
}

enum error
postbox_open(const char *directory, const char *name,
    struct postbox **postbox)
{
	struct postbox *new = calloc(1, sizeof *new);
	enum error error = ERR_MEMORY;

	*postbox = NULL;
	if (new != NULL) {
		new->directory = -1;
		new->name = name;
		(void)snprintf(new->by, sizeof new->by, "relay %s", name);
		error = open_all(new, directory);
	}
	if (error == ERR_NONE) {
		take_over(new);
		*postbox = new;
		return ERR_NONE;
	}
	LOG(LOG_LEVEL_ERROR, "relay-not-started", LOG_TEXT("relay", name),
	    LOG_TEXT("directory", directory),
	    LOG_TEXT("problem", error == ERR_BUSY ?
	    "another process has locked its cursor" : strerror(errno)));
	postbox_close(new);
	return error;
}

void
postbox_close(struct postbox *postbox)
{
	if (postbox == NULL)
		return;
	passed_end(&postbox->passed);
	cursor_close(postbox->cursor);
	relays_close(postbox->slot);
	if (postbox->directory != -1)
		close(postbox->directory);
	free(postbox->cursor_path);
	free(postbox->dead_path);
	free(postbox);
}

/*
 * The cursor
 */

enum error
postbox_read(struct postbox *postbox, struct cursor_place *place)
{
	enum error error = cursor_read(postbox->cursor, place);

	if (error == ERR_NONE)
		postbox->moved = place->seq;
	if (error == ERR_DAMAGED)
		LOG(LOG_LEVEL_ERROR, "relay-cursor-malformed",
		    LOG_TEXT("relay", postbox->name),
		    LOG_TEXT("file", postbox->cursor_path),
		    LOG_TEXT("remedy", "restore it, or remove it to send "
		    "every record in the journal"));
	else if (error != ERR_NONE && error != ERR_MISSING)
		LOG(LOG_LEVEL_ERROR, "relay-cursor-unreadable",
		    LOG_TEXT("relay", postbox->name),
		    LOG_TEXT("file", postbox->cursor_path),
		    LOG_TEXT("problem", strerror(errno)));
	return error;
}

/* Notes that the cursor's file has this seq, unless there was an error. */
static bool
wrote(struct postbox *postbox, enum error error, uint64_t seq)
{
	if (error == ERR_NONE) {
		postbox->moved = seq;
		postbox->said = false;
		return true;
	}
	if (!postbox->said)
		LOG(LOG_LEVEL_ERROR, "relay-cursor-not-written",
		    LOG_TEXT("relay", postbox->name),
		    LOG_TEXT("file", postbox->cursor_path),
		    LOG_TEXT("problem", strerror(errno)));
	postbox->said = true;
	return false;
}

bool
postbox_move(struct postbox *postbox, const struct cursor_place *place,
    bool now)
{
	int64_t time = clock_monotonic_ms();

	postbox->status.position = place->seq;
	if (passed_move(&postbox->passed, place))
		postbox_publish(postbox, true);
	if (place->seq == postbox->moved || (!now && time < postbox->move_at))
		return true;
	postbox->move_at = time + MOVE_MS;
	return wrote(postbox, cursor_write(postbox->cursor, place),
	    place->seq);
}

bool
postbox_forget(struct postbox *postbox)
{
	postbox->status.position = 0;
	if (passed_move(&postbox->passed, &(struct cursor_place){ .seq = 0 }))
		postbox_publish(postbox, true);
	return wrote(postbox, cursor_remove(postbox->cursor), 0);
}

/*
 * Dead letters
 */

/* Opens the file for each letter, since people may move it away. */
static enum error
append(const struct postbox *postbox, const struct dead_letter *letter)
{
	struct dead *dead;
	enum error error = dead_open(postbox->dead_path, &dead);
	int number;

	if (error != ERR_NONE)
		return error;
	error = dead_append(dead, letter);
	number = errno;
	dead_close(dead);
	errno = number;
	return error;
}

bool
postbox_bury(struct postbox *postbox, uint64_t seq, struct span record,
    uint64_t tries, const char *error, struct span answer)
{
	const struct dead_letter letter = { .dead_at = clock_now(),
	    .by = postbox->by, .tries = tries, .error = error,
	    .answer = answer, .record = record };

	if (append(postbox, &letter) != ERR_NONE) {
		LOG(LOG_LEVEL_ERROR, "relay-dead-not-written",
		    LOG_TEXT("relay", postbox->name), LOG_NUMBER("seq", seq),
		    LOG_TEXT("file", postbox->dead_path),
		    LOG_TEXT("problem", strerror(errno)));
		return false;
	}
	postbox->status.dead++;
	LOG(LOG_LEVEL_WARNING, "relay-dead",
	    LOG_TEXT("relay", postbox->name), LOG_NUMBER("seq", seq),
	    LOG_NUMBER("tries", tries), LOG_TEXT("problem", error),
	    LOG_TEXT("file", postbox->dead_path));
	return true;
}

/*
 * The status
 */

void
postbox_beat(struct postbox *postbox, struct source *source)
{
	if (source != NULL)
		passed_begin(&postbox->passed, postbox->directory, source);
	else
		passed_end(&postbox->passed);
}

struct relays_status *
postbox_status(struct postbox *postbox)
{
	return &postbox->status;
}

void
postbox_publish(struct postbox *postbox, bool now)
{
	int64_t time = clock_monotonic_ms();

	if (!now && time < postbox->publish_at)
		return;
	postbox->publish_at = time + PUBLISH_MS;
	passed_tell(&postbox->passed, &postbox->status);
	relays_publish(postbox->slot, &postbox->status);
}
