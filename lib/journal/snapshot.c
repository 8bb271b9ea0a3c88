#include "journal/snapshot.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/durable.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* ---- taking it ---- */

/* Reads what the live file begins with. It may have been rotated by now, but
 * the descriptor still leads to it. */
static void
describe_live(int fd, struct snapshot_file *file)
{
	char head[STAMP_MAX];
	ssize_t got = io_pread(fd, head, sizeof head, 0);

	strcpy(file->name, SEGMENT_LIVE);
	if (got <= 0 || !stamp_read(head, (size_t)got, &file->first_seq,
	    &file->first_time))
		file->first_seq = 0;
}

static void
describe(const struct segment *segment, struct snapshot_file *file)
{
	segment_path(segment, file->name);
	file->first_seq = segment->first_seq;
	file->first_time = segment->first_time;
	file->compressed = segment->compressed;
}

static enum error
list(struct snapshot *snapshot)
{
	struct segment *segments;
	size_t count, i;
	enum error error = segment_list(snapshot->directory, &segments,
	    &count);

	if (error == ERR_UNSAFE || error == ERR_MISSING) {
		snapshot->no_archive = errno;
		error = ERR_NONE;
	}
	if (error != ERR_NONE)
		return error;
	snapshot->files = calloc(count + 1, sizeof *snapshot->files);
	for (i = 0; snapshot->files != NULL && i < count; i++)
		describe(&segments[i], &snapshot->files[i]);
	free(segments);
	if (snapshot->files == NULL)
		return ERR_MEMORY;
	if (snapshot->live != -1)
		describe_live(snapshot->live, &snapshot->files[count++]);
	snapshot->count = count;
	return ERR_NONE;
}

static uint64_t
ask_durable(int directory, bool stateless)
{
	struct durable durable = { .directory = directory };
	struct stat status;
	uint64_t seq = durable_seq(&durable);

	durable_close(&durable);
	if (stateless && seq == 0 && io_fstatat(directory, SHARED_NAME,
	    &status) == -1 && errno == ENOENT)
		return UINT64_MAX;
	return seq;
}

enum error
snapshot_take(struct snapshot *snapshot, const char *directory, bool stateless)
{
	memset(snapshot, 0, sizeof *snapshot);
	snapshot->live = -1;
	snapshot->directory = open(directory,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (snapshot->directory == -1)
		return error_from_errno(errno);
	/* This comes first: the live file, if opened afterwards, certainly has
	 * what was durable by now. */
	snapshot->durable_seq = ask_durable(snapshot->directory, stateless);
	/* The live file comes before the list of the others. If it is rotated
	 * in between, it is there twice, which does no harm; in the other
	 * order, it would be missed. */
	snapshot->live = io_openat(snapshot->directory, SEGMENT_LIVE,
	    O_RDONLY, 0);
	if (snapshot->live == -1 && errno != ENOENT)
		return error_from_errno(errno);
	return list(snapshot);
}

void
snapshot_free(struct snapshot *snapshot)
{
	if (snapshot->live != -1)
		io_close(snapshot->live);
	if (snapshot->directory != -1)
		io_close(snapshot->directory);
	free(snapshot->files);
}

/* ---- its files ---- */

static bool
is_live(const struct snapshot *snapshot, size_t i)
{
	return i + 1 == snapshot->count && snapshot->live != -1;
}

/* A failed sync may have left records at the end of a rotated file. Their seqs
 * were given out again, from the first one of the next file on. */
uint64_t
snapshot_limit(const struct snapshot *snapshot, size_t i)
{
	uint64_t next = UINT64_MAX;

	if (i + 1 < snapshot->count)
		next = snapshot->files[i + 1].first_seq;
	else if (is_live(snapshot, i) && snapshot->durable_seq < UINT64_MAX)
		next = snapshot->durable_seq + 1;
	return next > 0 ? next : UINT64_MAX;
}

/* A file's times are between its first one and that of the next file, unless
 * the clock was set back. Times in names are whole seconds. */
bool
snapshot_has_time(const struct snapshot *snapshot, size_t i, int64_t from,
    int64_t to)
{
	const struct snapshot_file *file = &snapshot->files[i];
	int64_t first = file->first_time, last;

	if (i + 1 == snapshot->count || file[1].first_seq == 0)
		return true;
	last = file[1].first_time;
	if (last < first) {
		last = first;
		first = file[1].first_time;
	}
	return first < to && last + CLOCK_SECOND > from;
}

static int
open_rotated(const struct snapshot *snapshot, struct snapshot_file *file)
{
	static const char plain[] = SEGMENT_SUFFIX, gzip[] =
	    SEGMENT_GZIP_SUFFIX;
	int fd = io_openat(snapshot->directory, file->name, O_RDONLY, 0);

	if (fd != -1 || errno != ENOENT || file->compressed)
		return fd;
	memcpy(file->name + strlen(file->name) - (sizeof plain - 1), gzip,
	    sizeof gzip);
	file->compressed = true;
	return io_openat(snapshot->directory, file->name, O_RDONLY, 0);
}

enum error
snapshot_open(struct snapshot *snapshot, size_t i, int *fd, uint64_t *size)
{
	struct stat status;
	int number = ENXIO;

	*fd = is_live(snapshot, i) ? snapshot->live :
	    open_rotated(snapshot, &snapshot->files[i]);
	if (*fd == -1)
		return error_from_errno(errno);
	if (io_fstat(*fd, &status) == -1)
		number = errno;
	else if (S_ISREG(status.st_mode)) {
		*size = (uint64_t)status.st_size;
		return ERR_NONE;
	}
	snapshot_close(snapshot, *fd);
	*fd = -1;
	errno = number;
	return error_from_errno(errno);
}

void
snapshot_close(const struct snapshot *snapshot, int fd)
{
	if (fd != -1 && fd != snapshot->live)
		io_close(fd);
}
