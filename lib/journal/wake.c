#include "journal/wake.h"

#include "base/clock.h"

#include <linux/futex.h>
#include <sys/syscall.h>

#include <errno.h>
#include <time.h>
#include <unistd.h>

/* FUTEX_WAIT takes a duration, FUTEX_WAIT_BITSET a time of the monotonic
 * clock. */
bool
wake_wait(const _Atomic uint32_t *word, uint32_t seen, uint32_t bits,
    int wait_ms)
{
	const bool any = bits == WAKE_ANY;
	const int64_t end = any ? wait_ms : clock_monotonic_ms() + wait_ms;
	const struct timespec time = { end / 1000, end % 1000 * 1000000 };

	return syscall(SYS_futex, word, any ? FUTEX_WAIT : FUTEX_WAIT_BITSET,
	    seen, &time, NULL, bits) == 0 || errno != ETIMEDOUT;
}

void
wake_some(const _Atomic uint32_t *word, int count, uint32_t bits)
{
	syscall(SYS_futex, word, FUTEX_WAKE_BITSET, count, NULL, NULL, bits);
}
