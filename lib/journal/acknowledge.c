#include "journal/acknowledge.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/guard.h"
#include "journal/layout.h"
#include "journal/relays_file.h"
#include "journal/wake.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 20	/* between two looks for another file */
#define NAP_MS 20	/* while there is no file */

struct acknowledge {
	int directory;
	char name[RELAYS_NAME_SIZE];
	const struct relays_file *file;	/* mapped, or NULL */
	const struct relays_place *place; /* the relay's, in it; or NULL */
	uint64_t inode;			/* of the file */
	int64_t look_at;
	uint32_t seen;			/* the place's turn */
	struct relays_status status;
	bool found;			/* the relay has published it */
};

/*
 * The file
 */

static void
forget_file(struct acknowledge *acknowledge)
{
	union { const struct relays_file *from; void *to; } map =
	    { .from = acknowledge->file };

	if (acknowledge->file != NULL)
		munmap(map.to, sizeof *acknowledge->file);
	acknowledge->file = NULL;
	acknowledge->place = NULL;
}

static void
map_file(struct acknowledge *acknowledge)
{
	struct stat status;
	int fd = io_openat(acknowledge->directory, RELAYS_NAME, O_RDONLY, 0);

	if (fd == -1)
		return;
	if (io_fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size == sizeof *acknowledge->file) {
		acknowledge->file = io_map(fd, sizeof *acknowledge->file,
		    false);
		acknowledge->inode = status.st_ino;
	}
	io_close(fd);
}

/* Makes sure that the file that is there is mapped. */
static void
follow(struct acknowledge *acknowledge)
{
	struct stat status;

	if (acknowledge->file != NULL && io_fstatat(acknowledge->directory,
	    RELAYS_NAME, &status) == 0 &&
	    status.st_ino == acknowledge->inode &&
	    status.st_size == sizeof *acknowledge->file)
		return;
	forget_file(acknowledge);
	map_file(acknowledge);
}

/*
 * Copies the relay's place, if it still is that. Reads `turn` first: a later
 * change of it then ends the wait. A relay that is just writing is at work; if
 * it was killed while it did, it is silent two seconds later.
 */
static bool
take(struct acknowledge *acknowledge, const struct relays_place *place)
{
	struct relays_status status;

	if (strncmp(place->status.name, acknowledge->name,
	    RELAYS_NAME_SIZE) != 0)
		return false;
	acknowledge->place = place;
	acknowledge->seen = place->turn;
	if (relays_copy(place, &status))
		acknowledge->status = status;
	else if (!acknowledge->found)
		acknowledge->status = (struct relays_status){
		    .beat_at = clock_boottime_us() };
	acknowledge->found = true;
	return true;
}

static void
find(void *argument)
{
	struct acknowledge *acknowledge = argument;
	const struct relays_file *file = acknowledge->file;
	size_t i;

	if (acknowledge->place != NULL && relays_file_is_ours(file) &&
	    take(acknowledge, acknowledge->place))
		return;
	acknowledge->place = NULL;
	acknowledge->found = false;
	for (i = 0; i < RELAYS_MAX && relays_file_is_ours(file); i++)
		if (take(acknowledge, &file->slots[i]))
			return;
}

void
acknowledge_look(struct acknowledge *acknowledge)
{
	int64_t now = clock_monotonic_ms();

	/* A file that has been replaced looks like a relay that is silent. */
	if (!acknowledge->found || now >= acknowledge->look_at ||
	    !relays_beats(&acknowledge->status)) {
		follow(acknowledge);
		acknowledge->look_at = now + LOOK_MS;
	}
	if (acknowledge->file != NULL && guard_run(find, acknowledge))
		return;
	acknowledge->found = false;
	forget_file(acknowledge);
}

/*
 * The rest
 */

struct acknowledge *
acknowledge_open(const char *directory, const char *name)
{
	struct acknowledge *new = calloc(1, sizeof *new);

	if (new == NULL)
		return NULL;
	guard_install();
	strncpy(new->name, name, sizeof new->name - 1);
	new->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (new->directory == -1) {
		free(new);
		return NULL;
	}
	return new;
}

void
acknowledge_close(struct acknowledge *acknowledge)
{
	if (acknowledge == NULL)
		return;
	forget_file(acknowledge);
	close(acknowledge->directory);
	free(acknowledge);
}

enum acknowledged
acknowledge_passed(const struct acknowledge *acknowledge,
    const struct state_mark *mark, uint64_t seq)
{
	const struct relays_status *status = &acknowledge->status;

	if (!acknowledge->found || !relays_beats(status))
		return ACKNOWLEDGE_SILENT;
	return state_mark_same(&status->mark, mark) && status->passed >= seq ?
	    ACKNOWLEDGE_PASSED : ACKNOWLEDGE_WAITING;
}

void
acknowledge_wait(const struct acknowledge *acknowledge, int wait_ms)
{
	int nap = wait_ms < NAP_MS ? wait_ms : NAP_MS;
	const struct timespec pause = { nap / 1000, nap % 1000 * 1000000L };

	if (acknowledge->place != NULL)
		(void)wake_wait(&acknowledge->place->turn, acknowledge->seen,
		    WAKE_ANY, wait_ms);
	else
		nanosleep(&pause, NULL);
}
