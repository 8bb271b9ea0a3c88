#include "journal/segment.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/digits.h"
#include "base/io.h"
#include "journal/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = SEGMENT_PREFIX;
static const char plain_suffix[] = SEGMENT_SUFFIX;
static const char gzip_suffix[] = SEGMENT_GZIP_SUFFIX;

#define SEQ_DIGITS 12
#define TAIL ((size_t)64 * 1024)

void
segment_path(const struct segment *segment, char out[SEGMENT_PATH_MAX])
{
	char stamp[CLOCK_COMPACT_LENGTH + 1];

	clock_format_compact(segment->first_time, stamp);
	snprintf(out, SEGMENT_PATH_MAX, SEGMENT_ARCHIVE "/%s%0*" PRIu64
	    "-%s%s", prefix, SEQ_DIGITS, segment->first_seq, stamp,
	    segment->compressed ? gzip_suffix : plain_suffix);
}

bool
segment_parse(const char *name, struct segment *segment)
{
	size_t count;

	if (strncmp(name, prefix, sizeof prefix - 1) != 0)
		return false;
	name += sizeof prefix - 1;
	/* SEQ_DIGITS digits, or more if the first is not 0. */
	count = decimal_prefix(name, strlen(name), STAMP_SEQ_MOST,
	    &segment->first_seq);
	if (count < SEQ_DIGITS || (count > SEQ_DIGITS && *name == '0') ||
	    name[count] != '-')
		return false;
	name += count + 1;
	if (strlen(name) < CLOCK_COMPACT_LENGTH ||
	    !clock_parse_compact(name, &segment->first_time))
		return false;
	name += CLOCK_COMPACT_LENGTH;
	segment->compressed = strcmp(name, gzip_suffix) == 0;
	return segment->compressed || strcmp(name, plain_suffix) == 0;
}

static int
compare(const void *left, const void *right)
{
	const struct segment *a = left, *b = right;

	if (a->first_seq != b->first_seq)
		return a->first_seq < b->first_seq ? -1 : 1;
	if (a->first_time != b->first_time)
		return a->first_time < b->first_time ? -1 : 1;
	return (int)a->compressed - (int)b->compressed;
}

/* Sorts, and drops the compressed twins of plain files. */
static size_t
sort(struct segment *segments, size_t count)
{
	size_t i, kept = 0;

	if (count > 0)
		qsort(segments, count, sizeof *segments, compare);
	for (i = 0; i < count; i++) {
		if (kept > 0 &&
		    segments[kept - 1].first_seq == segments[i].first_seq &&
		    segments[kept - 1].first_time == segments[i].first_time)
			continue;
		segments[kept++] = segments[i];
	}
	return kept;
}

bool
segment_is_file(int archive, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_REG;
	return io_fstatat(archive, entry->d_name, &status) == 0 &&
	    S_ISREG(status.st_mode);
}

static enum error
collect(DIR *folder, struct buffer *list)
{
	struct dirent *entry;
	struct segment segment;
	enum error error;

	while ((errno = 0, entry = readdir(folder)) != NULL) {
		if (!segment_parse(entry->d_name, &segment) ||
		    !segment_is_file(dirfd(folder), entry))
			continue;
		error = buffer_append(list, &segment, sizeof segment);
		if (error != ERR_NONE)
			return error;
	}
	return errno ? error_from_errno(errno) : ERR_NONE;
}

enum error
segment_list(int directory, struct segment **segments, size_t *count)
{
	struct buffer list = { 0 };
	enum error error;
	DIR *folder;
	int fd;

	*segments = NULL;
	*count = 0;
	fd = io_openat(directory, SEGMENT_ARCHIVE, O_RDONLY | O_DIRECTORY, 0);
	if (fd == -1)
		return errno == ENOENT ? ERR_NONE : error_from_errno(errno);
	folder = fdopendir(fd);
	if (folder == NULL) {
		io_close(fd);
		return ERR_MEMORY;
	}
	error = collect(folder, &list);
	closedir(folder);
	if (error != ERR_NONE) {
		buffer_free(&list);
		return error;
	}
	*segments = (struct segment *)(void *)list.bytes;
	*count = sort(*segments, list.length / sizeof **segments);
	return ERR_NONE;
}

uint64_t
segment_size(int directory, const char *path)
{
	struct stat status;

	return io_fstatat(directory, path, &status) == 0 ?
	    (uint64_t)status.st_size : 0;
}

/* Opens the live file if it is a regular file; else returns -1 with errno. */
static int
open_live(int directory, struct stat *status)
{
	int fd = io_openat(directory, SEGMENT_LIVE, O_RDONLY, 0);
	int number = ENXIO;

	if (fd == -1)
		return -1;
	if (io_fstat(fd, status) == -1)
		number = errno;
	else if (S_ISREG(status->st_mode))
		return fd;
	io_close(fd);
	errno = number;
	return -1;
}

enum error
segment_live_first(int directory, uint64_t *seq, int64_t *time)
{
	char head[128];
	struct stat status;
	ssize_t got;
	int fd = open_live(directory, &status);

	*seq = 0;
	if (fd == -1)
		return errno == ENOENT ? ERR_NONE : error_from_errno(errno);
	got = io_pread(fd, head, sizeof head, 0);
	if (got > 0 && !stamp_read(head, (size_t)got, seq, time))
		*seq = 0;
	io_close(fd);
	return got == -1 ? ERR_IO : ERR_NONE;
}

/* The time of the last record in `text`; 0 if there is none. */
static int64_t
last_stamp(const char *text, size_t length)
{
	const char *end = memrchr(text, '\n', length);
	int64_t time;
	uint64_t seq;

	while (end != NULL) {
		const char *before = memrchr(text, '\n',
		    (size_t)(end - text));
		const char *line = before == NULL ? text : before + 1;

		if (stamp_read(line, (size_t)(end - line), &seq, &time))
			return time;
		end = before;
	}
	return 0;
}

/* Looks at the end of the file, then at four times as much, and so on. */
static enum error
find_last(int fd, size_t size, int64_t *time)
{
	struct buffer text = { 0 };
	size_t part = TAIL, want = 0;
	enum error error = ERR_NONE;

	while (error == ERR_NONE && *time == 0 && want < size) {
		want = part < size ? part : size;
		part *= 4;
		error = buffer_reserve(&text, want);
		if (error == ERR_NONE && io_pread_all(fd, text.bytes, want,
		    (off_t)(size - want)) != (ssize_t)want)
			error = ERR_IO;
		if (error == ERR_NONE)
			*time = last_stamp(text.bytes, want);
	}
	buffer_free(&text);
	return error;
}

enum error
segment_live_last(int directory, int64_t *time)
{
	struct stat status;
	enum error error;
	int fd = open_live(directory, &status);

	*time = 0;
	if (fd == -1)
		return errno == ENOENT ? ERR_NONE : error_from_errno(errno);
	error = find_last(fd, (size_t)status.st_size, time);
	io_close(fd);
	return error;
}
