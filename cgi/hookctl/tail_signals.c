#include "hookctl/tail_signals.h"

#include "base/clock.h"

#include <signal.h>
#include <stddef.h>

#define SAME_MS 100	/* signals within it of the first are one request */

static volatile sig_atomic_t stops, held;
static volatile int64_t asked;	/* the first time; clock_monotonic_ms() */

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };

#define CAUGHT (sizeof caught / sizeof caught[0])

static void
note_signal(int number)
{
	int64_t now;

	if (number == SIGCHLD)
		return;
	/* timeout(1) signals its child and then the group that it is in. */
	now = clock_monotonic_ms();
	if (stops == 0)
		asked = now;
	else if (now - asked < SAME_MS)
		return;
	stops++;
	/* Nothing else ends a write that is blocked by a reader that hangs. */
	if (stops > 1 && !held) {
		signal(number, SIG_DFL);
		(void)raise(number);
	}
}

void
signals_take(void)
{
	struct sigaction action = { .sa_handler = note_signal,
	    .sa_flags = SA_RESTART }, before;
	size_t i;

	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < CAUGHT; i++)
		(void)sigaddset(&action.sa_mask, caught[i]);
	for (i = 0; i < CAUGHT; i++) {
		/* nohup(1) has HUP ignored, a shell's & has INT. */
		if ((caught[i] == SIGHUP || caught[i] == SIGINT) &&
		    sigaction(caught[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(caught[i], &action, NULL);
	}
}

unsigned
signals_stops(void)
{
	return (unsigned)stops;
}

static void
mask(int how)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < CAUGHT; i++)
		(void)sigaddset(&set, caught[i]);
	(void)sigprocmask(how, &set, NULL);
}

void
signals_hold(void)
{
	mask(SIG_BLOCK);
	held = 1;
}

void
signals_release(void)
{
	held = 0;
	mask(SIG_UNBLOCK);
}

void
signals_poll(struct pollfd *fds, nfds_t count, int64_t ms)
{
	struct timespec wait = { 0 };
	sigset_t none;

	if (ms > 0) {
		wait.tv_sec = (time_t)(ms / 1000);
		wait.tv_nsec = (long)(ms % 1000) * 1000000;
	}
	(void)sigemptyset(&none);
	(void)ppoll(fds, count, &wait, &none);
}

bool
signals_sleep(int64_t ms)
{
	int64_t now = clock_monotonic_ms(), until = now + ms;

	signals_hold();
	while (stops == 0 && now < until) {
		signals_poll(NULL, 0, until - now);
		now = clock_monotonic_ms();
	}
	signals_release();
	return stops == 0;
}

void
signals_reset(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}
