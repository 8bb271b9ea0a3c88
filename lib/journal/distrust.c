/*
 * A live file whose sync failed is not trusted any more: cut at what was
 * acknowledged, it goes into archive/, and a new one takes its place. The kernel
 * reports the failure once, and the page cache shows what the disk never got.
 */
#include "journal/writer.h"

#include "base/io.h"
#include "journal/stamp.h"
#include "journal/line_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum error
distrust_stat_live(const struct journal *journal, struct stat *live)
{
	if (io_fstatat(journal->folder.fd, SEGMENT_LIVE, live) == 0)
		return ERR_NONE;
	return errno == ENOENT ? ERR_MISSING : ERR_IO;
}

uint64_t
distrust_known(const struct journal *journal)
{
	return journal->options.sync ? journal->shared->durable :
	    journal->shared->appended;
}

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

/* Cuts the distrusted file at what was acknowledged, and puts it away. */
static enum error
put_away(struct journal *journal)
{
	uint64_t keep = distrust_known(journal);
	struct extent extent;
	enum error error;
	int fd;

	/* What was read of an overwritten state must not cut a file. */
	if (!shared_shape_ok(journal->shared))
		return ERR_IO;
	fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDWR, 0);
	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	error = measure(fd, keep, &extent);
	/* Without a record it has no name in archive/, and nothing of ours. */
	if (extent.first_seq == 0)
		extent.end = 0;
	if (error == ERR_NONE && io_ftruncate(fd, (off_t)extent.end) == -1)
		error = folder_fail(&journal->folder, SEGMENT_LIVE);
	io_close(fd);
	if (error == ERR_NONE && extent.first_seq > 0)
		error = rotate_archive(journal);
	return error;
}

/*
 * A file that was never ours could not be synced. Nobody knows what of it was
 * acknowledged, so all its lines are kept, and their seqs are taken.
 */
static enum error
take_over(struct journal *journal, const struct stat *live)
{
	struct shared *shared = journal->shared;
	struct extent extent;
	enum error error;
	int fd;

	fd = io_openat(journal->folder.fd, SEGMENT_LIVE, O_RDONLY, 0);
	if (fd == -1)
		return folder_fail(&journal->folder, SEGMENT_LIVE);
	error = measure(fd, UINT64_MAX, &extent);
	io_close(fd);
	if (error != ERR_NONE)
		return error;
	if (shared->next_seq <= extent.last_seq)
		shared->next_seq = extent.last_seq + 1;
	shared->appended = shared->next_seq - 1;
	shared->durable = shared->appended;
	shared->first_time = extent.first_time;
	shared->first_seq = extent.first_seq;
	shared->device = live->st_dev;
	shared->inode = live->st_ino;
	return ERR_NONE;
}

static bool
is_ours(const struct journal *journal, const struct stat *live)
{
	return live->st_ino == journal->shared->inode &&
	    live->st_dev == journal->shared->device;
}

enum error
distrust(struct journal *journal)
{
	struct stat live;
	enum error error = distrust_stat_live(journal, &live);

	if (error == ERR_NONE && !is_ours(journal, &live)) {
		/* An empty one is what an earlier try has put there. */
		if (live.st_size > 0)
			error = take_over(journal, &live);
	}
	if (error == ERR_NONE && is_ours(journal, &live)) {
		error = put_away(journal);
		if (error == ERR_NONE)
			error = ERR_MISSING;
	}
	if (error == ERR_MISSING)
		error = rotate_replace(journal);
	if (error == ERR_NONE)
		error = rotate_adopt(journal, distrust_known(journal), true);
	return error;
}
