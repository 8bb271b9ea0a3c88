#include "config/internal.h"

#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICKS_LONGEST 20	/* milliseconds to wait for the kernel's clock */

/* For a file that the configuration names, the spot that names it comes first;
 * for the configuration itself the message has its name in front anyway. */
static enum config_status
refuse(const struct config_context *context, enum config_status status,
    const struct config_file *file, const char *what)
{
	if (file->spot.line == 0)
		return config_refuse(context, status, file->spot, "%s", what);
	return config_refuse(context, status, file->spot, "%s: %s",
	    file->path, what);
}

static enum config_status
tighten(const struct config_context *context, struct config_file *file,
    mode_t removed)
{
	mode_t mode = file->status.st_mode & 07777;

	if (context->search != NULL && context->search->look) {
		config_warn(context, "%s: mode %04o is too open: %s; hookline "
		    "ends that when it reads the file", file->path,
		    (unsigned)mode, removed == S_IWGRP ?
		    "its group may write to it" : "everybody may read it");
		return CONFIG_OK;
	}
	if (fchmod(file->fd, mode & ~removed) != 0 ||
	    fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_UNSAFE, file,
		    "its mode is too open, and could not be changed");
	config_warn(context, "%s: mode %04o was too open and is %04o now",
	    file->path, (unsigned)mode, (unsigned)(mode & ~removed));
	return CONFIG_OK;
}

static bool
believes_all(const struct config_context *context)
{
	return context->search != NULL && context->search->believe;
}

static enum config_status
check_owner(const struct config_context *context,
    const struct config_file *file)
{
	uid_t owner = file->status.st_uid;
	char text[128];

	if (owner == 0 || owner == geteuid() ||
	    owner == context->executable_owner)
		return CONFIG_OK;
	(void)snprintf(text, sizeof text, "belongs to user %ld, not to root, "
	    "user %ld or the executable's owner", (long)owner,
	    (long)geteuid());
	return refuse(context, CONFIG_UNSAFE, file, text);
}

static enum config_status
check_writers(const struct config_context *context, struct config_file *file)
{
	mode_t mode = file->status.st_mode;

	if (mode & S_IWOTH)
		return refuse(context, CONFIG_UNSAFE, file,
		    "everybody may write to it");
	if ((mode & S_IWGRP) == 0)
		return CONFIG_OK;
	if (file->status.st_uid != geteuid())
		return refuse(context, CONFIG_UNSAFE, file,
		    "its group may write to it");
	return tighten(context, file, S_IWGRP);
}

static enum config_status
check_file(const struct config_context *context, struct config_file *file)
{
	enum config_status status;

	if (fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_BAD, file,
		    strerror(errno));
	if (!S_ISREG(file->status.st_mode))
		return refuse(context, CONFIG_BAD, file,
		    "is not a regular file");
	if (believes_all(context))
		return CONFIG_OK;
	status = check_owner(context, file);
	return status != CONFIG_OK ? status :
	    check_writers(context, file);
}

enum config_status
config_file_open(const struct config_context *context, struct config_spot spot,
    const char *path, struct config_file *file)
{
	enum config_status status;

	file->path = path;
	file->spot = spot;
	/* O_NONBLOCK: a FIFO must not hold the process. */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd == -1) {
		const char *why = strerror(errno);

		/* A link to nowhere is there, and so is a closed file. */
		status = lstat(path, &file->status) == 0 ? CONFIG_BAD :
		    CONFIG_NONE;
		return refuse(context, status, file, why);
	}
	status = check_file(context, file);
	if (status != CONFIG_OK)
		config_file_close(file);
	return status;
}

enum config_status
config_file_hide(const struct config_context *context,
    struct config_file *file)
{
	if ((file->status.st_mode & S_IROTH) == 0 || believes_all(context))
		return CONFIG_OK;
	if (file->status.st_uid != geteuid())
		return refuse(context, CONFIG_UNSAFE, file,
		    "holds secrets, and everybody may read it");
	return tighten(context, file, S_IRWXO);
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

/* Asks for one byte more than the file had, to see whether it grew; where it
 * did not, the text's NUL goes there. */
static enum config_status
read_text(const struct config_context *context, struct config_file *file,
    char *text)
{
	size_t size = (size_t)file->status.st_size, length = 0;
	ssize_t got = 1;

	while (got != 0 && length <= size) {
		got = read(file->fd, text + length, size + 1 - length);
		if (got > 0)
			length += (size_t)got;
		else if (got < 0 && errno != EINTR)
			return refuse(context, CONFIG_BAD, file,
			    strerror(errno));
	}
	if (length != size)
		return refuse(context, CONFIG_BAD, file,
		    "changed while it was read");
	text[size] = '\0';
	return CONFIG_OK;
}

enum config_status
config_file_read(const struct config_context *context,
    struct config_file *file, char **text)
{
	enum config_status status;

	outwait_tick(&file->status);
	if (fstat(file->fd, &file->status) != 0)
		return refuse(context, CONFIG_BAD, file, strerror(errno));
	if (file->status.st_size >= CONFIG_FILE_LONGEST)
		return refuse(context, CONFIG_BAD, file, "is not under 1 MB");
	if (config_stamps_add(context->stamps, file->path, &file->status) !=
	    ERR_NONE)
		return config_no_memory(context);
	*text = secret_alloc((size_t)file->status.st_size + 1);
	if (*text == NULL)
		return config_no_memory(context);
	status = read_text(context, file, *text);
	if (status != CONFIG_OK)
		secret_free(*text);
	return status;
}

void
config_file_close(struct config_file *file)
{
	(void)close(file->fd);
	file->fd = -1;
}
