/*
 * sandbox: gives up, for good, what the receiver does not need, so that a
 * mistake in it is worth little to whoever finds it. What the kernel does not
 * have is left out.
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

/*
 * Once it is known what is needed: by Landlock no file but those below
 * `writable` (a folder), `log_file` ("" where there is none) and, for reading
 * only, below the `readable` folders; by seccomp no other program, no new
 * socket, no tracing. Descriptors that are open stay usable. Returns what is
 * restricted now; only the first call counts. Where AddressSanitizer is built
 * in, which needs what is forbidden here, it is absent, and does nothing.
 */
struct sandbox sandbox_enter(const char *writable, const char *log_file,
    const char *const *readable, size_t count);

/* What this kernel has of it. Changes nothing. */
struct sandbox sandbox_available(void);

#endif
