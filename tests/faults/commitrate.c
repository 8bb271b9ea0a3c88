/*
 * Compares records per second: 16 writers with the journal's group commit, and
 * 16 writers that each write and fdatasync under one lock. The exit status is 1
 * unless the former are at least three times as fast.
 *
 *   commitrate [SECONDS]
 */
#include "base/clock.h"
#include "journal/journal.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITERS 16
#define TAIL_SIZE 500
#define WANTED 3.0

static char folder[64] = "/tmp/hookline-rate.XXXXXX";
static _Atomic unsigned long *done;	/* by all writers */
static double seconds = 3;

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	(void)line;
	(void)length;
	(void)record;
	return false;
}

/* The part after the stamp: 500 bytes that differ from writer to writer. */
static size_t
make_tail(char tail[TAIL_SIZE + 1], unsigned writer)
{
	memset(tail, 'x', TAIL_SIZE);
	memcpy(tail, "\"payload\":\"", 11);
	tail[11] = (char)('a' + writer);
	memcpy(tail + TAIL_SIZE - 3, "\"}\n", 4);
	return TAIL_SIZE;
}

static void
by_group(unsigned writer)
{
	const struct journal_options options = { .directory = folder,
	    .file_mode = 0640, .window = 7 * 24 * 3600, .sync = true,
	    .key_of = key_of };
	struct journal_record entry = { .duplicate = false };
	char tail[TAIL_SIZE + 1];
	struct journal *journal;
	uint32_t count = 0, mixed;

	entry.tail.length = make_tail(tail, writer);
	entry.tail.bytes = tail;
	if (journal_open(&options, &journal) != ERR_NONE)
		errx(71, "journal_open");
	for (;;) {
		mixed = (++count * WRITERS + writer) * 2654435761u;
		memcpy(entry.key, &mixed, sizeof mixed);
		memcpy(entry.key + 4, &count, sizeof count);
		memcpy(entry.key + 8, &writer, sizeof writer);
		if (journal_append(journal, &entry, 1) != ERR_NONE)
			errx(71, "journal_append");
		++*done;
	}
}

static void
one_by_one(unsigned writer)
{
	char path[96], line[TAIL_SIZE + 80];
	int fd, lock;

	snprintf(path, sizeof path, "%s/plain", folder);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0640);
	snprintf(path, sizeof path, "%s/lock", folder);
	lock = open(path, O_WRONLY | O_CREAT, 0640);
	memset(line, 'x', sizeof line);
	make_tail(line + 80 - 1, writer);
	if (fd == -1 || lock == -1)
		err(71, "%s", path);
	for (;;) {
		if (flock(lock, LOCK_EX) == -1 ||
		    write(fd, line, sizeof line) != (ssize_t)sizeof line ||
		    fdatasync(fd) == -1 || flock(lock, LOCK_UN) == -1)
			err(71, "%s", path);
		++*done;
	}
}

/* Records a second. */
static double
measure(void (*body)(unsigned writer))
{
	pid_t pids[WRITERS];
	unsigned long before;
	int64_t start;
	double took;
	unsigned i;

	for (i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == -1)
			err(71, "fork");
		if (pids[i] == 0) {
			body(i);
			_exit(0);
		}
	}
	usleep(300000);
	before = *done;
	start = clock_monotonic_ms();
	usleep((useconds_t)(seconds * 1e6));
	took = (double)(clock_monotonic_ms() - start) / 1000;
	before = *done - before;
	for (i = 0; i < WRITERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	return (double)before / took;
}

int
main(int argc, char **argv)
{
	double group, plain;
	char command[96];

	if (argc > 1)
		seconds = strtod(argv[1], NULL);
	if (mkdtemp(folder) == NULL)
		err(71, "%s", folder);
	done = mmap(NULL, sizeof *done, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		err(71, "mmap");
	plain = measure(one_by_one);
	group = measure(by_group);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		warnx("%s stays", folder);
	printf("%d writers: %.0f records/s by group commit, %.0f/s with a sync "
	    "each under the lock: %.1f times as many\n", WRITERS, group,
	    plain, group / plain);
	return group < WANTED * plain;
}
