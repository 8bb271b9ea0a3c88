#include "journal/shared.h"

#include "base/clock.h"

#include <string.h>

static const char magic[8] = "hookline";

void
shared_init(struct shared *shared, bool indexing)
{
	memset(shared, 0, sizeof *shared);
	memcpy(shared->magic, magic, sizeof magic);
	shared->layout = shared->tail = SHARED_LAYOUT;
	shared->rebuilding = 1;
	shared->indexing = indexing;
	clock_boot_id(shared->boot);
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

	clock_boot_id(boot);
	return memcmp(boot, shared->boot, sizeof boot) == 0;
}
