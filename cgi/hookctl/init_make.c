#include "hookctl/init.h"

#include "base/io.h"
#include "base/path.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define JOURNAL_MODE 0750	/* as the receiver makes it */
#define NEW "hookline.conf.new-XXXXXX" /* until the file is complete */

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Gives a folder that was just made to its owner. Afterwards its mode and its
 * name are on the disk. */
static bool
give_folder(int parent, const char *name, mode_t mode, uid_t owner,
    gid_t group)
{
	int fd = io_openat(parent, name, FOLDER_FLAGS, 0);
	bool good = fd != -1 && io_fchown(fd, owner, group) == 0 &&
	    fchmod(fd, mode) == 0 && io_fsync(fd) == 0 &&
	    io_fsync(parent) == 0;
	int number = errno;

	if (fd != -1)
		io_close(fd);
	if (!good)
		(void)unlinkat(parent, name, AT_REMOVEDIR);
	errno = number;
	return good;
}

/* False with errno. A folder that is there is fine, and left as it is. */
static bool
make_one(const char *path, mode_t mode, uid_t owner, gid_t group)
{
	char *above = path_folder(path);
	int parent = above != NULL ? open(above, FOLDER_FLAGS) : -1, number;
	bool good = parent != -1;

	if (good && io_mkdirat(parent, last_name(path), 0700) == 0)
		good = give_folder(parent, last_name(path), mode, owner,
		    group);
	else if (good)
		good = errno == EEXIST;
	number = errno;
	if (parent != -1)
		io_close(parent);
	free(above);
	errno = number;
	return good;
}

/* Makes those above it that are missing. They are our own. */
static bool
make_above(const struct init_place *place, char *path)
{
	char *slash;
	bool good = true;

	for (slash = strchr(path + 1, '/'); good && slash != NULL;
	    slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		good = access(path, F_OK) == 0 || make_one(path,
		    place->folder_mode, geteuid(), getegid());
		*slash = '/';
	}
	return good;
}

static enum status
make_folder(const struct init_place *place, const char *path, mode_t mode,
    uid_t owner, gid_t group)
{
	char *copy = strdup(path);
	bool good;

	if (copy == NULL)
		return fail(STATUS_FAILED, "out of memory");
	good = make_above(place, copy) && (access(path, F_OK) == 0 ||
	    make_one(path, mode, owner, group));
	free(copy);
	return good ? STATUS_DONE : fail(STATUS_FAILED, "cannot make %s: %s",
	    path, strerror(errno));
}

static bool
write_all(int fd, const char *text)
{
	size_t length = strlen(text), done = 0;
	ssize_t written;

	while (done < length) {
		written = io_write(fd, text + done, length - done);
		if (written <= 0)
			return false;
		done += (size_t)written;
	}
	return true;
}

/* Never replaces a file. Some file systems have no hard links. */
static int
give_name(int folder, const char *from, const char *to)
{
	if (io_linkat(folder, from, folder, to) == 0)
		return 0;
	return errno == EEXIST ? -1 : io_rename_new(folder, from, to);
}

/* The whole file, on the disk, by its own name. False with errno. */
static bool
write_file(int folder, int fd, const char *name,
    const struct init_place *place, const char *text)
{
	return io_fchown(fd, place->owner, place->group) == 0 &&
	    fchmod(fd, place->file_mode) == 0 && write_all(fd, text) &&
	    io_fsync(fd) == 0 &&
	    give_name(folder, name, last_name(place->file)) == 0 &&
	    io_fsync(folder) == 0;
}

static enum status
make_file(const struct init_place *place, const char *text)
{
	char new[sizeof NEW + 4096];
	int folder = open(place->folder, FOLDER_FLAGS), fd = -1, number;
	bool good;

	(void)snprintf(new, sizeof new, "%s/" NEW, place->folder);
	if (folder != -1)
		fd = mkostemp(new, O_CLOEXEC);
	good = fd != -1 && write_file(folder, fd, last_name(new), place, text);
	number = errno;
	if (fd != -1) {
		io_close(fd);
		/* It is gone if it was renamed. */
		(void)io_unlinkat(folder, last_name(new));
	}
	if (folder != -1)
		io_close(folder);
	if (!good && number == EEXIST)
		return init_place_taken(place);
	return good ? STATUS_DONE : fail(STATUS_FAILED, "cannot write %s: %s",
	    place->file, strerror(number));
}

enum status
init_make(const struct init_place *place, const char *text)
{
	enum status status = make_folder(place, place->folder,
	    place->folder_mode, geteuid(), getegid());

	if (status == STATUS_DONE && !place->journal_there)
		status = make_folder(place, place->journal, JOURNAL_MODE,
		    place->user.uid, place->user.gid);
	return status == STATUS_DONE ? make_file(place, text) : status;
}
