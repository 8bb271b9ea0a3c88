#include "relay/claim.h"

#include "base/io.h"
#include "base/log.h"
#include "journal/layout.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOCK_MS 5000

/* The receiver might not be able to use the files of another user. */
static bool
is_owner(const char *directory, const struct stat *status)
{
	if (status->st_uid == geteuid())
		return true;
	LOG(LOG_LEVEL_ERROR, "relay-not-started",
	    LOG_TEXT("directory", directory),
	    LOG_TEXT("problem", "it belongs to another user"),
	    LOG_NUMBER("owner", status->st_uid),
	    LOG_NUMBER("user", geteuid()),
	    LOG_TEXT("remedy", "run hookline-relay as its owner: setpriv "
	    "--reuid OWNER --regid GROUP --init-groups, or runuser"));
	return false;
}

static bool
take_lock(int folder, const struct stat *status, struct claim *claim)
{
	(void)mkdirat(folder, RELAY_FOLDER, status->st_mode & 07777);
	claim->lock = io_openat(folder, RELAY_LOCK, O_RDWR | O_CREAT, 0600);
	if (claim->lock == -1)
		return false;
	claim->device = status->st_dev;
	claim->inode = status->st_ino;
	return io_lock(claim->lock, LOCK_MS) == 0;
}

static void
report(const char *directory, const struct claim *claim)
{
	LOG(LOG_LEVEL_ERROR, "relay-not-started",
	    LOG_TEXT("directory", directory), LOG_TEXT("problem",
	    claim->lock != -1 && errno == EAGAIN ?
	    "another hookline-relay is sending its records" : strerror(errno)));
}

bool
claim_take(const char *directory, struct claim *claim)
{
	int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;
	bool good = false;

	claim->lock = -1;
	if (folder == -1 || fstat(folder, &status) == -1)
		report(directory, claim);
	else if (is_owner(directory, &status)) {
		good = take_lock(folder, &status, claim);
		if (!good)
			report(directory, claim);
	}
	if (!good)
		claim_release(claim);
	if (folder != -1)
		io_close(folder);
	return good;
}

bool
claim_is_old(const char *directory, const struct claim *claim)
{
	struct stat status;

	return stat(directory, &status) == 0 &&
	    (status.st_dev != claim->device || status.st_ino != claim->inode);
}

void
claim_release(struct claim *claim)
{
	if (claim->lock != -1)
		io_close(claim->lock);
	claim->lock = -1;
}
