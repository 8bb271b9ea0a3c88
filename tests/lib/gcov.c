/*
 * For VARIANT=coverage: a process writes its counts to the disk even if it ends
 * without exit(3), and from inside the sandbox.
 *
 * The linker's --wrap routes these calls here; nothing else is changed.
 */
#include "host/sandbox.h"

#include <sys/types.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PATHS_MAX 16

void __gcov_dump(void);		/* libgcov's */

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
int __real_kill(pid_t pid, int number);
int __wrap_kill(pid_t pid, int number);
struct sandbox __real_sandbox_enter(const struct sandbox_path *paths,
    size_t count);
struct sandbox __wrap_sandbox_enter(const struct sandbox_path *paths,
    size_t count);

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

/* A process may kill itself, as the fault seam does. */
int
__wrap_kill(pid_t pid, int number)
{
	if (pid == getpid() && number == SIGKILL)
		__gcov_dump();
	return __real_kill(pid, number);
}

/* Whether this is a program that enters the sandbox. Other tests expect to be
 * outside, as they are with AddressSanitizer. */
static bool
is_confined(void)
{
	const char *name = program_invocation_short_name;

	return strcmp(name, "hookline.fcgi") == 0 ||
	    strcmp(name, "test_sandbox") == 0;
}

/* Also allows the folder of the objects, where the counts are. */
struct sandbox
__wrap_sandbox_enter(const struct sandbox_path *paths, size_t count)
{
	struct sandbox_path more[PATHS_MAX] = {
		{ COVERAGE_FOLDER, SANDBOX_WRITE } };

	if (!is_confined())
		return (struct sandbox){ .absent = true };
	if (count >= PATHS_MAX)
		return __real_sandbox_enter(paths, count);
	memcpy(more + 1, paths, count * sizeof *paths);
	return __real_sandbox_enter(more, count + 1);
}
