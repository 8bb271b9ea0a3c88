#include "journal/shared.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char magic[8] = "hookline";

/* This boot's name; empty where the system has none. */
static void
read_boot_id(char out[BOOT_ID_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(out, 0, BOOT_ID_SIZE);
	if (fd == -1)
		return;
	if (read(fd, out, BOOT_ID_SIZE - 1) != BOOT_ID_SIZE - 1)
		memset(out, 0, BOOT_ID_SIZE);
	close(fd);
}

void
shared_init(struct shared *shared, bool indexing)
{
	memset(shared, 0, sizeof *shared);
	memcpy(shared->magic, magic, sizeof magic);
	shared->layout = shared->tail = SHARED_LAYOUT;
	shared->rebuilding = 1;
	shared->indexing = indexing;
	read_boot_id(shared->boot);
	shared->index.first = 1;
	shared->next_seq = 1;
	shared->generation = 1;
}

bool
shared_shape_ok(const struct shared *shared)
{
	return memcmp(shared->magic, magic, sizeof magic) == 0 &&
	    shared->layout == SHARED_LAYOUT && shared->tail == SHARED_LAYOUT &&
	    shared->rebuilding <= 1 && shared->next_seq > 0 &&
	    shared->appended < shared->next_seq &&
	    shared->durable <= shared->appended;
}

bool
shared_boot_ok(const struct shared *shared)
{
	char boot[BOOT_ID_SIZE];

	read_boot_id(boot);
	return memcmp(boot, shared->boot, sizeof boot) == 0;
}
