#include "base/tally.h"

#include "base/clock.h"
#include "base/guard.h"
#include "base/io.h"

#include <sys/mman.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 4096
#define HOUR 3600		/* seconds */

static const char magic[8] = "hooktly";

struct counts {
	char magic[8];
	_Atomic uint64_t window;	/* second << 32 | refusals in it */
	_Atomic uint64_t kinds[TALLY_KINDS];
	_Atomic uint32_t told[TALLY_HOURLY];	/* when last; in seconds */
};

_Static_assert(sizeof(struct counts) <= SIZE, "fits into the file");

struct tally {
	struct counts *counts;	/* the map, or `own` */
	struct counts own;
};

/* Maps the file, made where it is not there. NULL where that cannot be. */
static struct counts *
map(int directory, mode_t mode)
{
	struct counts *counts = NULL;
	struct stat status;
	int fd;

	io_mkdirat(directory, TALLY_FOLDER, io_folder_mode(mode));
	fd = io_openat(directory, TALLY_NAME, O_RDWR | O_CREAT, mode);
	if (fd == -1)
		return NULL;
	if (io_fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (status.st_size == SIZE || io_fallocate(fd, SIZE) == 0))
		counts = io_map(fd, SIZE, true);
	io_close(fd);
	return counts;
}

struct tally *
tally_open(const char *directory, mode_t mode)
{
	struct tally *tally = calloc(1, sizeof *tally);
	int fd;

	if (tally == NULL)
		return NULL;
	tally->counts = &tally->own;
	if (directory == NULL)
		return tally;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return tally;
	tally->counts = map(fd, mode);
	if (tally->counts == NULL)
		tally->counts = &tally->own;
	io_close(fd);
	guard_install();
	return tally;
}

void
tally_close(struct tally *tally)
{
	if (tally == NULL)
		return;
	if (tally->counts != &tally->own)
		munmap(tally->counts, SIZE);
	free(tally);
}

/* A process may look at its clock a little later than it counts; a clock that
 * was set back is another matter. */
static bool
same_window(uint64_t seen, uint64_t now)
{
	uint64_t second = seen >> 32;

	return second >= now >> 32 && second - (now >> 32) < 5;
}

struct addition {
	struct counts *counts;
	unsigned kind;
	uint64_t left_out;
	bool line;
};

static void
add(void *argument)
{
	struct addition *addition = argument;
	struct counts *counts = addition->counts;
	uint64_t now = (uint64_t)(clock_now() / CLOCK_SECOND) << 32;
	uint64_t seen = counts->window, next;

	if (memcmp(counts->magic, magic, sizeof magic) != 0)
		memcpy(counts->magic, magic, sizeof magic);
	atomic_fetch_add(&counts->kinds[addition->kind], 1);
	do
		next = same_window(seen, now) ? seen + 1 : now + 1;
	while (!atomic_compare_exchange_weak(&counts->window, &seen, next));
	addition->line = (uint32_t)next <= TALLY_LINES_MAX;
	addition->left_out = 0;
	if ((uint32_t)next == 1 && (uint32_t)seen > TALLY_LINES_MAX)
		addition->left_out = (uint32_t)seen - TALLY_LINES_MAX;
}

struct question {
	struct counts *counts;
	unsigned kind;
	bool answer;
};

/* A stamp that is far ahead is from before the clock was set back. */
static void
ask(void *argument)
{
	struct question *question = argument;
	_Atomic uint32_t *told = &question->counts->told[question->kind];
	int64_t now = clock_now() / CLOCK_SECOND;
	uint32_t seen = *told;

	question->answer = (now - seen >= HOUR || seen - now >= HOUR) &&
	    atomic_compare_exchange_strong(told, &seen, (uint32_t)now);
}

bool
tally_hourly(struct tally *tally, unsigned kind)
{
	struct question question = { .counts = tally->counts, .kind = kind };

	if (!guard_run(ask, &question)) {
		/* As in tally_add(). */
		tally->counts = &tally->own;
		question.counts = &tally->own;
		ask(&question);
	}
	return question.answer;
}

bool
tally_shared(const struct tally *tally)
{
	return tally->counts != &tally->own;
}

bool
tally_add(struct tally *tally, unsigned kind, uint64_t *left_out)
{
	struct addition addition = { .counts = tally->counts, .kind = kind };

	if (!guard_run(add, &addition)) {
		/* The file was cut short: on our own from here. */
		tally->counts = &tally->own;
		addition.counts = &tally->own;
		add(&addition);
	}
	*left_out = addition.left_out;
	return addition.line;
}

uint64_t
tally_count(const struct tally *tally, unsigned kind)
{
	return tally->counts->kinds[kind];
}
