/*
 * inbox: how long the inbox takes for a request as a CGI program, from start to
 * exit, without a web server.
 *
 *   inbox PROGRAM DIRECTORY COUNT
 *
 * DIRECTORY is a journal of COUNT records that archive.c has written. Prints a
 * line "NAME MILLISECONDS PROCESSOR" for each: medians of the elapsed time, and
 * of the processor time of the program. For the search, which goes through the
 * first million records, it prints megabytes a second instead, by those two
 * times. Fails if an answer is not 200.
 */
#include "bench.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 11
#define SEARCHED UINT64_C(1000000)	/* records: a search ends after 2 s */
#define RECORD_BYTES 438	/* archive.c */

struct times {
	double elapsed[RUNS], processor[RUNS];	/* milliseconds */
};

static const char *program;
static char directory[1000];	/* HOOKLINE_DIRECTORY=... */

static void
check_answer(int output, int status, const char *query)
{
	char text[400];
	ssize_t got = pread(output, text, sizeof text - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	if (status == 0 && strncmp(text, "Status: 200 ", 12) == 0)
		return;
	fprintf(stderr, "inbox: ?%s: status %d: %s\n", query, status, text);
	exit(1);
}

static pid_t
spawn(const char *query, int output)
{
	char query_string[400];
	char *const arguments[] = { strdup(program), NULL };
	char *const environment[] = { strdup("GATEWAY_INTERFACE=CGI/1.1"),
	    strdup("REQUEST_METHOD=GET"), strdup("SCRIPT_NAME=/inbox"),
	    strdup("SERVER_PROTOCOL=HTTP/1.1"), strdup("AUTH_TYPE=Basic"),
	    strdup("REMOTE_USER=bench"), strdup("REMOTE_ADDR=127.0.0.1"),
	    directory, query_string, NULL };
	posix_spawn_file_actions_t actions;
	pid_t child;

	snprintf(query_string, sizeof query_string, "QUERY_STRING=%s", query);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	errno = posix_spawn(&child, program, &actions, NULL, arguments,
	    environment);
	if (errno != 0)
		bench_fail(program);
	posix_spawn_file_actions_destroy(&actions);
	return child;
}

static double
milliseconds(const struct timeval *time)
{
	return (double)time->tv_sec * 1e3 + (double)time->tv_usec / 1e3;
}

static void
run(const char *query, struct times *times, int number)
{
	int output = memfd_create("answer", MFD_CLOEXEC), status;
	int64_t began = bench_now();
	struct rusage usage;
	pid_t child;

	if (output == -1)
		bench_fail("memfd_create");
	child = spawn(query, output);
	if (wait4(child, &status, 0, &usage) != child)
		bench_fail("wait4");
	times->elapsed[number] = (double)(bench_now() - began) / 1e6;
	times->processor[number] = milliseconds(&usage.ru_utime) +
	    milliseconds(&usage.ru_stime);
	check_answer(output, status, query);
	close(output);
}

static int
compare(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static double
median(double values[RUNS])
{
	qsort(values, RUNS, sizeof values[0], compare);
	return values[RUNS / 2];
}

/* Of a page; one is not measured. */
static void
measure(const char *name, const char *query)
{
	struct times times;
	int i;

	run(query, &times, 0);
	for (i = 0; i < RUNS; i++)
		run(query, &times, i);
	printf("%s %.2f %.2f\n", name, median(times.elapsed),
	    median(times.processor));
}

static void
measure_search(uint64_t count)
{
	uint64_t records = count < SEARCHED ? count : SEARCHED;
	double bytes = (double)records * RECORD_BYTES;
	struct times times;
	char query[100];
	int i;

	snprintf(query, sizeof query, "q=none+of+them+has+this&before=%"
	    PRIu64, records + 1);
	for (i = 0; i < RUNS; i++)
		run(query, &times, i);
	printf("search %.0f %.0f\n", bytes / 1e3 / median(times.elapsed),
	    bytes / 1e3 / median(times.processor));
}

int
main(int argc, char **argv)
{
	char query[64];
	uint64_t count;

	if (argc != 4) {
		fputs("usage: inbox PROGRAM DIRECTORY COUNT\n", stderr);
		return 2;
	}
	program = argv[1];
	snprintf(directory, sizeof directory, "HOOKLINE_DIRECTORY=%s",
	    argv[2]);
	count = bench_number(argv[3]);
	measure("first", "");
	snprintf(query, sizeof query, "seq=%" PRIu64, count / 3);
	measure("chosen", query);
	snprintf(query, sizeof query, "before=%" PRIu64, count / 2);
	measure("older", query);
	snprintf(query, sizeof query, "after=%" PRIu64, count - 1);
	measure("news", query);
	measure_search(count);
	return 0;
}
