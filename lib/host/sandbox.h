/*
 * sandbox: gives up for good what a program does not need, so that a mistake in
 * it is of little use to an attacker. Skips what the kernel lacks.
 */
#ifndef HOOKLINE_HOST_SANDBOX_H
#define HOOKLINE_HOST_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox {
	bool files;		/* by Landlock */
	bool calls;		/* by seccomp */
	bool absent;		/* this build has neither, on purpose */
};

/*
 * For the start of a program: no core dumps, no dumping or tracing, no new
 * privileges, few descriptors.
 */
void sandbox_start(void);

/* What a program may still do with a path. */
enum sandbox_right {
	SANDBOX_READ,		/* read it and everything below it */
	SANDBOX_WRITE,		/* also create, change, move and remove files
				 * and folders below it */
	SANDBOX_APPEND		/* write a file, which may be missing */
};

struct sandbox_path {
	const char *path;
	enum sandbox_right right;
};

/*
 * Call this once it is known which files are needed. From then on Landlock
 * allows only these, /dev/null and the boot id; seccomp forbids other programs,
 * new sockets and tracing. Open descriptors stay usable. Returns what is
 * restricted now. If a path to read or write is missing, files are not
 * restricted. Only the first call counts. A build with AddressSanitizer, which
 * needs what is forbidden here, does nothing and returns `absent`.
 */
struct sandbox sandbox_enter(const struct sandbox_path *paths, size_t count);

/* What this kernel supports. Changes nothing. */
struct sandbox sandbox_available(void);

#endif
