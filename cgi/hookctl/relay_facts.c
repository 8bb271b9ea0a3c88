#include "hookctl/relay_facts.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/backward.h"
#include "journal/cursor.h"
#include "journal/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A relay that has failed is started again within a minute. */
#define FAILED_US (120 * CLOCK_SECOND)
#define PART 65536		/* bytes of dead letters read at a time */

/* The journal that the relays read. */
struct source {
	const char *directory;
	int folder;
	uint64_t newest;	/* seq of the newest durable record; 0: none */
};

#define NAME_SIZE (sizeof RELAY_FOLDER + RELAYS_NAME_SIZE + sizeof RELAY_DEAD)

static const char *
name_of(const struct relay *relay, const char *suffix, char out[NAME_SIZE])
{
	(void)snprintf(out, NAME_SIZE, RELAY_FOLDER "/%.*s%s",
	    RELAYS_NAME_SIZE, relay->name, suffix);
	return out;
}

/*
 * How far it has come
 */

static enum error
find_newest(struct source *source)
{
	const struct backward_options options = {
	    .directory = source->directory, .most = 1, .most_bytes = 1 };
	struct backward *backward;
	struct reader_line line;
	enum error error = backward_open(&options, &backward);

	if (error != ERR_NONE)
		return error;
	if (backward_next(backward, &line))
		source->newest = line.seq;
	error = backward_error(backward);
	backward_close(backward);
	return error;
}

/* Counts the records from `first` on. */
static enum error
count_from(const struct source *source, uint64_t first,
    struct relay_facts *facts)
{
	const struct reader_options options = {
	    .directory = source->directory, .from_seq = first,
	    .durable = true };
	struct reader_line line;
	struct reader *reader;
	enum error error;

	facts->counted = true;
	if (first > source->newest)
		return ERR_NONE;
	error = reader_open(&options, &reader);
	if (error != ERR_NONE)
		return error;
	if (reader_next(reader, &line) && line.seq <= source->newest) {
		facts->behind = source->newest - line.seq + 1;
		facts->oldest_at = line.received_at;
		/* Those before it are gone, but the relay does not know yet. */
		if (first > 0)
			facts->removed += line.seq - first;
	} else
		error = reader_error(reader);
	reader_close(reader);
	return error;
}

/* A journal without an id cannot be the one that the cursor names. */
static enum error
compare(const struct source *source, const struct cursor_place *place,
    struct relay_facts *facts)
{
	enum cursor_fit fit = CURSOR_OTHER_JOURNAL;
	enum error error = cursor_compare(source->directory, place, &fit);

	if (error == ERR_MISSING || error == ERR_DAMAGED)
		error = ERR_NONE;
	facts->again = fit != CURSOR_FITS && fit != CURSOR_REMOVED;
	return error;
}

static enum error
look_at_cursor(const struct source *source, struct relay_facts *facts)
{
	struct cursor_place place;
	char name[NAME_SIZE];
	enum error error = cursor_text_read(source->folder,
	    name_of(facts->relay, RELAY_CURSOR, name), &place);

	facts->malformed = error == ERR_DAMAGED;
	if (error == ERR_MISSING || error == ERR_DAMAGED)
		return count_from(source, 0, facts);
	if (error != ERR_NONE) {
		facts->unreadable = errno;
		place.seq = facts->status.position;
		return facts->published ? count_from(source,
		    place.seq > 0 ? place.seq + 1 : 0, facts) : ERR_NONE;
	}
	error = compare(source, &place, facts);
	if (error != ERR_NONE)
		return error;
	return count_from(source, facts->again ? 0 : place.seq + 1, facts);
}

/*
 * Dead letters
 */

/* Counts the lines of a file; false if it cannot be read. */
static bool
count_lines(int fd, uint64_t *lines)
{
	static char part[PART];
	const char *at, *end;
	off_t offset = 0;
	ssize_t got;

	while ((got = io_pread_all(fd, part, sizeof part, offset)) > 0) {
		end = part + got;
		for (at = part; (at = memchr(at, '\n', (size_t)(end - at))) !=
		    NULL; at++)
			(*lines)++;
		offset += got;
	}
	return got == 0;
}

static void
look_at_dead(const struct source *source, struct relay_facts *facts)
{
	char name[NAME_SIZE];
	int fd = io_openat(source->folder, name_of(facts->relay, RELAY_DEAD,
	    name), O_RDONLY | O_NONBLOCK, 0);

	facts->dead_known = fd != -1 ? count_lines(fd, &facts->dead) :
	    errno == ENOENT;
	if (!facts->dead_known)
		facts->unreadable = errno;
	if (fd != -1)
		(void)io_close(fd);
}

/*
 * What it all means
 */

static bool
has_just_failed(const struct relays_status *status)
{
	int64_t ago = clock_boottime_us() - status->alive_at;

	return status->state == RELAYS_FAILED && ago >= 0 && ago < FAILED_US;
}

static enum relay_is
judge(const struct relay_facts *facts)
{
	const struct relays_status *status = &facts->status;
	bool done = facts->counted && facts->behind == 0;

	if (facts->malformed)
		return RELAY_IS_FAILED;
	if (!facts->published)
		return facts->status_hidden ? RELAY_IS_UNKNOWN :
		    RELAY_IS_STOPPED;
	if (has_just_failed(status))
		return RELAY_IS_FAILED;
	if (!facts->running)
		return status->state == RELAYS_ENDED && done ?
		    RELAY_IS_IN_STEP : RELAY_IS_STOPPED;
	if (status->state == RELAYS_HELD)
		return RELAY_IS_HELD;
	if (*status->text != '\0')
		return RELAY_IS_REFUSED;
	return done ? RELAY_IS_IN_STEP : RELAY_IS_SENDING;
}

static void
look_at_status(const struct source *source, struct relay_facts *facts)
{
	enum error error = relays_look(source->folder, facts->relay->name,
	    &facts->status);

	facts->published = error == ERR_NONE;
	if (error != ERR_NONE && error != ERR_MISSING) {
		facts->status_hidden = true;
		facts->unreadable = errno;
	}
	facts->running = facts->published && relays_alive(&facts->status);
	facts->removed = facts->status.removed;
}

static enum error
look_at(const struct source *source, struct relay_facts *facts)
{
	enum error error = ERR_NONE;

	if (source->folder != -1) {
		look_at_status(source, facts);
		error = look_at_cursor(source, facts);
		look_at_dead(source, facts);
	} else
		facts->counted = facts->dead_known = true;
	facts->is = judge(facts);
	return error;
}

bool
relay_facts_wrong(const struct relay_facts *facts)
{
	return facts->is == RELAY_IS_HELD || facts->is == RELAY_IS_FAILED ||
	    (facts->is == RELAY_IS_STOPPED && facts->behind > 0) ||
	    facts->dead > 0;
}

/*
 * All of them
 */

enum error
relay_facts_read(const struct config *config, const char *directory,
    int folder, struct relay_facts_list *list)
{
	struct source source = { .directory = directory, .folder = folder };
	enum error error = ERR_NONE;
	size_t i;

	*list = (struct relay_facts_list){ 0 };
	list->relays = calloc(config->relay_count + 1, sizeof *list->relays);
	if (list->relays == NULL)
		return ERR_MEMORY;
	list->count = config->relay_count;
	for (i = 0; i < list->count; i++)
		list->relays[i].relay = &config->relays[i];
	/* Later records do not count. A cursor that has moved past this one by
	 * then is in step. */
	if (folder != -1)
		error = find_newest(&source);
	for (i = 0; i < list->count && error == ERR_NONE; i++)
		error = look_at(&source, &list->relays[i]);
	if (error == ERR_NONE && folder != -1)
		relay_facts_find_gone(config, folder, list);
	return error;
}

void
relay_facts_free(struct relay_facts_list *list)
{
	size_t i;

	for (i = 0; i < list->gone_count; i++)
		free(list->gone[i]);
	free(list->gone);
	free(list->relays);
	*list = (struct relay_facts_list){ 0 };
}
