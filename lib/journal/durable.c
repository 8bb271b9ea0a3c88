#include "journal/durable.h"

#include "base/io.h"
#include "journal/guard.h"
#include "journal/wake.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <time.h>

#define NAP_MS 50	/* writers do not always wake readers */

void
durable_close(struct durable *durable)
{
	union { const struct shared *from; void *to; } map =
	    { .from = durable->shared };

	if (durable->shared != NULL)
		munmap(map.to, SHARED_SIZE);
	durable->shared = NULL;
}

/* Maps the current state, or none if there is no usable one. */
static void
follow(struct durable *durable)
{
	struct stat status;
	int fd;

	if (durable->shared != NULL && io_fstatat(durable->directory,
	    SHARED_NAME, &status) == 0 && status.st_size == SHARED_SIZE &&
	    status.st_ino == durable->inode)
		return;
	durable_close(durable);
	fd = io_openat(durable->directory, SHARED_NAME, O_RDONLY, 0);
	if (fd == -1)
		return;
	if (io_fstat(fd, &status) == 0 && status.st_size == SHARED_SIZE) {
		durable->shared = io_map(fd, SHARED_SIZE, false);
		durable->inode = status.st_ino;
	}
	io_close(fd);
}

uint64_t
durable_seq(struct durable *durable)
{
	const struct shared *shared;

	follow(durable);
	shared = durable->shared;
	if (shared != NULL)
		durable->seen = *shared_durable_word(shared);
	if (shared == NULL || !shared_shape_ok(shared))
		return 0;
	/* After a restart, the files hold only what was on disk. */
	if (!shared_boot_ok(shared))
		return UINT64_MAX;
	if (shared->rebuilding)
		return 0;
	return shared->lazy ? shared->appended : shared->durable;
}

struct marking {
	const struct durable *durable;
	struct state_mark *mark;
	uint64_t *appended;
	bool usable;
};

static void
read_mark(void *argument)
{
	struct marking *marking = argument;
	const struct shared *shared = marking->durable->shared;

	state_mark_set(marking->mark, shared, marking->durable->inode);
	*marking->appended = shared->appended;
	marking->usable = shared_shape_ok(shared) && shared_boot_ok(shared) &&
	    !shared->rebuilding;
}

bool
durable_mark(struct durable *durable, struct state_mark *mark,
    uint64_t *appended)
{
	struct marking marking = { durable, mark, appended, false };

	follow(durable);
	return durable->shared != NULL && guard_run(read_mark, &marking) &&
	    marking.usable;
}

void
durable_wait(const struct durable *durable, int wait_ms)
{
	const struct shared *shared = durable->shared;
	int nap = wait_ms < NAP_MS ? wait_ms : NAP_MS;
	const struct timespec wait = { nap / 1000, nap % 1000 * 1000000L };

	if (shared != NULL)
		wake_wait(shared_durable_word(shared), durable->seen,
		    WAKE_ANY, nap);
	else
		nanosleep(&wait, NULL);
}
