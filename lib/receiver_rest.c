/*
 * When a process has to end. Its sandbox is tied to the files that were there when
 * it began, so where others have taken their place it cannot go on: it answers 503
 * until it is a minute old, and then makes room for a new one. The minute bounds
 * how many are started, however often things change.
 */
#include "receiver_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/stat.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGE_MIN_MS 60000
#define LOOK_MS 1000		/* between two looks at what may have changed */
#define SPREAD 16		/* seconds: not all processes in the same one */

void
receiver_note_start(struct receiver *receiver)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	struct stat status;

	receiver->started = clock_monotonic_ms();
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

/* Whether the journal's folder is not the one that the sandbox allows. */
static bool
outgrown(const struct receiver *receiver)
{
	struct stat status;

	return receiver->bound && (stat(receiver->directory, &status) == -1 ||
	    status.st_dev != receiver->bound_device ||
	    status.st_ino != receiver->bound_inode);
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
	LOG(LOG_LEVEL_WARNING, "ending", LOG_TEXT("reason", reason),
	    LOG_NUMBER("seconds", (receiver->end - clock_monotonic_ms()) /
	    1000), LOG_TEXT("directory", receiver->directory));
}

void
receiver_outdated(struct receiver *receiver)
{
	if (!receiver->setup->cgi)
		end_by(receiver, "newer-version", 0);
}

bool
receiver_look_at_folder(struct receiver *receiver)
{
	static const char reason[] = "folder-replaced";
	bool replaced;

	if (receiver->setup->cgi || receiver->directory == NULL)
		return false;
	replaced = outgrown(receiver);
	if (replaced)
		end_by(receiver, reason, 0);
	else if (receiver->ending == reason)
		receiver->ending = NULL;	/* it is back */
	return replaced;
}

/* The old program does as well as it ever did: no answer suffers from this. */
static void
look_at_program(struct receiver *receiver)
{
	int64_t spread = getpid() % SPREAD * 1000;
	int64_t now = clock_monotonic_ms();
	int64_t oldest = receiver->started + AGE_MIN_MS;

	if (receiver->ending == NULL && program_replaced(receiver))
		end_by(receiver, "program-replaced",
		    (now > oldest ? now : oldest) + spread);
}

int
receiver_rest(void *argument)
{
	struct receiver *receiver = argument;
	int64_t now = clock_monotonic_ms();

	if (now - receiver->looked >= LOOK_MS) {
		receiver->looked = now;
		receiver_look_at_folder(receiver);
		look_at_program(receiver);
	}
	if (receiver->ending == NULL)
		return -1;
	return now < receiver->end ? (int)(receiver->end - now) : 0;
}
