#include "journal/relays.h"

#include "base/clock.h"
#include "base/io.h"
#include "journal/guard.h"
#include "journal/layout.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "hooklnRL"
#define LAYOUT 1
#define ALIVE_US (5 * CLOCK_SECOND)
#define COPIES 1000		/* of a slot, until one is whole */

/* A slot is free while its name is "". While `turn` is odd, its relay is
 * writing. */
struct slot {
	_Atomic uint32_t turn;
	struct relays_status status;
};

struct file {
	char magic[8];
	uint32_t layout;
	uint32_t size;
	struct slot slots[RELAYS_MAX];
};

struct relays_slot {
	int directory;
	char name[RELAYS_NAME_SIZE];
	struct file *file;	/* mapped, or NULL */
	struct slot *slot;	/* in it */
	uint64_t inode;
	int64_t look_at;	/* when to look for the file again */
};

/*
 * The file
 */

static bool
is_ours(const struct file *file)
{
	return memcmp(file->magic, MAGIC, sizeof file->magic) == 0 &&
	    file->layout == LAYOUT && file->size == sizeof *file;
}

static void
begin_file(struct file *file)
{
	memset(file, 0, sizeof *file);
	memcpy(file->magic, MAGIC, sizeof file->magic);
	file->layout = LAYOUT;
	file->size = sizeof *file;
}

/* Finds the slot of this name, or takes a free one. If all are taken, the one
 * that has been silent for the longest is given up. */
static void
take_slot(struct relays_slot *slot)
{
	struct slot *slots = slot->file->slots, *oldest = slots;
	size_t i;

	for (i = 0; i < RELAYS_MAX; i++) {
		if (strncmp(slots[i].status.name, slot->name,
		    RELAYS_NAME_SIZE) == 0) {
			slot->slot = &slots[i];
			return;
		}
		if (slots[i].status.alive_at < oldest->status.alive_at)
			oldest = &slots[i];
	}
	memset(&oldest->status, 0, sizeof oldest->status);
	strcpy(oldest->status.name, slot->name);
	slot->slot = oldest;
}

static void
prepare(void *argument)
{
	struct relays_slot *slot = argument;

	if (!is_ours(slot->file))
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
	struct stat status;
	void *map;

	if (io_lock(fd, 1000) == -1 || io_fstat(fd, &status) == -1 ||
	    !S_ISREG(status.st_mode) || (status.st_size !=
	    sizeof(struct file) && io_ftruncate(fd, sizeof(struct file)) ==
	    -1))
		return;
	map = mmap(NULL, sizeof(struct file), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return;
	slot->file = map;
	slot->inode = status.st_ino;
	if (!guard_run(prepare, slot))
		forget_file(slot);
}

/* Makes sure that the file that is there is mapped. The folder .state is the
 * receiver's to make. */
static void
follow(struct relays_slot *slot)
{
	struct stat status;
	int fd;

	if (slot->file != NULL && io_fstatat(slot->directory, RELAYS_NAME,
	    &status) == 0 && status.st_ino == slot->inode &&
	    status.st_size == sizeof(struct file))
		return;
	forget_file(slot);
	fd = io_openat(slot->directory, RELAYS_NAME, O_RDWR | O_CREAT, 0640);
	if (fd == -1)
		return;
	map_file(slot, fd);
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
	struct slot *slot;
	const struct relays_status *status;
	const char *name;
};

static void
write_slot(void *argument)
{
	const struct writing *writing = argument;
	struct slot *slot = writing->slot;

	slot->turn |= 1;
	atomic_thread_fence(memory_order_seq_cst);
	slot->status = *writing->status;
	memset(slot->status.name, 0, sizeof slot->status.name);
	strcpy(slot->status.name, writing->name);
	slot->status.alive_at = clock_boottime_us();
	atomic_thread_fence(memory_order_seq_cst);
	slot->turn++;
}

void
relays_publish(struct relays_slot *slot, const struct relays_status *status)
{
	struct writing writing = { .status = status, .name = slot->name };
	int64_t now = clock_monotonic_ms();

	if (now >= slot->look_at) {
		follow(slot);
		slot->look_at = now + 1000;
	}
	writing.slot = slot->slot;
	if (slot->slot != NULL && !guard_run(write_slot, &writing))
		forget_file(slot);
}

/*
 * For readers
 */

struct looking {
	const struct file *file;
	const char *name;
	struct relays_status status;
	bool found;
};

/* Copies a slot; false if its relay was writing all the while. */
static bool
copy_slot(const struct slot *slot, struct relays_status *status)
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

static void
look(void *argument)
{
	struct looking *looking = argument;
	const struct file *file = looking->file;
	size_t i;

	if (!is_ours(file))
		return;
	for (i = 0; i < RELAYS_MAX && !looking->found; i++)
		looking->found = strncmp(file->slots[i].status.name,
		    looking->name, RELAYS_NAME_SIZE) == 0 &&
		    copy_slot(&file->slots[i], &looking->status);
}

enum error
relays_look(int directory, const char *name, struct relays_status *status)
{
	struct looking looking = { .name = name };
	int fd = io_openat(directory, RELAYS_NAME, O_RDONLY, 0);
	struct stat file;
	void *map = MAP_FAILED;

	if (fd == -1)
		return error_from_errno(errno);
	if (io_fstat(fd, &file) == 0 && S_ISREG(file.st_mode) &&
	    file.st_size == sizeof(struct file))
		map = mmap(NULL, sizeof(struct file), PROT_READ, MAP_SHARED,
		    fd, 0);
	io_close(fd);
	if (map == MAP_FAILED)
		return ERR_MISSING;
	guard_install();
	looking.file = map;
	(void)guard_run(look, &looking);
	munmap(map, sizeof(struct file));
	if (!looking.found)
		return ERR_MISSING;
	*status = looking.status;
	status->name[RELAYS_NAME_SIZE - 1] = '\0';
	status->text[RELAYS_TEXT_SIZE - 1] = '\0';
	return ERR_NONE;
}

bool
relays_alive(const struct relays_status *status)
{
	int64_t silent = clock_boottime_us() - status->alive_at;

	return status->state != RELAYS_ENDED && silent >= 0 &&
	    silent < ALIVE_US;
}
