/* What readers see of .state/relays; see relays.h. */
#include "journal/relays_file.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/guard.h"
#include "journal/layout.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#define ALIVE_US (5 * CLOCK_SECOND)
#define BEAT_US (2 * CLOCK_SECOND)
#define COPIES 1000		/* of a slot, until one is whole */

bool
relays_copy(const struct relays_place *slot, struct relays_status *status)
{
	uint32_t turn;
	unsigned i;

	for (i = 0; i < COPIES; i++) {
		turn = atomic_load(&slot->turn);
		atomic_thread_fence(memory_order_seq_cst);
		*status = slot->status;
		atomic_thread_fence(memory_order_seq_cst);
		if (turn % 2 == 0 && atomic_load(&slot->turn) == turn)
			return true;
		sched_yield();
	}
	return false;
}

struct listing {
	const struct relays_file *file;
	bool ours;
	struct relays_status *statuses;
	size_t count;
};

static void
list(void *argument)
{
	struct listing *listing = argument;
	struct relays_status *status;
	size_t i;

	listing->ours = relays_file_is_ours(listing->file);
	for (i = 0; i < RELAYS_MAX && listing->ours; i++) {
		status = &listing->statuses[listing->count];
		if (!relays_copy(&listing->file->slots[i], status))
			continue;
		status->name[RELAYS_NAME_SIZE - 1] = '\0';
		status->text[RELAYS_TEXT_SIZE - 1] = '\0';
		if (*status->name != '\0')
			listing->count++;
	}
}

enum error
relays_list(int directory, struct relays_status statuses[RELAYS_MAX],
    size_t *count)
{
	struct listing listing = { .statuses = statuses };
	int fd = io_openat(directory, RELAYS_NAME, O_RDONLY, 0);
	struct stat file;
	void *map = MAP_FAILED;

	*count = 0;
	if (fd == -1)
		return error_from_errno(errno);
	if (io_fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
	    file.st_size == sizeof(struct relays_file))
		map = mmap(NULL, sizeof(struct relays_file), PROT_READ,
		    MAP_SHARED, fd, 0);
	io_close(fd);
	if (map == MAP_FAILED)
		return ERR_MISSING;
	guard_install();
	listing.file = map;
	/* If the file is cut short, the slots read before that are good. */
	(void)guard_run(list, &listing);
	munmap(map, sizeof(struct relays_file));
	*count = listing.count;
	return listing.ours ? ERR_NONE : ERR_MISSING;
}

enum error
relays_look(int directory, const char *name, struct relays_status *status)
{
	struct relays_status statuses[RELAYS_MAX];
	size_t count, i;
	enum error error = relays_list(directory, statuses, &count);

	if (error != ERR_NONE)
		return error;
	for (i = 0; i < count; i++)
		if (strcmp(statuses[i].name, name) == 0) {
			*status = statuses[i];
			return ERR_NONE;
		}
	return ERR_MISSING;
}

bool
relays_alive(const struct relays_status *status)
{
	int64_t silent = clock_boottime_us() - status->alive_at;

	return status->state != RELAYS_ENDED && silent >= 0 &&
	    silent < ALIVE_US;
}

/* One of an earlier boot may seem to be in the future. */
bool
relays_beats(const struct relays_status *status)
{
	int64_t silent = clock_boottime_us() - status->beat_at;

	return status->beat_at != 0 && silent >= 0 && silent <= BEAT_US;
}
