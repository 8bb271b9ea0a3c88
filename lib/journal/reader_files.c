/*
 * Lists the journal's files, for people and for readers that do not begin at
 * the oldest one.
 */
#include "journal/reader.h"

#include "base/io.h"
#include "journal/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static void
describe_rotated(int directory, const struct segment *segment,
    struct reader_file *file)
{
	segment_path(segment, file->name);
	file->first_seq = segment->first_seq;
	file->first_time = segment->first_time;
	file->compressed = segment->compressed;
	file->size = segment_size(directory, file->name);
}

static void
describe_live(int directory, struct reader_file *file)
{
	strcpy(file->name, SEGMENT_LIVE);
	file->live = true;
	file->size = segment_size(directory, SEGMENT_LIVE);
	if (segment_live_first(directory, &file->first_seq,
	    &file->first_time) != ERR_NONE)
		file->first_seq = 0;
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
	for (i = 0; *files != NULL && i < *count; i++)
		describe_rotated(directory, &segments[i], &(*files)[i]);
	free(segments);
	if (*files == NULL)
		return ERR_MEMORY;
	describe_live(directory, &(*files)[(*count)++]);
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
