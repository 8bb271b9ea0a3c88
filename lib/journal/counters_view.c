#include "journal/counters_view.h"

#include "base/io.h"
#include "journal/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct counters_view {
	struct counters_map map;
};

static enum error
open_file(int folder, struct counters_map *map)
{
	enum error error;
	int fd = io_openat(folder, COUNTERS_NAME, O_RDONLY, 0);

	if (fd == -1)
		return error_from_errno(errno);
	error = counters_map(fd, false, map);
	io_close(fd);
	return error == ERR_DAMAGED ? ERR_MISSING : error;
}

enum error
counters_view_open(int directory, const char *path,
    struct counters_view **view)
{
	struct counters_view *new = calloc(1, sizeof *new);
	int folder = directory;
	enum error error;

	*view = NULL;
	if (new == NULL)
		return ERR_MEMORY;
	guard_install();
	if (directory == -1)
		folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	error = folder == -1 ? error_from_errno(errno) :
	    open_file(folder, &new->map);
	if (directory == -1 && folder != -1)
		io_close(folder);
	if (error == ERR_NONE)
		*view = new;
	else
		free(new);
	return error;
}

void
counters_view_close(struct counters_view *view)
{
	if (view == NULL)
		return;
	counters_unmap(&view->map);
	free(view);
}

int64_t
counters_view_since(const struct counters_view *view)
{
	return view->map.since;
}

/* What is copied out of the map at one time: a slot's name and totals, and one
 * of its hours. */
struct copy {
	const struct counters_file *file;
	size_t slot;
	uint32_t number;	/* of the hour */
	bool used;
	char name[COUNTERS_NAME_SIZE];
	struct counters_numbers totals, hour;
};

static void
copy_all(void *argument)
{
	struct copy *copy = argument;
	const struct counters_file *file = copy->file;
	const struct counters_totals *totals = &file->totals[copy->slot];
	const struct counters_hour *hour =
	    &file->hours[copy->slot][copy->number % COUNTERS_HOURS];
	size_t i;

	copy->used = copy->slot == 0 || file->digests[copy->slot] != 0;
	memcpy(copy->name, file->names[copy->slot], COUNTERS_NAME_SIZE);
	copy->name[COUNTERS_NAME_SIZE - 1] = '\0';
	for (i = 0; i < COUNTERS; i++) {
		copy->totals.counts[i] = totals->counts[i];
		copy->hour.counts[i] = hour->counts[i];
	}
	copy->totals.bytes = totals->bytes;
	copy->totals.took_us = file->took_us[copy->slot];
	copy->hour.bytes = hour->bytes;
	/* Checked last, since a writer may begin another hour meanwhile. */
	if (hour->hour != copy->number)
		memset(&copy->hour, 0, sizeof copy->hour);
}

static bool
look(const struct counters_view *view, size_t slot, struct copy *copy)
{
	copy->file = view->map.file;
	copy->slot = slot;
	return slot < COUNTERS_SLOTS && guard_run(copy_all, copy);
}

bool
counters_view_name(const struct counters_view *view, size_t slot,
    char name[COUNTERS_NAME_SIZE])
{
	struct copy copy = { 0 };
	bool used = look(view, slot, &copy) && copy.used;

	memcpy(name, copy.name, COUNTERS_NAME_SIZE);
	return used;
}

bool
counters_view_totals(const struct counters_view *view, size_t slot,
    struct counters_numbers *numbers)
{
	struct copy copy = { 0 };
	bool whole = look(view, slot, &copy);

	*numbers = copy.totals;
	return whole;
}

bool
counters_view_hour(const struct counters_view *view, size_t slot,
    uint32_t hour, struct counters_numbers *numbers)
{
	struct copy copy = { .number = hour };
	bool whole = look(view, slot, &copy);

	*numbers = copy.hour;
	return whole;
}
