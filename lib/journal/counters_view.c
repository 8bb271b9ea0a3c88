#include "journal/counters_view.h"

#include "journal/guard.h"
#include "base/io.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct counters_view {
	const struct counters_file *file;
	int64_t since;
};

static enum error
map(struct counters_view *view, int fd)
{
	struct counters_start start;
	struct stat status;

	if (io_fstat(fd, &status) == -1)
		return error_from_errno(errno);
	if (!S_ISREG(status.st_mode) ||
	    status.st_size != (off_t)COUNTERS_SIZE ||
	    !counters_start_read(fd, &start))
		return ERR_MISSING;
	view->since = start.since;
	view->file = io_map(fd, COUNTERS_SIZE, false);
	return view->file != NULL ? ERR_NONE : ERR_BUSY;
}

static enum error
open_file(struct counters_view *view, int directory, const char *path)
{
	int folder = directory, fd;
	enum error error;

	if (directory == -1)
		folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder == -1)
		return error_from_errno(errno);
	fd = io_openat(folder, COUNTERS_NAME, O_RDONLY | O_NONBLOCK, 0);
	error = fd == -1 ? error_from_errno(errno) : map(view, fd);
	if (fd != -1)
		io_close(fd);
	if (directory == -1)
		io_close(folder);
	return error;
}

enum error
counters_view_open(int directory, const char *path,
    struct counters_view **view)
{
	struct counters_view *new = calloc(1, sizeof *new);
	enum error error;

	*view = NULL;
	if (new == NULL)
		return ERR_BUSY;
	guard_install();
	error = open_file(new, directory, path);
	if (error != ERR_NONE)
		counters_view_close(new);
	else
		*view = new;
	return error;
}

void
counters_view_close(struct counters_view *view)
{
	void *file;

	if (view == NULL)
		return;
	memcpy(&file, &view->file, sizeof file);
	if (file != NULL)
		(void)munmap(file, COUNTERS_SIZE);
	free(view);
}

int64_t
counters_view_since(const struct counters_view *view)
{
	return view->since;
}

/* What is copied out of the map in one go. */
struct copy {
	const struct counters_file *file;
	size_t slot;
	uint32_t hour;
	char *name;
	struct counters_numbers *numbers;
	bool used;
};

static void
copy_name(void *argument)
{
	struct copy *copy = argument;

	copy->used = copy->slot == 0 || copy->file->digests[copy->slot] != 0;
	memcpy(copy->name, copy->file->names[copy->slot], COUNTERS_NAME_SIZE);
	copy->name[COUNTERS_NAME_SIZE - 1] = '\0';
}

bool
counters_view_name(const struct counters_view *view, size_t slot,
    char name[COUNTERS_NAME_SIZE])
{
	struct copy copy = { .file = view->file, .slot = slot, .name = name };

	name[0] = '\0';
	return slot < COUNTERS_SLOTS && guard_run(copy_name, &copy) &&
	    copy.used;
}

static void
copy_totals(void *argument)
{
	const struct copy *copy = argument;
	const struct counters_totals *totals = &copy->file->totals[copy->slot];
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		copy->numbers->counts[i] = totals->counts[i];
	copy->numbers->bytes = totals->bytes;
}

bool
counters_view_totals(const struct counters_view *view, size_t slot,
    struct counters_numbers *numbers)
{
	struct copy copy = { .file = view->file, .slot = slot,
	    .numbers = numbers };

	memset(numbers, 0, sizeof *numbers);
	return slot < COUNTERS_SLOTS && guard_run(copy_totals, &copy);
}

static void
copy_hour(void *argument)
{
	const struct copy *copy = argument;
	const struct counters_hour *hour =
	    &copy->file->hours[copy->slot][copy->hour % COUNTERS_HOURS];
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		copy->numbers->counts[i] = hour->counts[i];
	copy->numbers->bytes = hour->bytes;
	/* Last, since a writer may begin another hour meanwhile. */
	if (hour->hour != copy->hour)
		memset(copy->numbers, 0, sizeof *copy->numbers);
}

bool
counters_view_hour(const struct counters_view *view, size_t slot,
    uint32_t hour, struct counters_numbers *numbers)
{
	struct copy copy = { .file = view->file, .slot = slot, .hour = hour,
	    .numbers = numbers };

	memset(numbers, 0, sizeof *numbers);
	return slot < COUNTERS_SLOTS && guard_run(copy_hour, &copy);
}
