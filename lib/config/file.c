#include "config/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICKS_LONGEST 20	/* milliseconds to wait for the kernel's clock */

static const struct config_spot nowhere;

/* For a file that the configuration names, the spot that names it comes first;
 * for the configuration itself the message has its name in front anyway. */
static enum config_status
refuse(const struct config_context *context, enum config_status status,
    struct config_spot spot, const struct config_file *file, const char *what)
{
	if (spot.line == 0)
		return config_refuse(context, status, nowhere, "%s", what);
	return config_refuse(context, status, spot, "%s: %s", file->path,
	    what);
}

static enum config_status
tighten(const struct config_context *context, struct config_spot spot,
    struct config_file *file, mode_t removed)
{
	mode_t mode = file->status.st_mode & 07777;

	if (fchmod(file->fd, mode & ~removed) != 0 ||
	    fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_UNSAFE, spot, file,
		    "its mode is too open, and could not be changed");
	config_warn(context, "%s: mode %04o was too open and is %04o now",
	    file->path, (unsigned)mode, (unsigned)(mode & ~removed));
	return CONFIG_OK;
}

static enum config_status
check_owner(const struct config_context *context, struct config_spot spot,
    const struct config_file *file)
{
	uid_t owner = file->status.st_uid;

	if (owner == 0 || owner == geteuid() ||
	    owner == context->executable_owner)
		return CONFIG_OK;
	return config_refuse(context, CONFIG_UNSAFE, spot, "%s%sbelongs to "
	    "user %ld, not to root, user %ld or the executable's owner",
	    spot.line != 0 ? file->path : "", spot.line != 0 ? ": " : "",
	    (long)owner, (long)geteuid());
}

static enum config_status
check_writers(const struct config_context *context, struct config_spot spot,
    struct config_file *file)
{
	mode_t mode = file->status.st_mode;

	if (mode & S_IWOTH)
		return refuse(context, CONFIG_UNSAFE, spot, file,
		    "everybody may write to it");
	if ((mode & S_IWGRP) == 0)
		return CONFIG_OK;
	if (file->status.st_uid != geteuid())
		return refuse(context, CONFIG_UNSAFE, spot, file,
		    "its group may write to it");
	return tighten(context, spot, file, S_IWGRP);
}

static enum config_status
check_file(const struct config_context *context, struct config_spot spot,
    struct config_file *file)
{
	enum config_status status;

	if (fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_BAD, spot, file,
		    strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return refuse(context, CONFIG_BAD, spot, file,
		    "is not a regular file");
	status = check_owner(context, spot, file);
	return status != CONFIG_OK ? status :
	    check_writers(context, spot, file);
}

enum config_status
config_file_open(const struct config_context *context, struct config_spot spot,
    const char *path, struct config_file *file)
{
	enum config_status status;

	file->path = path;
	/* O_NONBLOCK: a FIFO must not hold the process. */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd == -1) {
		const char *why = strerror(errno);

		/* A link to nowhere is there, and so is a closed file. */
		status = lstat(path, &file->status) == 0 ? CONFIG_BAD :
		    CONFIG_NONE;
		return refuse(context, status, spot, file, why);
	}
	status = check_file(context, spot, file);
	if (status != CONFIG_OK)
		config_file_close(file);
	return status;
}

enum config_status
config_file_hide(const struct config_context *context, struct config_spot spot,
    struct config_file *file)
{
	if ((file->status.st_mode & S_IROTH) == 0)
		return CONFIG_OK;
	if (file->status.st_uid != geteuid())
		return refuse(context, CONFIG_UNSAFE, spot, file,
		    "holds secrets, and everybody may read it");
	return tighten(context, spot, file, S_IRWXO);
}

/*
 * Two writes within one tick of the kernel's clock get the same time. Waits
 * until a write that is to come must get another one than the file has.
 */
static void
outwait_tick(const struct stat *status)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };
	struct timespec now;
	int i;

	for (i = 0; i < TICKS_LONGEST; i++) {
		(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (now.tv_sec != status->st_ctim.tv_sec ||
		    now.tv_nsec != status->st_ctim.tv_nsec)
			return;
		(void)nanosleep(&millisecond, NULL);
	}
}

/* Up to the capacity; false on failure. */
static bool
read_all(int fd, struct buffer *text)
{
	ssize_t got = 1;

	while (got != 0 && text->length < text->capacity) {
		got = read(fd, text->bytes + text->length,
		    text->capacity - text->length);
		if (got > 0)
			text->length += (size_t)got;
		else if (got < 0 && errno != EINTR)
			return false;
	}
	return true;
}

enum config_status
config_file_read(const struct config_context *context, struct config_spot spot,
    struct config_file *file, struct buffer *text)
{
	size_t size;

	outwait_tick(&file->status);
	if (fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_BAD, spot, file,
		    strerror(errno));
	size = (size_t)file->status.st_size;
	if (size >= CONFIG_FILE_LONGEST)
		return refuse(context, CONFIG_BAD, spot, file,
		    "is not under 1 MB");
	if (buffer_reserve(text, size + 1) != ERR_NONE ||
	    config_stamps_add(context->stamps, file->path, &file->status) !=
	    ERR_NONE)
		return config_no_memory(context);
	if (!read_all(file->fd, text))
		return refuse(context, CONFIG_BAD, spot, file,
		    strerror(errno));
	if (text->length != size)
		return refuse(context, CONFIG_BAD, spot, file,
		    "changed while it was read");
	text->bytes[size] = '\0';
	return CONFIG_OK;
}

void
config_file_close(struct config_file *file)
{
	(void)close(file->fd);
	file->fd = -1;
}
