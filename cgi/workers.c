#include "workers.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds. */
#define SETTLE_MS 1000		/* one that lives this long has begun well */
#define STEADY_MS 30000		/* after this, earlier failures are forgotten */
#define PAUSE_MIN_MS 1000
#define PAUSE_MAX_MS 30000
#define STOP_MS 15000
#define NEVER INT64_MAX

/* Times are from clock_monotonic_ms(). */
struct worker {
	pid_t pid;		/* 0: there is none now */
	pid_t former;		/* whose place it takes; 0: none */
	bool told;		/* the former one was told to end */
	bool outdated;		/* a new one is to take its place */
	int64_t began;
	int64_t pause;		/* before its last start; 0: none yet */
	int64_t due;		/* without a pid: when to start it */
};

struct workers {
	const struct workers_start *start;
	struct worker *end;	/* after the last one of `each` */
	bool stopping;
	int64_t deadline;	/* with `stopping` */
	sigset_t signals;	/* what is waited for */
	struct worker each[WORKERS_MAX];
};

/*
 * One worker
 */

/* Runs in the child. The new program's file may be half written, or gone. */
static void
become_worker(const struct workers_start *start, pid_t parent)
{
	char *const *arguments = start->arguments;

	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == -1 ||
	    getppid() != parent || dup2(start->listener, 0) == -1)
		_exit(1);
	execv(arguments[0], arguments);
	LOG(LOG_LEVEL_ERROR, "program-not-usable",
	    LOG_TEXT("path", arguments[0]),
	    LOG_TEXT("problem", strerror(errno)));
	execv("/proc/self/exe", arguments);
	_exit(1);
}

/* False if the system has no room for another process now. */
static bool
launch(const struct workers *workers, struct worker *worker)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		become_worker(workers->start, parent);
	worker->began = clock_monotonic_ms();
	if (pid == -1)
		return false;
	worker->pid = pid;
	worker->outdated = false;
	return true;
}

/* Plans its next start, after a longer pause than before. */
static void
put_off(struct worker *worker)
{
	worker->pause = worker->pause == 0 ? PAUSE_MIN_MS : 2 * worker->pause;
	if (worker->pause > PAUSE_MAX_MS)
		worker->pause = PAUSE_MAX_MS;
	worker->due = clock_monotonic_ms() + worker->pause;
}

static void
log_end(bool renewing, pid_t pid, int status, int64_t pause)
{
	bool killed = WIFSIGNALED(status);

	LOG(LOG_LEVEL_ERROR, renewing ? "renewal-given-up" : "worker-ended",
	    LOG_NUMBER("worker", pid),
	    LOG_NUMBER(killed ? "signal" : "status",
	    killed ? WTERMSIG(status) : WEXITSTATUS(status)),
	    LOG_NUMBER("seconds", pause / 1000));
}

/* Called if a worker ended by itself. One that ended well has logged why. */
static void
plan(struct worker *worker, pid_t pid, int status)
{
	int64_t now = clock_monotonic_ms();
	bool steady = now - worker->began >= STEADY_MS;

	if (steady)
		worker->pause = 0;
	if (steady && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		worker->due = now;
		return;
	}
	put_off(worker);
	log_end(false, pid, status, worker->pause);
}

/*
 * New ones in place of the old
 */

static void
outdate_all(struct workers *workers, bool outdated)
{
	struct worker *worker;

	for (worker = workers->each; worker < workers->end; worker++)
		worker->outdated = outdated;
}

/* The worker that is taking another's place, or else the next to be replaced;
 * NULL if there is none. */
static struct worker *
changing(struct workers *workers)
{
	struct worker *worker, *next = NULL;

	for (worker = workers->each; worker < workers->end; worker++) {
		if (worker->former != 0)
			return worker;
		if (next == NULL && worker->outdated)
			next = worker;
	}
	return next;
}

/* When all will have begun well, if none ends before; NEVER if one has. */
static int64_t
settled_at(const struct workers *workers)
{
	const struct worker *worker;
	int64_t latest = 0;

	for (worker = workers->each; worker < workers->end; worker++) {
		if (worker->pid == 0)
			return NEVER;
		if (worker->began + SETTLE_MS > latest)
			latest = worker->began + SETTLE_MS;
	}
	return latest;
}

/* Takes the next step of the change, if it is time for one. */
static void
change(struct workers *workers)
{
	struct worker *worker = changing(workers);
	pid_t old;

	if (worker == NULL || worker->told ||
	    settled_at(workers) > clock_monotonic_ms())
		return;
	if (worker->former != 0) {
		kill(worker->former, SIGTERM);
		worker->told = true;
		return;
	}
	old = worker->pid;
	if (launch(workers, worker))
		worker->former = old;
}

/* Called if the new worker has ended before the old one was told to: the new
 * program would not serve, so all workers that still run the old one stay. */
static void
give_up_change(struct workers *workers, struct worker *worker, pid_t pid,
    int status)
{
	worker->pid = worker->former;
	worker->former = 0;
	outdate_all(workers, false);
	log_end(true, pid, status, 0);
}

/*
 * All of them
 */

/* The child may be an orphan instead of a worker: process 1 inherits those. */
static void
ended(struct workers *workers, pid_t pid, int status)
{
	struct worker *worker;

	for (worker = workers->each; worker < workers->end; worker++) {
		if (worker->former == pid) {
			worker->former = 0;
			worker->told = false;
			return;
		}
		if (worker->pid != pid)
			continue;
		worker->pid = 0;
		if (workers->stopping)
			return;
		if (worker->former != 0 && !worker->told)
			give_up_change(workers, worker, pid, status);
		else
			plan(worker, pid, status);
		return;
	}
}

static void
reap(struct workers *workers)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		ended(workers, pid, status);
}

static void
start_due(struct workers *workers)
{
	int64_t now = clock_monotonic_ms();
	struct worker *worker;

	for (worker = workers->each; worker < workers->end; worker++)
		if (worker->pid == 0 && worker->due <= now &&
		    !launch(workers, worker))
			put_off(worker);
}

/* Signal 0 sends nothing. Returns how many processes there are. */
static size_t
signal_all(const struct workers *workers, int number)
{
	const struct worker *worker;
	size_t count = 0;

	for (worker = workers->each; worker < workers->end; worker++) {
		if (worker->pid != 0) {
			kill(worker->pid, number);
			count++;
		}
		if (worker->former != 0) {
			kill(worker->former, number);
			count++;
		}
	}
	return count;
}

/* When there is something to do next, if no signal comes before. */
static int64_t
next_step(struct workers *workers)
{
	const struct worker *worker, *change = changing(workers);
	int64_t next = NEVER;

	if (workers->stopping)
		return workers->deadline;
	for (worker = workers->each; worker < workers->end; worker++)
		if (worker->pid == 0 && worker->due < next)
			next = worker->due;
	if (next == NEVER && change != NULL && !change->told)
		next = settled_at(workers);
	return next;
}

/* Waits for a signal and returns it, or 0 if none came in time. */
static int
wait_for_signal(const struct workers *workers, int64_t until)
{
	int64_t left = until - clock_monotonic_ms();
	struct timespec wait;

	if (until == NEVER)
		return sigwaitinfo(&workers->signals, NULL);
	if (left < 0)
		left = 0;
	wait = (struct timespec){ left / 1000, left % 1000 * 1000000 };
	return sigtimedwait(&workers->signals, NULL, &wait);
}

/* After SIGHUP. The program may have been mended: nobody waits any longer. */
static void
renew(struct workers *workers)
{
	struct worker *worker;

	outdate_all(workers, !workers->stopping);
	for (worker = workers->each; worker < workers->end; worker++)
		if (worker->pid == 0)
			worker->due = clock_monotonic_ms();
}

static void
take_signal(struct workers *workers, int number)
{
	switch (number) {
	case SIGHUP:
		renew(workers);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGUSR1:
	case SIGQUIT:
		if (workers->stopping)
			break;
		workers->stopping = true;
		workers->deadline = clock_monotonic_ms() + STOP_MS;
		signal_all(workers, SIGTERM);
		break;
	default:	/* SIGCHLD, or time to do something */
		break;
	}
}

/* Blocks signals until we wait for them; workers unblock them again. */
static void
hold_signals(sigset_t *signals)
{
	static const int held[] = { SIGHUP, SIGTERM, SIGINT, SIGUSR1, SIGQUIT,
	    SIGCHLD };
	size_t i;

	sigemptyset(signals);
	for (i = 0; i < sizeof held / sizeof held[0]; i++)
		sigaddset(signals, held[i]);
	sigprocmask(SIG_BLOCK, signals, NULL);
	/* A signal that is ignored would never come. */
	for (i = 0; i < sizeof held / sizeof held[0]; i++)
		signal(held[i], SIG_DFL);
}

static bool
is_over(const struct workers *workers)
{
	return workers->stopping && (signal_all(workers, 0) == 0 ||
	    workers->deadline <= clock_monotonic_ms());
}

int
workers_run(const struct workers_start *start)
{
	static struct workers workers;
	size_t killed;

	workers.start = start;
	workers.end = workers.each + start->count;
	hold_signals(&workers.signals);
	while (!is_over(&workers)) {
		if (!workers.stopping) {
			start_due(&workers);
			change(&workers);
		}
		take_signal(&workers, wait_for_signal(&workers,
		    next_step(&workers)));
		reap(&workers);
	}
	killed = signal_all(&workers, SIGKILL);
	if (killed > 0)
		LOG(LOG_LEVEL_ERROR, "workers-killed",
		    LOG_NUMBER("count", killed));
	return killed > 0;
}
