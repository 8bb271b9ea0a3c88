#include "torture.h"

#include "journal/writer.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int
world_shell(const char *format, ...)
{
	char command[1024];
	va_list list;
	int status;

	va_start(list, format);
	vsnprintf(command, sizeof command, format, list);
	va_end(list);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void
forget_ledger(struct world *world)
{
	if (world->ledger != NULL)
		munmap(world->ledger, sizeof *world->ledger);
	world->ledger = mmap(NULL, sizeof *world->ledger,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
	if (world->ledger == MAP_FAILED)
		err(71, "mmap");
}

static int
remove_one(const char *path, const struct stat *status, int kind,
    struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

/* Sweeps do this thousands of times, so it does without a shell. */
void
world_remove(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == -1 &&
	    errno != ENOENT)
		err(71, "%s", path);
}

/* If root opens the journal, it does not create its folder. */
static void
make_directory(const struct world *world)
{
	if (mkdir(world->directory, 0750) == -1 && errno != EEXIST)
		err(71, "%s", world->directory);
}

void
world_renew(struct world *world)
{
	world_remove(world->directory);
	make_directory(world);
	forget_ledger(world);
}

void
world_open(struct world *world, const char *base)
{
	snprintf(world->root, sizeof world->root, "%s/hookline-torture.XXXXXX",
	    base);
	if (mkdtemp(world->root) == NULL)
		err(71, "%s", world->root);
	snprintf(world->directory, sizeof world->directory, "%.*s/journal",
	    PATH_SIZE - 16, world->root);
	snprintf(world->clock, sizeof world->clock, "%.*s/clock",
	    PATH_SIZE - 16, world->root);
	setenv("HOOKLINE_CLOCK", world->clock, 1);
	snprintf(world->boot_clock, sizeof world->boot_clock, "%.*s/boot-clock",
	    PATH_SIZE - 16, world->root);
	setenv("HOOKLINE_BOOT_CLOCK", world->boot_clock, 1);
	world->options = (struct journal_options){
		.directory = world->directory, .file_mode = 0640,
		.rotate_size = 64 * 1024, .rotate_every = PERIOD_NEVER,
		.window = 7 * 24 * 3600, .sync = true,
		.key_of = ledger_key_of };
	make_directory(world);
	forget_ledger(world);
}

void
world_close(struct world *world)
{
	munmap(world->ledger, sizeof *world->ledger);
	if (world->problem[0] == '\0')
		world_remove(world->root);
}

void
world_in_memory(struct world *world)
{
	if (access("/dev/shm", W_OK) == -1)
		return;
	world_close(world);
	world_open(world, "/dev/shm");
}

uint32_t
world_random(struct world *world, uint32_t below)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return (uint32_t)((world->random >> 32) % below);
}

void
world_move(struct world *world, const char *folder)
{
	snprintf(world->directory, sizeof world->directory, "%.*s/%s/journal",
	    PATH_SIZE - 32, world->root, folder);
	world->options.directory = world->directory;
	make_directory(world);
}

#define SAY(into)							\
	do {								\
		va_list list;						\
		if ((into)[0] != '\0')					\
			return;						\
		va_start(list, format);					\
		vsnprintf((into), sizeof(into), format, list);		\
		va_end(list);						\
	} while (0)

/* Reports the first problem; a file beside the journal has all of them. */
void
world_problem(struct world *world, const char *format, ...)
{
	char path[PATH_SIZE + 16];
	FILE *file;

	snprintf(path, sizeof path, "%s/problems", world->root);
	file = fopen(path, "a");
	if (file != NULL) {
		va_list list;

		va_start(list, format);
		vfprintf(file, format, list);
		va_end(list);
		fputc('\n', file);
		fclose(file);
	}
	SAY(world->problem);
}

void
world_skip(struct world *world, const char *format, ...)
{
	SAY(world->skipped);
}

void
world_note(struct world *world, const char *format, ...)
{
	SAY(world->note);
}

unsigned
world_logged(const struct world *world, const char *event)
{
	char path[PATH_SIZE + 8], line[4200], mark[64];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s.log", world->directory);
	snprintf(mark, sizeof mark, " event=%s ", event);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof line, file) != NULL)
		count += strstr(line, mark) != NULL;
	fclose(file);
	return count;
}

static void
write_offset(const char *path, long long offset)
{
	char temporary[PATH_SIZE + 8];
	FILE *file;

	snprintf(temporary, sizeof temporary, "%s.new", path);
	file = fopen(temporary, "w");
	if (file == NULL || fprintf(file, "%lld\n", offset) < 0 ||
	    fclose(file) != 0 || rename(temporary, path) == -1)
		err(71, "%s", path);
}

void
world_clock(const struct world *world, long long offset)
{
	write_offset(world->clock, offset);
}

void
world_later(const struct world *world, long long offset)
{
	write_offset(world->clock, offset);
	write_offset(world->boot_clock, offset);
}

void
world_sleep(unsigned ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

uint32_t
world_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void
world_other_boot(const struct world *world)
{
	char path[PATH_SIZE + 32];
	int fd;

	snprintf(path, sizeof path, "%s/" SHARED_NAME, world->directory);
	fd = open(path, O_WRONLY);
	if (fd == -1)
		return;
	if (pwrite(fd, "another-", 8, offsetof(struct shared, boot)) != 8)
		err(71, "%s", path);
	close(fd);
}
