#include "hookctl/verify_files.h"

#include "base/io.h"
#include "journal/layout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define LOOKS 100		/* attempts, while others move the files */

bool
files_open(struct files *files, const char *directory)
{
	*files = (struct files){ 0 };
	files->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return files->directory != -1;
}

void
files_close(struct files *files)
{
	if (files->directory != -1)
		(void)io_close(files->directory);
}

/* Opens a file by its name. If that fails, fd is -1 and `number` says why. */
static void
open_name(const struct files *files, struct file *file)
{
	struct stat status;

	file->number = 0;
	file->fd = io_openat(files->directory, file->name, O_RDONLY, 0);
	if (file->fd == -1) {
		file->number = errno;
		return;
	}
	if (io_fstat(file->fd, &status) == -1)
		file->number = errno;
	else if (!S_ISREG(status.st_mode))
		file->number = ENXIO;
	file->inode = status.st_ino;
	file->size = (uint64_t)status.st_size;
	if (file->number == 0)
		return;
	(void)io_close(file->fd);
	file->fd = -1;
}

static bool
is_later(const struct files *files, const struct segment *segment)
{
	const struct segment *last = &files->last;

	return !files->any || segment->first_seq > last->first_seq ||
	    (segment->first_seq == last->first_seq &&
	    segment->first_time > last->first_time);
}

/* Whether there is a compressed copy of a plain file. */
static bool
has_twin(const struct files *files, const struct file *file)
{
	struct segment twin = file->segment;
	char name[SEGMENT_PATH_MAX];
	struct stat status;

	twin.compressed = true;
	segment_path(&twin, name);
	return !file->segment.compressed &&
	    io_fstatat(files->directory, name, &status) == 0;
}

/* Finds the next rotated file; ERR_MISSING: there is none. */
static enum error
find_rotated(const struct files *files, struct file *file)
{
	struct segment *segments;
	size_t count, i = 0;
	enum error error = segment_list(files->directory, &segments, &count);

	/* ERR_MISSING: archive/ was removed while it was read. */
	if (error != ERR_NONE)
		return error == ERR_MISSING ? ERR_STALE : error;
	while (i < count && !is_later(files, &segments[i]))
		i++;
	if (i < count) {
		file->segment = segments[i];
		file->oldest = i == 0;
	}
	free(segments);
	return i < count ? ERR_NONE : ERR_MISSING;
}

static enum error
open_rotated(struct files *files, struct file *file)
{
	enum error error = find_rotated(files, file);

	if (error != ERR_NONE)
		return error;
	segment_path(&file->segment, file->name);
	open_name(files, file);
	/* It was compressed or removed after it was listed. */
	if (file->number == ENOENT)
		return ERR_STALE;
	file->live = false;
	file->twin = has_twin(files, file);
	files->any = true;
	files->last = file->segment;
	files->inode = file->fd != -1 ? file->inode : 0;
	return ERR_NONE;
}

/* Opens the live file, unless a rotation has replaced it since the rotated
 * files were listed. */
static enum error
open_live(const struct files *files, struct file *file)
{
	struct file rotated;
	enum error error;

	strcpy(file->name, SEGMENT_LIVE);
	open_name(files, file);
	if (file->number == ENOENT)
		return ERR_MISSING;
	error = find_rotated(files, &rotated);
	file->live = true;
	file->twin = false;
	file->oldest = !files->any;
	/* During a rotation, the file has both names. */
	if (error == ERR_MISSING && files->any && file->fd != -1 &&
	    file->inode == files->inode)
		error = ERR_BUSY;
	if (error == ERR_MISSING)
		return ERR_NONE;
	if (file->fd != -1)
		(void)io_close(file->fd);
	return error == ERR_NONE ? ERR_STALE : error;
}

enum error
files_next(struct files *files, struct file *file)
{
	enum error error = ERR_STALE;
	unsigned look;

	file->rotated = false;
	for (look = 0; look < LOOKS && (error == ERR_STALE ||
	    error == ERR_MISSING); look++) {
		error = open_rotated(files, file);
		if (error == ERR_MISSING)
			error = open_live(files, file);
	}
	return error;
}

bool
files_is_live(const struct files *files, const struct file *file)
{
	struct stat status;

	return io_fstatat(files->directory, SEGMENT_LIVE, &status) == 0 &&
	    status.st_ino == file->inode;
}

void
files_rotated(struct files *files, uint64_t first_seq)
{
	files->any = true;
	files->last = (struct segment){ .first_seq = first_seq,
	    .first_time = INT64_MAX };
}

/* The end of a file that hookline put aside is not foreign either. */
static bool
is_foreign(const char *name)
{
	const size_t length = strlen(name), suffix = sizeof SEGMENT_CUT_SUFFIX;
	char plain[SEGMENT_PATH_MAX];
	struct segment segment;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	if (length >= suffix && length < sizeof plain &&
	    strcmp(name + length + 1 - suffix, SEGMENT_CUT_SUFFIX) == 0) {
		memcpy(plain, name, length + 1 - suffix);
		plain[length + 1 - suffix] = '\0';
		return !segment_parse(plain, &segment);
	}
	return !segment_parse(name, &segment);
}

void
files_foreign(const struct files *files,
    void (*found)(void *context, const char *name), void *context)
{
	const struct dirent *entry;
	DIR *folder;
	int fd = io_openat(files->directory, SEGMENT_ARCHIVE,
	    O_RDONLY | O_DIRECTORY, 0);

	folder = fd == -1 ? NULL : fdopendir(fd);
	if (folder == NULL) {
		if (fd != -1)
			(void)io_close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		if (is_foreign(entry->d_name) ||
		    (entry->d_name[0] != '.' &&
		    !segment_is_file(dirfd(folder), entry)))
			found(context, entry->d_name);
	(void)closedir(folder);
}
