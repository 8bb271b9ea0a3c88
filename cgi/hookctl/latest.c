#include "hookctl/latest.h"

#include "base/buffer.h"
#include "base/io.h"
#include "journal/reader.h"
#include "journal/stamp.h"
#include "payload/json_string.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define PART (UINT64_C(64) * 1024)	/* read at first */

/* A journal being looked through, from its end. */
struct search {
	int directory;
	const char *endpoint;	/* NULL: any */
	uint64_t last_seq;	/* 0: not found yet */
	struct latest *latest;
};

bool
latest_is_own(const struct record *record)
{
	return record->object.bytes != NULL &&
	    json_string_is(record->object, CHECK_OBJECT);
}

/* Takes a line into account; true if there is no more to look for. */
static bool
take_line(struct search *search, const char *line, size_t length)
{
	struct record record;
	uint64_t seq;
	int64_t time;

	if (!stamp_read(line, length, &seq, &time))
		return false;
	if (search->last_seq == 0)
		search->last_seq = seq;
	if (record_decode(line, length, &record) != ERR_NONE ||
	    latest_is_own(&record) || (search->endpoint != NULL &&
	    !span_is(record.endpoint, search->endpoint)))
		return false;
	search->latest->any = true;
	search->latest->seq = seq;
	search->latest->received_at = time;
	return true;
}

/*
 * Goes through whole lines, the last one first. `begun` says that the text
 * begins at the start of a line. `*end` is where the next call, with more of
 * the file before this text, goes on; everything after it has been taken.
 */
static bool
take_lines(struct search *search, const char *text, size_t *end, bool begun)
{
	const char *stop = memrchr(text, '\n', *end), *before, *line;

	while (stop != NULL) {
		before = memrchr(text, '\n', (size_t)(stop - text));
		if (before == NULL && !begun)
			break;
		line = before == NULL ? text : before + 1;
		if (take_line(search, line, (size_t)(stop - line)))
			return true;
		*end = (size_t)(line - text);
		stop = before;
	}
	return false;
}

/* Looks at the end of the file, then at four times as much, and so on. */
static enum error
search_file(struct search *search, int fd, uint64_t size)
{
	struct buffer text = { 0 };
	uint64_t most = size < LATEST_BYTES ? size : LATEST_BYTES;
	uint64_t have = 0, part = PART, after = 0;
	enum error error = ERR_NONE;
	size_t end;

	while (error == ERR_NONE && have < most && !search->latest->any) {
		have = part < most ? part : most;
		part *= 4;
		error = buffer_reserve(&text, have);
		if (error != ERR_NONE)
			break;
		if (io_pread_all(fd, text.bytes, have,
		    (off_t)(size - have)) != (ssize_t)have) {
			error = ERR_IO;
			break;
		}
		end = have - after;
		(void)take_lines(search, text.bytes, &end, have == size);
		after = have - end;
	}
	buffer_free(&text);
	return error;
}

static enum error
search_name(struct search *search, const struct reader_file *file)
{
	int fd = io_openat(search->directory, file->name, O_RDONLY, 0);
	struct stat status;
	enum error error = ERR_NONE;

	if (fd == -1)
		return errno == ENOENT ? ERR_NONE : error_from_errno(errno);
	if (io_fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		error = search_file(search, fd, (uint64_t)status.st_size);
	(void)io_close(fd);
	return error;
}

/* The newest rotated file is never compressed, so the last seq is found. */
static enum error
search_files(struct search *search, const struct reader_file *files,
    size_t count)
{
	enum error error = ERR_NONE;
	uint64_t first_seq = 0;
	size_t i;

	for (i = count; i > 0 && error == ERR_NONE && !search->latest->any &&
	    !files[i - 1].compressed; i--)
		error = search_name(search, &files[i - 1]);
	for (i = 0; i < count && first_seq == 0; i++)
		first_seq = files[i].first_seq;
	if (first_seq > 0 && search->last_seq >= first_seq)
		search->latest->records = search->last_seq - first_seq + 1;
	return error;
}

enum error
latest_of(const char *directory, const char *endpoint, struct latest *latest)
{
	struct search search = { .latest = latest, .endpoint = endpoint };
	struct reader_file *files;
	size_t count;
	enum error error;

	*latest = (struct latest){ 0 };
	error = reader_files(directory, &files, &count);
	if (error != ERR_NONE)
		return error;
	search.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = search.directory == -1 ? error_from_errno(errno) :
	    search_files(&search, files, count);
	if (search.directory != -1)
		(void)io_close(search.directory);
	free(files);
	return error;
}

enum error
latest_find(const char *directory, struct latest *latest)
{
	return latest_of(directory, NULL, latest);
}
