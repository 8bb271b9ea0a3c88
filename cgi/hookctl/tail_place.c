#include "hookctl/tail_place.h"

#include "base/path.h"
#include "hookctl/hookctl.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
	const char *directory, *file;
	struct cursor *cursor;	/* NULL: without */
	struct cursor_place last;
	bool known;		/* `last` is a record */
	bool set;		/* it was read in this run */
};

bool
place_is_outside(const char *directory, const char *file)
{
	char *folder = path_folder(file);
	char *inner = folder != NULL ? realpath(folder, NULL) : NULL;
	char *outer = realpath(directory, NULL);
	size_t length = outer != NULL ? strlen(outer) : 0;
	bool outside = inner == NULL || outer == NULL ||
	    strncmp(inner, outer, length) != 0 ||
	    (inner[length] != '\0' && inner[length] != '/');

	free(folder);
	free(inner);
	free(outer);
	if (!outside)
		note("%s is in the journal's folder, where only the receiver "
		    "writes; choose another place", file);
	return outside;
}

/* Whether two paths are one name in one folder. */
static bool
is_same_name(const char *one, const char *other)
{
	char *folders[2] = { path_folder(one), path_folder(other) };
	char *real[2] = { NULL, NULL };
	const char *names[2] = { strrchr(one, '/'), strrchr(other, '/') };
	bool same;
	size_t i;

	for (i = 0; i < 2; i++)
		if (folders[i] != NULL)
			real[i] = realpath(folders[i], NULL);
	same = real[0] != NULL && real[1] != NULL &&
	    strcmp(real[0], real[1]) == 0 &&
	    strcmp(names[0] != NULL ? names[0] + 1 : one,
	    names[1] != NULL ? names[1] + 1 : other) == 0;
	for (i = 0; i < 2; i++) {
		free(folders[i]);
		free(real[i]);
	}
	return same;
}

bool
place_is_apart(const char *cursor_file, const char *file)
{
	static const char *const suffixes[] = { "", ".new", ".lock" };
	char *name;
	bool apart = true;
	size_t i;

	for (i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		if (asprintf(&name, "%s%s", cursor_file, suffixes[i]) < 0)
			return false;
		apart = apart && !is_same_name(name, file);
		free(name);
	}
	if (!apart)
		note("%s belongs to the cursor; choose another place", file);
	return apart;
}

/* False after a message. */
static bool
take_cursor(struct place *place)
{
	enum error error = cursor_open(place->file, &place->cursor);
	struct stat status;

	if (error == ERR_BUSY)
		note("%s is being used by another process, which holds "
		    "%s.lock", place->file, place->file);
	else if (error != ERR_NONE)
		note("%s: the cursor cannot be locked: %s", place->file,
		    strerror(errno));
	if (error != ERR_NONE)
		return false;
	error = cursor_read(place->cursor, &place->last);
	place->known = error == ERR_NONE;
	if (error == ERR_NONE || error == ERR_MISSING)
		return true;
	if (error == ERR_DAMAGED && (stat(place->file, &status) == -1 ||
	    !S_ISREG(status.st_mode)))
		note("%s is not a regular file", place->file);
	else if (error == ERR_DAMAGED)
		note("%s is empty or not a cursor; remove it to begin at the "
		    "first record", place->file);
	else
		note("%s: %s", place->file, strerror(errno));
	return false;
}

struct place *
place_open(const char *directory, const char *cursor_file)
{
	struct place *place = calloc(1, sizeof *place);

	if (place == NULL) {
		note("out of memory");
		return NULL;
	}
	place->directory = directory;
	place->file = cursor_file;
	if (cursor_file == NULL || take_cursor(place))
		return place;
	place_close(place);
	return NULL;
}

void
place_close(struct place *place)
{
	if (place == NULL)
		return;
	cursor_close(place->cursor);
	free(place);
}

struct cursor *
place_cursor(const struct place *place)
{
	return place->cursor;
}

void
place_set(struct place *place, const struct reader_line *line)
{
	place->known = cursor_place_of(line, &place->last);
	if (place->set)
		return;
	place->set = true;
	/* Without an id yet, the journal cannot be told from another one. */
	if (cursor_journal(place->directory, place->last.journal) != ERR_NONE)
		place->last.journal[0] = '\0';
}

bool
place_was_set(const struct place *place)
{
	return place->set;
}

/* Says why the cursor does not fit. */
static void
refuse(const struct place *place, enum error error, enum cursor_fit fit)
{
	uint64_t seq = place->last.seq;

	if (error == ERR_MISSING || error == ERR_DAMAGED)
		note("%s does not fit: %s/relay/id is %s, so this may be "
		    "another journal", place->file, place->directory,
		    error == ERR_MISSING ? "missing" : "malformed");
	else if (error != ERR_NONE)
		note("%s cannot be compared with the journal %s: %s",
		    place->file, place->directory, error_word(error));
	else if (fit == CURSOR_OTHER_JOURNAL)
		note("%s belongs to another journal, %s, and not to the one "
		    "in %s", place->file, place->last.journal,
		    place->directory);
	else if (fit == CURSOR_OTHER_RECORD)
		note("%s does not fit: record %" PRIu64 " of the journal %s is "
		    "another one than the cursor says", place->file, seq,
		    place->directory);
	else
		note("%s does not fit: the journal %s has no record %" PRIu64,
		    place->file, place->directory, seq);
	note("nothing was sent; see why the journal has changed, and remove "
	    "the cursor to begin at the first record");
}

bool
place_find(struct place *place, bool *known, uint64_t *first)
{
	enum cursor_fit fit = CURSOR_NO_RECORD;
	enum error error;

	*known = place->known;
	if (!place->known)
		return true;
	error = cursor_compare(place->directory, &place->last, &fit);
	if (error == ERR_NONE &&
	    (fit == CURSOR_FITS || fit == CURSOR_REMOVED)) {
		*first = place->last.seq + 1;
		return true;
	}
	if (place->cursor != NULL) {
		refuse(place, error, fit);
		return false;
	}
	note("%s is another journal now; going on with its first record",
	    place->directory);
	*first = 0;
	place->known = place->set = false;
	*known = true;
	return true;
}
