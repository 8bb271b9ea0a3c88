#include "journal/shared.h"

#include <string.h>

#define WINDOW_MAX (INT64_C(1) << 40)	/* seconds: more is garbage */

static const char magic[8] = "hookline";

void
shared_init(struct shared *shared, int64_t window)
{
	memset(shared, 0, sizeof *shared);
	memcpy(shared->magic, magic, sizeof magic);
	shared->layout = shared->tail = SHARED_LAYOUT;
	shared->rebuilding = 1;
	shared->indexing = window > 0;
	shared->window = window;
	clock_boot_id(shared->boot);
	shared->index.first = 1;
	shared->next_seq = 1;
	shared->generation = 1;
	shared->noted_generation = 1;
	shared->revision = SHARED_REVISION;
	shared->touched = clock_boot_seconds();
	shared->made_at = clock_boottime_us();
}

bool
shared_shape_ok(const struct shared *shared)
{
	return memcmp(shared->magic, magic, sizeof magic) == 0 &&
	    shared->layout == SHARED_LAYOUT && shared->tail == SHARED_LAYOUT &&
	    shared->rebuilding <= 1 && shared->next_seq > 0 &&
	    shared->appended < shared->next_seq &&
	    shared->durable <= shared->appended &&
	    shared->window >= 0 && shared->window <= WINDOW_MAX;
}

bool
shared_boot_ok(const struct shared *shared)
{
	static char boot[CLOCK_BOOT_ID_SIZE];

	/* A process does not outlive its boot. */
	if (boot[0] == '\0')
		clock_boot_id(boot);
	return memcmp(boot, shared->boot, sizeof boot) == 0;
}
