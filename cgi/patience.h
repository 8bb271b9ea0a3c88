/*
 * patience: how much longer a peer may take. Time in which this process does
 * not run (stopped by SIGSTOP, or starved) is not the peer's fault, and hardly
 * counts: of the time between two looks at the clock, at most a second.
 */
#ifndef HOOKLINE_PATIENCE_H
#define HOOKLINE_PATIENCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct patience {
	int64_t left_ms;
	int64_t seen_ms;	/* the clock's value at the last look */
};

struct patience patience_of(int64_t ms);

/* Allows no more than this many milliseconds from now on. */
void patience_limit(struct patience *patience, int64_t ms);

/* Whether any patience is left. */
bool patience_lasts(struct patience *patience);

enum patience_end { PATIENCE_READY, PATIENCE_SIGNAL, PATIENCE_OVER };

/*
 * Waits until `fd` is ready for `events` (POLLIN or POLLOUT), a signal is
 * caught, or no patience is left. `mask` is the signal mask meanwhile, as with
 * ppoll(2); NULL keeps the current one.
 */
enum patience_end patience_wait(struct patience *patience, int fd,
    short events, const sigset_t *mask);

#endif
