/*
 * sandbox: gives up, for good, what a program does not need, so that a mistake
 * in it is worth little to whoever finds it. What the kernel does not have is
 * left out.
 */
#ifndef HOOKLINE_BASE_SANDBOX_H
#define HOOKLINE_BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox {
	bool files;		/* by Landlock */
	bool calls;		/* by seccomp */
	bool absent;		/* this build has neither, on purpose */
};

/*
 * At the start of the program: no core dumps, not dumpable or traceable, no
 * new privileges, few descriptors.
 */
void sandbox_start(void);

/* What a program may go on doing with files. */
enum sandbox_right {
	SANDBOX_READ,		/* read it, or all that is below a folder */
	SANDBOX_WRITE,		/* and make, change, move and remove files and
				 * folders below it */
	SANDBOX_APPEND		/* write a file, unless it is missing by now */
};

struct sandbox_path {
	const char *path;
	enum sandbox_right right;
};

/*
 * Once it is known what is needed: by Landlock no files but these, /dev/null
 * and the name of this boot; by seccomp no other program, no new socket, no
 * tracing. Descriptors that are open stay usable. Returns what is restricted
 * now; files are not where a path to read or to write is missing. Only the
 * first call counts. Where AddressSanitizer is built in, which needs what is
 * forbidden here, it is absent, and does nothing.
 */
struct sandbox sandbox_enter(const struct sandbox_path *paths, size_t count);

/* What this kernel has of it. Changes nothing. */
struct sandbox sandbox_available(void);

#endif
