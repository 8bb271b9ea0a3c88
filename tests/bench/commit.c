/*
 * commit: how many records a second become durable.
 *
 *   commit journal|locked|alone DIRECTORY WRITERS MILLISECONDS
 *
 *   journal    journal_append() in WRITERS processes
 *   locked     the simple way: flock, write, fdatasync, all under the lock
 *   alone      each writer calls write and fdatasync itself, without a lock
 *
 * The records have 500 bytes; no two are alike. Prints records a second.
 */
#include "bench.h"

#include "journal/journal.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD 500
#define WRITERS_MAX 1024

/* Shared by the writers and their parent. */
struct meeting {
	_Atomic int ready;
	_Atomic int state;	/* 0: wait, 1: go, 2: stop */
	_Atomic uint64_t done;
};

struct writer {
	struct meeting *meeting;
	const char *directory;
	uint64_t number;	/* of the next record */
	struct journal *journal;
	int fd;
	char record[RECORD];
};

static bool
key_of(const char *line, size_t length, struct journal_record *record)
{
	(void)line;
	(void)length;
	(void)record;
	return false;
}

/* Spreads a number over the whole key, as a digest does. */
static void
make_key(uint64_t number, uint8_t key[JOURNAL_KEY_SIZE])
{
	uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);

	mixed ^= mixed >> 29;
	memcpy(key, &mixed, 8);
	memcpy(key + 8, &number, 8);
}

static void
open_journal(struct writer *writer)
{
	const struct journal_options options = {
		.directory = writer->directory, .file_mode = 0640,
		.rotate_size = 64 << 20, .rotate_every = PERIOD_NEVER,
		.window = 7 * 24 * 3600, .sync = true, .key_of = key_of };

	if (journal_open(&options, &writer->journal) != ERR_NONE)
		bench_fail(writer->directory);
}

static void
open_file(struct writer *writer)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/records", writer->directory);
	writer->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (writer->fd == -1)
		bench_fail(path);
}

static bool
append(struct writer *writer)
{
	struct journal_record entry = { .tail = { writer->record, RECORD } };

	make_key(writer->number, entry.key);
	return journal_append(writer->journal, &entry, 1) == ERR_NONE &&
	    !entry.duplicate;
}

static bool
write_alone(struct writer *writer)
{
	return write(writer->fd, writer->record, RECORD) == RECORD &&
	    fdatasync(writer->fd) == 0;
}

static bool
write_locked(struct writer *writer)
{
	bool good = flock(writer->fd, LOCK_EX) == 0 && write_alone(writer);

	flock(writer->fd, LOCK_UN);
	return good;
}

static const struct way {
	const char *name;
	void (*open)(struct writer *writer);
	bool (*append)(struct writer *writer);
} ways[] = {
	{ "journal", open_journal, append },
	{ "locked", open_file, write_locked },
	{ "alone", open_file, write_alone },
};

static const struct way *
find_way(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	errno = EINVAL;
	bench_fail(name);
}

static void
run_writer(const struct way *way, struct writer *writer)
{
	struct meeting *meeting = writer->meeting;
	uint64_t done = 0;

	memset(writer->record, 'x', RECORD);
	memcpy(writer->record, "\"payload\":\"", 11);
	memcpy(writer->record + RECORD - 3, "\"}\n", 3);
	way->open(writer);
	meeting->ready++;
	while (meeting->state == 0)
		usleep(1000);
	while (meeting->state == 1) {
		if (!way->append(writer))
			bench_fail(way->name);
		writer->number++;
		done++;
	}
	meeting->done += done;
	exit(0);
}

/* No number may ever be used twice, by any writer in any call. */
static uint64_t
first_number(unsigned writer)
{
	return (uint64_t)bench_now() * WRITERS_MAX + ((uint64_t)writer << 32);
}

static struct meeting *
make_meeting(void)
{
	struct meeting *meeting = mmap(NULL, sizeof *meeting,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (meeting == MAP_FAILED)
		bench_fail("memory");
	return meeting;
}

/* Waits for all writers; false if one failed. */
static bool
wait_for_all(void)
{
	bool good = true;
	int status;

	while (wait(&status) > 0)
		good = good && status == 0;
	return good;
}

int
main(int argc, char **argv)
{
	struct meeting *meeting = make_meeting();
	const struct way *way;
	unsigned i, writers;
	int64_t began;

	if (argc != 5) {
		fputs("usage: commit journal|locked|alone DIRECTORY WRITERS "
		    "MILLISECONDS\n", stderr);
		return 2;
	}
	way = find_way(argv[1]);
	writers = (unsigned)bench_number(argv[3]);
	for (i = 0; i < writers && i < WRITERS_MAX; i++)
		if (fork() == 0)
			run_writer(way, &(struct writer){ .meeting = meeting,
			    .directory = argv[2], .number = first_number(i) });
	while (meeting->ready < (int)i && waitpid(-1, NULL, WNOHANG) == 0)
		usleep(1000);
	began = bench_now();
	meeting->state = 1;
	usleep((useconds_t)bench_number(argv[4]) * 1000);
	meeting->state = 2;
	if (!wait_for_all())
		return 1;
	printf("%.1f\n", (double)meeting->done * 1e9 /
	    (double)(bench_now() - began));
	return 0;
}
