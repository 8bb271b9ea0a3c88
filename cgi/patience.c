#include "patience.h"

#include "base/clock.h"

#include <poll.h>
#include <time.h>

#define STEP_MS 1000	/* the longest wait, and the most that counts */

struct patience
patience_of(int64_t ms)
{
	return (struct patience){ ms, clock_monotonic_ms() };
}

void
patience_limit(struct patience *patience, int64_t ms)
{
	if (patience->left_ms > ms)
		patience->left_ms = ms;
}

bool
patience_lasts(struct patience *patience)
{
	int64_t now = clock_monotonic_ms(), passed = now - patience->seen_ms;

	patience->seen_ms = now;
	patience->left_ms -= passed < STEP_MS ? passed : STEP_MS;
	return patience->left_ms > 0;
}

/* Waits are short, so that time in which we are stopped hardly counts. */
static struct timespec
step_of(const struct patience *patience)
{
	if (patience->left_ms >= STEP_MS)
		return (struct timespec){ STEP_MS / 1000, 0 };
	return (struct timespec){ 0, (long)patience->left_ms * 1000000 };
}

enum patience_end
patience_wait(struct patience *patience, int fd, short events,
    const sigset_t *mask)
{
	struct pollfd peer = { .fd = fd, .events = events };

	while (patience_lasts(patience)) {
		const struct timespec step = step_of(patience);
		int ready = ppoll(&peer, 1, &step, mask);

		if (ready > 0)
			return PATIENCE_READY;
		if (ready == -1)
			return PATIENCE_SIGNAL;
	}
	return PATIENCE_OVER;
}
