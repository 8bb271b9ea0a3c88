#include "journal/relays.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/guard.h"
#include "journal/layout.h"
#include "journal/relays_file.h"
#include "journal/wake.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 200		/* between two looks for the file */

struct relays_slot {
	int directory;
	char name[RELAYS_NAME_SIZE];
	struct relays_file *file;	/* mapped, or NULL */
	struct relays_place *slot;	/* in it */
	uint64_t inode;
	int64_t look_at;	/* when to look for the file again */
};

/*
 * The file
 */

static void
begin_file(struct relays_file *file)
{
	memset(file, 0, sizeof *file);
	memcpy(file->magic, RELAYS_MAGIC, sizeof file->magic);
	file->layout = RELAYS_LAYOUT;
	file->size = sizeof *file;
}

/* When a slot was last written; a free one counts as the oldest. */
static int64_t
written_at(const struct relays_place *slot)
{
	return *slot->status.name == '\0' ? -1 : slot->status.alive_at;
}

/* Finds the slot of this name, or takes a free one. If all are taken, it takes
 * over the one that has been silent the longest. The new slot is stamped at
 * once, or the next relay would take it away again. */
static void
take_slot(struct relays_slot *slot)
{
	struct relays_place *slots = slot->file->slots, *oldest = slots;
	size_t i;

	for (i = 0; i < RELAYS_MAX; i++) {
		if (strncmp(slots[i].status.name, slot->name,
		    RELAYS_NAME_SIZE) == 0) {
			slot->slot = &slots[i];
			return;
		}
		if (written_at(&slots[i]) < written_at(oldest))
			oldest = &slots[i];
	}
	memset(&oldest->status, 0, sizeof oldest->status);
	strcpy(oldest->status.name, slot->name);
	oldest->status.alive_at = clock_boottime_us();
	slot->slot = oldest;
}

static void
prepare(void *argument)
{
	struct relays_slot *slot = argument;

	if (!relays_file_is_ours(slot->file))
		begin_file(slot->file);
	take_slot(slot);
}

static void
forget_file(struct relays_slot *slot)
{
	if (slot->file != NULL)
		munmap(slot->file, sizeof *slot->file);
	slot->file = NULL;
	slot->slot = NULL;
}

static void
map_file(struct relays_slot *slot, int fd)
{
	const off_t size = sizeof(struct relays_file);
	struct stat status;
	void *map;

	if (io_lock(fd, 1000) == -1 || io_fstat(fd, &status) == -1 ||
	    !S_ISREG(status.st_mode) ||
	    (status.st_size != size && io_ftruncate(fd, size) == -1))
		return;
	map = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	if (map == MAP_FAILED)
		return;
	slot->file = map;
	slot->inode = status.st_ino;
	if (!guard_run(prepare, slot))
		forget_file(slot);
}

/* Makes sure that the file now at this name is the one that is mapped. Does not
 * make the folder .state, which is left to the receiver. */
static void
follow(struct relays_slot *slot)
{
	struct stat status;
	int fd;

	if (slot->file != NULL && io_fstatat(slot->directory, RELAYS_NAME,
	    &status) == 0 && status.st_ino == slot->inode &&
	    status.st_size == sizeof(struct relays_file))
		return;
	forget_file(slot);
	fd = io_openat(slot->directory, RELAYS_NAME, O_RDWR | O_CREAT, 0640);
	if (fd == -1)
		return;
	map_file(slot, fd);
	/* The map would keep the lock. */
	io_unlock(fd);
	io_close(fd);
}

/*
 * For a relay
 */

struct relays_slot *
relays_open(int directory, const char *name)
{
	struct relays_slot *slot = calloc(1, sizeof *slot);

	if (slot == NULL)
		return NULL;
	guard_install();
	slot->directory = directory;
	strncpy(slot->name, name, sizeof slot->name - 1);
	return slot;
}

void
relays_close(struct relays_slot *slot)
{
	if (slot == NULL)
		return;
	forget_file(slot);
	free(slot);
}

struct writing {
	struct relays_place *slot;
	struct relays_status status;
};

/* The name stays the same at any moment: readers find the slot by it. */
static void
write_slot(void *argument)
{
	const struct writing *writing = argument;
	struct relays_place *slot = writing->slot;

	slot->turn |= 1;
	atomic_thread_fence(memory_order_seq_cst);
	slot->status = writing->status;
	atomic_thread_fence(memory_order_seq_cst);
	slot->turn++;
}

void
relays_publish(struct relays_slot *slot, const struct relays_status *status)
{
	struct writing writing = { .status = *status };
	int64_t now = clock_monotonic_ms();

	memcpy(writing.status.name, slot->name, sizeof slot->name);
	writing.status.alive_at = clock_boottime_us();

	if (now >= slot->look_at) {
		follow(slot);
		slot->look_at = now + LOOK_MS;
	}
	writing.slot = slot->slot;
	if (slot->slot == NULL)
		return;
	if (guard_run(write_slot, &writing))
		wake_some(&slot->slot->turn, INT_MAX, WAKE_ANY);
	else
		forget_file(slot);
}
