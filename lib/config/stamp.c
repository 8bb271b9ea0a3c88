#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

enum error
config_stamps_add(struct config_stamps *stamps, const char *path,
    const struct stat *status)
{
	struct config_stamp *items = reallocarray(stamps->items,
	    stamps->count + 1, sizeof *items);
	char *copy = strdup(path);

	if (items != NULL)
		stamps->items = items;
	if (items == NULL || copy == NULL) {
		free(copy);
		return ERR_BUSY;
	}
	items[stamps->count++] = (struct config_stamp){ copy, *status };
	return ERR_NONE;
}

void
config_stamps_free(struct config_stamps *stamps)
{
	size_t i;

	if (stamps == NULL)
		return;
	for (i = 0; i < stamps->count; i++)
		free(stamps->items[i].path);
	free(stamps->items);
	free(stamps);
}

static bool
same_time(const struct timespec *left, const struct timespec *right)
{
	return left->tv_sec == right->tv_sec &&
	    left->tv_nsec == right->tv_nsec;
}

/* A file that cannot be looked at any more has changed, too. */
static bool
is_same(const struct config_stamp *stamp)
{
	const struct stat *then = &stamp->status;
	struct stat now;

	return stat(stamp->path, &now) == 0 && now.st_dev == then->st_dev &&
	    now.st_ino == then->st_ino && now.st_size == then->st_size &&
	    same_time(&now.st_mtim, &then->st_mtim) &&
	    same_time(&now.st_ctim, &then->st_ctim);
}

bool
config_changed(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->stamps->count; i++)
		if (!is_same(&config->stamps->items[i]))
			return true;
	return false;
}

int64_t
config_modified(const struct config *config)
{
	int64_t latest = 0;
	size_t i;

	for (i = 0; i < config->stamps->count; i++) {
		const struct timespec *time =
		    &config->stamps->items[i].status.st_mtim;
		int64_t modified = time->tv_sec * INT64_C(1000000) +
		    time->tv_nsec / 1000;

		if (modified > latest)
			latest = modified;
	}
	return latest;
}

const char *
config_file_name(const struct config *config, size_t n)
{
	return n < config->stamps->count ? config->stamps->items[n].path :
	    NULL;
}
