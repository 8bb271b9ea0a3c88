#include "journal/reader.h"

#include "base/io.h"
#include "journal/stamp.h"
#include "journal/line_reader.h"
#include "journal/segment.h"
#include "journal/shared.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAP_MS 50		/* writers wake only one another for sure */

struct reader {
	struct reader_options options;
	int directory;
	const struct shared *shared; /* mapped, or NULL */
	uint64_t shared_inode;
	uint64_t next_seq;	/* nothing below is wanted any more */
	uint64_t durable;	/* as it was before the last read */
	struct line_reader *lines;	/* of the open file, or NULL */
	int fd;
	bool live;		/* the open file was the live one */
	uint64_t inode;
	uint64_t file_seq;	/* first seq of an open rotated file */
	uint64_t end_seq;	/* first seq of its successor; 0: not known */
};

enum error
reader_open(const struct reader_options *options, struct reader **reader)
{
	struct reader *new = calloc(1, sizeof *new);

	*reader = NULL;
	if (new == NULL)
		return ERR_BUSY;
	new->options = *options;
	new->options.directory = NULL;
	new->next_seq = options->from_seq ? options->from_seq : 1;
	new->fd = -1;
	new->directory = open(options->directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (new->directory == -1) {
		enum error error = error_from_errno(errno);

		free(new);
		return error;
	}
	*reader = new;
	return ERR_NONE;
}

static void
close_file(struct reader *reader)
{
	bool compressed = reader->fd == -1;

	line_reader_close(reader->lines);
	reader->lines = NULL;
	if (!compressed)
		io_close(reader->fd);
	reader->fd = -1;
}

static void
unmap(struct reader *reader)
{
	union { const struct shared *from; void *to; } map =
	    { .from = reader->shared };

	if (reader->shared != NULL)
		munmap(map.to, SHARED_SIZE);
	reader->shared = NULL;
}

void
reader_close(struct reader *reader)
{
	if (reader == NULL)
		return;
	close_file(reader);
	unmap(reader);
	io_close(reader->directory);
	free(reader);
}

/*
 * How far the journal is durable
 */

/* Maps the state there is now; none where there is no usable one. */
static void
map_state(struct reader *reader)
{
	struct stat status;
	int fd;

	if (io_fstatat(reader->directory, SHARED_NAME, &status) == 0 &&
	    status.st_size == SHARED_SIZE && reader->shared != NULL &&
	    status.st_ino == reader->shared_inode)
		return;
	unmap(reader);
	fd = io_openat(reader->directory, SHARED_NAME, O_RDONLY, 0);
	if (fd == -1)
		return;
	if (io_fstat(fd, &status) == 0 && status.st_size == SHARED_SIZE) {
		reader->shared = io_map(fd, SHARED_SIZE, false);
		reader->shared_inode = status.st_ino;
	}
	io_close(fd);
}

/*
 * The last seq that may be handed out. After a start of the machine the files
 * hold what the disk had; without a state only rotated files are sure, which
 * is what 0 stands for.
 */
static uint64_t
durable_seq(struct reader *reader)
{
	const struct shared *shared;

	if (!reader->options.durable)
		return UINT64_MAX;
	map_state(reader);
	shared = reader->shared;
	if (shared == NULL || !shared_shape_ok(shared))
		return 0;
	if (!shared_boot_ok(shared))
		return UINT64_MAX;
	if (shared->rebuilding)
		return 0;
	return shared->lazy ? shared->appended : shared->durable;
}

/*
 * Files
 */

/* Opens a file at its start and notes what it is. */
static enum error
open_file(struct reader *reader, const char *name, bool compressed)
{
	struct stat status;
	int fd = io_openat(reader->directory, name, O_RDONLY, 0);

	if (fd == -1)
		return error_from_errno(errno);
	if (io_fstat(fd, &status) == -1 || !S_ISREG(status.st_mode)) {
		io_close(fd);
		return ERR_IO;
	}
	reader->lines = line_reader_open(fd, compressed, 0);
	if (reader->lines == NULL) {
		io_close(fd);
		return ERR_BUSY;
	}
	reader->inode = status.st_ino;
	reader->fd = compressed ? -1 : fd;
	return ERR_NONE;
}

/* Whether file `i` may hold a record that is still wanted. */
static bool
wanted(const struct reader *reader, const struct segment *segments,
    size_t count, size_t i)
{
	if (segments[i].first_seq < reader->file_seq)
		return false;
	if (i + 1 == count)
		return true;
	return segments[i + 1].first_seq > reader->next_seq &&
	    segments[i + 1].first_time >= reader->options.from_time -
	    1000000;
}

/* The live file's first seq and time; 0 where it is empty or missing. */
static uint64_t
live_first(int directory, int64_t *time)
{
	uint64_t seq;

	return segment_live_first(directory, &seq, time) == ERR_NONE ? seq : 0;
}

/*
 * Opens the file in which the next record stands: the first rotated one that
 * is not behind us, else the live one.
 */
static enum error
open_next(struct reader *reader)
{
	struct segment *segments;
	char path[SEGMENT_PATH_MAX] = SEGMENT_LIVE;
	bool compressed = false;
	size_t count, i;
	int64_t time;
	enum error error;

	error = segment_list(reader->directory, &segments, &count);
	if (error != ERR_NONE)
		return error;
	for (i = 0; i < count && !wanted(reader, segments, count, i); i++)
		;
	reader->live = i == count;
	reader->end_seq = 0;
	if (!reader->live) {
		segment_path(&segments[i], path);
		compressed = segments[i].compressed;
		/* Not again, once it has been read to its end. */
		reader->file_seq = segments[i].first_seq + 1;
		reader->end_seq = i + 1 < count ? segments[i + 1].first_seq :
		    live_first(reader->directory, &time);
	}
	free(segments);
	return open_file(reader, path, compressed);
}

/* At the end of the live file: is it still the live one? */
static bool
still_live(const struct reader *reader)
{
	struct stat status;

	return io_fstatat(reader->directory, SEGMENT_LIVE, &status) == 0 &&
	    status.st_ino == reader->inode && (uint64_t)status.st_size >=
	    line_reader_offset(reader->lines);
}

/*
 * Lines
 */

/* The next line of the open file; looks how far is durable before it reads. */
static enum error
next_line(struct reader *reader, struct reader_line *line)
{
	enum error error;

	do {
		error = line_reader_next(reader->lines, &line->bytes, &line->length);
		if (error != ERR_NONE)
			return error;
	} while (!stamp_read(line->bytes, line->length, &line->seq,
	    &line->received_at) || line->seq < reader->next_seq ||
	    line->received_at < reader->options.from_time);
	return ERR_NONE;
}

/*
 * A line above what was durable when it was read may be taken back, and its
 * seq be given to another record: it is read again, after looking.
 */
static enum error
read_again(struct reader *reader, struct reader_line *line)
{
	uint64_t offset = line_reader_offset(reader->lines) - line->length - 1;
	struct line_reader *lines;

	reader->durable = durable_seq(reader);
	lines = line_reader_open(reader->fd, false, offset);
	if (lines == NULL)
		return ERR_BUSY;
	line_reader_close(reader->lines);
	reader->lines = lines;
	if (line->seq > reader->durable)
		return ERR_MISSING;
	return next_line(reader, line);
}

/* The next line that may be handed out from the open file. */
static enum error
next_durable_line(struct reader *reader, struct reader_line *line)
{
	enum error error = next_line(reader, line);

	/* What stands in a rotated file was synced before it was rotated, but
	 * for what a failed sync left behind its successor's first. */
	if (error != ERR_NONE || !reader->options.durable)
		return error;
	if (!reader->live)
		return reader->end_seq != 0 && line->seq >= reader->end_seq ?
		    ERR_MISSING : ERR_NONE;
	if (line->seq > reader->durable)
		error = read_again(reader, line);
	if (error == ERR_NONE && line->seq > reader->durable)
		error = ERR_MISSING;
	return error;
}

/* Whether to go on with another file, after the open one gave no more. */
static bool
move_on(struct reader *reader, bool *looked)
{
	if (!reader->live)
		return true;
	if (still_live(reader))
		return false;
	/* Rotated meanwhile: what was written before that is to be read. */
	if (!*looked) {
		*looked = true;
		return false;
	}
	return true;
}

enum error
reader_next(struct reader *reader, struct reader_line *line)
{
	bool looked = false;

	for (;;) {
		enum error error = ERR_NONE;

		if (reader->lines == NULL) {
			reader->durable = durable_seq(reader);
			error = open_next(reader);
		}
		if (error == ERR_NONE)
			error = next_durable_line(reader, line);
		if (error == ERR_NONE) {
			reader->next_seq = line->seq + 1;
			return ERR_NONE;
		}
		/* Nothing more is to be had of a damaged rotated file. */
		if (error == ERR_INPUT && reader->lines != NULL &&
		    !reader->live)
			error = ERR_MISSING;
		if (error != ERR_MISSING || reader->lines == NULL)
			return error;
		if (move_on(reader, &looked)) {
			close_file(reader);
			looked = false;
		} else if (!looked)
			return ERR_MISSING;
	}
}

void
reader_wait(struct reader *reader, int wait_ms)
{
	int nap = wait_ms < NAP_MS ? wait_ms : NAP_MS;
	const struct timespec wait = { nap / 1000, nap % 1000 * 1000000L };

	if (reader->options.durable && reader->shared != NULL)
		syscall(SYS_futex, &reader->shared->wake, FUTEX_WAIT,
		    reader->shared->wake, &wait, NULL, 0);
	else
		nanosleep(&wait, NULL);
}

/*
 * The list of files
 */

static uint64_t
size_of(int directory, const char *name)
{
	struct stat status;

	return io_fstatat(directory, name, &status) == 0 ?
	    (uint64_t)status.st_size : 0;
}

static void
describe_live(int directory, struct reader_file *file)
{
	strcpy(file->name, SEGMENT_LIVE);
	file->live = true;
	file->size = size_of(directory, SEGMENT_LIVE);
	file->first_seq = live_first(directory, &file->first_time);
}

static enum error
describe(int directory, struct reader_file **files, size_t *count)
{
	struct segment *segments;
	enum error error = segment_list(directory, &segments, count);
	size_t i;

	if (error != ERR_NONE)
		return error;
	*files = calloc(*count + 1, sizeof **files);
	for (i = 0; *files != NULL && i < *count; i++) {
		struct reader_file *file = &(*files)[i];

		segment_path(&segments[i], file->name);
		file->first_seq = segments[i].first_seq;
		file->first_time = segments[i].first_time;
		file->compressed = segments[i].compressed;
		file->size = size_of(directory, file->name);
	}
	free(segments);
	if (*files == NULL)
		return ERR_BUSY;
	describe_live(directory, &(*files)[*count]);
	++*count;
	return ERR_NONE;
}

enum error
reader_files(const char *directory, struct reader_file **files, size_t *count)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum error error;

	*files = NULL;
	*count = 0;
	if (fd == -1)
		return error_from_errno(errno);
	error = describe(fd, files, count);
	io_close(fd);
	return error;
}
