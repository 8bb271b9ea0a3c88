/*
 * start: how long a CGI program takes for one request, from start to exit,
 * without a web server.
 *
 *   start POOL FIRST COUNT PROGRAM [NAME=VALUE...]
 *
 * Runs PROGRAM for requests FIRST to FIRST + COUNT - 1 of the pool, with the
 * given environment and CGI's variables, and prints the median in microseconds.
 * Fails if an answer is not 200.
 */
#include "bench.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 64

struct trial {
	const char *program;
	char *environment[ENVIRONMENT_MAX];
	size_t given;		/* variables given on the command line */
	int input;
	int output;
};

static int
memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd == -1)
		bench_fail("memfd_create");
	return fd;
}

static void
rewrite(int fd, struct span text)
{
	if (ftruncate(fd, 0) == -1 || lseek(fd, 0, SEEK_SET) == -1 ||
	    write(fd, text.bytes, text.length) != (ssize_t)text.length ||
	    lseek(fd, 0, SEEK_SET) == -1)
		bench_fail("write");
}

static void
prepare(struct trial *trial, const struct pool *pool, size_t index)
{
	static const char *const fixed[] = { "GATEWAY_INTERFACE=CGI/1.1",
	    "REQUEST_METHOD=POST", "REQUEST_URI=/webhook",
	    "SCRIPT_NAME=/webhook", "SERVER_PROTOCOL=HTTP/1.1",
	    "CONTENT_TYPE=application/json", "REMOTE_ADDR=127.0.0.1" };
	static char length[64], signature[160];
	struct span body = pool_body(pool, index);
	struct span value = pool_signature(pool, index);
	size_t i, at = trial->given;

	for (i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		trial->environment[at++] = strdup(fixed[i]);
	snprintf(length, sizeof length, "CONTENT_LENGTH=%zu", body.length);
	snprintf(signature, sizeof signature, "HTTP_X_HUB_SIGNATURE_256=%.*s",
	    (int)value.length, value.bytes);
	trial->environment[at++] = length;
	trial->environment[at++] = signature;
	trial->environment[at] = NULL;
	rewrite(trial->input, body);
	rewrite(trial->output, (struct span){ "", 0 });
}

static void
check_answer(const struct trial *trial, int status)
{
	char text[256];
	ssize_t got = pread(trial->output, text, sizeof text - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	if (status == 0 && strncmp(text, "Status: 200 ", 12) == 0)
		return;
	fprintf(stderr, "start: %s: status %d: %s\n", trial->program, status,
	    text);
	exit(1);
}

/* Nanoseconds. */
static int64_t
run(const struct trial *trial)
{
	char *arguments[] = { strdup(trial->program), NULL };
	posix_spawn_file_actions_t actions;
	int64_t began;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, trial->input, 0);
	posix_spawn_file_actions_adddup2(&actions, trial->output, 1);
	began = bench_now();
	errno = posix_spawn(&pid, trial->program, &actions, NULL, arguments,
	    trial->environment);
	if (errno != 0 || waitpid(pid, &status, 0) == -1)
		bench_fail(trial->program);
	began = bench_now() - began;
	posix_spawn_file_actions_destroy(&actions);
	free(arguments[0]);
	check_answer(trial, status);
	return began;
}

static int
by_size(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

int
main(int argc, char **argv)
{
	struct trial trial = { .input = memory_file("input"),
	    .output = memory_file("output") };
	size_t i, first, count;
	struct pool pool;
	int64_t *times;

	if (argc < 5 || argc > ENVIRONMENT_MAX / 2) {
		fputs("usage: start POOL FIRST COUNT PROGRAM [NAME=VALUE...]\n",
		    stderr);
		return 2;
	}
	pool_open(&pool, argv[1]);
	first = bench_number(argv[2]);
	count = bench_number(argv[3]);
	trial.program = argv[4];
	for (i = 5; i < (size_t)argc; i++)
		trial.environment[trial.given++] = argv[i];
	times = calloc(count, sizeof *times);
	if (times == NULL)
		bench_fail("memory");
	for (i = 0; i < count; i++) {
		prepare(&trial, &pool, first + i);
		times[i] = run(&trial);
	}
	qsort(times, count, sizeof *times, by_size);
	printf("%.1f\n", (double)times[count / 2] / 1e3);
	free(times);
	return 0;
}
