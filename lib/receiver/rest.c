/*
 * When a process has to end. Its sandbox is tied to the files that were there when
 * it began, so where others have taken their place it cannot go on: it answers 503
 * until it is a minute old, and then makes room for a new one. The minute bounds
 * how many are started, however often things change.
 */
#include "receiver/internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGE_MIN_MS 60000
#define LOOK_MS 1000		/* between two looks at what may have changed */
#define SPREAD 16		/* seconds: not all processes in the same one */

static const char folder[] = "folder-replaced";
static const char configuration[] = "configuration-not-usable";

void
receiver_note_start(struct receiver *receiver)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	struct stat status;

	receiver->started = clock_monotonic_ms();
	receiver->parent = getppid();
	receiver->unit = getenv("INVOCATION_ID") != NULL;
	/* While the sandbox allows it. */
	receiver->own_file = receiver->setup->cgi ?
	    open("/proc/self/exe", O_RDONLY | O_CLOEXEC) : -1;
	if (length <= 0)
		return;
	path[length] = '\0';
	if (stat(path, &status) == -1)
		return;
	receiver->program = strdup(path);
	receiver->program_device = status.st_dev;
	receiver->program_inode = status.st_ino;
}

/* One that was removed and has no successor yet is not replaced. */
static bool
program_replaced(const struct receiver *receiver)
{
	struct stat status;

	return receiver->program != NULL &&
	    stat(receiver->program, &status) == 0 &&
	    (status.st_dev != receiver->program_device ||
	    status.st_ino != receiver->program_inode);
}

/* Why the sandbox does not allow what is needed; NULL: it does. What is wrong with
 * a configuration may be just that: a new process will know better. */
static const char *
out_of_bounds(const struct receiver *receiver)
{
	struct stat status;

	if (!receiver->sandbox.files)
		return NULL;
	if (receiver->config == NULL)
		return configuration;
	return stat(receiver->directory, &status) == -1 ||
	    status.st_dev != receiver->bound_device ||
	    status.st_ino != receiver->bound_inode ? folder : NULL;
}

bool
receiver_is_bounded(const struct receiver *receiver)
{
	return out_of_bounds(receiver) != NULL;
}

/*
 * Whether somebody starts a new process when this one ends: its web server, or
 * systemd. spawn-fcgi leaves its processes to whoever adopts orphans.
 */
static bool
is_watched(const struct receiver *receiver)
{
	return receiver->unit ||
	    (receiver->parent > 1 && getppid() == receiver->parent);
}

static void
end_by(struct receiver *receiver, const char *reason, int64_t end)
{
	int64_t oldest = receiver->started + AGE_MIN_MS;

	receiver->ending = reason;
	receiver->end = end > oldest ? end : oldest;
	if (receiver->said == reason)
		return;
	receiver->said = reason;
	if (is_watched(receiver))
		LOG(LOG_LEVEL_WARNING, "ending", LOG_TEXT("reason", reason),
		    LOG_NUMBER("seconds", (receiver->end -
		    clock_monotonic_ms()) / 1000),
		    LOG_TEXT("directory", receiver->directory));
	else
		LOG(LOG_LEVEL_ERROR, "restart-needed",
		    LOG_TEXT("reason", reason),
		    LOG_TEXT("directory", receiver->directory));
}

void
receiver_outdated(struct receiver *receiver)
{
	if (!receiver->setup->cgi)
		end_by(receiver, "newer-version", 0);
}

bool
receiver_look_at_bounds(struct receiver *receiver)
{
	const char *reason = out_of_bounds(receiver);

	if (receiver->setup->cgi)
		return false;
	if (reason != NULL)
		end_by(receiver, reason, 0);
	else if (receiver->ending == folder ||
	    receiver->ending == configuration)
		receiver->ending = NULL;	/* it is back */
	return reason != NULL;
}

/* Until then lines go into the old file. */
static void
look_at_log(struct receiver *receiver, int64_t end)
{
	if (!log_follow() && receiver->sandbox.files && receiver->ending == NULL)
		end_by(receiver, "log-file-renamed", end);
}

/* The old program does as well as it ever did: no answer suffers from this. */
static void
look_at_program(struct receiver *receiver, int64_t end)
{
	if (receiver->ending == NULL && program_replaced(receiver))
		end_by(receiver, "program-replaced", end);
}

static void
look(struct receiver *receiver, int64_t now)
{
	int64_t oldest = receiver->started + AGE_MIN_MS;
	int64_t end = (now > oldest ? now : oldest) +
	    getpid() % SPREAD * 1000;

	receiver_look_at_bounds(receiver);
	look_at_log(receiver, end);
	look_at_program(receiver, end);
}

int
receiver_rest(void *argument)
{
	struct receiver *receiver = argument;
	int64_t now = clock_monotonic_ms();

	if (now - receiver->looked >= LOOK_MS) {
		receiver->looked = now;
		look(receiver, now);
	}
	if (receiver->ending == NULL || !is_watched(receiver))
		return -1;
	return now < receiver->end ? (int)(receiver->end - now) : 0;
}
