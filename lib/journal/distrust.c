/*
 * A live file whose sync failed is not trusted any more: it is cut at what was
 * acknowledged and put into archive/, and a new one takes its place. The kernel
 * reports such a failure only once, and the page cache goes on showing data
 * that never reached the disk.
 */
#include "journal/live.h"
#include "journal/writer.h"

#include "base/io.h"
#include "base/log.h"
#include "journal/line_reader.h"
#include "journal/stamp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* What a file holds up to a seq. */
struct extent {
	uint64_t first_seq;	/* 0: no record */
	int64_t first_time;
	uint64_t last_seq;
	uint64_t end;		/* of the last line, in bytes */
};

static enum error
measure(int fd, uint64_t seq, struct extent *extent)
{
	struct line_reader *lines = line_reader_open(fd, false, 0);
	const char *line;
	size_t length;
	enum error error;

	memset(extent, 0, sizeof *extent);
	if (lines == NULL)
		return ERR_MEMORY;
	while (line_reader_next(lines, &line, &length)) {
		int64_t time;
		uint64_t here;

		if (stamp_read(line, length, &here, &time)) {
			if (here > seq)
				break;
			extent->last_seq = here;
			if (extent->first_seq == 0) {
				extent->first_seq = here;
				extent->first_time = time;
			}
		}
		extent->end = line_reader_offset(lines);
	}
	error = line_reader_error(lines);
	line_reader_close(lines);
	return error;
}

/*
 * Somebody else's file could not be synced when we were about to adopt it, and
 * nobody knows how much of it was acknowledged. So all its records are kept,
 * and their seqs are not assigned again.
 */
static void
take_over(struct shared *shared, const struct stat *live,
    const struct extent *extent)
{
	if (shared->next_seq <= extent->last_seq)
		shared->next_seq = extent->last_seq + 1;
	shared->appended = shared->next_seq - 1;
	shared->durable = shared->appended;
	shared->first_time = extent->first_time;
	shared->first_seq = extent->first_seq;
	shared->device = live->st_dev;
	shared->inode = live->st_ino;
}

/* Cuts the distrusted file at what was acknowledged, and puts it away. */
static enum error
put_away(struct journal *journal, const struct stat *live)
{
	bool ours = live_is_ours(journal, live);
	uint64_t keep = ours ? live_acknowledged(journal) : UINT64_MAX;
	struct extent extent;
	enum error error;
	int fd;

	/* An overwritten state must not make us cut a file. */
	if (!shared_shape_ok(journal->shared))
		return ERR_IO;
	fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDWR, 0);
	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	error = measure(fd, keep, &extent);
	if (error == ERR_NONE && !ours)
		take_over(journal->shared, live, &extent);
	/* A file without records has no name in archive/. */
	if (extent.first_seq == 0)
		extent.end = 0;
	if (error == ERR_NONE && io_ftruncate(fd, (off_t)extent.end) == -1)
		error = folder_fail(&journal->folder, SEGMENT_LIVE);
	io_close(fd);
	if (error == ERR_NONE && extent.first_seq > 0)
		error = rotate_archive(journal);
	return error;
}

enum error
distrust(struct journal *journal)
{
	struct stat live;
	enum error error = live_stat(journal, &live);

	if (error == ERR_NONE && live.st_size > 0)
		error = put_away(journal, &live);
	if (error == ERR_NONE || error == ERR_MISSING)
		error = live_replace(journal);
	if (error == ERR_NONE)
		error = live_adopt(journal, live_acknowledged(journal), true);
	return error;
}

/* Copies what follows `offset` into another file, for a person to look at. */
static enum error
save_rest(int from, uint64_t offset, int to)
{
	char chunk[65536];
	off_t done = 0;
	ssize_t got;

	while ((got = io_pread(from, chunk, sizeof chunk, (off_t)offset +
	    done)) > 0) {
		if (io_write(to, chunk, (size_t)got) != got)
			return ERR_FULL;
		done += got;
	}
	return got == 0 && io_fdatasync(to) == 0 ? ERR_NONE : ERR_IO;
}

enum error
distrust_cut(const struct journal *journal, const char *path, uint64_t offset)
{
	char beside[SEGMENT_PATH_MAX + sizeof SEGMENT_CUT_SUFFIX];
	enum error error = ERR_IO;
	int from, to;

	snprintf(beside, sizeof beside, "%s" SEGMENT_CUT_SUFFIX, path);
	LOG(LOG_LEVEL_WARNING, "segment-cut", LOG_TEXT("file", path),
	    LOG_NUMBER("offset", offset), LOG_TEXT("kept", beside));
	from = io_openat(journal->folder.fd, path, O_RDWR, 0);
	/* Not ERR_MISSING: somebody has just compressed it, as in rebuild.c. */
	if (from == -1)
		return errno == ENOENT ? ERR_BUSY : error_from_errno(errno);
	to = folder_create(&journal->folder, beside, O_WRONLY | O_APPEND);
	if (to != -1) {
		error = save_rest(from, offset, to);
		io_close(to);
	}
	if (error == ERR_NONE && (io_ftruncate(from, (off_t)offset) == -1 ||
	    io_fdatasync(from) == -1))
		error = ERR_IO;
	io_close(from);
	return error;
}
