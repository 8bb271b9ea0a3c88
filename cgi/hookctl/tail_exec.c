#include "hookctl/tail_exec.h"

#include "base/clock.h"
#include "hookctl/tail_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS 5000		/* from TERM to KILL */
#define NAP_MS 20
#define DESCRIPTORS 1024	/* before Linux 5.9 */

/* A command that runs. */
struct run {
	pid_t pid;		/* and its process group */
	int err;		/* our end of its pipe; -1: closed */
	int64_t deadline;	/* when we lose patience with it next */
	bool late, unwanted;	/* why we end it: it took too long, or a signal
				 * came */
	bool killed;
	int status;		/* as of waitpid(2) */
};

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/*
 * Starting it
 */

/* Our own descriptors close when the shell starts. This closes those that we
 * inherited. */
static void
close_others(void)
{
	int fd;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3, ~0u, 0) == 0)
		return;
#endif
	for (fd = 3; fd < DESCRIPTORS; fd++)
		(void)close(fd);
}

static void
become(const struct exec_job *job, int in, int err)
{
	size_t i;

	(void)setpgid(0, 0);
	if (dup2(in, STDIN_FILENO) == -1 || dup2(err, STDERR_FILENO) == -1)
		_exit(127);
	for (i = 0; i < job->variable_count; i++)
		(void)setenv(job->variables[i].name, job->variables[i].value,
		    1);
	close_others();
	signals_reset();
	(void)execl("/bin/sh", "sh", "-c", job->command, (char *)NULL);
	_exit(127);
}

static int
new_file(void)
{
	FILE *file;
	int fd = memfd_create("record", MFD_CLOEXEC);

	if (fd != -1)
		return fd;
	/* Before Linux 3.17. */
	file = tmpfile();
	if (file == NULL)
		return -1;
	fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	fclose(file);
	return fd;
}

/*
 * A file with all of the input, which nobody else sees; -1 with errno. If it
 * came by a pipe and we were killed before all was written, the command would
 * take half a record for a whole one.
 */
static int
input_file(struct span input)
{
	int fd = new_file(), number;

	while (fd != -1 && input.length > 0) {
		ssize_t written = write(fd, input.bytes, input.length);

		if (written <= 0) {
			number = errno;
			close(fd);
			errno = number;
			return -1;
		}
		input.bytes += written;
		input.length -= (size_t)written;
	}
	if (fd != -1)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool
start(struct run *run, const struct exec_job *job)
{
	int err[2], number, in = input_file(job->input);

	if (in == -1)
		return false;
	if (pipe2(err, O_CLOEXEC) == -1) {
		number = errno;
		close(in);
		errno = number;
		return false;
	}
	run->pid = fork();
	if (run->pid == 0)
		become(job, in, err[1]);
	number = errno;
	close(in);
	close(err[1]);
	run->err = err[0];
	if (run->pid == -1) {
		close_end(&run->err);
		errno = number;
		return false;
	}
	/* The child does this, too: it must have happened before either goes
	 * on. */
	(void)setpgid(run->pid, run->pid);
	(void)fcntl(run->err, F_SETFL, O_NONBLOCK);
	return true;
}

/*
 * While it runs
 */

/* Passes on what it says on standard error; the outcome gets the beginning. */
static void
listen_to(struct run *run, struct exec_outcome *outcome)
{
	char text[4096];
	ssize_t got;

	while (run->err != -1) {
		size_t room = EXEC_ANSWER_MAX - outcome->answer_length;

		got = read(run->err, text, sizeof text);
		if (got == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			close_end(&run->err);
			return;
		}
		(void)fwrite(text, 1, (size_t)got, stderr);
		if (room > (size_t)got)
			room = (size_t)got;
		memcpy(outcome->answer + outcome->answer_length, text, room);
		outcome->answer_length += room;
	}
}

/* Ends it: TERM at first, then KILL. */
static void
push(struct run *run)
{
	bool first = !run->late && !run->unwanted;
	int64_t now = clock_monotonic_ms();

	if (run->killed)
		return;
	if (first && signals_stops() > 1)
		run->unwanted = true;
	else if (now < run->deadline)
		return;
	else if (first)
		run->late = true;
	else
		run->killed = true;
	(void)kill(-run->pid, run->killed ? SIGKILL : SIGTERM);
	run->deadline = run->killed ? INT64_MAX : now + GRACE_MS;
}

static void
attend(struct run *run, struct exec_outcome *outcome)
{
	while (waitpid(run->pid, &run->status, WNOHANG) != run->pid) {
		struct pollfd fd = { .fd = run->err, .events = POLLIN };

		push(run);
		signals_poll(&fd, 1, run->deadline - clock_monotonic_ms());
		if (fd.revents != 0)
			listen_to(run, outcome);
	}
	listen_to(run, outcome);
}

/* The shell has ended; so must what it started, if we wanted its end. */
static void
clear_group(struct run *run)
{
	if (!run->late && !run->unwanted)
		return;
	while (kill(-run->pid, 0) == 0 && !run->killed) {
		signals_poll(NULL, 0, NAP_MS);
		push(run);
	}
}

static enum exec_result
judge(const struct run *run, const struct exec_job *job,
    struct exec_outcome *outcome)
{
	if (WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0 &&
	    !run->late && !run->unwanted)
		return EXEC_DONE;
	if (run->late)
		(void)snprintf(outcome->error, sizeof outcome->error,
		    "timeout %" PRId64 "s", job->timeout);
	else if (WIFEXITED(run->status))
		(void)snprintf(outcome->error, sizeof outcome->error,
		    "exit %d", WEXITSTATUS(run->status));
	else
		(void)snprintf(outcome->error, sizeof outcome->error,
		    "signal %d", WTERMSIG(run->status));
	return run->unwanted ? EXEC_ENDED : EXEC_FAILED;
}

enum exec_result
exec_run(const struct exec_job *job, struct exec_outcome *outcome)
{
	struct run run = { .deadline = clock_monotonic_ms() +
	    job->timeout * 1000 };
	enum exec_result result = EXEC_NOT_STARTED;
	int number;

	*outcome = (struct exec_outcome){ 0 };
	(void)fflush(NULL);
	signals_hold();
	if (start(&run, job)) {
		attend(&run, outcome);
		clear_group(&run);
		close_end(&run.err);
		result = judge(&run, job, outcome);
	}
	number = errno;
	signals_release();
	errno = number;
	return result;
}
