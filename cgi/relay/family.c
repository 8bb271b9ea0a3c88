/*
 * The parent. Each relay runs in its own process: a slow destination does not
 * hold up the others, and a crash ends only one of them. The parent holds the
 * lock that keeps a second hookline-relay away from the journal; its
 * children share that lock, and are killed if it is killed.
 */
#include "relay/relay.h"

#include "relay/claim.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Milliseconds. */
#define LOOK_MS 2000		/* how often to look at the configuration */
#define PAUSE_LEAST 1000
#define PAUSE_MOST 60000
#define STEADY_MS 60000		/* after such a run, pauses start small again */

struct child {
	const char *name;
	pid_t pid;		/* 0: it is not running */
	int64_t began, pause, due;
};

struct family {
	const struct relay_start *start;
	struct config *config;
	struct child *children;	/* one for each relay in the configuration */
	size_t count;
	struct claim claim;
	sigset_t signals;	/* those that end a wait */
	bool ending, renewing;	/* the children have been told to end */
	int64_t kill_at;	/* when to kill those that have not ended */
	enum relay_exit worst;
};

/*
 * One child
 */

static void
launch(struct family *family, struct child *child)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ||
		    getppid() != parent)
			_exit(EXIT_FAILED);
		_exit((int)child_run(family->start, child->name));
	}
	child->began = clock_monotonic_ms();
	child->pid = pid == -1 ? 0 : pid;
	child->due = child->began + PAUSE_LEAST;
	if (pid == -1 && family->start->once)
		family->worst = EXIT_FAILED;
}

static void
log_end(const struct child *child, int status)
{
	bool killed = WIFSIGNALED(status);

	LOG(LOG_LEVEL_ERROR, "relay-ended", LOG_TEXT("relay", child->name),
	    LOG_NUMBER(killed ? "signal" : "status",
	    killed ? WTERMSIG(status) : WEXITSTATUS(status)),
	    LOG_NUMBER("seconds", child->pause / 1000));
}

static void
plan(struct child *child, int status)
{
	int64_t now = clock_monotonic_ms();

	if (now - child->began >= STEADY_MS)
		child->pause = 0;
	child->pause = child->pause == 0 ? PAUSE_LEAST : 2 * child->pause;
	if (child->pause > PAUSE_MOST)
		child->pause = PAUSE_MOST;
	child->due = now + child->pause;
	log_end(child, status);
}

/*
 * All of them
 */

static size_t
running(const struct family *family)
{
	size_t i, count = 0;

	for (i = 0; i < family->count; i++)
		count += family->children[i].pid != 0;
	return count;
}

static void
signal_all(const struct family *family, int number)
{
	size_t i;

	for (i = 0; i < family->count; i++)
		if (family->children[i].pid != 0)
			kill(family->children[i].pid, number);
}

static void
begin_end(struct family *family)
{
	signal_all(family, SIGTERM);
	family->kill_at = clock_monotonic_ms() + RELAY_STOP_MS;
}

static struct child *
find(const struct family *family, pid_t pid)
{
	size_t i;

	for (i = 0; i < family->count; i++)
		if (family->children[i].pid == pid)
			return &family->children[i];
	return NULL;
}

static void
note_worst(struct family *family, int status)
{
	enum relay_exit result = WIFEXITED(status) ?
	    (enum relay_exit)WEXITSTATUS(status) : EXIT_FAILED;

	if (result > family->worst)
		family->worst = result;
}

static void
reap(struct family *family)
{
	struct child *child;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		child = find(family, pid);
		if (child == NULL)
			continue;
		child->pid = 0;
		if (family->start->once) {
			/* One that ends by itself has said why. */
			if (WIFSIGNALED(status))
				log_end(child, status);
			note_worst(family, status);
		} else if (!family->ending && !family->renewing)
			plan(child, status);
	}
}

static void
launch_due(struct family *family)
{
	int64_t now = clock_monotonic_ms();
	size_t i;

	for (i = 0; i < family->count; i++)
		if (family->children[i].pid == 0 &&
		    now >= family->children[i].due)
			launch(family, &family->children[i]);
}

/* False if memory is short. */
static bool
adopt(struct family *family, struct config *config)
{
	struct child *children = calloc(config->relay_count + 1,
	    sizeof *children);
	size_t i;

	if (children == NULL)
		return false;
	for (i = 0; i < config->relay_count; i++)
		children[i].name = config->relays[i].name;
	free(family->children);
	family->children = children;
	family->count = config->relay_count;
	family->config = config;
	return true;
}

/*
 * A changed configuration
 */

/*
 * Loads the configuration again, after all children have ended. If there is a
 * mistake in it by now, the old one stays in use.
 */
static void
renew(struct family *family)
{
	struct config *old = family->config, *config =
	    relay_config(family->start);

	family->renewing = false;
	if (config != NULL && adopt(family, config)) {
		LOG(LOG_LEVEL_INFO, "relay-renewed",
		    LOG_NUMBER("relays", family->count));
		if (strcmp(config->directory, old->directory) != 0)
			claim_release(&family->claim);
		config_free(old);
	} else
		config_free(config);
	if (claim_is_old(family->config->directory, &family->claim))
		claim_release(&family->claim);
	if (family->claim.lock == -1 &&
	    !claim_take(family->config->directory, &family->claim))
		family->ending = true;
}

/* Whether the configuration is free of mistakes. The children load it
 * themselves, so none could start with a bad one. */
static bool
is_good(const struct family *family)
{
	struct config *config = relay_config(family->start);

	config_free(config);
	return config != NULL;
}

/*
 * The main loop
 */

static void
take_signals(struct family *family)
{
	sigemptyset(&family->signals);
	sigaddset(&family->signals, SIGCHLD);
	sigaddset(&family->signals, SIGTERM);
	sigaddset(&family->signals, SIGINT);
	sigaddset(&family->signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &family->signals, NULL);
}

static void
begin_renewal(struct family *family)
{
	family->renewing = true;
	begin_end(family);
}

static void
wait_for_signal(struct family *family)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	int number = sigtimedwait(&family->signals, NULL, &pause);

	if ((number == SIGTERM || number == SIGINT) && !family->ending) {
		family->ending = true;
		begin_end(family);
	}
	if (number == SIGHUP && !family->ending && !family->renewing &&
	    !family->start->once && is_good(family))
		begin_renewal(family);
}

/* Begins again if the journal's folder or the configuration was replaced. */
static void
look(struct family *family, int64_t *look_at)
{
	int64_t now = clock_monotonic_ms();

	if (family->start->once || family->ending || family->renewing)
		return;
	if (claim_is_old(family->config->directory, &family->claim))
		begin_renewal(family);
	if (now < *look_at)
		return;
	*look_at = now + LOOK_MS;
	if (config_changed(family->config) && is_good(family))
		begin_renewal(family);
}

static void
run(struct family *family)
{
	int64_t look_at = clock_monotonic_ms() + LOOK_MS;

	launch_due(family);
	for (;;) {
		wait_for_signal(family);
		reap(family);
		if ((family->ending || family->start->once) &&
		    running(family) == 0)
			return;
		if ((family->ending || family->renewing) &&
		    clock_monotonic_ms() >= family->kill_at)
			signal_all(family, SIGKILL);
		if (family->renewing && running(family) == 0)
			renew(family);
		look(family, &look_at);
		if (!family->ending && !family->renewing &&
		    !family->start->once)
			launch_due(family);
	}
}

enum relay_exit
family_run(const struct relay_start *start, struct config *config)
{
	struct family family = { .start = start, .worst = EXIT_DONE,
	    .claim.lock = -1, .config = config };

	if (config->relay_count == 0)
		LOG(LOG_LEVEL_ERROR, "relay-not-started",
		    LOG_TEXT("file", config->file), LOG_TEXT("problem",
		    "it has no relay section"));
	else if (adopt(&family, config)) {
		take_signals(&family);
		(void)claim_take(config->directory, &family.claim);
	}
	if (family.claim.lock != -1)
		run(&family);
	if (family.claim.lock == -1)
		family.worst = EXIT_FAILED;
	claim_release(&family.claim);
	free(family.children);
	config_free(family.config);
	return family.worst;
}
