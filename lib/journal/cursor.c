#include "journal/cursor.h"

#include "base/clock.h"
#include "base/digits.h"
#include "base/io.h"
#include "base/path.h"
#include "journal/layout.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cursor {
	int folder;
	int lock;
	char *name, *new_name;	/* of the files in the folder */
};

/*
 * The file
 */

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static char *
with_suffix(const char *name, const char *suffix)
{
	char *text;

	return asprintf(&text, "%s%s", name, suffix) < 0 ? NULL : text;
}

static enum error
take_lock(struct cursor *cursor)
{
	char *name = with_suffix(cursor->name, ".lock");

	if (name == NULL)
		return ERR_MEMORY;
	cursor->lock = io_openat(cursor->folder, name, O_RDWR | O_CREAT, 0600);
	free(name);
	if (cursor->lock == -1)
		return error_from_errno(errno);
	if (io_lock(cursor->lock, 0) == 0)
		return ERR_NONE;
	return errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
}

static enum error
open_folder(struct cursor *cursor, const char *path)
{
	char *folder = path_folder(path);

	if (folder == NULL)
		return ERR_MEMORY;
	/* The folder may be a symbolic link. */
	cursor->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return cursor->folder == -1 ? error_from_errno(errno) : ERR_NONE;
}

enum error
cursor_open(const char *path, struct cursor **cursor)
{
	struct cursor *new = calloc(1, sizeof *new);
	enum error error = ERR_MEMORY;
	int number;

	*cursor = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	new->folder = new->lock = -1;
	new->name = strdup(last_part(path));
	new->new_name = with_suffix(last_part(path), ".new");
	if (new->name != NULL && new->new_name != NULL)
		error = open_folder(new, path);
	if (error == ERR_NONE)
		error = take_lock(new);
	if (error == ERR_NONE) {
		*cursor = new;
		return ERR_NONE;
	}
	number = errno;
	cursor_close(new);
	errno = number;
	return error;
}

void
cursor_close(struct cursor *cursor)
{
	if (cursor == NULL)
		return;
	if (cursor->lock != -1)
		io_close(cursor->lock);
	if (cursor->folder != -1)
		io_close(cursor->folder);
	free(cursor->name);
	free(cursor->new_name);
	free(cursor);
}

/*
 * Its text
 */

enum error
cursor_read(const struct cursor *cursor, struct cursor_place *place)
{
	return cursor_text_read(cursor->folder, cursor->name, place);
}

/* Writes FILE.new. With the lock, nobody else has it open. */
static int
write_new(const struct cursor *cursor, const char *text, size_t length)
{
	ssize_t written;
	int fd, number;

	(void)io_unlinkat(cursor->folder, cursor->new_name);
	fd = io_openat(cursor->folder, cursor->new_name,
	    O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		return -1;
	errno = ENOSPC;		/* for a short write */
	written = io_write(fd, text, length);
	if (written != (ssize_t)length || io_fsync(fd) == -1) {
		number = errno;
		io_close(fd);
		errno = number;
		return -1;
	}
	return io_close(fd);
}

enum error
cursor_write(const struct cursor *cursor, const struct cursor_place *place)
{
	char text[CURSOR_TEXT_MAX];

	if (write_new(cursor, text, cursor_text_write(place, text)) == -1 ||
	    io_renameat(cursor->folder, cursor->new_name, cursor->folder,
	    cursor->name) == -1 || io_fsync(cursor->folder) == -1)
		return error_from_errno(errno);
	return ERR_NONE;
}

enum error
cursor_remove(const struct cursor *cursor)
{
	if (io_unlinkat(cursor->folder, cursor->name) == -1)
		return errno == ENOENT ? ERR_NONE : error_from_errno(errno);
	return io_fsync(cursor->folder) == -1 ? error_from_errno(errno) :
	    ERR_NONE;
}

/*
 * The journal
 */

enum error
cursor_journal(const char *directory, char id[CURSOR_JOURNAL_LENGTH + 1])
{
	int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum error error;
	int number;

	if (folder == -1)
		return error_from_errno(errno);
	error = cursor_text_journal(folder, id);
	number = errno;
	io_close(folder);
	errno = number;
	return error;
}

bool
cursor_place_of(const struct reader_line *line, struct cursor_place *place)
{
	static const char before[] = "\"id\":\"";
	char stamp[STAMP_MAX];
	const char *at = line->bytes +
	    stamp_write(line->seq, line->received_at, stamp);

	if (line->length < (size_t)(at - line->bytes) + sizeof before +
	    CURSOR_ID_LENGTH || memcmp(at, before, sizeof before - 1) != 0)
		return false;
	at += sizeof before - 1;
	place->seq = line->seq;
	place->received_at = line->received_at;
	if (at[CURSOR_ID_LENGTH] != '"' ||
	    !hex_is_lower(at, CURSOR_ID_LENGTH))
		return false;
	memcpy(place->id, at, CURSOR_ID_LENGTH);
	place->id[CURSOR_ID_LENGTH] = '\0';
	return true;
}

/* Finds the oldest record in the journal; 0 if there is none. */
static enum error
oldest(const char *directory, uint64_t *seq)
{
	struct reader_file *files;
	size_t count;
	enum error error = reader_files(directory, &files, &count);

	*seq = error == ERR_NONE && count > 0 ? files[0].first_seq : 0;
	free(files);
	return error;
}

/* Compares the cursor with the first record of its seq or a higher one. */
static enum error
compare_record(const char *directory, const struct cursor_place *place,
    const struct reader_line *line, enum cursor_fit *fit)
{
	struct cursor_place found;
	uint64_t first;
	enum error error = ERR_NONE;

	if (line->seq == place->seq) {
		*fit = cursor_place_of(line, &found) &&
		    found.received_at == place->received_at &&
		    strcmp(found.id, place->id) == 0 ? CURSOR_FITS :
		    CURSOR_OTHER_RECORD;
		return ERR_NONE;
	}
	error = oldest(directory, &first);
	*fit = first > place->seq ? CURSOR_REMOVED : CURSOR_NO_RECORD;
	return error;
}

static enum error
compare_seq(const char *directory, const struct cursor_place *place,
    enum cursor_fit *fit)
{
	const struct reader_options options = { .directory = directory,
	    .from_seq = place->seq };
	struct reader_line line;
	struct reader *reader;
	enum error error = reader_open(&options, &reader);

	if (error != ERR_NONE)
		return error;
	*fit = CURSOR_NO_RECORD;
	if (reader_next(reader, &line))
		error = compare_record(directory, place, &line, fit);
	else
		error = reader_error(reader);
	reader_close(reader);
	return error;
}

enum error
cursor_compare(const char *directory, const struct cursor_place *place,
    enum cursor_fit *fit)
{
	char id[CURSOR_JOURNAL_LENGTH + 1];
	enum error error = cursor_journal(directory, id);

	if (error != ERR_NONE)
		return error;
	if (strcmp(id, place->journal) != 0) {
		*fit = CURSOR_OTHER_JOURNAL;
		return ERR_NONE;
	}
	return compare_seq(directory, place, fit);
}
