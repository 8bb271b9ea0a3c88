#include "config/internal.h"

#include "auth/secret.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICKS_LONGEST 20	/* ms to wait for the kernel's clock */
#define ENGINE_SECRETS "/run/secrets"

/*
 * Whose files are trusted
 */

/* Drops these bits from the mode of our own file. It may have been read by now,
 * so somebody else's change must still be noticed later. */
static bool
tighten(struct loading *loading, struct config_file *file, mode_t dropped,
    const char *fault)
{
	unsigned mode = file->status.st_mode & 07777;
	struct stat now;

	if (loading->search->look) {
		config_warn(loading, "%s: mode %04o is too open: %s; hookline "
		    "changes that when it reads the file", file->path, mode,
		    fault);
		return true;
	}
	if (fchmod(file->fd, mode & ~dropped) != 0 ||
	    fstat(file->fd, &now) != 0)
		return config_refuse(loading, CONFIG_UNSAFE,
		    "its mode is too open and could not be changed");
	file->status.st_mode = now.st_mode;
	file->status.st_ctim = now.st_ctim;
	config_warn(loading, "%s: mode %04o was too open and is %04o now",
	    file->path, mode, mode & ~dropped);
	return true;
}

static bool
check_file(struct loading *loading, struct config_file *file)
{
	uid_t owner, self = geteuid();
	mode_t mode;

	if (fstat(file->fd, &file->status) != 0)
		return config_refuse(loading, CONFIG_BAD, "%s",
		    strerror(errno));
	owner = file->status.st_uid;
	mode = file->status.st_mode;
	if (!S_ISREG(mode))
		return config_refuse(loading, CONFIG_BAD,
		    "is not a regular file");
	if (loading->search->believe)
		return true;
	if (owner != 0 && owner != self && owner != loading->executable_owner)
		return config_refuse(loading, CONFIG_UNSAFE, "belongs to user "
		    "%ld, not to root, user %ld or the executable's owner",
		    (long)owner, (long)self);
	if (mode & S_IWOTH)
		return config_refuse(loading, CONFIG_UNSAFE,
		    "everybody may write to it");
	if ((mode & S_IWGRP) == 0)
		return true;
	if (owner != self)
		return config_refuse(loading, CONFIG_UNSAFE,
		    "its group may write to it");
	return tighten(loading, file, S_IWGRP, "its group may write to it");
}

/* Container engines put secrets there with mode 0444: a container has no users
 * to hide them from. A link counts as the file that it leads to. */
static bool
is_from_engine(const struct config_file *file)
{
	char *resolved = realpath(file->path, NULL);
	bool inside = resolved != NULL &&
	    path_inside(resolved, ENGINE_SECRETS);

	free(resolved);
	return inside;
}

bool
config_file_hide(struct loading *loading, struct config_file *file)
{
	if ((file->status.st_mode & S_IROTH) == 0 ||
	    loading->search->believe || is_from_engine(file))
		return true;
	if (file->status.st_uid != geteuid())
		return config_refuse(loading, CONFIG_UNSAFE,
		    "contains secrets, and everybody may read it");
	return tighten(loading, file, S_IRWXO, "everybody may read it");
}

/*
 * Reading them
 */

/* A dangling link exists, and so does a file that we may not open. */
static void
refuse_closed(struct loading *loading, const char *path)
{
	const char *why = strerror(errno);
	struct stat status;

	if (lstat(path, &status) == 0)
		config_refuse(loading, CONFIG_BAD, "%s", why);
	else if (loading->named != NULL)
		config_refuse(loading, CONFIG_NO_SECRET,
		    "there is no such file");
	else
		config_refuse(loading, CONFIG_NONE, "%s", why);
}

struct config_file *
config_file_open(struct loading *loading, const char *path)
{
	struct config_file **end = &loading->config->files;
	struct config_file *file;
	/* O_NONBLOCK, so that a FIFO cannot block the process. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1) {
		refuse_closed(loading, path);
		return NULL;
	}
	file = calloc(1, sizeof *file + strlen(path) + 1);
	if (file == NULL) {
		(void)close(fd);
		config_no_memory(loading);
		return NULL;
	}
	file->fd = fd;
	strcpy(file->path, path);
	while (*end != NULL)
		end = &(*end)->next;
	*end = file;
	return check_file(loading, file) ? file : NULL;
}

/*
 * Two writes within one tick of the kernel's clock get the same time. Waits
 * until any later write must get a time other than the file's.
 */
static void
outwait_tick(const struct timespec *time)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };
	struct timespec now;
	int i;

	for (i = 0; i < TICKS_LONGEST; i++) {
		(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (now.tv_sec != time->tv_sec || now.tv_nsec != time->tv_nsec)
			return;
		(void)nanosleep(&millisecond, NULL);
	}
}

/* Asks for one byte more than the file has, to see whether it grew. If it did
 * not, the NUL goes there. */
char *
config_file_read(struct loading *loading, struct config_file *file)
{
	size_t size = (size_t)file->status.st_size;
	ssize_t got;
	char *text;

	if (file->status.st_size >= CONFIG_FILE_LONGEST) {
		config_refuse(loading, CONFIG_BAD, "must be smaller than 1 MB");
		return NULL;
	}
	text = secret_alloc(size + 1);
	if (text == NULL) {
		config_no_memory(loading);
		return NULL;
	}
	outwait_tick(&file->status.st_ctim);
	got = io_pread_all(file->fd, text, size + 1, 0);
	if (got == (ssize_t)size) {
		text[size] = '\0';
		return text;
	}
	config_refuse(loading, CONFIG_BAD, "%s", got == -1 ? strerror(errno) :
	    "changed while it was being read");
	secret_free(text);
	return NULL;
}

void
config_file_close(struct config_file *file)
{
	if (file->fd != -1)
		(void)close(file->fd);
	file->fd = -1;
}

void
config_files_free(struct config_file *file)
{
	struct config_file *next;

	for (; file != NULL; file = next) {
		next = file->next;
		config_file_close(file);
		free(file);
	}
}

/*
 * Whether they have changed
 */

static bool
same_time(const struct timespec *left, const struct timespec *right)
{
	return left->tv_sec == right->tv_sec &&
	    left->tv_nsec == right->tv_nsec;
}

/* A file that cannot be examined any more counts as changed. */
static bool
is_same(const struct config_file *file)
{
	const struct stat *then = &file->status;
	struct stat now;

	return stat(file->path, &now) == 0 && now.st_dev == then->st_dev &&
	    now.st_ino == then->st_ino && now.st_size == then->st_size &&
	    same_time(&now.st_mtim, &then->st_mtim) &&
	    same_time(&now.st_ctim, &then->st_ctim);
}

bool
config_changed(const struct config *config)
{
	const struct config_file *file = config->files;

	while (file != NULL && is_same(file))
		file = file->next;
	return file != NULL;
}

int64_t
config_modified(const struct config *config)
{
	const struct config_file *file;
	int64_t latest = 0, modified;

	for (file = config->files; file != NULL; file = file->next) {
		modified = clock_of(&file->status.st_mtim);
		if (modified > latest)
			latest = modified;
	}
	return latest;
}

const char *
config_file_name(const struct config *config, size_t n)
{
	const struct config_file *file = config->files;

	for (; file != NULL && n > 0; n--)
		file = file->next;
	return file != NULL ? file->path : NULL;
}
